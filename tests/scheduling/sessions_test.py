"""Several sessions at once, and who came to them."""

from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.errors import Invalid, Missing, Refused, Taken
from mediation.scheduling import queries, service
from mediation.scheduling.models import ArrivalMark, Booking
from mediation.scheduling.rules.codes import Arrival, BookingState, CancelReason
from mediation.scheduling.service import BookSeries, BookTime, CancelBooking, MarkArrival, MoveBooking
from tests.factories.disputes import party_of, ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db
WEEK = timedelta(weeks=1)


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    return ready_case(session, clock, staff("qin"))


def series(case: Case, n: int, weeks: int = 1) -> BookSeries:
    return BookSeries(BookTime(case.id, at(24, 9), "k"), n, weeks)


def test_weekly_sessions_are_booked_together_and_once(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    made = service.book_series(session, staff("shen"), series(case, 3), clock=clock)
    assert [one.starts_at for one in made] == [at(24, 9), at(24, 9) + WEEK, at(24, 9) + 2 * WEEK]
    again = service.book_series(session, staff("shen"), series(case, 3), clock=clock)
    assert [one.id for one in again] == [one.id for one in made]
    service.cancel(session, staff("shen"), CancelBooking(made[1].public_id, CancelReason.OTHER), clock=clock)
    assert [one.state for one in made] == [BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.CONFIRMED]


def test_each_session_is_an_event_of_its_own_and_keeps_its_uid(
    app: Flask, session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    made = service.book_series(session, staff("shen"), series(case, 3), clock=clock)
    party = party_of(case, PartyRole.APPLICANT)
    page = links.url_path(links.issue(session, party_id=party.id, case_id=case.id, clock=clock))
    session.commit()

    def events() -> dict[str, int]:
        body = app.test_client().get(f"{page}/booking.ics").data
        return {str(one["UID"]): one["SEQUENCE"] for one in Calendar.from_ical(body).walk("VEVENT")}

    before = events()
    assert len(before) == 3
    move = MoveBooking(made[1].public_id, at(24, 9) + WEEK + timedelta(days=1))
    service.reschedule(session, staff("shen"), move, clock=clock)
    session.commit()
    after = events()
    assert after.keys() == before.keys()
    assert sorted(after[uid] - before[uid] for uid in after) == [0, 0, 1]


def test_one_that_is_taken_stops_all_and_is_named(session: Session, clock: FakeClock, staff: Staff, case: Case) -> None:
    other = ready_case(session, clock, staff("qin"), summary="另一件")
    book(session, staff("shen"), other.id, at(24, 9) + WEEK, clock=clock)
    with pytest.raises(Taken, match="series_taken") as refusal:
        service.book_series(session, staff("shen"), series(case, 3), clock=clock)
    assert refusal.value.params["when"] == "2026-12-01"
    assert session.scalars(select(Booking).where(Booking.case_id == case.id)).all() == []


@pytest.mark.parametrize(("n", "weeks"), [(0, 1), (5, 1), (2, 3)])
def test_a_series_that_cannot_be_is_refused(
    session: Session, clock: FakeClock, staff: Staff, n: int, weeks: int
) -> None:
    case = ready_case(session, clock, staff("qin"))
    with pytest.raises(Invalid, match="series_impossible"):
        service.book_series(session, staff("shen"), series(case, n, weeks), clock=clock)


def test_the_desk_books_two_sessions_and_ticks_people_off(
    app: Flask, session: Session, clock: FakeClock, case: Case
) -> None:
    session.commit()
    shen = signed_in(app, "shen")
    assert "2x1" in shen.get(f"/cases/{case.public_id}/book").text
    slot = {"slot": "2026-11-24T01:00+00:00", "key": "k", "series": "2x1"}
    assert shen.post(f"/cases/{case.public_id}/book", data={**slot, "series": "9x9"}).status_code == 422
    assert shen.post(f"/cases/{case.public_id}/book", data=slot).status_code == 303
    session.rollback()
    made = session.scalars(select(Booking).where(Booking.case_id == case.id).order_by(Booking.starts_at)).all()
    assert len(made) == 2
    clock.set(at(24, 9))
    shen = signed_in(app, "shen")
    address = f"/bookings/{made[0].public_id}/arrivals"
    party = party_of(case, PartyRole.APPLICANT).public_id
    assert shen.post(address, data={"party": party, "arrival": "came"}).status_code == 303
    assert "已到场" in shen.get(address).text
    assert shen.post(address, data={"party": party, "arrival": "flew"}).status_code == 422


def test_who_came_and_who_did_not(session: Session, clock: FakeClock, staff: Staff, case: Case) -> None:
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    party = party_of(case, PartyRole.RESPONDENT).public_id

    def mark(arrival: Arrival, whom: str = party) -> None:
        service.mark_arrival(session, staff("shen"), MarkArrival(booking.public_id, whom, arrival), clock=clock)

    with pytest.raises(Refused, match="arrival_too_early"):
        mark(Arrival.CAME)
    clock.set(at(24, 8))
    with pytest.raises(Refused, match="not_begun_yet"):
        mark(Arrival.MISSED)
    clock.set(at(24, 9, 20))
    mark(Arrival.MISSED)
    mark(Arrival.CAME)
    mark(Arrival.CAME)
    found = queries.arrivals(session, queries.booking_row(session, booking.id))
    assert {one.party.public_id: one.arrival for one in found}[party] is Arrival.CAME
    assert len(session.scalars(select(ArrivalMark)).all()) == 1
    with pytest.raises(Missing, match="party_unknown"):
        mark(Arrival.CAME, "nobody")
