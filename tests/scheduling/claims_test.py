"""Races for the same time on a real database, from several processes: one wins, the others are told so."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel import crypto
from mediation.kernel.db import make_engine, make_sessions, transaction
from mediation.kernel.errors import Taken
from mediation.people import queries as people
from mediation.scheduling import claims, service
from mediation.scheduling.models import Booking, Claim
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason, ResourceKind
from mediation.scheduling.service import HoldTime
from tests.factories.scheduling import at, station, wish
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.db import SECRET

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]
PROCESSES, TRIES, ROUNDS = 4, 6, 12
Work = Callable[[sessionmaker[Session], int], str]


def _one_process(url: str, work: Work, numbers: range, every: int, gates: tuple[Any, Any]) -> None:
    gate, results = gates
    crypto.install(crypto.Keyring([SECRET]))
    engine = make_engine(url)
    sessions = make_sessions(engine)
    with sessions() as session:
        _mediators(session)  # connected before the start
    for number in numbers:
        if (number - numbers[0]) % every == 0:
            gate.wait()
        try:
            results.put(work(sessions, number))
        except Exception as error:
            results.put(f"{type(error).__name__}: {error}")
    engine.dispose()


def race(url: str, work: Work, tries: int = TRIES, *, every: int = 0, processes: int = PROCESSES) -> Counter[str]:
    """What `processes` x `tries` attempts came to; all wait for each other before each `every` tries (0: at first)."""
    spawn = multiprocessing.get_context("spawn")
    gate, results = spawn.Barrier(processes), spawn.Queue()
    racers = [
        spawn.Process(
            target=_one_process, args=(url, work, range(i * tries, (i + 1) * tries), every or tries, (gate, results))
        )
        for i in range(processes)
    ]
    for racer in racers:
        racer.start()
    found = Counter(results.get(timeout=60) for _attempt in range(processes * tries))
    for racer in racers:
        racer.join(timeout=10)
    return found


def _mediators(session: Session) -> list[int]:
    return [row.id for row in people.all_mediators(session)]


def raw_booking(session: Session, number: int, mediator_id: int, starts_at: datetime) -> Booking:
    booking = Booking(
        idempotency_key=f"race:{number}",
        mediator_id=mediator_id,
        attendance=Attendance.HOME,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        state=BookingState.HELD,
        choice_reason=ChoiceReason.BY_STAFF,
        created_at=START,
        changed_at=START,
    )
    session.add(booking)
    session.flush()
    return booking


def same_time_three_resources(sessions: sessionmaker[Session], number: int) -> str:
    """A mediator, a room and a person at one time."""
    try:
        with transaction(sessions) as session:
            mediator = _mediators(session)[0]
            booking = raw_booking(session, number, mediator, at(24, 9))
            wants = [
                claims.want(claims.resources(session, kind, [subject])[subject], at(24, 9), 60)
                for kind, subject in (
                    (ResourceKind.MEDIATOR, mediator),
                    (ResourceKind.ROOM, 1),
                    (ResourceKind.PARTY, 1),
                )
            ]
            claims.take(session, booking.id, wants, now=START)
    except Taken:
        return "taken"
    return "won"


def overlapping_sets(sessions: sessionmaker[Session], number: int) -> str:
    """Every racer wants two of four mediators in an order of their own, at overlapping hours."""
    starts_at = at(24, 9) + timedelta(minutes=5 * (number % 7))
    try:
        with transaction(sessions) as session:
            ids = _mediators(session)[:4]
            pair = [ids[number % 4], ids[(number * 3 + 1) % 4]]
            booking = raw_booking(session, number, pair[0], starts_at)
            known = claims.resources(session, ResourceKind.MEDIATOR, pair)
            wants = [claims.want(known[one], starts_at, 60) for one in dict.fromkeys(pair)]
            claims.take(session, booking.id, wants, now=START)
    except Taken:
        return "taken"
    return "won"


def _hour_of(number: int) -> datetime:
    """The processes' tries of one number are of one hour."""
    return at(24, 9) + timedelta(hours=number % ROUNDS)


def claiming(sessions: sessionmaker[Session], number: int) -> str:
    hour = _hour_of(number)
    try:
        with transaction(sessions) as session:
            mediator = _mediators(session)[0]
            booking = raw_booking(session, number, mediator, hour)
            mine = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
            claims.take(session, booking.id, [claims.want(mine, hour, 60)], now=START)
    except Taken:
        return "taken"
    return "won"


def naive(sessions: sessionmaker[Session], number: int) -> str:
    return naive_at(sessions, number, _hour_of(number))


