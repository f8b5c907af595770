"""A thousand small worlds: what the search on bitmaps finds is what a walk minute by minute finds, and can be booked.

A world has mediators with weeks, own days, leave, make-up days and holidays, rooms that close, sessions with
preparation and rest, bookings that stand, holds that live or ran out, parties who are elsewhere, notice and a horizon.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.errors import Taken
from mediation.orgs import queries as orgs
from mediation.orgs.models import Room, WorkdayOverride
from mediation.people import queries as people
from mediation.scheduling import claims, search
from mediation.scheduling.models import Booking, Closure, DateException, Leave, WeeklyHours
from mediation.scheduling.rules.codes import Attendance, BlockReason, BookingState, ChoiceReason, ResourceKind
from mediation.scheduling.rules.hours import instant_of
from mediation.scheduling.search import FindTimes
from mediation.scheduling.why import why_not
from tests.fixtures.clock import START

pytestmark = [pytest.mark.db, pytest.mark.timeout(300)]
N_WORLDS = 1000
MINUTE = timedelta(minutes=1)
NAMES = ("mediator_id", "weekday", "from_minute", "to_minute", "effective_from", "effective_to")
M, R, P = ResourceKind.MEDIATOR, ResourceKind.ROOM, ResourceKind.PARTY


@dataclass
class World:
    """What is true, in the plainest form: sets of whole days and lists of minutes."""

    now: datetime
    find: FindTimes
    weekly: dict[int, list[tuple[int, int, int, date, date | None]]] = field(default_factory=dict)
    own_days: dict[tuple[int, date], list[tuple[int, int]]] = field(default_factory=dict)
    leave: list[tuple[int, date, date]] = field(default_factory=list)
    overrides: dict[date, bool] = field(default_factory=dict)
    closed_days: set[date] = field(default_factory=set)
    """On which the whole house is closed."""
    closed_rooms: set[tuple[int, date]] = field(default_factory=set)
    room_hours: dict[int, tuple[int, int]] = field(default_factory=dict)
    taken: list[tuple[ResourceKind, int, datetime, datetime]] = field(default_factory=list)
    _looked_at: dict[tuple[ResourceKind, int, datetime], tuple[bool, bool]] = field(default_factory=dict)

    def works(self, mediator: int, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in self.closed_days:
            return False
        if any(one == mediator and first <= day <= last for one, first, last in self.leave):
            return False
        if (mediator, day) in self.own_days:
            return any(a <= minute < b for a, b in self.own_days[mediator, day])
        if self.overrides.get(day) is False:
            return False
        return any(a <= minute < b for a, b in self._week(mediator, day))

    def _week(self, mediator: int, day: date) -> list[tuple[int, int]]:
        def spans(weekday: int) -> list[tuple[int, int]]:
            return [
                (a, b)
                for on, a, b, since, until in self.weekly[mediator]
                if on == weekday and since <= day and (until is None or day <= until)
            ]

        if not spans(day.weekday()) and self.overrides.get(day):
            return spans({5: 4, 6: 0}.get(day.weekday(), day.weekday()))
        return spans(day.weekday())

    def opens(self, room: int, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        opened, closed = self.room_hours[room]
        return (
            self.overrides.get(local.date()) is not False
            and local.date() not in self.closed_days
            and (room, local.date()) not in self.closed_rooms
            and opened <= local.hour * 60 + local.minute < closed
        )

    def idle(self, kind: ResourceKind, subject: int, moment: datetime) -> bool:
        return not any(k is kind and s == subject and a <= moment < b for k, s, a, b in self.taken)

    def fits(self, kind: ResourceKind, one: int, begin: datetime) -> bool:
        ask = self.find
        present = _minutes(begin - ask.prepare_min * MINUTE, begin + ask.minutes * MINUTE)
        resting = _minutes(begin + ask.minutes * MINUTE, begin + (ask.minutes + ask.buffer_min) * MINUTE)
        return all(all(self.look(kind, one, moment)) for moment in present) and all(
            self.look(kind, one, moment)[1] for moment in resting
        )

    def look(self, kind: ResourceKind, one: int, moment: datetime) -> tuple[bool, bool]:
        """Whether it is at work in this minute, and whether nobody has it."""
        key = kind, one, moment
        if key not in self._looked_at:
            there = self.works(one, moment) if kind is M else self.opens(one, moment)
            self._looked_at[key] = there, self.idle(kind, one, moment)
        return self._looked_at[key]

    def oracle(self) -> list[tuple[datetime, tuple[int, ...], tuple[int, ...]]]:
        """Every minute of the time asked for, looked at on its own."""
        ask, found = self.find, []
        begin = max(ask.from_at, self.now).replace(second=0, microsecond=0)
        while begin + ask.minutes * MINUTE <= ask.to_at:
            if begin.minute % ask.grid_min == 0 and begin >= max(ask.from_at, self.now):
                found += self._at(begin)
            begin += MINUTE
        return found

    def _at(self, begin: datetime) -> Iterator[tuple[datetime, tuple[int, ...], tuple[int, ...]]]:
        ask = self.find
        if begin - ask.prepare_min * MINUTE < self.now:
            return
        whole = list(_minutes(begin, begin + ask.minutes * MINUTE))
        if not all(self.idle(P, person, moment) for person in ask.person_ids for moment in whole):
            return
        rooms = tuple(room for room in ask.room_ids or () if self.fits(R, room, begin))
        if ask.room_ids is not None and not rooms:
            return
        free = [one for one in ask.everybody if self.fits(M, one, begin)]
        leaders = tuple(
            one
            for one in ask.mediator_ids
            if one in free and (not ask.also or any(other in free and other != one for other in ask.also[0]))
        )
        if leaders:
            yield begin, leaders, rooms


def _minutes(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += MINUTE


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
    )
    world = World(now, find, room_hours=rooms)
    _hours(session, rng, world)
    _days(session, rng, world)
    _bookings(session, rng, world)
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


def _bookings(session: Session, rng: random.Random, world: World) -> None:
    """Bookings and holds that do not overlap each other; an expired hold is in nobody's way."""
    for number in range(rng.randrange(0, 8)):
        begin = instant_of(local_date(world.now), 0) + MINUTE * five(rng, 300, 3 * 1440)
        minutes = five(rng, 5, 180)
        end = begin + minutes * MINUTE
        kinds = [(M, rng.choice(world.find.everybody)), (P, rng.choice((1, 2, 3)))]
        if world.find.room_ids:
            kinds.append((R, rng.choice(world.find.room_ids)))
        expires_at = rng.choice((None, None, world.now - MINUTE, world.now + MINUTE))
        booking = raw_booking(session, f"world:{number}", kinds[0][1], begin, minutes)
        wants = [claims.want(claims.resources(session, kind, [one])[one], begin, minutes) for kind, one in kinds]
        try:
            claims.take(session, booking.id, wants, now=world.now, expires_at=expires_at)
        except Taken:
            continue
        if expires_at is None or expires_at > world.now:
            world.taken += [(kind, one, begin, end) for kind, one in kinds]


