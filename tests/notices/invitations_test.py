"""What a calendar program gets by mail in the life of a booking (RFC 5546)."""

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import AssignmentReason, DeclineGround, PartyRole
from mediation.kernel.actor import SYSTEM
from mediation.notices.models import Notice
from mediation.people.models import Mediator
from mediation.people.service import RecordPerson
from mediation.scheduling import calendar, queries, service
from mediation.scheduling.rules.codes import CancelReason
from mediation.scheduling.service import CancelBooking, MoveBooking
from tests.cast import ZHAO, ZHOU
from tests.factories.disputes import as_party, received_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.readers import Understood, by_vobject

pytestmark = pytest.mark.db
APPLICANT, RESPONDENT = "zhao@taoxi.example", "zhou@taoxi.example"


def case_with_mail(session: Session, clock: FakeClock) -> Any:
    return received_case(
        session,
        clock,
        applicant=RecordPerson(name=ZHAO.name, phone=ZHAO.phone, email=APPLICANT),
        respondents=(RecordPerson(name=ZHOU.name, phone=ZHOU.phone, email=RESPONDENT),),
    )


def mailed(session: Session, address: str) -> list[tuple[str, Understood]]:
    """Method and event of each calendar that went to an address, in order."""
    rows = session.scalars(select(Notice).where(Notice.attachment.is_not(None)).order_by(Notice.id))
    reads = [by_vobject(row.attachment or b"") for row in rows if row.address == address]
    return [(read.method, read.events[0]) for read in reads]


def mediator_with_mail(session: Session, name: str) -> int:
    account = session.scalars(select(Account).where(Account.username == name)).one()
    account.email = f"{name}@taoxi.example"
    session.flush()
    return session.scalars(select(Mediator.id).where(Mediator.account_id == account.id)).one()


def test_a_booking_keeps_its_name_from_the_first_mail_to_the_cancellation(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = case_with_mail(session, clock)
    qin = mediator_with_mail(session, "qin")
    disputes.accept(session, SYSTEM, disputes.AcceptCase(case.id), clock=clock)
    clock.pass_(minutes=1)
    booking = book(session, as_party(case, PartyRole.APPLICANT), case.id, at(25, 9), clock=clock, mediator_id=qin)
    clock.pass_(minutes=1)
    disputes.assign(
        session, SYSTEM, disputes.AssignMediator(case.id, booking.mediator_id, AssignmentReason.BOOKED), clock=clock
    )
    accepting = staff("qin") if booking.mediator_id == qin else staff("tian")
    disputes.answer_assignment(session, accepting, disputes.AnswerAssignment(case.id), clock=clock)
    clock.pass_(minutes=1)
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(26, 10)), clock=clock)
    clock.pass_(minutes=1)
    cancel = CancelBooking(booking.public_id, CancelReason.ILLNESS)
    service.cancel(session, staff("shen"), cancel, clock=clock)
    for address in (APPLICANT, RESPONDENT):
        got = mailed(session, address)
        assert [method for method, _ in got] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]
        events = [event for _, event in got]
        assert [event.status for event in events] == ["TENTATIVE", "CONFIRMED", "CONFIRMED", "CANCELLED"]
        assert [event.sequence for event in events] == [0, 1, 2, 3]
        assert all(one.stamp < other.stamp for one, other in pairwise(events))
        assert {event.attendees[0][0] for event in events} == {f"mailto:{address}"}
        assert {len(event.attendees) for event in events} == {1}
        row = queries.booking_row(session, booking.id)
        download = by_vobject(calendar.published(row, locale="en")).events[0]
        text = calendar.fragment(row, locale="en", site="https://x.example", busy_only=True)
        feed = by_vobject(calendar.feed([text], name="x")).events[0]
        assert {event.uid for event in events} == {download.uid} == {feed.uid}
        assert download.sequence == feed.sequence == 3


def test_the_mediator_who_hands_over_is_released_alone(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = case_with_mail(session, clock)
    qin, tian = (mediator_with_mail(session, name) for name in ("qin", "tian"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, mediator_id=qin)
    clock.pass_(minutes=1)
    refusal = disputes.AnswerAssignment(case.id, DeclineGround.RELATIVE)
    disputes.answer_assignment(session, staff("qin"), refusal, clock=clock)
    assert booking.mediator_id == tian
    method, event = mailed(session, "qin@taoxi.example")[-1]
    assert (method, event.status, event.sequence) == ("CANCEL", "", 1)
    assert [address for address, _ in event.attendees] == ["mailto:qin@taoxi.example"]
    assert [method for method, _ in mailed(session, "tian@taoxi.example")] == ["REQUEST"]
    assert [method for method, _ in mailed(session, APPLICANT)] == ["REQUEST", "REQUEST"]


def test_a_party_told_of_the_case_later_gets_the_time_into_the_calendar(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = case_with_mail(session, clock)
    book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    assert mailed(session, RESPONDENT) == []
    disputes.accept(session, SYSTEM, disputes.AcceptCase(case.id), clock=clock)
    assert [method for method, _ in mailed(session, RESPONDENT)] == ["REQUEST"]
