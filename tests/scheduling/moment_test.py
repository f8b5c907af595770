"""What happens in the same moment: transactions that take several times, bookings that change places, a leave."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from mediation.hearings.models import Seat
from mediation.hearings.rules.codes import SeatRole
from mediation.kernel import log
from mediation.kernel.clock import local_date
from mediation.kernel.db import transaction
from mediation.kernel.errors import Taken
from mediation.kernel.outbox import OutboxRow
from mediation.people import queries as people
from mediation.scheduling import claims, daybits, service
from mediation.scheduling.models import Booking, Claim, Orphan
from mediation.scheduling.rules.codes import BookingState, ResourceKind
from mediation.scheduling.service import TakeLeave
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.claims_test import raw_booking

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]


def cross(
    sessions: sessionmaker[Session], halves: tuple[Callable[[Session], None], Callable[[Session], None]]
) -> list[str]:
    """Run two transactions that meet in the middle, if they let each other get that far; what became of them."""
    middle, found = threading.Barrier(2), []

    def run(number: int) -> None:
        def meet() -> None:
            with suppress(threading.BrokenBarrierError):  # the other waits for us: that is how it should be
                middle.wait(timeout=2)

        try:
            with transaction(sessions) as session:
                session.info["meet"] = meet
                halves[number](session)
        except DBAPIError as error:
            found.append(type(error.orig).__name__)
        else:
            found.append("done")

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def several(session: Session, number: int) -> None:
    """One transaction books two days, the other the same in another order, as cancelling and moving many may."""
    mediator = people.all_mediators(session)[0].id
    owner = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
    claims.alone(session)
    for day in (24, 25) if number else (25, 24):
        starts_at = at(day, 9 + number)
        booking = raw_booking(session, number * 100 + day, mediator, starts_at)
        claims.take(session, booking.id, [claims.want(owner, starts_at, 20)], now=START)
        session.info["meet"]()


def test_transactions_that_take_several_times_never_deadlock(
    db_url: str, sessions: sessionmaker[Session], staff: Staff
) -> None:
    with transaction(sessions) as session:
        claims.resources(session, ResourceKind.MEDIATOR, [people.all_mediators(session)[0].id])
    assert cross(sessions, (partial(several, number=0), partial(several, number=1))) == ["done", "done"]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 4
        assert list(daybits.differences(session)) == []


def change_days(session: Session, number: int) -> None:
    """One moves from Tuesday to Wednesday, the other the other way: nobody wants the other's time."""
    booking = session.scalars(select(Booking).where(Booking.idempotency_key == f"race:{number}")).one()
    owner = claims.resources(session, ResourceKind.MEDIATOR, [booking.mediator_id])[booking.mediator_id]
    just_before(session, "UPDATE daybits", session.info["meet"])
    want = claims.want(owner, at(25 if number else 24, 9 + number), 15)
    claims.take(session, booking.id, [want], now=START)


def test_bookings_that_change_days_with_each_other_never_deadlock(
    db_url: str, sessions: sessionmaker[Session], staff: Staff
) -> None:
    with transaction(sessions) as session:
        mediator = people.all_mediators(session)[0].id
        owner = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
        for number in (0, 1):
            starts_at = at(24 if number else 25, 9 + number)
            booking = raw_booking(session, number, mediator, starts_at)
            claims.take(session, booking.id, [claims.want(owner, starts_at, 15)], now=START)
    assert cross(sessions, (partial(change_days, number=0), partial(change_days, number=1))) == ["done", "done"]
    with sessions() as session:
        assert list(daybits.differences(session)) == []


def just_before(session: Session, beginning: str, act: Callable[[], object]) -> None:
    """Do something once, at the moment when the session is about to send a statement."""
    done = []

    def listen(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(beginning) and not done:
            done.append(True)
            act()

    event.listen(session.connection(), "before_cursor_execute", listen)


@pytest.fixture
def postgres_only(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--db") != "pg":
        pytest.skip("on SQLite one writer follows the other: there is no same moment")


def leave_of(session: Session, staff: Staff, clock: FakeClock, mediator_id: int) -> int:
    day = local_date(at(24, 9))
    found = service.take_leave(session, staff("qin"), TakeLeave(mediator_id, day, day), clock=clock)
    session.commit()
    return found


def due(session: Session) -> dict[str, Any]:
    """What the worker is asked to look at."""
    asked = select(OutboxRow).where(OutboxRow.kind == service.LOOK_AGAIN).order_by(OutboxRow.id.desc()).limit(1)
    return session.scalars(asked).one().payload


def test_a_booking_that_commits_after_the_leave_is_listed_by_the_worker(
    postgres_only: None, sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
    with sessions() as booker, sessions() as keeper, sessions() as worker:
        booking = book(booker, staff("shen"), case.id, at(24, 9), clock=clock)
        assert leave_of(keeper, staff, clock, booking.mediator_id) == 0, "it cannot be seen yet"
        booker.commit()
        service.look_again(worker, due(worker), clock())
        worker.commit()
        assert worker.scalars(select(Orphan.booking_id)).all() == [booking.id]


def test_a_leave_that_commits_between_looking_and_taking_is_seen(
    postgres_only: None, sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
    with sessions() as booker, sessions() as keeper:
        mediator = case.mediator_id or 0
        just_before(booker, "INSERT INTO claim", lambda: leave_of(keeper, staff, clock, mediator))
        with pytest.raises(Taken) as refusal:
            book(booker, staff("shen"), case.id, at(24, 9), clock=clock)
        assert refusal.value.code == "time_closed"
        booker.rollback()
        assert keeper.scalar(select(func.count()).select_from(Claim)) == 0


def test_a_chair_that_changes_hands_is_in_the_log(
    sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
        booking = book(session, staff("shen"), case.id, at(26, 9), clock=clock)
        other = people.mediator_of(session, staff("tian").account_id)
        assert other is not None
        service.mediator_changed(session, staff("shen"), case.id, other.id, now=clock())
        session.refresh(booking)
        assert (booking.mediator_id, booking.state) == (other.id, BookingState.PENDING)
        seat = session.scalars(select(Seat).where(Seat.role == SeatRole.NEUTRAL)).one()
        entry = session.scalars(select(log.LogEntry).where(log.LogEntry.name == "chair_handed_over")).one()
        assert entry.case_id == case.id
        assert entry.payload["seat_id"] == seat.id
        assert entry.payload["from_account_id"] == staff("qin").account_id
        assert entry.payload["account_id"] == seat.account_id == staff("tian").account_id
