"""Free times as the two small decisions of the page: first the day, then the time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from mediation.kernel.clock import local_date
from mediation.orgs import queries as orgs
from mediation.orgs.workdays import is_workday
from mediation.people import queries as people
from mediation.scheduling import search
from mediation.scheduling.search import FindTimes, FreeTime
from mediation.web.db import clock
from mediation.web.filters import clock_time, day, instant, short_day, weekday

DAYS_SHOWN: Final = 10
"""On one page: four rows on a narrow phone."""


@dataclass(frozen=True, slots=True)
class DayCell:
    weekday: str
    date: str
    count: int
    href: str
    current: bool
    label: str


@dataclass(frozen=True, slots=True)
class TimeButton:
    value: str
    clock: str
    note: str
    label: str


@dataclass(frozen=True, slots=True)
class Picker:
    days: tuple[DayCell, ...]
    day: date | None
    """The day whose times are shown; None when there is nothing at all."""
    times: tuple[TimeButton, ...]
    earlier: str
    """Address of the days before; empty at the beginning."""
    later: str


def picker(session: Session, find: FindTimes, href: Callable[..., str]) -> Picker:
    """The days of the horizon with their counts, and the times of the day that the address names.

    `href(day=..., page=...)`: the address of the same page for another day or page of days.
    """
    now = clock()()
    board = search.board(session, find, now=now)
    by_day = board.counts()
    days = _days(session, by_day, local_date(now), local_date(find.to_at))
    chosen = _chosen(by_day)
    page = _page(days, chosen)
    shown = days[page * DAYS_SHOWN : (page + 1) * DAYS_SHOWN]
    return Picker(
        days=tuple(_cell(one, by_day.get(one, 0), one == chosen, href(day=one, page=page)) for one in shown),
        day=chosen,
        times=tuple(buttons(session, board.of_day(chosen))) if chosen else (),
        earlier=href(page=page - 1) if page else "",
        later=href(page=page + 1) if (page + 1) * DAYS_SHOWN < len(days) else "",
    )


def _days(session: Session, by_day: dict[date, int], first: date, last: date) -> list[date]:
    """Days that have a time, and working days that have none any more."""
    overrides = orgs.overrides(session)
    every = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [one for one in every if one in by_day or (is_workday(one, overrides) and one > first)]


def _chosen(by_day: dict[date, int]) -> date | None:
    try:
        wanted = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        wanted = None
    if wanted in by_day:
        return wanted
    return min(by_day, default=None)


def _page(days: Sequence[date], chosen: date | None) -> int:
    most = max(0, len(days) - 1) // DAYS_SHOWN
    asked = request.args.get("page", "")
    if asked.isascii() and asked.isdecimal():
        return min(int(asked[:3]), most)
    return days.index(chosen) // DAYS_SHOWN if chosen in days else 0


def _cell(on: date, count: int, current: bool, href: str) -> DayCell:
    times = ngettext("%(num)s free time", "%(num)s free times", count) if count else _("no free time")
    return DayCell(weekday(on), short_day(on), count, href, current, _("%(day)s, %(times)s", day=day(on), times=times))


def buttons(session: Session, times: Sequence[FreeTime], *, with_day: bool = False) -> list[TimeButton]:
    """A button for each time; `with_day` also shows the day, for a list that spans several."""
    names = people.names(session, {one.mediator_ids[0] for one in times if len(one.mediator_ids) == 1})
    return [_button(one, names, with_day=with_day) for one in times]


def _button(time: FreeTime, names: dict[int, str], *, with_day: bool) -> TimeButton:
    who = [names[one] for one in time.mediator_ids if one in names]
    note = _("with %(name)s", name=who[0]) if len(who) == 1 else ""
    if with_day:
        note = f"{short_day(time.starts_at)} {weekday(time.starts_at)}"
    label = instant(time.starts_at)
    return TimeButton(
        value=value_of(time.starts_at),
        clock=clock_time(time.starts_at),
        note=note,
        label=_("%(time)s, with %(name)s", time=label, name=who[0]) if len(who) == 1 else label,
    )


def value_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M+00:00")
