"""Beyond the published holidays times can be booked, marked as provisional until next year's notice is applied."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.actor import SYSTEM
from mediation.notices.catalogue import NoticeKind
from mediation.notices.models import Notice
from mediation.orgs import service as orgs
from mediation.orgs.service import ApplyNotice
from mediation.scheduling import calendar, queries
from mediation.scheduling.models import Booking, Orphan
from mediation.scheduling.rules.codes import BlockReason, OrphanState
from tests.factories.disputes import party_of, ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.orgs.notice_test import NOTICE_2027
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db
MARK = "暂定"


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    """On Tuesday 5 January 2027, booked in December, when the notice for 2027 is not known here."""
    clock.set(at(10, 9, month=12))
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(5, 9, month=1).replace(year=2027), clock=clock)
    session.commit()
    return booking


def apply(session: Session, clock: FakeClock) -> None:
    orgs.apply_notice(session, SYSTEM, ApplyNotice(2027, NOTICE_2027), clock=clock)
    session.commit()


def test_everybody_sees_the_mark_until_the_notice_is_applied(
    app: Flask, session: Session, clock: FakeClock, booking: Booking
) -> None:
    assert booking.case is not None
    party = party_of(booking.case, PartyRole.APPLICANT)
    own = links.url_path(links.issue(session, party_id=party.id, case_id=booking.case.id, clock=clock))
    session.commit()
    case = f"/cases/{booking.case.public_id}"
    visitor, shen, qin = app.test_client(), signed_in(app, "shen"), signed_in(app, "qin")
    visitor.set_cookie("locale", "zh_Hans_CN")
    pages = ((visitor, own), (shen, case), (qin, "/calendar?on=2027-01-05"))
    assert [MARK in client.get(path, follow_redirects=True).text for client, path in pages] == [True] * 3
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.HEARING_BOOKED)).all()
    assert told
    assert all(MARK in notice.body for notice in told)
    row = queries.booking_row(session, booking.id)
    assert row.provisional
    assert MARK in calendar.published(row, locale="zh_Hans_CN").decode()
    apply(session, clock)
    assert [MARK in client.get(path, follow_redirects=True).text for client, path in pages] == [False] * 3
    assert not queries.booking_row(session, booking.id).provisional
    assert session.scalars(select(Orphan)).all() == []


def test_a_booking_on_what_becomes_a_holiday_is_listed(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    case = ready_case(session, clock, staff("qin"))
    other = book(session, staff("shen"), case.id, at(1, 15, month=1).replace(year=2027), clock=clock)
    session.commit()
    apply(session, clock)
    orphan = session.scalars(select(Orphan)).one()
    assert (orphan.booking_id, orphan.reason, orphan.state) == (other.id, BlockReason.HOLIDAY, OrphanState.OPEN)


def test_what_is_published_is_not_provisional(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    assert not queries.booking_row(session, booking.id).provisional


def test_who_chooses_such_a_day_reads_it_before(
    app: Flask, session: Session, clock: FakeClock, booking: Booking
) -> None:
    assert booking.case is not None
    party = party_of(booking.case, PartyRole.APPLICANT)
    own = links.url_path(links.issue(session, party_id=party.id, case_id=booking.case.id, clock=clock))
    session.commit()
    visitor, shen = app.test_client(), signed_in(app, "shen")
    visitor.set_cookie("locale", "zh_Hans_CN")
    for client, path in ((visitor, f"{own}/booking"), (shen, f"/cases/{booking.case.public_id}/book")):
        assert MARK not in client.get(f"{path}?day=2026-12-14").text
        assert MARK in client.get(f"{path}?day=2027-01-06").text
