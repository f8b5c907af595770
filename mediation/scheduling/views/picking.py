"""What the pages that offer times to people with a case share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from mediation.kernel.errors import Invalid, Problem, Refused, Taken
from mediation.kernel.ids import idempotency_key
from mediation.orgs import queries as orgs
from mediation.scheduling import search
from mediation.scheduling.forms import SlotForm, slot_of
from mediation.scheduling.search import FindTimes
from mediation.scheduling.views.slots import buttons, picker
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
    """What `_picker.html` and `_where.html` show. `href(at=, day=, page=)`: the page's own address."""
    session, now = reading(), clock()()

    def address(day: date | None = None, page: int | None = None) -> str:
        shown = day.isoformat() if day else request.args.get("day")
        return href(at=at, day=shown, page=page, _anchor="times" if day else "days")

    around = lost.around if lost is not None else None
    nearest = search.nearest(session, find, around, now=now) if around is not None else []
    return {
        "form": SlotForm(formdata=None, at=at, mediator=mediator, who=who, key=idempotency_key()),
        "at": at,
        "stations": orgs.stations(session, near=near),
        "href": href,
        "picker": picker(session, find, address),
        "lost": problems.sentence(lost.problem) if lost is not None else None,
        "nearest": buttons(session, nearest, with_day=True),
    }
