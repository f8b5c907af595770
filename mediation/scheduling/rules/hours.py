"""When a mediator is at work or a room is open: breaks, the day's own hours, public holidays, the week. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.errors import Invalid
from mediation.orgs.workdays import Overrides, is_workday
from mediation.scheduling.rules.bits import Window, ones, quantum_after
from mediation.scheduling.rules.codes import QUANTUM_S, BlockReason
from mediation.scheduling.rules.terms import EVENING_FROM_MIN

DAY_MINUTES: Final = 24 * 60
_SATURDAY, _SUNDAY = 5, 6
STANDS_FOR: Final = {_SATURDAY: 4, _SUNDAY: 0}
"""A weekend day worked to make up (调休) is worked like the nearest working weekday: house rule; the notice of the
State Council names the days, not the hours."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a minute of the day up to another, in the organisation's zone."""

    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True, order=True)
class Weekly:
    """Hours of a weekday (0 is Monday), from a day on and until a day (with it)."""

    weekday: int
    from_minute: int
    to_minute: int
    effective_from: date
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True, order=True)
class OtherHours:
    """One day's own hours in place of the weekly ones; `from_minute == to_minute`: not at work."""

    on: date
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """Days (both with) on which there is no work at all: a leave, a closure of the house, of a station or a room."""

    first: date
    last: date
    reason: BlockReason
    note: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Hours:
    """All that decides when a mediator is at work, or a room is open."""

    weekly: tuple[Weekly, ...] = ()
    others: tuple[OtherHours, ...] = ()
    daily: Span | None = None
    """Of a room: open every day between these minutes, but on public holidays."""
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is worked on a day; `closed` says why not when there is nothing, `note` in whose words."""

    spans: tuple[Span, ...]
    closed: BlockReason | None = None
    note: str = ""

    def blocked(self, minute: int) -> BlockReason | None:
        """Why a minute of the day is not worked; None when it is."""
        if any(span.from_minute <= minute < span.to_minute for span in self.spans):
            return None
        return self.closed or BlockReason.OFF_HOURS


def plan(day: date, hours: Hours, overrides: Overrides) -> DayPlan:
    """A break comes first, then the day's own hours, then a public holiday closes it, then the weekday's hours count.

    Weekly hours on a Saturday or Sunday count as they stand: volunteers give their weekends.
    """
    pause = min((one for one in hours.breaks if one.holds_on(day)), default=None)
    if pause is not None:
        return DayPlan((), pause.reason, pause.note)
    own = [row for row in hours.others if row.on == day]
    if own:
        spans = tuple(sorted(Span(row.from_minute, row.to_minute) for row in own if row.from_minute < row.to_minute))
        return DayPlan(spans, None if spans else BlockReason.LEAVE)
    worked = overrides.get(day)
    if worked is False:
        return DayPlan((), BlockReason.HOLIDAY)
    if hours.daily is not None:
        return DayPlan((hours.daily,))
    rows = [row for row in hours.weekly if row.holds_on(day)]
    spans = _of_weekday(rows, day.weekday())
    if not spans and worked and day.weekday() in STANDS_FOR:
        spans = _of_weekday(rows, STANDS_FOR[day.weekday()])
    return DayPlan(spans, None if spans else BlockReason.OFF_HOURS)


def open_bits(hours: Hours, window: Window, overrides: Overrides) -> int:
    """Bits of the window in which there is work."""
    bits = 0
    for day in days_of(window):
        bits |= span_bits(window, day, plan(day, hours, overrides).spans)
    return bits


def span_bits(window: Window, day: date, spans: Iterable[Span]) -> int:
    """Bits of the window that lie in these spans of a day."""
    bits = 0
    for span in spans:
        bits |= window.period(instant_of(day, span.from_minute), instant_of(day, span.to_minute))
    return bits


def days_of(window: Window) -> list[date]:
    """The days that a window touches, in the organisation's zone."""
    return days_between(local_date(window.at(0)), local_date(window.at(window.n))) if window.n else []


