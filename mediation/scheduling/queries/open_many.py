"""When mediators are at work and rooms are open, hundreds at once: read once, turned into bits for one window or many.

The decision stays with `rules.hours.plan`. Here only its answers are shared. Most mediators of a district keep one of
a few kinds of weeks, so the database puts each week into one word, and equal words are worked out once. A break or a
day's own hours decide a day alone, whatever the week says, and are laid over it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Select, String, cast, func, not_, or_, select
from sqlalchemy import bindparam as param
from sqlalchemy.orm import Session

from mediation.kernel.types import among
from mediation.orgs import queries as orgs
from mediation.orgs.models import Org, Room, Station
from mediation.orgs.workdays import Overrides
from mediation.people.models import Mediator
from mediation.scheduling.models import Closure, DateException, Leave, WeeklyHours
from mediation.scheduling.queries.outside import outside_busy
from mediation.scheduling.queries.receptions import reception_times
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason, ResourceKind
from mediation.scheduling.rules.hours import (
    DAY_MINUTES,
    STANDS_FOR,
    Break,
    Hours,
    OtherHours,
    Span,
    Weekly,
    days_of,
    instant_of,
    plan,
    span_bits,
)

_FACTOR: Final = 2048
"""More than the minutes of a day: weekday, begin and end of a row in one number."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure: of a place and all below it, or of one station or room."""

    path: str
    station_id: int | None
    room_id: int | None
    pause: Break

    @property
    def is_general(self) -> bool:
        return self.pause.reason is BlockReason.CLOSURE

    def closes(self, room_id: int, station_id: int, path: str) -> bool:
        """Whether a room is closed with it; `path` is of the place where its station stands."""
        if self.room_id is not None:
            return self.room_id == room_id
        if self.station_id is not None:
            return self.station_id == station_id
        return path.startswith(self.path)


