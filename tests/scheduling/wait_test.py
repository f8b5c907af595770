"""Who asked for an earlier time gets what becomes free: in order, one at a time, kept for them alone."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access import links
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.errors import Refused
from mediation.notices.catalogue import NoticeKind
from mediation.notices.models import Notice
from mediation.scheduling import queries, search, service
from mediation.scheduling.models import Booking, Wait
from mediation.scheduling.rules.codes import BookingState, CancelReason, WaitState
from mediation.scheduling.service import AnswerOffer, CancelBooking, MoveBooking
from tests.factories.disputes import as_party, party_of, ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.notices.deliver_test import run_due

pytestmark = pytest.mark.db


class Line:
    """秦海燕's Wednesday 25 November 14:00 is taken; two others booked later and want it earlier."""

    def __init__(self, session: Session, clock: FakeClock, staff: Staff) -> None:
        self.session, self.clock, self.staff = session, clock, staff
        self.cases = [ready_case(session, clock, staff("qin"), summary=f"第{i}件") for i in range(3)]
        starts = (at(25, 14), at(26, 9), at(27, 9))
        made = (
            book(session, staff("shen"), case.id, start, clock=clock)
            for case, start in zip(self.cases, starts, strict=True)
        )
        self.taken, self.first, self.second = made
        for booking, case in ((self.first, self.cases[1]), (self.second, self.cases[2])):
            service.ask_earlier(session, as_party(case), booking.public_id, clock=clock)
            clock.pass_(minutes=1)
        session.commit()

    def free(self) -> None:
        """The Wednesday is cancelled and the worker has looked."""
        command = CancelBooking(self.taken.public_id, CancelReason.CANNOT_COME)
        service.cancel(self.session, self.staff("shen"), command, clock=self.clock)
        self.look()

    def look(self) -> None:
        service.offer_due(self.session, self.clock())
        self.session.commit()

    def answer(self, booking: Booking, *, accept: bool) -> Booking:
        case = next(one for one in self.cases if one.id == booking.case_id)
        command = AnswerOffer(booking.public_id, accept)
        return service.answer_offer(self.session, as_party(case), command, clock=self.clock)

    def offered(self, booking: Booking) -> object:
        wait = queries.wait_of(self.session, booking.id)
        return wait.offered_at if wait is not None else None


@pytest.fixture
def line(session: Session, clock: FakeClock, staff: Staff) -> Line:
    return Line(session, clock, staff)


def test_nothing_is_offered_that_was_free_when_they_asked(line: Line) -> None:
    line.look()
    assert (line.offered(line.first), line.offered(line.second)) == (None, None)


def test_what_becomes_free_is_kept_for_the_first_and_taken(line: Line, session: Session, clock: FakeClock) -> None:
    line.free()
    assert (line.offered(line.first), line.offered(line.second)) == (at(25, 14), None)
    told = session.scalars(select(Notice).where(Notice.kind == NoticeKind.EARLIER_TIME)).all()
    assert {row.party_id for row in told} == {party_of(line.cases[1], PartyRole.APPLICANT).id}
    moved = line.answer(line.first, accept=True)
    assert (moved.starts_at, moved.state) == (at(25, 14), BookingState.CONFIRMED)
    assert session.scalars(select(Booking).where(Booking.state == BookingState.HELD)).all() == []
    line.look()
    assert line.offered(line.second) == at(26, 9), "what the first one left goes to the second"


def test_declined_it_goes_to_the_next_and_comes_back_to_nobody(line: Line) -> None:
    line.free()
    line.answer(line.first, accept=False)
    line.look()
    assert (line.offered(line.first), line.offered(line.second)) == (None, at(25, 14))
    line.answer(line.second, accept=False)
    line.look()
    assert (line.offered(line.first), line.offered(line.second)) == (None, None)
    assert line.first.starts_at == at(26, 9)


def test_unanswered_it_goes_to_the_next_and_a_late_yes_is_refused(line: Line, clock: FakeClock) -> None:
    line.free()
    clock.pass_(hours=2)
    with pytest.raises(Refused, match="offer_gone"):
        line.answer(line.first, accept=True)
    line.look()
    assert (line.offered(line.first), line.offered(line.second)) == (None, at(25, 14))


def test_nobody_else_gets_what_is_kept(line: Line, session: Session, clock: FakeClock, staff: Staff) -> None:
    line.free()
    case = ready_case(session, clock, staff("qin"), summary="第四件")
    find = service.times_for_case(session, staff("shen"), service.BookTime(case.id, clock(), ""), now=clock())

    assert search.free_at(session, find, at(25, 14), now=clock()) is None


def test_at_night_nothing_is_offered(line: Line, clock: FakeClock) -> None:
    clock.set(at(23, 22))
    line.free()
    assert line.offered(line.first) is None
    clock.set(at(24, 8))
    line.look()
    assert line.offered(line.first) == at(25, 14)


def test_whoever_moves_or_stops_or_cancels_waits_no_more(line: Line, session: Session, clock: FakeClock) -> None:
    line.free()
    service.reschedule(session, as_party(line.cases[1]), MoveBooking(line.first.public_id, at(30, 9)), clock=clock)
    service.stop_waiting(session, as_party(line.cases[2]), line.second.public_id, clock=clock)
    assert {wait.state for wait in session.scalars(select(Wait))} == {WaitState.ENDED}
    assert session.scalars(select(Booking).where(Booking.state == BookingState.HELD)).all() == []


def test_the_worker_offers_by_itself(
    line: Line, sessions: sessionmaker[Session], session: Session, clock: FakeClock
) -> None:
    command = CancelBooking(line.taken.public_id, CancelReason.CANNOT_COME)
    service.cancel(session, line.staff("shen"), command, clock=clock)
    session.commit()
    run_due(sessions, clock)
    session.rollback()
    assert line.offered(line.first) == at(25, 14)


def own(session: Session, clock: FakeClock, case: Case) -> str:
    party = party_of(case, PartyRole.APPLICANT)
    token = links.issue(session, party_id=party.id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def test_the_personal_page_asks_takes_and_stops(app: Flask, session: Session, clock: FakeClock, line: Line) -> None:
    line.free()
    path, page = own(session, clock, line.cases[1]), app.test_client()
    page.set_cookie("locale", "zh_Hans_CN")
    assert "有更早的时间：2026年11月25日" in page.get(path).text
    assert page.post(f"{path}/earlier", data={"do": "dance"}).status_code == 422
    assert page.post(f"{path}/earlier", data={"do": "accept"}).status_code == 303
    assert "2026年11月25日（星期三）14:00" in page.get(path).text
    assert page.post(f"{path}/earlier", data={"do": "accept"}).status_code == 409
    assert "有更早的时间请告诉我" in page.get(path).text
    page.post(f"{path}/earlier", data={"do": "ask"})
    assert "不用再告诉我" in page.get(path).text
    page.post(f"{path}/earlier", data={"do": "stop"})
    assert "有更早的时间请告诉我" in page.get(path).text
