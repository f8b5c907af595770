"""A mediator's reception days: a weekday's hours, week after week, with single days moved or not held. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mediation.kernel.errors import Invalid
from mediation.orgs.workdays import Overrides
from mediation.scheduling.rules.codes import OccurrenceState
from mediation.scheduling.rules.hours import Span, check_spans, instant_of

SLOT_MIN: Final = (10, 15, 20, 30, 45, 60)
"""Lengths of one talk that can be chosen, in minutes."""
FARTHEST_MOVE: Final = timedelta(days=31)
"""A reception day is moved no farther than this: people look for it near its usual day."""


@dataclass(frozen=True, slots=True)
class Series:
    """From `first` on and until `last` (with it; None: until further notice)."""

    weekday: int
    span: Span
    slot_min: int
    first: date
    last: date | None = None

    def planned_on(self, day: date) -> bool:
        return day.weekday() == self.weekday and self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one day; `to_on` None: it does not take place."""

    to_on: date | None
    span: Span
    why: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One reception day. `on`, the day it was planned for, is its name and never changes."""

    on: date
    day: date
    span: Span
    state: OccurrenceState
    why: str = ""
    sequence: int = 0

    @property
    def takes_place(self) -> bool:
        return self.state in {OccurrenceState.PLANNED, OccurrenceState.MOVED}

    @property
    def starts_at(self) -> datetime:
        return instant_of(self.day, self.span.from_minute)

    @property
    def ends_at(self) -> datetime:
        return instant_of(self.day, self.span.to_minute)

    def covers(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.takes_place and self.starts_at <= starts_at and ends_at <= self.ends_at


def occurrence(series: Series, on: date, changes: Mapping[date, Change], overrides: Overrides) -> Occurrence | None:
    """The reception day that was planned for `on`; None when the series has none then.

    On a public holiday there is none, unless it was moved to another day.
    """
    if not series.planned_on(on):
        return None
    change = changes.get(on)
    if change is not None and (change.to_on, change.span) != (on, series.span):
        state = OccurrenceState.CANCELLED if change.to_on is None else OccurrenceState.MOVED
        return Occurrence(on, change.to_on or on, change.span, state, change.why, change.sequence)
    state = OccurrenceState.HOLIDAY if overrides.get(on) is False else OccurrenceState.PLANNED
    return Occurrence(on, on, series.span, state, sequence=change.sequence if change is not None else 0)


def occurrences(
    series: Series, changes: Mapping[date, Change], overrides: Overrides, *, first: date, last: date
) -> list[Occurrence]:
    """All reception days that are held, or would have been, from `first` to `last` (both with), in order of time."""
    planned = (first - FARTHEST_MOVE + timedelta(days=i) for i in range((last - first + 2 * FARTHEST_MOVE).days + 1))
    found = (occurrence(series, on, changes, overrides) for on in planned)
    held = [one for one in found if one is not None and first <= one.day <= last]
    return sorted(held, key=lambda one: (one.day, one.span.from_minute, one.on))


def slots(one: Occurrence, slot_min: int) -> Iterator[datetime]:
    """When the talks of a reception day begin: whole ones only, one after the other; none when it is not held."""
    begin = one.starts_at
    while one.covers(begin, begin + timedelta(minutes=slot_min)):
        yield begin
        begin += timedelta(minutes=slot_min)


def check(series: Series, others: Iterable[Series]) -> None:
    """A series that can be kept beside the others of the same mediator.

    Raises: Invalid as `check_spans`, `weekday_unknown`, `slot_length`, `reception_too_short`, `receptions_overlap`.
    """
    check_spans([series.span], field="hours")
    if series.weekday not in range(7):
        raise Invalid("weekday_unknown", field="weekday")
    if series.slot_min not in SLOT_MIN:
        raise Invalid("slot_length", field="slot_min")
    if series.span.to_minute - series.span.from_minute < series.slot_min:
        raise Invalid("reception_too_short", field="hours", minutes=series.slot_min)
    if any(_collide(series, other) for other in others):
        raise Invalid("receptions_overlap", field="hours")


def _collide(one: Series, other: Series) -> bool:
    return (
        one.weekday == other.weekday
        and one.span.from_minute < other.span.to_minute
        and other.span.from_minute < one.span.to_minute
        and one.first <= (other.last or date.max)
        and other.first <= (one.last or date.max)
        and (other.last is None or other.last >= other.first)
    )
