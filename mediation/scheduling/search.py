"""Times that are free: the first that suit, those of a month, the nearest to a time that was lost."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mediation.kernel.clock import local_date
from mediation.scheduling import queries
from mediation.scheduling.rules.bits import DAY, Window, begin_of, n_quanta, ones, quantum_after, runs
from mediation.scheduling.rules.choose import Candidate, Choice, least_loaded
from mediation.scheduling.rules.codes import QUANTUM_S, ResourceKind
from mediation.scheduling.rules.hours import DAY_MINUTES, days_of, instant_of
from mediation.scheduling.rules.match import filled, matchable
from mediation.scheduling.rules.terms import GRID_MIN, HORIZON

NEAREST: Final = 3
QUANTUM: Final = timedelta(seconds=QUANTUM_S)


@dataclass(frozen=True, slots=True)
class FindTimes:
    """Any of the mediators AND (when rooms are named) any of the rooms AND every one of the persons.

    Three linked segments: mediator and room are there to prepare, for the session, and for the rest after it; the
    parties for the session alone.
    """

    mediator_ids: tuple[int, ...]
    minutes: int
    """Of the session."""
    from_at: datetime
    """No session begins earlier."""
    to_at: datetime
    """No session ends later."""
    prepare_min: int = 0
    buffer_min: int = 0
    room_ids: tuple[int, ...] | None = None
    also: tuple[tuple[int, ...], ...] = ()
    """Further places beside the mediator's, each for any of these mediators; nobody fills two."""
    person_ids: tuple[int, ...] = ()
    except_booking: int | None = None
    """A booking that moves: what it owns is free for it."""
    override: bool = False
    """Staff book beside another session: one more than otherwise may have the mediator and the room."""
    limit: int | None = None
    grid_min: int = GRID_MIN
    """Times begin at whole multiples of this."""
    in_reception: bool = False
    """Within the mediators' reception hours too, which are kept for those who come to them."""

    @property
    def places(self) -> tuple[tuple[int, ...], ...]:
        return (self.mediator_ids, *self.also)

    @property
    def everybody(self) -> tuple[int, ...]:
        """All mediators who could fill any place."""
        return tuple(dict.fromkeys(one for place in self.places for one in place))


@dataclass(frozen=True, slots=True)
class FreeTime:
    starts_at: datetime
    ends_at: datetime
    mediator_ids: tuple[int, ...]
    """Who could lead, the further places being filled."""
    room_ids: tuple[int, ...]
    """Empty when no room was asked for."""
    present: tuple[int, ...] = ()
    """All mediators who are free then, for whichever place."""

    @property
    def day(self) -> date:
        """The day in the organisation's zone."""
        return local_date(self.starts_at)


@dataclass(frozen=True, slots=True)
class Board:
    """All free times of a search as bits: counted by the hundred, spelled out one by one."""

    find: FindTimes
    window: Window
    starts: int
    mediators: Mapping[int, int]
    rooms: Mapping[int, int] | None

    def times(self, bits: int = -1) -> Iterator[FreeTime]:
        """The free times (among these bits) in order of time."""
        for bit in ones(self.starts & bits):
            begin = self.window.at(bit)
            present = tuple(one for one, free in self.mediators.items() if free >> bit & 1)
            rooms = self.rooms or {}
            yield FreeTime(
                begin,
                begin + timedelta(minutes=self.find.minutes),
                _leaders(self.find, present),
                tuple(one for one, free in rooms.items() if free >> bit & 1),
                present,
            )

    def of_day(self, day: date) -> list[FreeTime]:
        begin, end = instant_of(day, 0), instant_of(day, DAY_MINUTES)
        return list(self.times(self.window.stretch(quantum_after(begin), quantum_after(end))))

    def counts(self) -> dict[date, int]:
        """Day -> how many free times, each day that has one."""
        found = {}
        for day in days_of(self.window):
            begin, end = quantum_after(instant_of(day, 0)), quantum_after(instant_of(day, DAY_MINUTES))
            n = (self.starts & self.window.stretch(begin, end)).bit_count()
            if n:
                found[day] = n
        return found


def _leaders(find: FindTimes, present: tuple[int, ...]) -> tuple[int, ...]:
    if not find.also:
        return present
    return tuple(
        one
        for one in find.mediator_ids
        if one in present and filled(find.also, [other for other in present if other != one]) is not None
    )


def beside(find: FindTimes, free: FreeTime, leader: int) -> tuple[int, ...]:
    """Who fills the further places when `leader` leads."""
    return filled(find.also, [one for one in free.present if one != leader]) or ()


def board(session: Session, find: FindTimes, *, now: datetime) -> Board:
    """The free times from `from_at` to `to_at`; those that have begun by `now` are left out."""
    find = replace(find, from_at=max(find.from_at, now))
    prepared_from = max(find.from_at - timedelta(minutes=find.prepare_min), now)
    window = Window.between(prepared_from, find.to_at + timedelta(minutes=find.buffer_min))
    if not window.n:
        return Board(find, window, 0, {}, None)
    mediators = _starts(session, ResourceKind.MEDIATOR, find.everybody, find, window, now=now)
    rooms = None
    starts = (
        matchable(find.places, mediators) & window.grid(find.grid_min) & _session_starts(session, find, window, now)
    )
    if find.room_ids is not None:
        rooms = _starts(session, ResourceKind.ROOM, find.room_ids, find, window, now=now)
        starts &= _any(rooms.values())
    return Board(find, window, starts, mediators, rooms)


