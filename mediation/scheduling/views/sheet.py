"""The sheet for the wall: a day or a week on paper, in black and white, with nobody's name but the mediators'."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes.rules.codes import CaseKind
from mediation.kernel.clock import local_date
from mediation.scheduling.queries import Busy, CalendarRow, ReceptionDay
from mediation.scheduling.rules.codes import BlockReason
from mediation.scheduling.rules.hours import days_between
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.showing import (
    EVERYBODY,
    MINE,
    Found,
    Showing,
    is_shut,
    look,
    marks,
    showing,
    why_closed,
)
from mediation.web.i18n import locale
from mediation.web.security import needs


@dataclass(frozen=True, slots=True)
class Line:
    """A time of the sheet. A taken time that the reader may not look into has its reason alone."""

    starts_at: datetime
    ends_at: datetime
    where: str
    mediator: str
    kind: CaseKind | None = None
    n_people: int = 0
    number: str = ""
    marks: tuple[str, ...] = ()
    """What makes it less than firm, or not the only one at its time."""
    reason: BlockReason | None = None


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    closed: tuple[str, ...]
    lines: tuple[Line, ...]


@bp.get("/calendar/sheet")
@needs(Permission.VIEW_CALENDAR)
def sheet() -> ResponseReturnValue:
    shown = showing(wide=True)
    found = look(shown)
    days = [_day(shown, found, on) for on in days_between(shown.first, shown.last)]
    return render_template("scheduling/sheet.html", shown=shown, whose=_whose(shown), days=days)


def _whose(shown: Showing) -> str:
    if shown.place is not None:
        return shown.place.label if shown.place.public_id != EVERYBODY else _("Mediators")
    return shown.me.name if shown.me is not None and shown.of == MINE else ""


def _day(shown: Showing, found: Found, on: date) -> Day:
    lines = [_booked(shown, row) for row in found.of_day(on)]
    lines += [_taken(shown, one) for one in found.busy if local_date(one.starts_at) == on]
    lines += [_receiving(one) for one in found.receptions if one.occurrence.takes_place and one.occurrence.day == on]
    return Day(on, _closed(shown, found, on), tuple(sorted(lines, key=lambda one: (one.starts_at, one.where))))


def _closed(shown: Showing, found: Found, on: date) -> tuple[str, ...]:
    """Who or what is not there on the day, and why; once without a name where it is so for all."""
    labels = {one.id: one.label for one in shown.columns}
    why = {one: why_closed(plans[on]) for one, plans in found.plans.items() if is_shut(plans[on])}
    if why and len(why) == len(found.plans) and len(set(why.values())) == 1:
        return tuple(set(why.values()))
    return tuple(_("%(reason)s: %(who)s", reason=labels[one], who=text) for one, text in why.items())


def _booked(shown: Showing, row: CalendarRow) -> Line:
    booking = row.booking
    where = booking.room_label(locale())
    if booking.station and not shown.is_rooms:
        where = f"{booking.station_label(locale())} {where}"
    return Line(
        booking.starts_at,
        booking.ends_at,
        where or booking.attendance.label(locale()),
        booking.mediator,
        booking.kind,
        len(row.parties),
        booking.case_number,
        tuple(marks(booking)),
    )


def _receiving(one: ReceptionDay) -> Line:
    held = one.occurrence
    return Line(held.starts_at, held.ends_at, one.station.label(locale()), one.mediator, reason=BlockReason.RECEPTION)


def _taken(shown: Showing, one: Busy) -> Line:
    label = next((column.label for column in shown.columns if column.id == one.subject_id), "")
    where, mediator = (label, "") if shown.is_rooms else ("", label)
    return Line(one.starts_at, one.ends_at, where, mediator, reason=one.reason)
