"""A small world of time in its plainest form, walked minute by minute: the oracle of the search on bitmaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mediation.kernel.clock import CHINA
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.search import FindTimes

MINUTE = timedelta(minutes=1)
M, R, P = ResourceKind.MEDIATOR, ResourceKind.ROOM, ResourceKind.PARTY
Owned = tuple[ResourceKind, int, datetime, datetime]


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
    units: dict[int, int] = field(default_factory=dict)
    """Rooms that take more than one session side by side."""
    daily: dict[int, int] = field(default_factory=dict)
    weekly_cap: dict[int, int] = field(default_factory=dict)
    sessions: list[tuple[int, datetime]] = field(default_factory=list)
    """Mediator and begin of what stands or is held."""
    receptions: list[tuple[int, date, int, int]] = field(default_factory=list)
    """Mediator, day and minutes of reception days that take place."""
    taken: list[Owned] = field(default_factory=list)
    _looked_at: dict[tuple[ResourceKind, int, datetime], tuple[bool, bool]] = field(default_factory=dict)

    def take(self, owned: Iterable[Owned], leader: int, begin: datetime) -> None:
        """A session that begins then with this mediator has these."""
        self.taken += owned
        self.sessions.append((leader, begin))
        self._looked_at.clear()

    def works(self, mediator: int, moment: datetime) -> bool:
        local = moment.astimezone(CHINA)
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in self.closed_days:
            return False
        if any(one == mediator and first <= day <= last for one, first, last in self.leave):
            return False
        if not self.find.in_reception and self.receives(mediator, day, minute):
            return False
        if (mediator, day) in self.own_days:
            return any(a <= minute < b for a, b in self.own_days[mediator, day])
        if self.overrides.get(day) is False:
            return False
        return any(a <= minute < b for a, b in self._week(mediator, day))

    def receives(self, mediator: int, day: date, minute: int) -> bool:
        return any((one, on) == (mediator, day) and a <= minute < b for one, on, a, b in self.receptions)

    def is_full(self, mediator: int, moment: datetime) -> bool:
        """As many sessions begin on the day, or in the week from Monday on, as the mediator takes."""
        day = moment.astimezone(CHINA).date()
        theirs = [begin.astimezone(CHINA).date() for one, begin in self.sessions if one == mediator]
        on_day = sum(on == day for on in theirs)
        in_week = sum(on.isocalendar()[:2] == day.isocalendar()[:2] for on in theirs)
        return on_day >= self.daily.get(mediator, 99) or in_week >= self.weekly_cap.get(mediator, 99)

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
        n = sum(k is kind and s == subject and a <= moment < b for k, s, a, b in self.taken)
        return n < self.places(kind, subject)

    def places(self, kind: ResourceKind, subject: int) -> int:
        """How many may own one moment: a large room several, and whoever overrides one more, but of no person."""
        beside = 1 if self.find.override and kind is not P else 0
        return (self.units.get(subject, 1) if kind is R else 1) + beside

    def fits(self, kind: ResourceKind, one: int, begin: datetime) -> bool:
        ask = self.find
        if kind is M and self.is_full(one, begin):
            return False
        present = minutes_of(begin - ask.prepare_min * MINUTE, begin + ask.minutes * MINUTE)
        resting = minutes_of(begin + ask.minutes * MINUTE, begin + (ask.minutes + ask.buffer_min) * MINUTE)
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
                found += self.at(begin)
            begin += MINUTE
        return found

    def at(self, begin: datetime) -> Iterator[tuple[datetime, tuple[int, ...], tuple[int, ...]]]:
        ask = self.find
        if begin - ask.prepare_min * MINUTE < self.now:
            return
        whole = list(minutes_of(begin, begin + ask.minutes * MINUTE))
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


def minutes_of(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += MINUTE
