"""A mediator takes so many sessions a day and a week: offered, explained, counted, given back, and never exceeded."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes.models import Case
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import transaction
from mediation.kernel.errors import Denied, Invalid, Taken
from mediation.people import queries as people
from mediation.scheduling import caps, claims, queries, search, service
from mediation.scheduling.models import Booking, CapCount
from mediation.scheduling.rules.caps import Caps
from mediation.scheduling.rules.codes import BlockReason, BookingState, CancelReason, CapPeriod, ResourceKind
from mediation.scheduling.service import CancelBooking, HoldTime, MoveBooking, SetCaps
from mediation.scheduling.why import why_not
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, wish
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.claims_test import PROCESSES, race, raw_booking
from tests.scheduling.staff_views_test import signed_in

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    case = ready_case(session, clock, staff("qin"))
    session.commit()
    return case


def cap(session: Session, case: Case, daily: int | None = None, weekly: int | None = None) -> None:
    assert case.mediator_id is not None
    service.set_caps(session, SYSTEM, SetCaps(case.mediator_id, Caps(daily, weekly)), clock=lambda: START)


def days_offered(session: Session, actor: object, case: Case, clock: FakeClock) -> set[int]:
    """Days of November on which a time is offered."""
    command = service.BookTime(case_id=case.id, starts_at=clock(), idempotency_key="x")
    find = service.times_for_case(session, actor, command, now=clock())  # type: ignore[arg-type]
    return {on.day for on in search.board(session, find, now=clock()).counts() if on.month == 11}


def test_a_full_day_is_offered_no_more_and_a_refusal_says_so(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    shen = staff("shen")
    cap(session, case, daily=1)
    book(session, shen, case.id, at(24, 9), clock=clock)
    assert {23, 25, 26, 27} <= days_offered(session, shen, case, clock)
    assert 24 not in days_offered(session, shen, case, clock)
    with pytest.raises(Taken) as refusal:
        book(session, shen, case.id, at(24, 15), clock=clock)
    assert (refusal.value.code, refusal.value.field) == ("day_full", "slot")


def test_a_full_week_is_offered_no_more_and_the_next_is(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    shen = staff("shen")
    cap(session, case, weekly=2)
    book(session, shen, case.id, at(24, 9), clock=clock)
    book(session, shen, case.id, at(25, 9), clock=clock)
    assert days_offered(session, shen, case, clock) == {30}
    with pytest.raises(Taken) as refusal:
        book(session, shen, case.id, at(26, 9), clock=clock)
    assert refusal.value.code == "week_full"


def test_cancelling_and_moving_give_the_count_back(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    shen = staff("shen")
    cap(session, case, daily=1)
    booking = book(session, shen, case.id, at(24, 9), clock=clock)
    service.reschedule(session, shen, MoveBooking(booking.public_id, at(24, 15)), clock=clock)
    service.reschedule(session, shen, MoveBooking(booking.public_id, at(25, 9)), clock=clock)
    assert 24 in days_offered(session, shen, case, clock)
    assert 25 not in days_offered(session, shen, case, clock)
    service.cancel(session, shen, CancelBooking(booking.public_id, CancelReason.ILLNESS), clock=clock)
    assert 25 in days_offered(session, shen, case, clock)
    assert set(session.scalars(select(CapCount.n))) == {0}
    assert list(service.verify(session)) == []


def test_what_is_kept_for_somebody_counts_while_it_is_kept(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    shen = staff("shen")
    for one in people.all_mediators(session):
        service.set_caps(session, SYSTEM, SetCaps(one.id, Caps(1, None)), clock=clock)
    held = service.hold(session, HoldTime("form", wish(session), at(24, 9)), clock=clock)
    assert held.mediator_id == case.mediator_id
    with pytest.raises(Taken):
        book(session, shen, case.id, at(24, 15), clock=clock)
    clock.pass_(minutes=11)
    assert book(session, shen, case.id, at(24, 15), clock=clock).starts_at == at(24, 15)


def test_a_cap_set_later_knows_what_stands_and_cancels_nothing(
    session: Session, clock: FakeClock, staff: Staff, case: Case
) -> None:
    shen = staff("shen")
    booked = [book(session, shen, case.id, at(24, hour), clock=clock) for hour in (9, 15)]
    cap(session, case, daily=1)
    assert 24 not in days_offered(session, shen, case, clock)
    assert {one.state for one in booked} == {BookingState.CONFIRMED}


def test_why_names_the_cap(session: Session, clock: FakeClock, staff: Staff, case: Case) -> None:
    shen = staff("shen")
    cap(session, case, daily=1, weekly=2)
    book(session, shen, case.id, at(24, 9), clock=clock)
    book(session, shen, case.id, at(25, 9), clock=clock)
    command = service.BookTime(case_id=case.id, starts_at=clock(), idempotency_key="x")
    find = service.times_for_case(session, shen, command, now=clock())
    by_day = {
        day: {
            one.reason
            for moment in why_not(session, find, at(day, 12).date(), now=clock())
            if moment.starts_at == at(day, 15)
            for one in moment.obstacles
        }
        for day in (24, 26, 30)
    }
    assert by_day == {24: {BlockReason.DAY_FULL, BlockReason.WEEK_FULL}, 26: {BlockReason.WEEK_FULL}, 30: set()}


def test_a_counter_that_is_wrong_is_named(session: Session, clock: FakeClock, staff: Staff, case: Case) -> None:
    book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    assert list(service.verify(session)) == []
    session.scalars(select(CapCount).where(CapCount.period == CapPeriod.DAY)).one().n = 3
    session.flush()
    (fault,) = service.verify(session)
    assert fault.where == f"mediator {case.mediator_id} day 2026-11-24"
    assert fault.fault == "3 sessions counted, 1 booked"


@pytest.mark.parametrize(
    ("impossible", "code"),
    [(Caps(0), "cap_impossible"), (Caps(None, 51), "cap_impossible"), (Caps(3, 2), "cap_week_below_day")],
)
def test_an_impossible_cap_is_refused(session: Session, staff: Staff, case: Case, impossible: Caps, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cap(session, case, impossible.daily, impossible.weekly)
    assert refusal.value.code == code
    assert queries.caps_of_mediator(session, case.mediator_id or 0) == Caps()


def test_a_stranger_sets_nobody_s_cap(session: Session, clock: FakeClock, staff: Staff, case: Case) -> None:
    with pytest.raises(Denied):
        service.set_caps(session, staff("tian"), SetCaps(case.mediator_id or 0, Caps(1)), clock=clock)


@pytest.fixture
def qin(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "qin")


def test_the_mediator_sets_it_on_the_hours_page_and_bad_input_stands_at_its_field(
    qin: FlaskClient, session: Session, case: Case
) -> None:
    answer = qin.post("/hours", data={"do": "caps", "daily": "3", "weekly": "12"})
    assert (answer.status_code, answer.location) == (303, "/hours#caps")
    assert queries.caps_of_mediator(session, case.mediator_id or 0) == Caps(3, 12)
    session.rollback()
    both = qin.post("/hours", data={"do": "caps", "daily": "0", "weekly": "99"})
    assert [f'id="{name}-error"' in both.text for name in ("daily", "weekly")] == [True, True], "both at once"
    answer = qin.post("/hours", data={"do": "caps", "daily": "9", "weekly": "4"})
    assert answer.status_code == 422
    assert "比每天的上限还少" in re.findall(r'id="weekly-error".*?</p>', answer.text, re.DOTALL)[0]
    assert 'value="9"' in answer.text, "nothing typed is lost"
    assert queries.caps_of_mediator(session, case.mediator_id or 0) == Caps(3, 12)


def booked_within(sessions: sessionmaker[Session], number: int) -> str:
    """Everybody wants an hour of their own on one day of the mediator whose cap it is."""
    starts_at = at(24, 0) + timedelta(minutes=25 * number)
    try:
        with transaction(sessions) as session:
            mediator = people.all_mediators(session)[0].id
            booking = raw_booking(session, number, mediator, starts_at)
            owner = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
            claims.take(session, booking.id, [claims.want(owner, starts_at, 20)], now=START)
            caps.count(session, booking.id, now=START, to=(owner, starts_at))
    except Taken as refusal:
        return refusal.code
    return "won"


def counted_and_inserted(sessions: sessionmaker[Session], number: int) -> str:
    """The control: count, compare, insert."""
    starts_at = at(24, 0) + timedelta(minutes=25 * number)
    with sessions() as session:
        mediator = people.all_mediators(session)[0].id
        if (session.scalar(select(func.count()).select_from(Booking)) or 0) >= 3:
            return "day_full"
    with transaction(sessions) as session:
        raw_booking(session, number, mediator, starts_at)
    return "won"


RACERS_EACH = 12


@pytest.mark.parametrize("most", [1, 3, 10])
def test_of_many_who_book_at_once_as_many_win_as_the_cap_says(
    db_url: str, sessions: sessionmaker[Session], staff: Staff, most: int
) -> None:
    with transaction(sessions) as session:
        mediator = people.all_mediators(session)[0].id
        service.set_caps(session, SYSTEM, SetCaps(mediator, Caps(most, None)), clock=lambda: START)
    found = race(db_url, booked_within, RACERS_EACH, every=1)
    assert found == {"won": most, "day_full": PROCESSES * RACERS_EACH - most}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == most
        assert set(session.scalars(select(CapCount.n))) == {most}


def test_the_same_race_by_counting_first_goes_over_the_cap(db_url: str, staff: Staff) -> None:
    """Without this the race would prove nothing."""
    assert race(db_url, counted_and_inserted, RACERS_EACH, every=1)["won"] > 3
