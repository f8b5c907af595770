"""What the pages that offer times to people with a case share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from mediation.kernel.errors import Invalid, Problem, Refused, Taken
from mediation.kernel.ids import idempotency_key
from mediation.orgs import queries as orgs
from mediation.scheduling import search
from mediation.scheduling.forms import SlotForm, slot_of
from mediation.scheduling.rules.terms import EVENING_FROM_MIN
from mediation.scheduling.search import FindTimes
from mediation.scheduling.views.slots import AFTER_WORK, buttons, picker
from mediation.web import problems
from mediation.web.db import clock, reading, write

NOT_GIVEN = (Taken, Refused, Invalid)
"""Why a time is not given: the page shows the sentence and other times."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A time that was not given."""

    problem: Problem
    around: datetime | None


def chosen(run: Callable[[Session, datetime, SlotForm], object]) -> Lost | None:
    """Give the time that a button named to `run`, in a transaction; what stood in the way, or None."""
    form = SlotForm()
    around: datetime | None = None
    try:
        around = slot_of(form.slot.data or "")
        with write() as session:
            run(session, around, form)
    except NOT_GIVEN as problem:
        return Lost(problem, around)
    return None


def where_now(default: str) -> str:
    """Public id of the station that the address or the form names; `default` when neither does."""
    return str(request.values.get("at", default))


def values(
    find: FindTimes,
    href: Callable[..., str],
    at: str,
    lost: Lost | None,
    *,
    near: str = "/",
    mediator: str = "",
    who: str = "",
) -> dict[str, Any]:
    """What `_picker.html`, `_quick.html` and `_where.html` show. `href(at=, day=, month=, when=)`: the page's own
    address; `near`: path of the place from which stations are counted as near.
    """
    session, now = reading(), clock()()
    when = AFTER_WORK if request.args.get("when") == AFTER_WORK else None

    def address(day: date | None = None, month: date | None = None) -> str:
        of_month = month.isoformat()[:7] if month else None
        return href(at=at, day=day, month=of_month, when=when, _anchor="times" if day else "days")

    stations = orgs.stations(session, near=near)
    around = lost.around if lost is not None else None
    nearest = search.nearest(session, find, around, now=now) if around is not None else []
    return {
        "form": SlotForm(formdata=None, at=at, mediator=mediator, who=who, key=idempotency_key()),
        "at": at,
        "stations": stations,
        "near": orgs.in_the_street(stations, near),
        "href": partial(href, when=when),
        "evening": f"{EVENING_FROM_MIN // 60}:{EVENING_FROM_MIN % 60:02d}",
        "all_times": href(at=at, when=None, _anchor="days"),
        "after_work": href(at=at, when=AFTER_WORK, _anchor="days"),
        "picker": picker(session, find, address),
        "lost": problems.sentence(lost.problem) if lost is not None else None,
        "nearest": buttons(session, nearest, with_day=True),
    }
