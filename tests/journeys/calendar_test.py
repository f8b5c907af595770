"""Time in a real browser: the desk books, the party moves, the mediator sees the week and keeps the own hours."""

from collections.abc import Callable
from typing import cast

import pytest
from playwright.sync_api import Locator, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links, queries
from mediation.access.models import Account
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.actor import Actor
from mediation.orgs.models import Room
from mediation.people.service import RecordPerson
from mediation.scheduling.service import Close, close
from tests.factories.disputes import party_of, ready_case, received_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.browser import LANGUAGES, NARROW, WIDE, Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.db, pytest.mark.timeout(300)]
FRIDAY = at(27, 0).date()
EVERYWHERE = [(language, width) for language in LANGUAGES for width in (NARROW, WIDE)]


def staff(session: Session, username: str) -> Actor:
    return queries.actor_of(session.scalars(select(Account).where(Account.username == username)).one())


def people(number: int) -> dict[str, object]:
    """The two sides of one story of this file, nobody in two."""
    return {
        "applicant": RecordPerson(name="赵晓明", phone=f"138{number:08d}"),
        "respondents": (RecordPerson(name="周国强", phone=f"139{number:08d}"),),
    }


@pytest.fixture(scope="module")
def cases(site: Site) -> dict[str, str]:
    """A case with a booking, one that waits for its mediator, one without a time: key -> public id of the case."""
    with site.writing() as opened:
        session = cast("Session", opened)
        desk, qin = staff(session, "shen"), staff(session, "qin")
        booked = ready_case(session, site.clock, qin, **people(21))
        booking = book(session, desk, booked.id, at(24, 9), clock=site.clock)
        asked = received_case(session, site.clock, **people(22))
        book(session, desk, asked.id, at(26, 15), clock=site.clock)
        free = ready_case(session, site.clock, qin, **people(23))
        dragged, typed = (ready_case(session, site.clock, qin, **people(one)).id for one in (24, 26))
        room = session.scalars(select(Room).where(Room.station.has(public_id=station(session)))).first()
        assert room is not None
        in_room = ready_case(session, site.clock, qin, **people(25))
        book(session, desk, in_room.id, at(27, 9), clock=site.clock, room_ids=(room.id,))
        close(session, desk, Close(room.station.rooms[1].public_id, FRIDAY, FRIDAY, why="粉刷墙壁"), clock=site.clock)
        token = links.issue(
            session, party_id=party_of(booked, PartyRole.APPLICANT).id, case_id=booked.id, clock=site.clock
        )
        return {
            "booked": booked.public_id,
            "asked": asked.public_id,
            "free": free.public_id,
            "link": links.url_path(token),
            "booking": booking.public_id,
            "dragged": book(session, desk, dragged, at(25, 9), clock=site.clock).public_id,
            "typed": book(session, desk, typed, at(26, 9), clock=site.clock).public_id,
        }


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_mediators_week_and_hours_are_fit(
    visit: Callable[[str, int], Visitor], cases: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.sign_in("qin")
    page = visitor.goto("/calendar")
    if width == WIDE:
        page.locator(".ec-event").first.wait_for()
        assert page.locator(".ec-event:not(.ec-bg-event)").count() >= 2
    visitor.look("calendar")
    page = visitor.goto("/hours")
    with page.expect_navigation():
        page.locator("#feed button[type=submit]").first.click()
    page.locator("#outside [name=address]").fill("https://calendar.example/own.ics")
    with page.expect_navigation():
        page.locator("#outside form button[type=submit]").last.click()
    visitor.look("hours")
    if page.locator("#outside .day-list form").count():
        with page.expect_navigation():
            page.locator("#outside .day-list form button").last.click()
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_desks_pages_of_time_are_fit(
    visit: Callable[[str, int], Visitor], cases: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.sign_in("shen")
    for name, path in {
        "case booked": f"/cases/{cases['booked']}",
        "desk book": f"/cases/{cases['free']}/book",
        "desk move": f"/bookings/{cases['booking']}/move",
        "desk cancel": f"/bookings/{cases['booking']}/cancel",
    }.items():
        visitor.goto(path)
        visitor.look(name)
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_a_partys_pages_of_time_are_fit(
    visit: Callable[[str, int], Visitor], cases: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.goto(f"{cases['link']}/booking")
    visitor.look("own move")
    visitor.goto(f"{cases['link']}/booking/cancel")
    visitor.look("own cancel")
    assert not visitor.faults, "\n".join(visitor.faults)


def grid_of(visitor: Visitor, booking: str) -> Locator:
    """The day of all bookings as a grid; the booking in it, as soon as it stands there."""
    page = visitor.goto("/calendar?of=all&view=day&on=2026-11-25")
    event = page.locator(f".ec-event[data-booking='{booking}']")
    event.wait_for()
    return event


HALF_HOUR_PX = 36


def drag(page: Page, what: Locator, *, from_y: float, by: float, to_x: float | None = None) -> None:
    """With the mouse, down by so many pixels; `from_y` is measured from the top of what is dragged."""
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 3, box["y"] + from_y
    page.mouse.move(x, y)
    page.mouse.down()
    for part in (0.3, 0.7, 1):
        page.mouse.move(x + ((to_x or x) - x) * part, y + by * part)
    page.mouse.up()


def test_a_booking_is_dragged_lengthened_and_a_refused_drag_snaps_back(
    visit: Callable[[str, int], Visitor], cases: dict[str, str]
) -> None:
    visitor = visit("zh", WIDE)
    visitor.sign_in("shen")
    page, booking = visitor.page, cases["dragged"]
    event = grid_of(visitor, booking)
    drag(page, event, from_y=20, by=2 * HALF_HOUR_PX)
    page.locator("#ask-move[open]").wait_for()
    assert "10:00–11:00" in page.locator("#ask-move li").first.inner_text()
    visitor.look("calendar question")
    with page.expect_navigation():
        page.locator("#ask-move button[value=yes]").click()
    assert "10:00" in page.locator(".alert--success").inner_text()

    event = grid_of(visitor, booking)
    edge = event.locator(".ec-resizer").last
    event.hover()
    drag(page, edge, from_y=2, by=HALF_HOUR_PX)
    page.locator("#ask-move[open]").wait_for()
    assert "10:00–11:30" in page.locator("#ask-move li").first.inner_text()
    with page.expect_navigation():
        page.locator("#ask-move button[value=yes]").click()

    visitor.refusals_are_fine = True
    event = grid_of(visitor, booking)
    drag(page, event, from_y=20, by=4 * HALF_HOUR_PX)
    page.locator("#move-refused:not(:empty)").wait_for()
    assert "秦海燕" in page.locator("#move-refused").inner_text()
    event.locator("time", has_text="10:00").wait_for()
    visitor.look("calendar refused")

    page = visitor.goto("/calendar?of=mediators&on=2026-11-25")
    event = page.locator(f".ec-event[data-booking='{booking}']")
    event.wait_for()
    beside = page.locator(".ec-col-head", has_text="田志刚").bounding_box()
    assert beside is not None
    drag(page, event, from_y=20, by=0, to_x=beside["x"] + beside["width"] / 2)
    page.locator("#ask-move[open]").wait_for()
    assert "田志刚" in page.locator("#ask-move li").nth(1).inner_text()
    page.locator("#ask-move button[value=no]").click()
    page.locator("#ask-move:not([open])").wait_for(state="attached")
    assert not visitor.faults, "\n".join(visitor.faults)


def test_a_booking_is_moved_by_keyboard_alone(visit: Callable[[str, int], Visitor], cases: dict[str, str]) -> None:
    visitor = visit("zh", NARROW)
    visitor.refusals_are_fine = True
    visitor.sign_in("shen")
    page = visitor.goto("/calendar?of=all&view=day&on=2026-11-26")
    page.locator(f".week-list a[href='/bookings/{cases['typed']}/change']").focus()
    page.keyboard.press("Enter")
    page.locator("#time").wait_for()
    page.locator("#time").fill("12:30")
    page.locator("#time").press("Enter")
    page.locator("#lost").wait_for()
    assert page.locator("#time").input_value() == "12:30"
    assert page.locator("#nearest button").count() == 3
    visitor.look("calendar change refused")
    page.locator("#time").fill("16:30")
    page.locator("#time").press("Enter")
    page.locator("#asked").wait_for()
    visitor.look("calendar change asked")
    page.locator("#asked button").focus()
    page.keyboard.press("Enter")
    page.locator(".alert--success").wait_for()
    assert "16:30–17:30" in page.locator(".week-list").inner_text()
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_rooms_and_mediators_side_by_side_and_the_sheet_are_fit(
    visit: Callable[[str, int], Visitor], cases: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.sign_in("shen")
    for of in ("rooms", "mediators"):
        page = visitor.goto(f"/calendar?of={of}&on=2026-11-27")
        if width == WIDE:
            page.locator(".ec-event[data-booking]").first.wait_for()
        visitor.look(f"calendar {of}")
    for query in ("of=rooms&view=day", "of=mediators&view=week"):
        visitor.goto(f"/calendar/sheet?{query}&on=2026-11-27")
        visitor.look(f"sheet {query}")
    visitor.goto("/calendar?of=all&view=list")
    visitor.look("calendar list")
    visitor.goto(f"/bookings/{cases['booking']}/change")
    visitor.look("calendar change")
    assert not visitor.faults, "\n".join(visitor.faults)