def after_work(window: Window, overrides: Overrides) -> int:
    """Bits of the quanta from `EVENING_FROM_MIN` on, and of whole days that nobody works: weekends, holidays."""
    bits = 0
    for day in days_of(window):
        begin = EVENING_FROM_MIN if is_workday(day, overrides) else 0
        bits |= window.stretch(
            quantum_after(instant_of(day, begin)),
            quantum_after(instant_of(day, DAY_MINUTES)),
        )
    return bits


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a time does not lie in working hours."""

    reason: BlockReason
    note: str = ""


def obstacle(hours: Hours, starts_at: datetime, ends_at: datetime, overrides: Overrides) -> Obstacle | None:
    """What stands in the way of a session first; None when the whole of it lies in working hours."""
    window = Window.between(starts_at, ends_at)
    missing = window.all & ~open_bits(hours, window, overrides)
    if not missing:
        return None
    first = window.at(next(ones(missing))).astimezone(CHINA)
    planned = plan(first.date(), hours, overrides)
    return Obstacle(planned.blocked(first.hour * 60 + first.minute) or BlockReason.OFF_HOURS, planned.note)


def _of_weekday(rows: Iterable[Weekly], weekday: int) -> tuple[Span, ...]:
    return tuple(sorted(Span(row.from_minute, row.to_minute) for row in rows if row.weekday == weekday))


@lru_cache(maxsize=4096)
def instant_of(day: date, minute: int, zone: ZoneInfo = CHINA) -> datetime:
    """The instant of a minute of a day; 1440 is the next midnight."""
    start = datetime.combine(day + timedelta(days=minute // DAY_MINUTES), time(), zone)
    return start + timedelta(minutes=minute % DAY_MINUTES)


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both with."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def check_spans(spans: Sequence[Span], *, field: str = "hours") -> None:
    """Hours of one day that can be worked.

    Raises: Invalid `hours_outside_day`, `hours_off_grid`, `hours_backwards`, `hours_overlap`.
    """
    previous_end = -1
    for span in sorted(spans):
        if not (0 <= span.from_minute <= DAY_MINUTES and 0 <= span.to_minute <= DAY_MINUTES):
            raise Invalid("hours_outside_day", field=field)
        if (span.from_minute * 60) % QUANTUM_S or (span.to_minute * 60) % QUANTUM_S:
            raise Invalid("hours_off_grid", field=field)
        if span.from_minute >= span.to_minute:
            raise Invalid("hours_backwards", field=field)
        if span.from_minute < previous_end:
            raise Invalid("hours_overlap", field=field)
        previous_end = span.to_minute


def check_days(first: date, last: date | None, *, today: date, furthest: timedelta, field: str = "first") -> None:
    """Days from `first` to `last` (None: open end) that can still be planned.

    Raises: Invalid `days_backwards`, `day_over`, `day_too_far`.
    """
    if last is not None and last < first:
        raise Invalid("days_backwards", field="last")
    if first < today:
        raise Invalid("day_over", field=field)
    if first > today + furthest:
        raise Invalid("day_too_far", field=field)
    if last is not None and last > today + furthest:
        raise Invalid("day_too_far", field="last")


@dataclass(frozen=True, slots=True)
class Reweek:
    """What becomes of the rows of before when a week is planned."""

    ends: tuple[tuple[Weekly, date], ...] = ()
    """Rows that end earlier: with the day on which they end."""
    goes: tuple[Weekly, ...] = ()
    """Rows that are replaced."""
    resumes: tuple[Weekly, ...] = ()
    """Rows that begin again when the new week is over."""


def replan(rows: Iterable[Weekly], first: date, last: date | None) -> Reweek:
    """A week from `first` to `last` (None: until further notice) takes the place of the one that holds then.

    A week that holds already ends the day before, and goes on after `last`. Another week planned for that time is
    never cut silently. Raises: Invalid `weeks_overlap` with `begins`, its first day.
    """
    ends, goes, resumes = [], [], []
    for row in sorted(rows, key=lambda one: one.effective_from):
        if (last is not None and row.effective_from > last) or (row.effective_to or date.max) < first:
            continue
        if row.effective_from > first or (row.effective_from == first and row.effective_to not in (last, None)):
            raise Invalid("weeks_overlap", field="first", begins=row.effective_from)
        if row.effective_from == first:
            goes.append(row)
        else:
            ends.append((row, first - timedelta(days=1)))
        if last is not None and (row.effective_to or date.max) > last:
            resumes.append(replace(row, effective_from=last + timedelta(days=1)))
    return Reweek(tuple(ends), tuple(goes), tuple(resumes))
