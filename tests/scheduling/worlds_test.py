"""A thousand small worlds: what the search on bitmaps finds is what a walk minute by minute finds, and can be booked.

A world has mediators with weeks, own days, leave, make-up days and holidays, rooms that close, sessions with
preparation and rest, bookings that stand, holds that live or ran out, parties who are elsewhere, notice and a horizon;
caps of the day and the week, rooms for several sessions, sessions beside others by an override, reception days.
"""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.clock import local_date
from mediation.kernel.errors import Taken
from mediation.orgs import queries as orgs
from mediation.orgs.models import Room, WorkdayOverride
from mediation.people import queries as people
from mediation.scheduling import caps, claims, search
from mediation.scheduling.models import (
    Booking,
    Closure,
    DateException,
    Leave,
    Reception,
    ReceptionChange,
    Resource,
    WeeklyHours,
)
from mediation.scheduling.rules.caps import Caps
from mediation.scheduling.rules.codes import Attendance, BlockReason, BookingState, ChoiceReason
from mediation.scheduling.rules.hours import instant_of
from mediation.scheduling.search import FindTimes
from mediation.scheduling.why import why_not
from tests.fixtures.clock import START
from tests.scheduling.world import MINUTE, M, P, R, World

pytestmark = [pytest.mark.db, pytest.mark.timeout(300)]
N_WORLDS = 1000
NAMES = ("mediator_id", "weekday", "from_minute", "to_minute", "effective_from", "effective_to")


def five(rng: random.Random, low: int, high: int) -> int:
    return rng.randrange(low, high, 5)


def make(session: Session, rng: random.Random, mediators: list[int], rooms: dict[int, tuple[int, int]]) -> World:
    """A world and its rows. Nothing in it is kept after the test looked at it."""
    now = START + timedelta(days=rng.randrange(6), minutes=rng.randrange(600))
    from_at = now + timedelta(minutes=rng.choice((0, 120)), seconds=rng.choice((0, 17)))
    chosen = rng.sample(mediators, rng.choice((1, 2, 3)))
    find = FindTimes(
        mediator_ids=tuple(chosen),
        also=(tuple(rng.sample(mediators, 2)),) if rng.random() < 0.25 else (),
        room_ids=tuple(rng.sample(sorted(rooms), 2)) if rng.random() < 0.5 else None,
        person_ids=(1, 2)[: rng.choice((0, 1, 2))],
        minutes=rng.choice((30, 60, 90)),
        prepare_min=rng.choice((0, 0, 15)),
        buffer_min=rng.choice((0, 15, 30)),
        from_at=from_at,
        to_at=from_at + timedelta(minutes=five(rng, 300, 1600)),
        override=rng.random() < 0.15,
        in_reception=rng.random() < 0.15,
    )
    world = World(now, find, room_hours=rooms)
    _hours(session, rng, world)
    _days(session, rng, world)
    _receptions(session, rng, world)
    _units(session, rng, world)
    _bookings(session, rng, world)
    _caps(session, rng, world)
    return world


def _hours(session: Session, rng: random.Random, world: World) -> None:
    for one in world.find.everybody:
        rows = []
        for _ in range(rng.randrange(1, 7)):
            begin = five(rng, 0, 1200)
            since = local_date(world.now) + timedelta(days=rng.choice((-30, -30, 0, 1)))
            until = rng.choice((None, None, since + timedelta(days=1)))
            rows.append(
                (
                    (world.now.weekday() + rng.choice((-1, 0, 0, 1, 1, 2))) % 7,
                    begin,
                    five(rng, begin + 5, 1445),
                    since,
                    until,
                )
            )
        world.weekly[one] = rows
        session.execute(insert(WeeklyHours), [dict(zip(NAMES, (one, *row), strict=True)) for row in rows])