Week = tuple[Hours, ...]
"""The hours of Monday to Sunday; days alike share one object, whoever has them."""
_NOTHING: Final = Hours()


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """All that decides when some mediators are at work, or some rooms are open, in a stretch of days."""

    overrides: Overrides
    usual: Mapping[int, Week]
    """Subject id -> its hours; those alike share one object. Who is not in it never works."""
    special: Mapping[int, Hours] = field(default_factory=dict)
    """Subject id -> breaks and days' own hours alone."""
    elsewhere: Mapping[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    """Mediator id -> when another calendar has them busy, or they receive people."""

    def bits(self, subject_ids: Collection[int], window: Window) -> dict[int, int]:
        """Subject id -> bits of the window in which it is at work or open, each that was asked for."""
        shared = self._shared(window)
        found = {one: shared[id(self.usual[one])] if one in self.usual else 0 for one in subject_ids}
        laid: dict[Hours, tuple[int, int]] = {}
        for one, hours in self.special.items():
            if one in found:
                if hours not in laid:
                    laid[hours] = _special_days(hours, window, self.overrides)
                decided, opened = laid[hours]
                found[one] = found[one] & ~decided | opened
        for one, times in self.elsewhere.items():
            for begin, end in times if one in found else ():
                found[one] &= ~window.period(begin, end)
        return found

    def _shared(self, window: Window) -> dict[int, int]:
        """Identity of a week -> bits; each weekday's hours are worked out once for all weeks that have them."""
        groups = _alike(days_of(window), self.overrides)
        known: list[dict[tuple[int, ...], int]] = [{} for _ in groups]
        shared: dict[int, int] = {}
        for week in {id(one): one for one in self.usual.values()}.values():
            bits = 0
            for (weekdays, days), of_group in zip(groups, known, strict=True):
                mine = [week[weekday] for weekday in weekdays]
                key = tuple(map(id, mine))
                if key not in of_group:
                    hours = Hours(tuple(row for each in mine for row in each.weekly), daily=mine[0].daily)
                    of_group[key] = _bits(hours, days, window, self.overrides)
                bits |= of_group[key]
            shared[id(week)] = bits
        return shared


def _alike(days: list[date], overrides: Overrides) -> list[tuple[tuple[int, ...], list[date]]]:
    """Days that go by the same weekday's rows; a weekend worked to make up (调休) may go by another's too."""
    groups: dict[tuple[int, ...], list[date]] = {}
    for day in days:
        weekday = day.weekday()
        stands_for = STANDS_FOR.get(weekday) if overrides.get(day) else None
        key = (weekday,) if stands_for is None else (weekday, stands_for)
        groups.setdefault(key, []).append(day)
    return list(groups.items())


def _bits(hours: Hours, days: Iterable[date], window: Window, overrides: Overrides) -> int:
    bits = 0
    for day in days:
        bits |= span_bits(window, day, plan(day, hours, overrides).spans)
    return bits


def _special_days(hours: Hours, window: Window, overrides: Overrides) -> tuple[int, int]:
    """The whole days that breaks and own hours decide, and what is worked on them."""
    days = [
        day
        for day in days_of(window)
        if any(one.holds_on(day) for one in hours.breaks) or any(one.on == day for one in hours.others)
    ]
    decided = 0
    for day in days:
        decided |= window.period(instant_of(day, 0), instant_of(day, DAY_MINUTES))
    return decided, _bits(hours, days, window, overrides)


def working_times(
    session: Session, asked: Mapping[ResourceKind, Collection[int]], window: Window, *, in_reception: bool = False
) -> dict[ResourceKind, WorkingTime]:
    """The hours of these mediators and rooms over the days of a window.

    `in_reception`: with a mediator's reception hours, in which else nothing is booked.
    """
    overrides, days = orgs.overrides(session), days_of(window)
    found = {kind: WorkingTime(overrides, {}) for kind in asked}
    if not days:
        return found
    closed = closures(session, days[0], days[-1])
    mediators, rooms = (list(asked.get(kind, ())) for kind in (ResourceKind.MEDIATOR, ResourceKind.ROOM))
    if rooms:
        found[ResourceKind.ROOM] = _of_rooms(session, rooms, closed, overrides)
    if mediators:
        params = {"ids": mediators, "first": days[0], "last": days[-1]}
        elsewhere = outside_busy(session, mediators, window)
        receptions = {} if in_reception else reception_times(session, mediators, window)
        for one, times in receptions.items():
            elsewhere[one] = [*elsewhere.get(one, ()), *times]
        found[ResourceKind.MEDIATOR] = WorkingTime(
            overrides, _weeks(session, params), _special(session, params, closed), elsewhere
        )
    return found


def closures(session: Session, first: date = date.min, last: date = date.max) -> list[Closed]:
    """The closures that touch these days."""
    return [
        Closed(
            path,
            station_id,
            room_id,
            Break(
                first_on,
                last_on,
                BlockReason.CLOSURE if station_id is None and room_id is None else BlockReason.ROOM_CLOSED,
                why,
            ),
        )
        for path, station_id, room_id, first_on, last_on, why in session.execute(
            _CLOSURES, {"first": first, "last": last}
        )
    ]


def _of_rooms(session: Session, ids: list[int], closed: list[Closed], overrides: Overrides) -> WorkingTime:
    usual, special = dict[int, Week](), dict[int, Hours]()
    alike: dict[tuple[int, int], Week] = {}
    for room, station, opens, closes, path in session.execute(_ROOMS, {"ids": ids}):
        usual[room] = alike.setdefault((opens, closes), (Hours(daily=Span(opens, closes)),) * 7)
        breaks = tuple(one.pause for one in closed if one.closes(room, station, path))
        if breaks:
            special[room] = Hours(breaks=breaks)
    return WorkingTime(overrides, usual, special)


def _weeks(session: Session, asked: dict[str, Any]) -> dict[int, Week]:
    """Mediator -> week. Rows that hold on all the days come as one word; those that begin or end within, one by one."""
    rows = session.execute(_WHOLE, asked).all()
    found = {mediator: _week(word) for mediator, word, _n_partly in rows if word}
    changing = [mediator for mediator, _word, n_partly in rows if n_partly]
    if not changing:
        return found
    for mediator, *row in session.execute(_PARTLY, asked | {"ids": changing}).all():
        week, partly = list(found.get(mediator, (_NOTHING,) * 7)), Weekly(*row)
        week[partly.weekday] = Hours((*week[partly.weekday].weekly, partly))
        found[mediator] = tuple(week)
    return found


@lru_cache(maxsize=4096)
def _week(word: str) -> Week:
    codes: list[list[int]] = [[] for _ in range(7)]
    for code in sorted(map(int, word.split())):
        codes[code // _FACTOR**2].append(code)
    return tuple(_day(*some) for some in codes)


@lru_cache(maxsize=4096)
def _day(*codes: int) -> Hours:
    return Hours(tuple(_row(code) for code in codes)) if codes else _NOTHING


def _row(code: int) -> Weekly:
    rest, to_minute = divmod(code, _FACTOR)
    weekday, from_minute = divmod(rest, _FACTOR)
    return Weekly(weekday, from_minute, to_minute, date.min)


def _special(session: Session, asked: dict[str, Any], closed: list[Closed]) -> dict[int, Hours]:
    """Mediator -> breaks and own days that touch the days asked for."""
    others: dict[int, list[OtherHours]] = {}
    breaks: dict[int, list[Break]] = {}
    for mediator, *own in session.execute(_OTHERS, asked):
        others.setdefault(mediator, []).append(OtherHours(*own))
    for mediator, first, last in session.execute(_LEAVES, asked):
        breaks.setdefault(mediator, []).append(Break(first, last, BlockReason.LEAVE))
    general = [one for one in closed if one.is_general]
    if general:
        for mediator, path in session.execute(_PATHS, {"ids": asked["ids"]}):
            pauses = [one.pause for one in general if path.startswith(one.path)]
            if pauses:
                breaks.setdefault(mediator, []).extend(pauses)
    return {
        one: Hours(others=tuple(others.get(one, ())), breaks=tuple(breaks.get(one, ())))
        for one in others.keys() | breaks.keys()
    }


# Statements on tables, not on mapped classes: for thousands of rows the ORM's loading costs more than the database.
_W: Final = WeeklyHours.__table__.c


def _of_days(query: Select[Any], first: Any, last: Any) -> Select[Any]:
    return query.where(first <= param("last"), or_(last.is_(None), last >= param("first")))


_ALL_DAYS: Final = (_W.effective_from <= param("first")) & (
    _W.effective_to.is_(None) | (_W.effective_to >= param("last"))
)
_CODE: Final = cast((_W.weekday * _FACTOR + _W.from_minute) * _FACTOR + _W.to_minute, String)
_WHOLE: Final = _of_days(
    select(
        _W.mediator_id,
        func.aggregate_strings(_CODE, " ").filter(_ALL_DAYS),
        func.count().filter(not_(_ALL_DAYS)),
    ).where(among(_W.mediator_id, "ids")),
    _W.effective_from,
    _W.effective_to,
).group_by(_W.mediator_id)
_PARTLY: Final = _of_days(
    select(_W.mediator_id, _W.weekday, _W.from_minute, _W.to_minute, _W.effective_from, _W.effective_to).where(
        among(_W.mediator_id, "ids"), not_(_ALL_DAYS)
    ),
    _W.effective_from,
    _W.effective_to,
)
_E: Final = DateException.__table__.c
_OTHERS: Final = select(_E.mediator_id, _E.on, _E.from_minute, _E.to_minute).where(
    among(_E.mediator_id, "ids"), _E.on >= param("first"), _E.on <= param("last")
)
_L: Final = Leave.__table__.c
_LEAVES: Final = _of_days(
    select(_L.mediator_id, _L.first_on, _L.last_on).where(among(_L.mediator_id, "ids")), _L.first_on, _L.last_on
)
_C, _O, _R, _S, _M = (one.__table__.c for one in (Closure, Org, Room, Station, Mediator))
_CLOSURES: Final = _of_days(
    select(_O.path, _C.station_id, _C.room_id, _C.first_on, _C.last_on, _C.why).where(_O.id == _C.org_id),
    _C.first_on,
    _C.last_on,
)
_ROOMS: Final = select(_R.id, _R.station_id, _R.open_minute, _R.close_minute, _O.path).where(
    among(_R.id, "ids"), _S.id == _R.station_id, _O.id == _S.org_id
)
_PATHS: Final = select(_M.id, _O.path).where(among(_M.id, "ids"), _O.id == _M.org_id)
