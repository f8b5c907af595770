"""Times that are free: the first that suit, those of a month, the nearest to a time that was lost."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from mediation.kernel.clock import local_date
from mediation.scheduling import queries
from mediation.scheduling.rules.bits import DAY, Window, around, begin_of, n_quanta, ones, quantum_after, runs
from mediation.scheduling.rules.choose import Candidate, Choice, least_loaded
from mediation.scheduling.rules.codes import QUANTUM_S, ResourceKind
from mediation.scheduling.rules.hours import DAY_MINUTES, days_of, instant_of
from mediation.scheduling.rules.match import filled, matchable
from mediation.scheduling.rules.terms import GRID_MIN, HORIZON

NEAREST: Final = 3
FIRST_DAYS: Final = 3
"""A search for the first few times looks at these days first."""
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
    """One free time of a board. Who is free then is looked up when it is asked for: of 500 people, 20 times over."""

    board: "Board" = field(repr=False)
    bit: int

    @property
    def starts_at(self) -> datetime:
        return self.board.window.at(self.bit)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.board.find.minutes)

    @property
    def mediator_ids(self) -> tuple[int, ...]:
        """Who could lead, the further places being filled."""
        return _leaders(self.board.find, self.present)

    @property
    def room_ids(self) -> tuple[int, ...]:
        """Empty when no room was asked for."""
        return self._at(self.board.rooms)

    @property
    def present(self) -> tuple[int, ...]:
        """All mediators who are free then, for whichever place."""
        return self._at(self.board.mediators)

    @property
    def day(self) -> date:
        """The day in the organisation's zone."""
        return local_date(self.starts_at)

    def _at(self, free: Mapping[int, int]) -> tuple[int, ...]:
        here = 1 << self.bit
        return tuple(one for one, bits in free.items() if bits & here)


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """All free times of a search as bits: counted by the hundred, spelled out one by one."""

    find: FindTimes
    window: Window
    starts: int
    mediators: Mapping[int, int]
    """Mediator id -> bits at which a session with them could begin."""
    rooms: Mapping[int, int]
    """The same of rooms; at a time that is not in `starts` nothing is said."""

    def times(self, bits: int = -1) -> Iterator[FreeTime]:
        """The free times (among these bits) in order of time."""
        return (FreeTime(self, bit) for bit in ones(self.starts & bits))

    def only(self, bits: int) -> "Board":
        """The same without the times that are not among these bits."""
        return replace(self, starts=self.starts & bits)

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


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a search reads once, however many stretches of days it looks at: hours and holds."""

    hours: Mapping[ResourceKind, queries.WorkingTime]
    holds: queries.Holds


def _ground(session: Session, find: FindTimes, *, now: datetime) -> _Ground:
    window = _window(find, now)
    asked = {ResourceKind.MEDIATOR: find.everybody}
    if find.room_ids is not None:
        asked[ResourceKind.ROOM] = find.room_ids
    hours = queries.working_times(session, asked, window, in_reception=find.in_reception)
    return _Ground(hours, queries.holds(session, window, now=now, except_booking=find.except_booking))


def _window(find: FindTimes, now: datetime) -> Window:
    """From the first preparation to the end of the last rest."""
    prepared_from = max(find.from_at - timedelta(minutes=find.prepare_min), now)
    return Window.between(prepared_from, find.to_at + timedelta(minutes=find.buffer_min))


def board(session: Session, find: FindTimes, *, now: datetime) -> Board:
    """The free times from `from_at` to `to_at`; those that have begun by `now` are left out."""
    find = replace(find, from_at=max(find.from_at, now))
    return _board(session, find, _ground(session, find, now=now), now=now)


def _board(session: Session, find: FindTimes, ground: _Ground, *, now: datetime) -> Board:
    window = _window(find, now)
    inside = runs(window.period(find.from_at, find.to_at), n_quanta(find.minutes)) & window.grid(find.grid_min)
    if find.person_ids:
        inside &= _session_starts(session, find, window, ground)
    look = _Look(session, find, window, ground, now)
    mediators = _starts(look, ResourceKind.MEDIATOR, find.everybody, inside)
    starts, rooms = matchable(find.places, mediators), dict[int, int]()
    if find.room_ids is not None:
        rooms = _starts(look, ResourceKind.ROOM, find.room_ids, starts)
        starts &= _any(rooms.values())
    return Board(find, window, starts, mediators, rooms)


def free_times(session: Session, find: FindTimes, *, now: datetime) -> list[FreeTime]:
    """The free times in order of time. With a limit only as many days are read as it takes."""
    find = replace(find, from_at=max(find.from_at, now))
    if find.limit is None:
        return list(board(session, find, now=now).times())
    ground = _ground(session, find, now=now)
    found: list[FreeTime] = []
    from_at, days = find.from_at, FIRST_DAYS
    while from_at < find.to_at and len(found) < find.limit:
        next_at = begin_of(quantum_after(from_at) + days * DAY)
        last_end = next_at - QUANTUM + timedelta(minutes=find.minutes)
        piece = replace(find, from_at=from_at, to_at=min(find.to_at, last_end))
        before = len(found)
        found += islice(_board(session, piece, ground, now=now).times(), find.limit - before)
        from_at, days = next_at, _days_more(days, len(found) - before, find.limit - len(found))
    return found


def _days_more(days: int, n_found: int, missing: int) -> int:
    """How many days to look at next: as many as are likely to hold the missing times, at most twice as many again."""
    likely = -(-missing * days // n_found) + 1 if n_found else days * 2
    return min(days * 2, likely)


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


@dataclass(frozen=True, slots=True)
class _Look:
    """One stretch of a search."""

    session: Session
    find: FindTimes
    window: Window
    ground: _Ground
    now: datetime


def _starts(look: _Look, kind: ResourceKind, ids: tuple[int, ...], inside: int) -> dict[int, int]:
    """Where (among `inside`) a session fits each: open while it is prepared and held, free until the rest is over."""
    find, window, ground = look.find, look.window, look.ground
    before, n, after = (n_quanta(minutes) for minutes in (find.prepare_min, find.minutes, find.buffer_min))
    fits: dict[int, int] = {}
    opened = ground.hours[kind].bits(ids, window)
    for bits in opened.values():
        if bits not in fits:  # alike for most of them
            fits[bits] = inside & runs(bits, before + n) << before
    within = around(_any(fits.values()), before, n + after - 1)
    units = units_at(look.session, kind, ids, find)
    taken = queries.taken(look.session, kind, ids, window, ground.holds, within=within, units=units)
    whole = runs(window.all, before + n + after) << before
    full = _full(look, ids) if kind is ResourceKind.MEDIATOR else {}
    found = {}
    for one in ids:
        free = fits[opened[one]]
        if one in full:
            free &= ~full[one]
        if free and one in taken:
            free &= runs(window.all & ~taken[one], before + n + after) << before
        found[one] = free & whole
    return found


def units_at(session: Session, kind: ResourceKind, ids: tuple[int, ...], find: FindTimes) -> dict[int, int]:
    """Those of which more than one session may have the same time, with how many."""
    units = queries.units_of(session, kind, ids) if kind is ResourceKind.ROOM else {}
    if find.override and kind is not ResourceKind.PARTY:
        return {one: units.get(one, 1) + 1 for one in ids}
    return units


def _full(look: _Look, ids: tuple[int, ...]) -> dict[int, int]:
    """Where nobody may begin any more, because the mediator's cap of the day or the week is reached."""
    found = queries.full_time(look.session, ids, look.window, now=look.now, except_booking=look.find.except_booking)
    return {one: _any(bits.values()) for one, bits in found.items()}


def _session_starts(session: Session, find: FindTimes, window: Window, ground: _Ground) -> int:
    """Where none of the persons is elsewhere during the session."""
    busy = queries.taken(session, ResourceKind.PARTY, find.person_ids, window, ground.holds, within=window.all)
    return runs(window.all & ~_any(busy.values()), n_quanta(find.minutes))


def _any(many: Iterable[int]) -> int:
    bits = 0
    for one in many:
        bits |= one
    return bits