def _days(session: Session, rng: random.Random, world: World) -> None:
    days = [local_date(world.now) + timedelta(days=i) for i in range(3)]
    for one in world.find.everybody:
        if rng.random() < 0.2:
            on, begin = rng.choice(days), five(rng, 0, 1200)
            end = rng.choice((begin, begin + 120))
            world.own_days[one, on] = [(begin, end)]
            session.add(DateException(mediator_id=one, on=on, from_minute=begin, to_minute=end))
        if rng.random() < 0.15:
            first = rng.choice(days)
            last = first + timedelta(days=rng.randrange(2))
            world.leave.append((one, first, last))
            session.add(Leave(mediator_id=one, first_on=first, last_on=last))
    if rng.random() < 0.25:
        on, working = rng.choice(days), rng.random() < 0.5
        world.overrides[on] = working
        session.add(WorkdayOverride(on=on, is_working=working, label="试", source="试"))
    if rng.random() < 0.1:
        on = rng.choice(days)
        world.closed_days.add(on)
        session.add(Closure(org_id=orgs.tree(session)[0].id, first_on=on, last_on=on))
    for room in world.find.room_ids or ():
        if rng.random() < 0.2:
            on = rng.choice(days)
            world.closed_rooms.add((room, on))
            place = session.get_one(Room, room).station.org_id
            session.add(Closure(org_id=place, room_id=room, first_on=on, last_on=on))


def _receptions(session: Session, rng: random.Random, world: World) -> None:
    """A reception day that is held as planned, moved, called off, or falls on a holiday."""
    if rng.random() < 0.7:
        return
    one, today = rng.choice(world.find.everybody), local_date(world.now)
    on = today + timedelta(days=rng.randrange(3))
    begin = five(rng, 300, 1200)
    series = Reception(
        mediator_id=one,
        station_id=orgs.stations(session)[0].id,
        weekday=on.weekday(),
        from_minute=begin,
        to_minute=begin + rng.choice((60, 180)),
        slot_min=30,
        first_on=on,
        last_on=rng.choice((on, None)),
        created_at=START,
    )
    session.add(series)
    session.flush()
    hours = series.from_minute, series.to_minute
    fate = rng.choice(("held", "held", "moved", "off"))
    if fate == "held":
        if world.overrides.get(on) is not False:
            world.receptions.append((one, on, *hours))
        return
    to_on = on + timedelta(days=1) if fate == "moved" else None
    session.add(
        ReceptionChange(
            reception_id=series.id,
            on=on,
            to_on=to_on,
            from_minute=hours[0],
            to_minute=hours[1],
            why="试",
            sequence=1,
            changed_at=START,
        )
    )
    if to_on is not None:
        world.receptions.append((one, to_on, *hours))


def _units(session: Session, rng: random.Random, world: World) -> None:
    for room in world.find.room_ids or ():
        if rng.random() < 0.3:
            world.units[room] = rng.choice((2, 3))
        owner = claims.resources(session, R, [room])[room]
        session.get_one(Resource, owner).units = world.units.get(room, 1)


def _bookings(session: Session, rng: random.Random, world: World) -> None:
    """Bookings and holds that own no more than there is; an expired hold is in nobody's way."""
    for number in range(rng.randrange(0, 8)):
        begin = instant_of(local_date(world.now), 0) + MINUTE * five(rng, 300, 3 * 1440)
        minutes = five(rng, 5, 180)
        end = begin + minutes * MINUTE
        kinds = [(M, rng.choice(world.find.everybody)), (P, rng.choice((1, 2, 3)))]
        if world.find.room_ids:
            kinds.append((R, rng.choice(world.find.room_ids)))
        expires_at = rng.choice((None, None, world.now - MINUTE, world.now + MINUTE))
        booking = raw_booking(session, f"world:{number}", kinds[0][1], begin, minutes, expires_at=expires_at)
        beside = rng.random() < 0.2
        wants = [
            claims.want(
                claims.resources(session, kind, [one])[one],
                begin,
                minutes,
                units=(world.units.get(one, 1) if kind is R else 1) + (beside and kind is not P),
            )
            for kind, one in kinds
        ]
        try:
            with session.begin_nested():
                claims.take(session, booking.id, wants, now=world.now, expires_at=expires_at)
        except Taken:
            session.delete(booking)
            continue
        if expires_at is None:
            caps.count(session, booking.id, now=world.now, to=(wants[0].resource_id, begin))
        if expires_at is None or expires_at > world.now:
            world.take([(kind, one, begin, end) for kind, one in kinds], kinds[0][1], begin)


