"""The mediator's calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.errors import Invalid
from mediation.people import queries as people
from mediation.scheduling import queries
from mediation.scheduling.forms import text_of
from mediation.scheduling.queries import CalendarRow
from mediation.scheduling.rules.codes import BookingState
from mediation.scheduling.rules.hours import DayPlan, Span, instant_of
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.i18n import locale
from mediation.web.security import needs

_WEEK: Final = timedelta(days=7)
_MOST_DAYS: Final = 62
"""A calendar asks for a month and the weeks at its ends."""


@bp.get("/calendar")
@needs(Permission.VIEW_CALENDAR)
def calendar() -> ResponseReturnValue:
    """The week as a list that needs no script, and as a grid where there is one."""
    monday = _monday(request.args.get("week", ""))
    mediator = people.mediator_of(reading(), current_actor().account_id)
    mine = mediator is not None and request.args.get("whose") != "all"
    found = queries.calendar(
        reading(), current_actor(), from_at=instant_of(monday, 0), to_at=instant_of(monday + _WEEK, 0), mine=mine
    )
    plans = queries.hours_of(reading(), mediator.id, monday, monday + _WEEK - timedelta(days=1)) if mediator else {}
    return render_template(
        "scheduling/calendar.html",
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=monday - _WEEK,
        after=monday + _WEEK,
        today=local_date(clock()()),
        days=[_day_of(monday + timedelta(days=i), found, plans) for i in range(7)],
        receptions=queries.reception_days(
            reading(),
            first=monday,
            last=monday + timedelta(days=6),
            mediator_ids=[mediator.id] if mine and mediator is not None else None,
        ),
        mine=mine,
        is_mediator=mediator is not None,
    )


@dataclass(frozen=True, slots=True)
class WeekDay:
    on: date
    hours: str
    closed: str
    rows: tuple[CalendarRow, ...]


def _day_of(on: date, found: Iterable[CalendarRow], plans: dict[date, DayPlan]) -> WeekDay:
    plan = plans.get(on, DayPlan(()))
    return WeekDay(
        on=on,
        hours=text_of(plan.spans),
        closed=plan.closed.label(locale()) if plan.closed else "",
        rows=tuple(row for row in found if local_date(row.booking.starts_at) == on),
    )


def _monday(text: str) -> date:
    """The Monday of the week of a day; an unreadable day is today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = local_date(clock()())
    if not date(2000, 1, 10) < day < date(2100, 1, 1):
        day = local_date(clock()())
    return day - timedelta(days=day.weekday())


@bp.get("/calendar/<any(mine, all):whose>.json")
@needs(Permission.VIEW_CALENDAR)
def calendar_events(whose: str) -> ResponseReturnValue:
    """What the grid shows between `start` and `end`: bookings, and the mediator's own hours behind them.

    Raises: Invalid `bad_request` for a time that cannot be read or a span longer than two months.
    """
    start, end = _instant("start"), _instant("end")
    if not start < end <= start + timedelta(days=_MOST_DAYS):
        raise Invalid("bad_request")
    mediator = people.mediator_of(reading(), current_actor().account_id)
    mine = mediator is not None and whose == "mine"
    found = queries.calendar(reading(), current_actor(), from_at=start, to_at=end, mine=mine)
    events = [_event(row) for row in found]
    if mediator is not None and mine:
        plans = queries.hours_of(reading(), mediator.id, local_date(start), local_date(end - timedelta(seconds=1)))
        events += [_at_work(day, span) for day, plan in plans.items() for span in plan.spans]
    return jsonify(events)


def _instant(name: str) -> datetime:
    try:
        at = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError as error:
        raise Invalid("bad_request") from error
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def _event(row: CalendarRow) -> dict[str, Any]:
    booking = row.booking
    where = booking.station_label(locale()) or _("by video")
    return {
        "id": booking.public_id,
        "start": _wall(booking.starts_at),
        "end": _wall(booking.ends_at),
        "title": f"{_names(row)} · {where}",
        "classNames": [f"ec-booking--{booking.state.value}"],
        "extendedProps": {
            "url": url_for("supervision.case", public_id=booking.case_public_id),
            "state": booking.state.label(locale()) if booking.state is BookingState.PENDING else "",
        },
    }


def _names(row: CalendarRow) -> str:
    return ("、" if locale().startswith("zh") else ", ").join(row.parties)


def _at_work(day: date, span: Span) -> dict[str, Any]:
    return {
        "start": _wall(instant_of(day, span.from_minute)),
        "end": _wall(instant_of(day, span.to_minute)),
        "display": "background",
        "classNames": ["ec-hours"],
    }


def _wall(at: datetime) -> str:
    """The organisation's clock without a zone: the grid shows it as it stands, wherever the browser is."""
    return at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:00")
