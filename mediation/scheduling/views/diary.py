"""Calendars of the staff: the own week, a place's bookings, the day of a station's rooms and of a body's mediators."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.errors import Invalid
from mediation.scheduling.forms import HOME
from mediation.scheduling.queries import BookingRow, CalendarRow
from mediation.scheduling.rules.codes import BlockReason
from mediation.scheduling.rules.hours import DAY_MINUTES, DayPlan, days_between, instant_of
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.showing import (
    DAY,
    LENGTH,
    WEEK,
    Found,
    Showing,
    is_shut,
    look,
    marks,
    parts,
    showing,
    subject_of,
    why_closed,
)
from mediation.web.db import clock
from mediation.web.filters import day, short_day
from mediation.web.i18n import locale
from mediation.web.security import needs

_MOST_DAYS: Final = 62
"""A calendar asks for a month and the weeks at its ends."""


@bp.get("/calendar")
@needs(Permission.VIEW_CALENDAR)
def calendar() -> ResponseReturnValue:
    """A list that needs no script; where there is script, the same bookings as a grid above it."""
    shown, today = showing(), local_date(clock()())
    found, days = look(shown), days_between(shown.first, shown.last)
    every = parts(shown, found, days, [day(one) for one in days])
    if shown.view not in {DAY, WEEK}:
        every = [one for one in every if one.rows or one.on == today]
    return render_template(
        "scheduling/calendar.html",
        shown=shown,
        parts=every,
        movable=found.movable,
        today=today,
        title=day(shown.first) if shown.view == DAY else f"{short_day(shown.first)} – {short_day(shown.last)}",
        step=LENGTH[shown.view],
        columns=[{"id": one.public_id, "title": one.label} for one in shown.columns],
        receptions=found.receptions,
    )


@bp.get("/calendar/<any(mine, all, rooms, mediators):of>.json")
@needs(Permission.VIEW_CALENDAR)
def calendar_events(of: str) -> ResponseReturnValue:
    """What the grid shows between `start` and `end`: bookings, the rest after them, and behind them working hours.

    Raises: Invalid `bad_request` for a time that cannot be read or a span longer than two months.
    """
    start, end = _instant("start"), _instant("end")
    if not start < end <= start + timedelta(days=_MOST_DAYS):
        raise Invalid("bad_request")
    last = local_date(end - timedelta(seconds=1))
    shown = replace(showing(of), first=local_date(start), last=last)
    found = look(shown)
    return jsonify([*_behind(shown, found), *_receiving(shown, found), *_taken(shown, found), *_bookings(shown, found)])


def _instant(name: str) -> datetime:
    try:
        at = datetime.fromisoformat(request.args.get(name, ""))
    except ValueError as error:
        raise Invalid("bad_request") from error
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


Event = dict[str, Any]


def _behind(shown: Showing, found: Found) -> Iterator[Event]:
    """Hours of work, and whole days off with their reason."""
    public_ids = {one.id: one.public_id for one in shown.columns}
    for subject, plans in found.plans.items():
        column = [public_ids[subject]] if subject in public_ids else []
        for on, plan in plans.items():
            yield from _of_plan(on, plan, column)


def _of_plan(on: date, plan: DayPlan, column: list[str]) -> Iterator[Event]:
    for span in plan.spans:
        yield _background(instant_of(on, span.from_minute), instant_of(on, span.to_minute), "ec-hours", "", column)
    if is_shut(plan):
        yield _background(instant_of(on, 0), instant_of(on, DAY_MINUTES), "ec-shut", why_closed(plan), column)


def _background(begin: datetime, end: datetime, name: str, title: str, column: list[str]) -> Event:
    return {
        "start": _wall(begin),
        "end": _wall(end),
        "title": title,
        "display": "background",
        "classNames": [name],
        "resourceIds": column,
    }


def _receiving(shown: Showing, found: Found) -> Iterator[Event]:
    """Reception hours of the mediators; in a station's rooms behind all of them, for any may be used."""
    for one in found.receptions:
        if not one.occurrence.takes_place:
            continue
        column = [each.public_id for each in shown.columns] if shown.is_rooms else _column(shown, one.mediator_id)
        who = one.mediator if shown.is_rooms else one.station.label(locale())
        title = f"{BlockReason.RECEPTION.label(locale())} {who}"
        yield _background(one.occurrence.starts_at, one.occurrence.ends_at, "ec-reception", title, column)


def _taken(shown: Showing, found: Found) -> Iterator[Event]:
    """Time that is not free, whoever has it: the other calendars, what is kept, bookings of other hands."""
    for one in found.busy:
        column = _column(shown, one.subject_id)
        yield _background(one.starts_at, one.ends_at, "ec-shut", one.reason.label(locale()), column)


def _column(shown: Showing, subject_id: int | None) -> list[str]:
    return [one.public_id for one in shown.columns if one.id == subject_id]


def _bookings(shown: Showing, found: Found) -> Iterator[Event]:
    for row in found.rows:
        booking, column = row.booking, _column(shown, subject_of(shown, row))
        yield _event(shown, row, column, movable=booking.id in found.movable)
        if booking.buffer_min:
            over = booking.ends_at + timedelta(minutes=booking.buffer_min)
            yield _background(booking.ends_at, over, "ec-rest", _("Rest"), column)


def _event(shown: Showing, row: CalendarRow, column: list[str], *, movable: bool) -> Event:
    booking = row.booking
    about = [names(row), _where(shown, booking), *marks(booking), booking.case_number]
    return {
        "id": booking.public_id,
        "start": _wall(booking.starts_at),
        "end": _wall(booking.ends_at),
        "title": "\n".join(filter(None, about)),
        "classNames": [f"ec-booking--{booking.state.value}", *([] if movable else ["ec-booking--fixed"])],
        "resourceIds": column,
        "editable": movable,
        "extendedProps": {
            "url": url_for("supervision.case", public_id=booking.case_public_id),
            "change": url_for("scheduling.change_sent", public_id=booking.public_id),
            "at": booking.room_public_id or HOME,
            "mediator": booking.mediator_public_id,
            "sequence": booking.sequence,
        },
    }


def names(row: CalendarRow) -> str:
    return ("、" if locale().startswith("zh") else ", ").join(row.parties)


def _where(shown: Showing, booking: BookingRow) -> str:
    """What the columns do not say: the room, or who leads."""
    if shown.is_rooms:
        return booking.mediator
    if not booking.station:
        return str(_("by video"))
    return f"{booking.station_label(locale())} {booking.room_label(locale())}"


def _wall(at: datetime) -> str:
    """The organisation's clock without a zone: the grid shows it as it stands, wherever the browser is."""
    return at.astimezone(CHINA).strftime("%Y-%m-%dT%H:%M:00")
