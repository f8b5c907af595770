"""Free times as the two small decisions of the page: first the day, in its month, then the time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from mediation.kernel.clock import local_date
from mediation.orgs import queries as orgs
from mediation.orgs.workdays import Overrides, is_weekday, is_workday
from mediation.people import queries as people
from mediation.scheduling import search
from mediation.scheduling.rules.hours import after_work
from mediation.scheduling.search import FindTimes, FreeTime
from mediation.web.db import clock
from mediation.web.filters import clock_time, day, instant, short_day, short_weekday, weekday

AFTER_WORK: Final = "after_work"
"""In the address as `when`: evenings and days off only."""
_A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class DayCell:
    date: str
    """The number in its month."""
    count: int
    note: str
    """Seen below the number: how many are free, or in a word why none is."""
    href: str
    """Empty when there is nothing to choose."""
    current: bool
    label: str
    """The whole name for readers: date, weekday, and how many times are free."""


@dataclass(frozen=True, slots=True)
class TimeButton:
    value: str
    clock: str
    note: str
    label: str


@dataclass(frozen=True, slots=True)
class Picker:
    month: date
    """Its first day."""
    weekdays: tuple[tuple[str, str], ...]
    """Short and whole, Monday first."""
    weeks: tuple[tuple[DayCell | None, ...], ...]
    """Rows from Monday to Sunday; None outside the month."""
    earlier: str
    """Address of the month before; empty at the beginning."""
    later: str
    day: date | None
    """The day whose times are shown; None when the month has none."""
    provisional: bool
    """The day may become a holiday still."""
    times: tuple[TimeButton, ...]
    first: TimeButton | None
    """The first free time of all; None when nothing is free."""
    after_work: bool


def picker(session: Session, find: FindTimes, href: Callable[..., str]) -> Picker:
    """A month of the horizon with the counts of its days, and the times of the day that the address names.

    `href(day=..., month=...)`: the address of the same page for another day or another month.
    """
    overrides = orgs.overrides(session)
    board = search.board(session, find, now=clock()())
    late = request.args.get("when") == AFTER_WORK
    if late:
        board = board.only(after_work(board.window, overrides))
    by_day = board.counts()
    days = _Days(by_day, local_date(clock()()), local_date(find.to_at), overrides, late=late)
    month = _month(days)
    chosen = _chosen(days, month)
    return Picker(
        month=month,
        weekdays=tuple((short_weekday(one), weekday(one)) for one in _week_of(month)),
        weeks=tuple(tuple(_cell(days, one, month, chosen, href) for one in week) for week in _weeks(days, month)),
        earlier=href(month=_before(month)) if month > days.first.replace(day=1) else "",
        later=href(month=_after(month)) if _after(month) <= days.last else "",
        day=chosen,
        provisional=chosen is not None and orgs.is_provisional(session, chosen),
        times=tuple(buttons(session, board.of_day(chosen))) if chosen else (),
        first=next((_button(one, {}, with_day=True) for one in board.times()), None),
        after_work=late,
    )


@dataclass(frozen=True, slots=True)
class _Days:
    by_day: dict[date, int]
    first: date
    """Today."""
    last: date
    """Of the horizon."""
    overrides: Overrides
    late: bool

    def words(self, on: date) -> tuple[str, str]:
        """How many times are free on a day, or why none is: as short as its cell, and in full."""
        count = self.by_day.get(on, 0)
        if count:
            free = ngettext("%(num)s free time", "%(num)s free times", count)
            return ngettext("%(num)s free", "%(num)s free", count), free
        if on < self.first:
            return "", _("over")
        if on >= self.last:
            return "", _("not open for booking yet")
        return self._none(on)

    def _none(self, on: date) -> tuple[str, str]:
        if not is_workday(on, self.overrides):
            if is_weekday(on) or on in self.overrides:
                return _("holiday"), _("public holiday, no free time")
            return _("weekend"), _("weekend, no free time")
        return (_("none"), _("no free time after work")) if self.late else (_("full"), _("full, no free time"))


def _month(days: _Days) -> date:
    """The first day of the month that the address names, itself or by a day; else of the first free time."""
    asked = _read(request.args.get("day", "")) or _read(f"{request.args.get('month', '')[:7]}-01")
    shown = asked or min(days.by_day, default=days.first)
    return min(max(shown, days.first), days.last).replace(day=1)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chosen(days: _Days, month: date) -> date | None:
    wanted = _read(request.args.get("day", ""))
    if wanted in days.by_day:
        return wanted
    return min((one for one in days.by_day if one.replace(day=1) == month), default=None)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _week_of(day_in: date) -> list[date]:
    monday = day_in - timedelta(days=day_in.weekday())
    return [monday + timedelta(days=i) for i in range(_A_WEEK)]


def _weeks(days: _Days, month: date) -> Iterator[list[date]]:
    """Those of the month in which a day could be booked: nobody scrolls past empty rows."""
    on = max(month, days.first)
    while on < _after(month) and on <= days.last:
        week = _week_of(on)
        yield week
        on = week[-1] + timedelta(days=1)


def _cell(days: _Days, on: date, month: date, chosen: date | None, href: Callable[..., str]) -> DayCell | None:
    if on.month != month.month:
        return None
    note, words = days.words(on)
    count = days.by_day.get(on, 0)
    return DayCell(
        date=str(on.day),
        count=count,
        note=note,
        href=href(day=on) if count else "",
        current=on == chosen,
        label=_("%(day)s, %(times)s", day=day(on), times=words),
    )


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