def _caps(session: Session, rng: random.Random, world: World) -> None:
    """Set after what stands was booked: it stays, also beyond the cap."""
    for one in world.find.everybody:
        if rng.random() < 0.3:
            daily, weekly = rng.choice(((1, None), (2, None), (None, 2), (1, 3)))
            caps.set_caps(session, claims.resources(session, M, [one])[one], Caps(daily, weekly))
            world.daily |= {one: daily} if daily else {}
            world.weekly_cap |= {one: weekly} if weekly else {}


def raw_booking(
    session: Session,
    key: str,
    mediator_id: int,
    starts_at: datetime,
    minutes: int,
    *,
    expires_at: datetime | None = None,
) -> Booking:
    booking = Booking(
        idempotency_key=key,
        mediator_id=mediator_id,
        attendance=Attendance.HOME,
        starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE,
        state=BookingState.HELD if expires_at else BookingState.CONFIRMED,
        hold_expires_at=expires_at,
        choice_reason=ChoiceReason.BY_STAFF,
        created_at=START,
        changed_at=START,
    )
    session.add(booking)
    session.flush()
    return booking


def test_a_thousand_worlds_minute_by_minute(sessions: sessionmaker[Session], staff: object) -> None:
    offered = 0
    with sessions() as session:
        mediators = [row.id for row in people.all_mediators(session)][:5]
        rooms = {
            room.id: (room.open_minute, room.close_minute) for each in orgs.stations(session) for room in each.rooms
        }
        session.query(WeeklyHours).delete()
        session.query(DateException).delete()
        for seed in range(N_WORLDS):
            rng = random.Random(seed)
            with session.begin_nested() as savepoint:
                world = make(session, rng, mediators, rooms)
                session.flush()
                free = search.free_times(session, world.find, now=world.now)
                found = [(one.starts_at, one.mediator_ids, one.room_ids) for one in free]
                assert found == world.oracle(), f"world {seed}"
                offered += len(found)
                if seed % 10 == 0 and not world.find.also:
                    explain(session, world, [one.starts_at for one in free])
                if free:
                    book_one(session, world, rng.choice(free))
                savepoint.rollback()
            session.expunge_all()
    assert offered > 3 * N_WORLDS, "worlds in which nothing is free would prove little"


def explain(session: Session, world: World, offered: list[datetime]) -> None:
    """What is offered has nothing in its way, everything else has; each reason lies where it says."""
    day = local_date(world.find.from_at)
    moments = why_not(session, world.find, day, now=world.now)
    assert [one.starts_at for one in moments if not one.obstacles] == [at for at in offered if local_date(at) == day]
    for one in (obstacle for moment in moments for obstacle in moment.obstacles):
        middle = one.begin + (one.end - one.begin) / 2
        if one.kind in {M, R} and one.reason in {BlockReason.BOOKED, BlockReason.HELD, BlockReason.REST}:
            assert not world.idle(one.kind, one.subject_id, middle)
        elif one.reason in {BlockReason.DAY_FULL, BlockReason.WEEK_FULL}:
            assert world.is_full(one.subject_id, middle)
        elif one.kind is M:
            assert not world.works(one.subject_id, middle)


def book_one(session: Session, world: World, free: search.FreeTime) -> None:
    """What is offered can be taken by those who were said to be free; what is left then, both say again."""
    ask, leader = world.find, free.mediator_ids[0]
    ready = free.starts_at - ask.prepare_min * MINUTE
    over = free.starts_at + (ask.minutes + ask.buffer_min) * MINUTE
    chosen = [(M, one, ready, over) for one in (leader, *search.beside(ask, free, leader))]
    chosen += [(R, one, ready, over) for one in free.room_ids[:1]]
    chosen += [(P, one, free.starts_at, free.starts_at + ask.minutes * MINUTE) for one in ask.person_ids]
    booking = raw_booking(session, "offered", leader, free.starts_at, ask.minutes)
    wants = [
        claims.want(
            claims.resources(session, kind, [one])[one], begin, (end - begin) // MINUTE, units=world.places(kind, one)
        )
        for kind, one, begin, end in chosen
    ]
    claims.take(session, booking.id, wants, now=world.now)
    caps.count(session, booking.id, now=world.now, to=(wants[0].resource_id, free.starts_at))
    world.take(chosen, leader, free.starts_at)
    again = search.free_at(session, ask, free.starts_at, now=world.now)
    found = [] if again is None else [(again.starts_at, again.mediator_ids, again.room_ids)]
    assert found == list(world.at(free.starts_at))