def naive_at(sessions: sessionmaker[Session], number: int, hour: datetime) -> str:
    """The control: look first, then write, as so many do."""
    with sessions() as session:
        mediator = _mediators(session)[0]
        busy = session.scalars(
            select(Booking.id).where(Booking.mediator_id == mediator, Booking.starts_at == hour)
        ).first()
    if busy is not None:
        return "taken"
    with transaction(sessions) as session:
        raw_booking(session, number, mediator, hour)
    return "won"


def test_one_wins_and_the_others_are_told_so(db_url: str, staff: object) -> None:
    assert race(db_url, same_time_three_resources) == {"won": 1, "taken": PROCESSES * TRIES - 1}


def test_every_hour_is_won_once(db_url: str, staff: object) -> None:
    assert race(db_url, claiming, ROUNDS, every=1) == {"won": ROUNDS, "taken": (PROCESSES - 1) * ROUNDS}


def test_the_same_race_without_claims_double_books(db_url: str, staff: object) -> None:
    """Without this the test above would prove nothing."""
    assert race(db_url, naive, ROUNDS, every=1)["won"] > ROUNDS


def test_overlapping_sets_never_deadlock_and_never_overlap(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    found = race(db_url, overlapping_sets)
    assert set(found) <= {"won", "taken"}
    with sessions() as session:
        owners = session.execute(select(Claim.resource_id, Claim.quantum, Claim.booking_id)).all()
        bookings = {row.id: row for row in session.scalars(select(Booking))}
    assert len({(resource, quantum) for resource, quantum, _ in owners}) == len(owners)
    n_each = Counter((booking, resource) for resource, _, booking in owners)
    assert set(n_each.values()) == {12}, "whole hours only: nobody has half a claim"
    assert {booking for booking, _ in n_each} == set(bookings), "a loser leaves no booking behind"


def test_of_a_hold_and_its_heir_one_has_the_time(db_url: str, clock: FakeClock, staff: object) -> None:
    found = race(db_url, hold_at_the_station)
    assert found["held"] == 2, "two mediators suit, each with a room of the station"
    assert found["taken"] == PROCESSES * TRIES - 2


def hold_at_the_station(sessions: sessionmaker[Session], number: int) -> str:
    try:
        with transaction(sessions) as session:
            wanted = wish(session, at_station=station(session))
            service.hold(session, HoldTime(f"race:{number}", wanted, at(24, 9)), clock=lambda: START)
    except Taken:
        return "taken"
    return "held"


def test_an_expired_hold_is_taken_over_and_a_live_one_never(
    sessions: sessionmaker[Session], clock: FakeClock, staff: object
) -> None:
    with transaction(sessions) as session:
        mediator = _mediators(session)[0]
        resource = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
        holder, heir = (raw_booking(session, n, mediator, at(24, 9)) for n in (1, 2))
        want = claims.want(resource, at(24, 9), 60)
        until = clock() + timedelta(minutes=10)
        claims.take(session, holder.id, [want], now=clock(), expires_at=until)
        with pytest.raises(Taken) as refusal:
            claims.take(session, heir.id, [want], now=until)
        assert refusal.value.params == {"resource": ResourceKind.MEDIATOR, "subject_id": mediator}
        claims.take(session, heir.id, [want], now=until + timedelta(seconds=1))
        assert set(session.scalars(select(Claim.booking_id))) == {heir.id}
        claims.release(session, holder.id)
        assert len(session.scalars(select(Claim.quantum)).all()) == 12


def test_a_move_that_is_lost_keeps_what_it_had(sessions: sessionmaker[Session], staff: object) -> None:
    with transaction(sessions) as session:
        mediator = _mediators(session)[0]
        resource = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
        one, other = (raw_booking(session, n, mediator, at(24, 9)) for n in (1, 2))
        claims.take(session, one.id, [claims.want(resource, at(24, 9), 60)], now=START)
        claims.take(session, other.id, [claims.want(resource, at(24, 11), 60)], now=START)
        with pytest.raises(Taken):
            claims.take(session, one.id, [claims.want(resource, at(24, 10, 30), 60)], now=START)
        kept = session.scalars(select(Claim.quantum).where(Claim.booking_id == one.id).order_by(Claim.quantum)).all()
        assert len(kept) == 12
        assert datetime.fromtimestamp(kept[0] * 300, UTC) == at(24, 9)
        claims.take(session, one.id, [claims.want(resource, at(24, 9, 30), 60)], now=START)
        assert len(session.scalars(select(Claim.quantum).where(Claim.booking_id == one.id)).all()) == 12
