"""The main job in one go: from the resident's phone at the front door to the sealed paper and its proven trail."""

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cast import SHEN, WU, ZHAO, ZHOU
from tests.fixtures.browser import ROOT
from tests.fixtures.house import House, Person, bring_forward
from tests.fixtures.rtc import listen
from tests.fixtures.servers import missing
from tests.journeys.booking_test import say_who, send, tell_what_happened
from tests.journeys.hearing_test import sign

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]

ZHAOS_PHONE, ZHOUS_PHONE = "13899990001", "13799990001"


def told(one: Person, phone: str, what: str) -> str:
    """The newest such thing in the messages to `phone`, once the worker has sent it."""
    while True:
        page = one.page.request.get(f"{one.site}/dev/messages?to={phone}").text()
        found = re.findall(what, page)
        if found:
            return found[0]
        one.page.wait_for_load_state("networkidle")


def books(zhao: Person) -> str:
    """At the front door, with a phone in the hand; gives the case's number."""
    page = zhao.page
    zhao.open("/")
    page.click("a.door--primary")
    tell_what_happened(page, ZHOUS_PHONE)
    send(page)
    say_who(page, ZHAOS_PHONE)
    send(page)
    with page.expect_navigation():
        page.locator(".slot-time").first.click()
    send(page)
    page.fill("[name=code]", told(zhao, ZHAOS_PHONE, r"(?<!\d)\d{6}(?!\d)"))
    send(page)
    return re.findall(r"\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("main"))[0]


def accepted(shen: Person, number: str) -> str:
    """The clerk takes it from the desk to acceptance; gives the case's path."""
    shen.sign_in(SHEN)
    shen.page.click(f"a:has-text('{number}')")
    shen.page.wait_for_url("**/cases/*")
    case = shen.page.url.removeprefix(shen.site)
    shen.page.click(f"a[href='{case}/accept']")
    send(shen.page)
    return case


def hear_each_other(qin: Person, hearing: str, parties: dict[str, Person]) -> None:
    """Let in, begun, everybody hears and sees the other two, ended."""
    qin.open(f"/hearings/{hearing}")
    qin.check_devices()
    qin.page.click("[data-hearing-steps] button:visible")  # open the waiting room
    for link, party in parties.items():
        party.open(link)
        party.page.click("main a[href$='/hearing']")
        party.check_devices()
        qin.page.click("[data-seats] .button--primary:visible")  # let in
        party.screen("call")
    qin.page.click("[data-hearing-steps] .button--primary:visible")  # begin
    everybody = (qin, *parties.values())
    for one in everybody:
        one.moving_pictures(2)
    for flow in listen([one.media for one in everybody], 1):
        assert (flow.pictures, flow.voices) == (2, 2), flow
    qin.page.click("[data-hearing-steps] .button--danger")
    qin.page.click("dialog[open] [data-do=really-close]")
    for one in parties.values():
        one.screen("over")


def agree(qin: Person, case: str, parties: dict[str, Person]) -> None:
    """Drafted by the mediator, signed by both on their own pages and by the mediator."""
    qin.open(f"{case}/agreement")
    qin.page.fill("[name=facts]", "押金三千元未退。")
    qin.page.fill("[name='clauses-0-text']", "房东退还押金三千元")
    qin.page.fill("[name='clauses-0-amount']", "3000")
    with qin.page.expect_navigation():
        qin.page.click("button[name=fix]")
    for (link, party), name in zip(parties.items(), (ZHAO.name, ZHOU.name), strict=True):
        party.open(link)
        party.page.click("main .card--accent .button--primary")
        sign(party, name)
    sign(qin, "秦海燕")


def sealed(wu: Person, case: str, folder: Path) -> str:
    """Sealed by the committee's head; the paper's words, read by another program."""
    wu.sign_in(WU)
    wu.open(f"{case}/agreement/sign")
    with wu.page.expect_navigation():
        wu.page.locator("form[action$='/seal'] button").click()
    wu.open(case)
    paper = wu.page.locator("a[href^='/documents/']")
    while not paper.count():  # the worker is making it
        wu.page.wait_for_load_state("networkidle")
        wu.page.reload()
    answer = wu.page.request.get(wu.site + (paper.first.get_attribute("href") or ""))
    (folder / "agreement.pdf").write_bytes(answer.body())
    read = subprocess.run(["pdftotext", folder / "agreement.pdf", "-"], capture_output=True, check=True)
    return "".join(read.stdout.decode().split())


def audit(house: House) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"]
    return subprocess.run(command, cwd=ROOT, env=house.environment, capture_output=True, check=False)


def test_from_the_front_door_to_the_sealed_paper(house: House, person: New, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        missing("pdftotext")
    zhao, zhou = person(width=360), person(width=360)
    number = books(zhao)
    case = accepted(person(width=1280), number)
    parties = {
        told(zhao, ZHAOS_PHONE, r"/p/[\w~.-]+"): zhao,
        told(zhou, ZHOUS_PHONE, r"/p/[\w~.-]+"): zhou,
    }
    hearing, mediator = bring_forward(house, number)
    qin = person(width=1280)
    qin.sign_in(mediator)
    qin.open(f"{case}/take")
    send(qin.page)
    hear_each_other(qin, hearing, parties)
    agree(qin, case, parties)
    text = sealed(person(width=1280), case, tmp_path)
    assert number in text
    assert "房东退还押金三千元" in text
    assert "叁仟元整" in text
    assert audit(house).returncode == 0
    with closing(sqlite3.connect(house.environment["DATABASE_URL"].removeprefix("sqlite:///"))) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")  # somebody with the file in hand
        database.execute("UPDATE log_entry SET actor = 'nobody' WHERE id = (SELECT max(id) FROM log_entry)")
    assert audit(house).returncode == 1, "the changed entry is found"
    assert [one.errors for one in (zhao, zhou, qin)] == [[], [], []]
