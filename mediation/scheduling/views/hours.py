"""A mediator's hours: the week, leave, single days. The mediator's own page, and the desk's for each mediator there."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from types import MappingProxyType
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Invalid
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.scheduling import policy, queries, service
from mediation.scheduling.forms import CapsForm, DayForm, HoursForm, LeaveForm, OutsideForm, text_of
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.views import feeds
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.forms import Form
from mediation.web.problems import sentence
from mediation.web.security import needs


@bp.route("/hours", methods=["GET", "POST"])
@needs(Permission.KEEP_AVAILABILITY)
def availability() -> ResponseReturnValue:
    """The mediator's own hours."""
    mediator = policy.own_mediator(reading(), current_actor())
    return _hours(mediator, url_for("scheduling.availability"), own=True)


@bp.route("/opening/mediators/<mediator>", methods=["GET", "POST"])
@needs(Permission.MANAGE_OPENING)
def hours_of(mediator: str) -> ResponseReturnValue:
    """Somebody's hours, kept by the desk: who is ill cannot type it in."""
    row = people.mediator_by_public_id(reading(), mediator)
    policy.hours_for(reading(), current_actor(), row.id)
    return _hours(row, url_for("scheduling.hours_of", mediator=mediator), own=False)


def _hours(mediator: MediatorRow, here: str, *, own: bool) -> ResponseReturnValue:
    if request.method == "GET":
        return page(mediator, own=own)
    do = request.form.get("do", "week")
    if do in _TAKEN_OUT:
        with write() as session:
            told(_TAKEN_OUT[do](session, mediator.id, request.form.get("what", "")))
        return redirect(f"{here}#{_PLACE[do]}", 303)
    if do not in _FORMS:
        raise Invalid("bad_request")
    form = _FORMS[do]()
    if form.validate_on_submit():
        with form.shows(Invalid):
            with write() as session:
                told(_SAVED[do](session, mediator.id, form))
            return redirect(f"{here}#{_PLACE[do]}", 303)
    return page(mediator, own=own, **{do: form}), 422


def told(n_orphans: int) -> None:
    """Say that it is saved, and how many bookings now wait for a decision."""
    flash(_("Saved. Times are offered by it from now on."), "success")
    if n_orphans:
        text = ngettext(
            "%(num)s booking no longer lies in these hours. Please decide what becomes of it.",
            "%(num)s bookings no longer lie in these hours. Please decide what becomes of them.",
            n_orphans,
        )
        flash(text, "warning")


def _save_week(session: Session, mediator_id: int, form: HoursForm) -> int:
    return service.set_weekly_hours(session, current_actor(), form.command(mediator_id), clock=clock())


def _save_leave(session: Session, mediator_id: int, form: LeaveForm) -> int:
    return service.take_leave(session, current_actor(), form.command(mediator_id), clock=clock())


def _save_day(session: Session, mediator_id: int, form: DayForm) -> int:
    return service.set_day(session, current_actor(), form.command(mediator_id), clock=clock())


def _save_caps(session: Session, mediator_id: int, form: CapsForm) -> int:
    service.set_caps(session, current_actor(), form.command(mediator_id), clock=clock())
    return 0


def _drop_week(session: Session, mediator_id: int, what: str) -> int:
    return service.drop_week(session, current_actor(), mediator_id, _day(what), clock=clock())


def _end_leave(session: Session, _mediator_id: int, what: str) -> int:
    return service.end_leave(session, current_actor(), what, clock=clock())


def _clear_day(session: Session, mediator_id: int, what: str) -> int:
    return service.clear_day(session, current_actor(), mediator_id, _day(what), clock=clock())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("bad_request") from error


_FORMS: Final = MappingProxyType({"week": HoursForm, "leave": LeaveForm, "day": DayForm, "caps": CapsForm})
_SAVED: Final[MappingProxyType[str, Callable[..., int]]] = MappingProxyType(
    {"week": _save_week, "leave": _save_leave, "day": _save_day, "caps": _save_caps}
)
_TAKEN_OUT: Final = MappingProxyType({"drop_week": _drop_week, "end_leave": _end_leave, "clear_day": _clear_day})
_PLACE: Final = MappingProxyType(
    {"week": "week", "drop_week": "week", "leave": "leave", "end_leave": "leave", "day": "days", "clear_day": "days"}
    | {"caps": "caps"}
)


def _present(mediator_id: int, today: date) -> dict[str, str]:
    rows = queries.weekly_of(reading(), mediator_id, today)
    spans = {i: [Span(row.from_minute, row.to_minute) for row in rows if row.weekday == i] for i in range(7)}
    return {f"day_{i}": text_of(found) for i, found in spans.items()}


def _fault(code: str) -> str:
    """What went wrong with an outside calendar, and what helps."""
    found = sentence(Invalid(code))
    return f"{found.wrong} {found.todo}"


def page(mediator: MediatorRow, *, own: bool, **tried: Form) -> str:
    """`tried`: the form that was refused, by its name; the others are fresh."""
    today = local_date(clock()())
    week = tried.get("week") or HoursForm(formdata=None, data=_present(mediator.id, today))
    return render_template(
        "scheduling/hours.html",
        mediator=mediator,
        own=own,
        form=week,
        leave_form=tried.get("leave") or LeaveForm(formdata=None),
        day_form=tried.get("day") or DayForm(formdata=None),
        caps_form=tried.get("caps")
        or CapsForm(formdata=None, data=asdict(queries.caps_of_mediator(reading(), mediator.id))),
        weeks=queries.coming_weeks(reading(), mediator.id, today),
        text_of=text_of,
        leaves=queries.leaves(reading(), mediator.id, today),
        days=[(row.on, text_of(row.spans), row.reason) for row in queries.own_days(reading(), mediator.id, today)],
        fault_text=_fault,
        outside_form=tried.get("outside") or OutsideForm(formdata=None),
        outside=queries.outside_calendars(reading(), mediator.id) if own else (),
        feeds=feeds.addresses(mediator_id=mediator.id) if own else (),
        holidays=[on for on, works in sorted(orgs.overrides(reading()).items()) if not works and on >= today][:5],
    )