def raw_booking(session: Session, key: str, mediator_id: int, starts_at: datetime, minutes: int) -> Booking:
    booking = Booking(
        idempotency_key=key,
        mediator_id=mediator_id,
        attendance=Attendance.HOME,
        starts_at=starts_at,
        ends_at=starts_at + minutes * MINUTE,
        state=BookingState.HELD,
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
        elif one.kind is M:
            assert not world.works(one.subject_id, middle)


def book_one(session: Session, world: World, free: search.FreeTime) -> None:
    """What is offered can be taken by everybody who was said to be free."""
    ask = world.find
    before = free.starts_at - ask.prepare_min * MINUTE
    whole = ask.prepare_min + ask.minutes + ask.buffer_min
    booking = raw_booking(session, "offered", free.mediator_ids[0], free.starts_at, ask.minutes)
    wants = [
        claims.want(claims.resources(session, kind, [one])[one], before, whole)
        for kind, some in (
            (M, (free.mediator_ids[0], *search.beside(ask, free, free.mediator_ids[0]))),
            (R, free.room_ids[:1]),
        )
        for one in some
    ]
    wants += [
        claims.want(claims.resources(session, P, [one])[one], free.starts_at, ask.minutes) for one in ask.person_ids
    ]
    claims.take(session, booking.id, wants, now=world.now)
    assert search.free_at(session, ask, free.starts_at, now=world.now) is None or len(free.mediator_ids) > 1
