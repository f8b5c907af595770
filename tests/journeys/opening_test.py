"""Hours, leave, closed days and holidays in a real browser, and what they orphan: each page looked at."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links, queries
from mediation.access.models import Account
from mediation.disputes.rules.codes import PartyRole
from mediation.people import queries as people
from mediation.scheduling import service
from mediation.scheduling.rules.codes import CancelReason
from mediation.scheduling.service import CancelBooking, TakeLeave
from tests.factories.disputes import as_party, party_of, ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.browser import LANGUAGES, NARROW, WIDE, Site, Visitor
from tests.orgs.notice_test import NOTICE_2027

pytestmark = [pytest.mark.browser, pytest.mark.db, pytest.mark.timeout(300)]
EVERYWHERE = [(language, width) for language in LANGUAGES for width in (NARROW, WIDE)]


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, str]:
    """A booking in a leave, and a party to whom an earlier time is offered; where their pages are."""
    with site.writing() as session:
        assert isinstance(session, Session)
        return furnish(session, site)


def furnish(session: Session, site: Site) -> dict[str, str]:
    def staff(username: str) -> Account:
        return session.scalars(select(Account).where(Account.username == username)).one()

    qin, shen = queries.actor_of(staff("qin")), queries.actor_of(staff("shen"))
    mediator = people.mediator_of(session, qin.account_id)
    assert mediator is not None
    clock = site.clock
    away, taken, waits = (ready_case(session, clock, qin, summary=f"第{i}件") for i in range(3))
    lost = book(session, shen, away.id, at(27, 9), clock=clock)
    first = book(session, shen, taken.id, at(25, 14), clock=clock)
    second = book(session, shen, waits.id, at(26, 9), clock=clock)
    service.ask_earlier(session, as_party(waits), second.public_id, clock=clock)
    service.cancel(session, shen, CancelBooking(first.public_id, CancelReason.CANNOT_COME), clock=clock)
    service.offer_due(session, clock())
    day = lost.starts_at.date()
    service.take_leave(session, shen, TakeLeave(mediator.id, day, day, "住院"), clock=clock)
    party = party_of(waits, PartyRole.APPLICANT)
    token = links.issue(session, party_id=party.id, case_id=waits.id, clock=clock)
    return {
        "hours": f"/opening/mediators/{mediator.public_id}",
        "decide": f"/bookings/{lost.public_id}/decide",
        "arrivals": f"/bookings/{second.public_id}/arrivals",
        "several": f"/cases/{away.public_id}/book",
        "personal": links.url_path(token),
    }


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_pages_of_hours_and_what_they_orphan_are_fit(
    visit: Callable[[str, int], Visitor], known: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.sign_in("shen")
    pages = {"opening": "/opening", "orphans": "/orphans", "desk with orphans": "/desk"} | known
    for name, path in pages.items():
        visitor.goto(path)
        visitor.look(f"opening {name}")
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_the_notice_is_read_in_the_browser(
    visit: Callable[[str, int], Visitor], known: dict[str, str], language: str, width: int
) -> None:
    visitor = visit(language, width)
    visitor.refusals_are_fine = True
    visitor.sign_in("guo")
    page = visitor.goto("/opening/holidays")
    visitor.look("opening holidays")
    read(page, NOTICE_2027.replace("共5天", "共4天"))
    visitor.look("opening notice with a slip")
    assert page.locator("button[value=apply]").count() == 0
    visitor.goto("/opening/holidays")
    read(page, NOTICE_2027)
    visitor.look("opening notice")
    assert page.locator("button[value=apply]").count() == 1
    assert not visitor.faults, "\n".join(visitor.faults)


def read(page: Page, text: str) -> None:
    page.locator("textarea[name=text]").fill(text)
    with page.expect_navigation():
        page.locator("button[value=read]").click()
