"""Two hundred people want one time; two hundred bookings want to move to one time; writers are killed as they write.

On a real database, from eight processes. The same race without claims must double-book: otherwise it
would be no race.
"""

import multiprocessing
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel import crypto
from mediation.kernel.db import make_engine, make_sessions, transaction
from mediation.kernel.errors import Taken
from mediation.people import queries as people
from mediation.scheduling import caps, claims, daybits, service
from mediation.scheduling.models import Booking, Claim, DayBits, Resource
from mediation.scheduling.rules.codes import BookingState, ResourceKind
from tests.factories.scheduling import at
from tests.fixtures.clock import START
from tests.fixtures.db import SECRET
from tests.scheduling.claims_test import naive_at, race, raw_booking

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(300)]
PROCESSES, EACH, ROUNDS = 8, 25, 20
RACERS = PROCESSES * EACH
KILLS, WRITERS = 12, 3
HELD_ROUNDS, STORM = 2, 12


def round_of(number: int) -> int:
    """All processes' numbers go round by round: EACH tries of a process in each."""
    return number % (EACH * ROUNDS) // EACH


def three_resources(sessions: sessionmaker[Session], number: int) -> str:
    """A mediator, a room and a person at the hour of this round."""
    hour = at(24, 0) + timedelta(hours=2 * round_of(number))
    try:
        with transaction(sessions) as session:
            mediator = people.all_mediators(session)[0].id
            booking = raw_booking(session, number, mediator, hour)
            wants = [
                claims.want(claims.resources(session, kind, [subject])[subject], hour, 60)
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


def naive(sessions: sessionmaker[Session], number: int) -> str:
    return naive_at(sessions, number, at(24, 0) + timedelta(hours=2 * round_of(number)))


def test_of_200_for_one_time_one_wins_in_each_of_20_rounds(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    found = race(db_url, three_resources, EACH * ROUNDS, every=EACH, processes=PROCESSES)
    assert found == {"won": ROUNDS, "taken": ROUNDS * (RACERS - 1)}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == ROUNDS, "a loser leaves nothing behind"
        assert session.scalar(select(func.count()).select_from(Claim)) == ROUNDS * 3 * 12
        assert list(daybits.differences(session)) == []


def test_the_same_race_without_claims_double_books(db_url: str, staff: object) -> None:
    assert race(db_url, naive, EACH * ROUNDS, every=EACH, processes=PROCESSES)["won"] > ROUNDS


def move_to_eleven(sessions: sessionmaker[Session], number: int) -> str:
    """Booking `number`, which owns 09:00 of its own person, wants 11:00 with the mediator whom all want."""
    try:
        with transaction(sessions) as session:
            booking = session.scalars(select(Booking).where(Booking.idempotency_key == f"race:{number}")).one()
            own = claims.resources(session, ResourceKind.PARTY, [1000 + number])[1000 + number]
            mediator = claims.resources(session, ResourceKind.MEDIATOR, [booking.mediator_id])[booking.mediator_id]
            wants = [claims.want(own, at(24, 11), 60), claims.want(mediator, at(24, 11), 60)]
            claims.take(session, booking.id, wants, now=START)
    except Taken:
        return "kept"
    return "moved"


def test_of_200_that_move_to_one_time_one_moves_and_all_others_keep_theirs(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    with transaction(sessions) as session:
        mediator = people.all_mediators(session)[0].id
        persons = claims.resources(session, ResourceKind.PARTY, range(1000, 1000 + RACERS))
        for number in range(RACERS):
            booking = raw_booking(session, number, mediator, at(24, 9))
            claims.take(session, booking.id, [claims.want(persons[1000 + number], at(24, 9), 60)], now=START)
    found = race(db_url, move_to_eleven, EACH, processes=PROCESSES)
    assert found == {"moved": 1, "kept": RACERS - 1}
    with sessions() as session:
        owned = Counter(session.scalars(select(Claim.booking_id)))
        assert sorted(owned.values()) == [12] * (RACERS - 1) + [24]
        assert list(daybits.differences(session)) == []


def over_a_hold(sessions: sessionmaker[Session], number: int) -> str:
    """Everybody wants an hour that somebody holds: in every second round the hold has run out."""
    hour = at(24, 0) + timedelta(hours=2 * (number % (EACH * HELD_ROUNDS) // EACH))
    try:
        with transaction(sessions) as session:
            mediator = people.all_mediators(session)[0].id
            owner = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
            booking = raw_booking(session, number, mediator, hour)
            claims.take(session, booking.id, [claims.want(owner, hour, 60)], now=START)
    except Taken:
        return "taken"
    return "won"


def test_an_expired_hold_is_taken_over_by_one_and_a_live_one_by_nobody(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    with transaction(sessions) as session:
        mediator = people.all_mediators(session)[0].id
        owner = claims.resources(session, ResourceKind.MEDIATOR, [mediator])[mediator]
        for number in range(HELD_ROUNDS):
            hour = at(24, 0) + timedelta(hours=2 * number)
            held = raw_booking(session, 10_000 + number, mediator, hour)
            until = START + timedelta(minutes=-1 if number % 2 else 1)
            claims.take(session, held.id, [claims.want(owner, hour, 60)], now=START, expires_at=until)
        holders = {held.id for held in session.scalars(select(Booking))}
    found = race(db_url, over_a_hold, EACH * HELD_ROUNDS, every=EACH, processes=PROCESSES)
    assert found == {"won": HELD_ROUNDS // 2, "taken": HELD_ROUNDS * RACERS - HELD_ROUNDS // 2}
    with sessions() as session:
        owned = Counter(session.scalars(select(Claim.booking_id)))
        assert set(owned.values()) == {12}
        assert len(holders & owned.keys()) == HELD_ROUNDS // 2


def in_a_storm(sessions: sessionmaker[Session], number: int) -> str:
    """A mediator, a room and a person at an hour of one morning; some move on, some give it back."""
    rng, outcome = random.Random(number), "won"
    subjects = [(ResourceKind.ROOM, rng.randrange(2)), (ResourceKind.PARTY, rng.randrange(5))]
    try:
        with transaction(sessions) as session:
            mediator = people.all_mediators(session)[rng.randrange(4)].id
            booking = raw_booking(session, number, mediator, _morning(rng))
            _want_all(session, booking, [(ResourceKind.MEDIATOR, mediator), *subjects])
        if rng.random() < 0.4:
            with transaction(sessions) as session:
                booking = session.merge(booking)
                booking.starts_at = _morning(rng)
                booking.ends_at = booking.starts_at + timedelta(hours=1)
                session.flush()
                outcome = "kept"
                _want_all(session, booking, [(ResourceKind.MEDIATOR, mediator), *subjects])
                outcome = "won"
        if rng.random() < 0.2:
            with transaction(sessions) as session:
                claims.release(session, booking.id)
            outcome = "gone"
    except Taken:
        return "kept" if outcome == "kept" else "taken"
    return outcome


def _morning(rng: random.Random) -> datetime:
    return at(24, 8) + timedelta(minutes=5 * rng.randrange(48))


def _want_all(session: Session, booking: Booking, subjects: list[tuple[ResourceKind, int]]) -> None:
    owners = claims.resources_of(session, {kind: [one] for kind, one in subjects})
    wants = [claims.want(owners[kind, one], booking.starts_at, 60) for kind, one in _shuffled(booking, subjects)]
    claims.take(session, booking.id, wants, now=START)


def _shuffled(booking: Booking, subjects: list[tuple[ResourceKind, int]]) -> list[tuple[ResourceKind, int]]:
    """Each asks in an order of its own."""
    return sorted(subjects, key=lambda one: random.Random(f"{booking.id}{one}").random())


def naive_storm(sessions: sessionmaker[Session], number: int) -> str:
    """The control: looks whether an overlapping booking is there, then writes its own."""
    rng = random.Random(number)
    rng.randrange(2), rng.randrange(5)
    with sessions() as session:
        mediator = people.all_mediators(session)[rng.randrange(4)].id
        starts_at = _morning(rng)
        if overlapping(session, mediator, starts_at):
            return "taken"
    with transaction(sessions) as session:
        raw_booking(session, 100_000 + number, mediator, starts_at)
    return "won"


def overlapping(session: Session, mediator: int, starts_at: datetime) -> int:
    near = Booking.starts_at > starts_at - timedelta(hours=1), Booking.starts_at < starts_at + timedelta(hours=1)
    return session.scalar(select(func.count()).where(Booking.mediator_id == mediator, *near)) or 0


def test_a_storm_of_overlapping_sets_ends_without_deadlock_or_overlap_and_the_naive_one_does_not(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    found = race(db_url, in_a_storm, STORM, every=1, processes=PROCESSES)
    assert set(found) <= {"won", "taken", "kept", "gone"}, found
    with transaction(sessions) as session:
        owned = Counter(
            (booking, owner) for booking, owner in session.execute(select(Claim.booking_id, Claim.resource_id))
        )
        assert set(owned.values()) == {12}, "whole hours only"
        assert set(Counter(booking for booking, _resource in owned).values()) == {3}, "all three or nothing"
        assert len({booking for booking, _resource in owned}) == found["won"] + found["kept"]
        assert list(daybits.differences(session)) == []
        session.execute(delete(DayBits))
        session.execute(delete(Claim))
        session.execute(delete(Booking))
    race(db_url, naive_storm, STORM, every=1, processes=PROCESSES)
    with sessions() as session:
        booked = session.scalars(select(Booking)).all()
        doubled = [one for one in booked if overlapping(session, one.mediator_id, one.starts_at) > 1]
    assert doubled, "without this the storm would be none"


def write_for_ever(url: str, seed: int) -> None:
    """Book, move and cancel without end; somebody kills this process in the middle of it."""
    crypto.install(crypto.Keyring([SECRET]))
    sessions, rng = make_sessions(make_engine(url)), random.Random(seed)
    with sessions() as session:
        mediators = [row.id for row in people.all_mediators(session)]
    number = seed * 1_000_000
    while True:
        number += 1
        starts_at = at(24, 0) + timedelta(minutes=5 * rng.randrange(2000))
        try:
            with transaction(sessions) as session:
                known = list(session.scalars(select(Booking).order_by(Booking.id.desc()).limit(20)))
                what = rng.random()
                if known and what < 0.2:
                    gone = rng.choice(known)
                    stood = gone.state is BookingState.CONFIRMED
                    claims.release(session, gone.id)
                    gone.state = BookingState.CANCELLED
                    session.flush()
                    if stood:
                        caps.count(session, gone.id, now=START, since=_place(session, gone))
                    continue
                again = [one for one in known if one.state is BookingState.CONFIRMED]
                since = None
                if again and what < 0.5:
                    booking = rng.choice(again)
                    since = _place(session, booking)
                    booking.starts_at, booking.ends_at = starts_at, starts_at + timedelta(hours=1)
                    session.flush()
                else:
                    booking = raw_booking(session, number, rng.choice(mediators), starts_at)
                    booking.state = BookingState.CONFIRMED
                    session.flush()
                to = _place(session, booking)
                claims.take(session, booking.id, [claims.want(to[0], starts_at, 60)], now=START)
                caps.count(session, booking.id, now=START, to=to, since=since)
        except Taken:
            continue


def _place(session: Session, booking: Booking) -> caps.Place:
    owner = claims.resources(session, ResourceKind.MEDIATOR, [booking.mediator_id])[booking.mediator_id]
    return owner, booking.starts_at


def test_killed_writers_leave_no_booking_with_a_missing_or_an_extra_claim(
    db_url: str, sessions: sessionmaker[Session], staff: object
) -> None:
    spawn, rng, before = multiprocessing.get_context("spawn"), random.Random(1), 0
    writers = [spawn.Process(target=write_for_ever, args=(db_url, i)) for i in range(1, WRITERS + 1)]
    for writer in writers:
        writer.start()
    try:
        for kill in range(KILLS):
            before = _until_more_than(sessions, before + 5)
            victim = rng.randrange(WRITERS)
            writers[victim].kill()
            writers[victim].join()
            writers[victim] = spawn.Process(target=write_for_ever, args=(db_url, 100 + kill))
            writers[victim].start()
    finally:
        for writer in writers:
            writer.kill()
            writer.join()
    with sessions() as session:
        assert [f"{each.where}: {each.fault}" for each in service.verify(session)] == []
        assert session.scalar(select(func.count()).select_from(Booking)) > KILLS
        assert session.scalar(select(func.count()).select_from(Resource)) > 0


def _until_more_than(sessions: sessionmaker[Session], n: int) -> int:
    """Look until the writers have made more bookings than `n`: how many there are."""
    while True:
        with sessions() as session:
            found = session.scalar(select(func.count()).select_from(Booking)) or 0
        if found > n:
            return found
