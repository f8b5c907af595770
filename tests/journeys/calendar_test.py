"""Time in a real browser: the desk books, the party moves, the mediator sees the week and keeps the own hours."""

from collections.abc import Callable
from typing import cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links, queries
from mediation.access.models import Account
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.actor import Actor
from mediation.people.service import RecordPerson
from tests.factories.disputes import party_of, ready_case, received_case
from tests.factories.scheduling import at, book
from tests.fixtures.browser import LANGUAGES, NARROW, WIDE, Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.db, pytest.mark.timeout(300)]
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
        token = links.issue(
            session, party_id=party_of(booked, PartyRole.APPLICANT).id, case_id=booked.id, clock=site.clock
        )
        return {
            "booked": booked.public_id,
            "asked": asked.public_id,
            "free": free.public_id,
            "link": links.url_path(token),
            "booking": booking.public_id,
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
    page.locator("#outside-address").fill("https://calendar.example/own.ics")
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