def free_times(session: Session, find: FindTimes, *, now: datetime) -> list[FreeTime]:
    """The free times in order of time. With a limit only as many days are read as it takes."""
    if find.limit is None:
        return list(board(session, find, now=now).times())
    found: list[FreeTime] = []
    for piece in _pieces(replace(find, from_at=max(find.from_at, now))):
        for one in board(session, piece, now=now).times():
            found.append(one)
            if len(found) >= find.limit:
                return found
    return found


def _pieces(find: FindTimes) -> Iterator[FindTimes]:
    """The search cut into stretches of 2, 4, 8 ... days, each with the starts of its own days."""
    days, from_at = 2, find.from_at
    while from_at < find.to_at:
        next_at = begin_of(quantum_after(from_at) + days * DAY)
        last_end = next_at - QUANTUM + timedelta(minutes=find.minutes)
        yield replace(find, from_at=from_at, to_at=min(find.to_at, last_end))
        days, from_at = days * 2, next_at


def free_at(session: Session, find: FindTimes, starts_at: datetime, *, now: datetime) -> FreeTime | None:
    """Who and which rooms are free at exactly this time; None when it does not suit."""
    at = replace(find, from_at=starts_at, to_at=starts_at + timedelta(minutes=find.minutes), grid_min=5, limit=None)
    found = free_times(session, at, now=now)
    return found[0] if found and found[0].starts_at == starts_at else None


def nearest(session: Session, find: FindTimes, around: datetime, *, now: datetime, n: int = NEAREST) -> list[FreeTime]:
    """The `n` free times nearest to `around` within the horizon, in order of time."""
    horizon = now + HORIZON
    around = min(max(around, now), horizon)
    reach = timedelta(days=1)
    while True:
        from_at, to_at = max(find.from_at, around - reach), min(horizon, around + reach)
        near = replace(find, from_at=from_at, to_at=to_at + timedelta(minutes=find.minutes), limit=None)
        found = [one for one in free_times(session, near, now=now) if one.ends_at <= horizon]
        best = sorted(found, key=lambda one: abs(one.starts_at - around))[:n]
        if (len(best) == n and abs(best[-1].starts_at - around) <= reach) or (
            from_at <= max(find.from_at, now) and to_at >= horizon
        ):
            return sorted(best, key=lambda one: one.starts_at)
        reach *= 4


def choose(
    session: Session, free: FreeTime, *, weights: Mapping[int, int], nearness: Mapping[int, int], now: datetime
) -> Choice:
    """The least loaded of those who are free; ties go to the nearer committee."""
    loads = queries.loads(session, free.mediator_ids, since=now)
    return least_loaded(
        [Candidate(one, loads[one], weights.get(one, 100), nearness.get(one, 0)) for one in free.mediator_ids]
    )


def _starts(
    session: Session, kind: ResourceKind, ids: tuple[int, ...], find: FindTimes, window: Window, *, now: datetime
) -> dict[int, int]:
    """Where a session fits each of these: open while it is prepared and held, and free until the rest is over."""
    opened = queries.open_time(session, kind, ids, window, in_reception=find.in_reception)
    units = units_at(session, kind, ids, find)
    taken = queries.occupied(session, kind, ids, window, now=now, except_booking=find.except_booking, units=units)
    full = {} if kind is not ResourceKind.MEDIATOR else _full(session, ids, find, window, now)
    inside = window.period(find.from_at, find.to_at)
    before, n, after = (n_quanta(minutes) for minutes in (find.prepare_min, find.minutes, find.buffer_min))
    session_fits = runs(inside, n)
    return {
        one: session_fits
        & ~full.get(one, 0)
        & runs(opened[one], before + n) << before
        & runs(window.all & ~taken[one].all, before + n + after) << before
        for one in ids
    }


def units_at(session: Session, kind: ResourceKind, ids: tuple[int, ...], find: FindTimes) -> dict[int, int]:
    """Those of which more than one session may have the same time, with how many."""
    units = queries.units_of(session, kind, ids) if kind is ResourceKind.ROOM else {}
    if find.override and kind is not ResourceKind.PARTY:
        return {one: units.get(one, 1) + 1 for one in ids}
    return units


def _full(session: Session, ids: tuple[int, ...], find: FindTimes, window: Window, now: datetime) -> dict[int, int]:
    """Where nobody may begin any more, because the mediator's cap of the day or the week is reached."""
    found = queries.full_time(session, ids, window, now=now, except_booking=find.except_booking)
    return {one: _any(bits.values()) for one, bits in found.items()}


def _session_starts(session: Session, find: FindTimes, window: Window, now: datetime) -> int:
    """Where none of the persons is elsewhere during the session."""
    busy = queries.occupied(
        session, ResourceKind.PARTY, find.person_ids, window, now=now, except_booking=find.except_booking
    )
    return runs(window.all & ~_any(one.all for one in busy.values()), n_quanta(find.minutes))


def _any(many: Iterable[int]) -> int:
    bits = 0
    for one in many:
        bits |= one
    return bits
