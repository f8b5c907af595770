"""A resident books with a phone in the hand, and staff take it up: each page on the way is looked at."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import ZHAO, ZHOU
from tests.fixtures.browser import LANGUAGES, NARROW, WIDE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.db, pytest.mark.timeout(300)]

EVERYWHERE = [(language, width) for language in LANGUAGES for width in (NARROW, WIDE)]
STORY = "房东周国强说墙面有损坏，不退押金3000元。入住时拍了照片。"


def send(page: Page) -> None:
    """Press the one large button of the page."""
    with page.expect_navigation():
        page.locator("main form .button--primary").first.click()


def tell_what_happened(page: Page, other_phone: str) -> None:
    page.check("input[name=dispute_type][value=contract]")
    page.select_option("select[name=community]", index=1)
    page.fill("[name=summary]", STORY)
    page.fill("[name=other_name]", ZHOU.name)
    page.fill("[name=other_phone]", other_phone)


def say_who(page: Page, phone: str) -> None:
    page.fill("[name=name]", ZHAO.name)
    page.fill("[name=phone]", phone)
    page.fill("[name=id_number]", "")
    page.check("[name=consent_online]")
    page.check("[name=consent]")


def code_on_the_phone(visitor: Visitor, phone: str) -> str:
    """The newest code on the page of messages."""
    answer = visitor.page.request.get(f"{visitor.site.address}/dev/messages?to={phone}").text()
    return re.findall(r"(?<!\d)\d{6}(?!\d)", re.sub(r"<[^>]+>", " ", answer.split('data-kind="code"')[1]))[0]


def book(visitor: Visitor, number: int) -> str:
    """From the front door to the personal link, looking at each page; gives the link's path.

    `number` tells the bookings of this file apart: each by another person, against another one.
    """
    phone, other_phone = f"138{number:08d}", f"137{number:08d}"
    page = visitor.goto("/")
    page.click("a.door--primary")
    send(page)
    visitor.look("book 1 what refused")
    assert page.locator("[aria-invalid=true], .field--error").count() >= 3
    tell_what_happened(page, other_phone)
    send(page)
    page.fill("[name=phone]", "1380")
    page.fill("[name=id_number]", ZHAO.id_number[:-1] + "X")
    send(page)
    visitor.look("book 2 who refused")
    say_who(page, phone)
    visitor.look("book 2 who")
    send(page)
    visitor.look("book 3 time")
    with page.expect_navigation():
        page.locator(".slot-time").first.click()
    visitor.look("book 4 confirm")
    send(page)
    visitor.look("book 5 code")
    page.fill("[name=code]", code_on_the_phone(visitor, phone))
    send(page)
    visitor.look("book 6 done")
    return re.findall(r"/p/[\w~.-]+", page.content())[0]


@pytest.mark.parametrize(("number", "language", "width"), [(n, *each) for n, each in enumerate(EVERYWHERE)])
def test_a_resident_books_and_every_page_is_fit(
    visit: Callable[[str, int], Visitor], number: int, language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.refusals_are_fine = True
    assert book(visitor, number)
    assert not visitor.faults, "\n".join(visitor.faults)


def test_the_kept_time_counts_down_warns_once_is_kept_longer_and_ends_with_everything_typed_still_there(
    visit: Callable[[str, int], Visitor],
) -> None:
    visitor = visit("en", NARROW)
    page, clock = visitor.goto("/book/mediation"), visitor.site.clock
    begin = clock()
    tell_what_happened(page, "13700000090")
    send(page)
    say_who(page, "13800000090")
    send(page)
    with page.expect_navigation():
        page.locator(".slot-times .slot-time").first.click()
    send(page)
    page.fill("[name=code]", "123")
    said = page.locator("#kept-said")
    expect(page.locator("#kept time")).to_have_text("10 min")
    expect(said).to_be_empty()
    page.clock.set_fixed_time(clock.pass_(minutes=8, seconds=30))
    expect(page.locator("#kept time")).to_have_text("1 min 30 s")
    expect(said).to_contain_text("Two minutes are left")
    page.get_by_role("button", name="Keep it 10 minutes longer").click()
    expect(page.locator("#kept")).to_contain_text("until 09:18")
    expect(page.locator("#kept time")).to_have_text("10 min")  # the new countdown runs: it takes its clock as it starts
    page.clock.set_fixed_time(clock.pass_(minutes=11))
    expect(page.locator("#kept")).to_contain_text("The 10 minutes are over")
    expect(page.locator("#kept .slot-time")).to_have_count(3)
    expect(said).to_contain_text("Nothing you typed is lost")
    expect(page.locator("[name=code]")).to_have_value("123")
    visitor.look("book 7 time is up")
    clock.set(begin)
    assert not visitor.faults, "\n".join(visitor.faults)
