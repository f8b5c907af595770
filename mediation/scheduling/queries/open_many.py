"""The working time of hundreds at once: each pattern of a weekday is worked out once, whoever has it.

The decision stays with `rules.hours.plan`. Here only its answers are shared: most mediators of a district keep one of a
few kinds of hours on a weekday, and few have anything else in the days that a search looks at.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam as param
from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from mediation.orgs.workdays import Overrides
from mediation.scheduling.models import WeeklyHours
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.hours import STANDS_FOR, Hours, Weekly, days_of, plan, span_bits

_Row = tuple[int, int, int, date | None, date | None]
"""Weekday, from, to, and the first and last day where they lie within the window."""


def weekly_time(
    session: Session, mediator_ids: Collection[int], window: Window, overrides: Overrides
) -> dict[int, int]:
    """Mediator -> bits of the window in which they work by their weeks and the public holidays alone."""
    days = days_of(window)
    groups = _alike(days, overrides)
    shared: dict[tuple[int, tuple[_Row, ...]], int] = {}
    found = dict.fromkeys(mediator_ids, 0)
    for one, rows in _rows(session, mediator_ids, days).items():
        bits = 0
        for number, (weekdays, of_group) in enumerate(groups):
            mine = tuple(row for weekday in weekdays for row in rows.get(weekday, ()))
            if mine:
                key = number, mine
                known = shared.get(key)
                if known is None:
                    known = shared[key] = _bits(mine, of_group, window, overrides)
                bits |= known
        found[one] = bits
    return found


def _alike(days: list[date], overrides: Overrides) -> list[tuple[tuple[int, ...], list[date]]]:
    """Days that go by the same weekday's rows; a weekend worked to make up (调休) may go by another's too."""
    groups: dict[tuple[int, ...], list[date]] = {}
    for day in days:
        weekday = day.weekday()
        stands_for = STANDS_FOR.get(weekday) if overrides.get(day) else None
        key = (weekday,) if stands_for is None else (weekday, stands_for)
        groups.setdefault(key, []).append(day)
    return list(groups.items())


def _rows(session: Session, mediator_ids: Collection[int], days: list[date]) -> dict[int, dict[int, list[_Row]]]:
    """Mediator -> weekday -> rows that touch the days; dates outside are left out, so that more rows are alike."""
    if not days or not mediator_ids:
        return {}
    weekdays = {day.weekday() for day in days}
    weekdays |= {STANDS_FOR[one] for one in weekdays & STANDS_FOR.keys()}
    asked = {"mediators": list(mediator_ids), "weekdays": list(weekdays), "first": days[0], "last": days[-1]}
    found: dict[int, dict[int, list[Any]]] = {}
    for mediator, weekday, *rest in session.execute(_ROWS, asked):
        found.setdefault(mediator, {}).setdefault(weekday, []).append((weekday, *rest))
    return found


_ROWS: Final = (
    select(
        WeeklyHours.mediator_id,
        WeeklyHours.weekday,
        WeeklyHours.from_minute,
        WeeklyHours.to_minute,
        case((WeeklyHours.effective_from > param("first"), WeeklyHours.effective_from)),
        case((WeeklyHours.effective_to < param("last"), WeeklyHours.effective_to)),
    )
    .where(
        WeeklyHours.mediator_id.in_(param("mediators", expanding=True)),
        WeeklyHours.weekday.in_(param("weekdays", expanding=True)),
        WeeklyHours.effective_from <= param("last"),
        or_(WeeklyHours.effective_to.is_(None), WeeklyHours.effective_to >= param("first")),
    )
    .order_by(WeeklyHours.mediator_id, WeeklyHours.id)
)


def _bits(rows: Iterable[_Row], days: list[date], window: Window, overrides: Overrides) -> int:
    weekly = tuple(
        Weekly(weekday, from_minute, to_minute, since or days[0], until)
        for weekday, from_minute, to_minute, since, until in rows
    )
    bits = 0
    for day in days:
        bits |= span_bits(window, day, plan(day, Hours(weekly), overrides).spans)
    return bits
