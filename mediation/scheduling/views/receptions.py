"""A mediator's reception days: the mediator's own page, and the desk's for each mediator there."""

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.scheduling import policy, queries, service
from mediation.scheduling.forms import text_of
from mediation.scheduling.forms.receptions import (
    WEEKDAYS,
    EndReceptionForm,
    ReceptionDayForm,
    ReceptionForm,
    WhichDayForm,
)
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.forms import Form
from mediation.web.security import needs

_SHOWN: Final = 56
"""Days ahead of which reception days are listed: eight weeks."""


@bp.route("/hours/receptions", methods=["GET", "POST"])
@needs(Permission.KEEP_AVAILABILITY)
def receptions() -> ResponseReturnValue:
    """The mediator's own reception days."""
    mediator = policy.own_mediator(reading(), current_actor())
    return _receptions(mediator, url_for("scheduling.receptions"), own=True)


@bp.route("/opening/mediators/<mediator>/receptions", methods=["GET", "POST"])
@needs(Permission.MANAGE_OPENING)
def receptions_of(mediator: str) -> ResponseReturnValue:
    """Somebody's reception days, kept by the desk."""
    row = people.mediator_by_public_id(reading(), mediator)
    policy.hours_for(reading(), current_actor(), row.id)
    return _receptions(row, url_for("scheduling.receptions_of", mediator=mediator), own=False)


def _receptions(mediator: MediatorRow, here: str, *, own: bool) -> ResponseReturnValue:
    if request.method == "GET":
        return _page(mediator, here, own=own)
    do = request.form.get("do", "")
    if do == "restore":
        with write() as session:
            _restore(session)
        flash(_("The day is held as planned again."), "success")
        return redirect(here, 303)
    if do not in _FORMS:
        raise Invalid("bad_request")
    form: Form = _FORMS[do]()
    if isinstance(form, ReceptionForm):
        form.offer(orgs.stations(reading(), near=mediator.org_path))
    if form.validate_on_submit():
        with form.shows(Invalid, Refused, Missing):
            with write() as session:
                n_orphans = _SAVED[do](session, mediator.id, form)
            _told(n_orphans)
            return redirect(here, 303)
    return _page(mediator, here, own=own, **{do: form}), 422


def _told(n_orphans: int) -> None:
    flash(_("Saved."), "success")
    if n_orphans:
        text = ngettext(
            "%(num)s booking lost its time. Its people are told; please decide what becomes of it.",
            "%(num)s bookings lost their time. Their people are told; please decide what becomes of them.",
            n_orphans,
        )
        flash(text, "warning")


def _restore(session: Session) -> None:
    which = WhichDayForm()
    if not which.validate() or which.on.data is None:
        raise Invalid("bad_request")
    service.restore_reception_day(session, current_actor(), _series(), which.on.data, clock=clock())


def _series() -> str:
    return request.values.get("reception", "")[:16]


def _plan(session: Session, mediator_id: int, form: ReceptionForm) -> int:
    service.plan_reception(session, current_actor(), form.command(mediator_id), clock=clock())
    return 0


def _change(session: Session, _mediator_id: int, form: ReceptionDayForm) -> int:
    which = WhichDayForm()
    if not which.validate():
        raise Missing("reception_day_unknown")
    return service.change_reception_day(session, current_actor(), form.command(_series(), which.on), clock=clock())


def _end(session: Session, _mediator_id: int, form: EndReceptionForm) -> int:
    assert form.from_day.data is not None
    return service.end_reception(session, current_actor(), _series(), form.from_day.data, clock=clock())


_FORMS: Final[dict[str, type[Form]]] = {"plan": ReceptionForm, "day": ReceptionDayForm, "end": EndReceptionForm}
_SAVED: Final[dict[str, Callable[[Session, int, Any], int]]] = {"plan": _plan, "day": _change, "end": _end}


def _page(mediator: MediatorRow, here: str, *, own: bool, **tried: Form) -> str:
    """`tried`: the form that was refused; a day or a series is chosen by the address, or by what was sent."""
    session, today = reading(), local_date(clock()())
    rows = queries.receptions_of(session, mediator.id, today, days=_SHOWN)
    plan_form = tried.get("plan") or ReceptionForm(formdata=None, first=today)
    if isinstance(plan_form, ReceptionForm):
        plan_form.offer(orgs.stations(session, near=mediator.org_path))
    chosen = next((row for row in rows if row.public_id == _series()), None)
    on = request.values.get("on", "")
    return render_template(
        "scheduling/receptions.html",
        mediator=mediator,
        own=own,
        here=here,
        rows=rows,
        booked=queries.booked_for(session, [day for row in rows for day in row.days]),
        plan_form=plan_form,
        day_form=tried.get("day") or ReceptionDayForm(formdata=None),
        end_form=tried.get("end") or EndReceptionForm(formdata=None),
        chosen=chosen,
        day=next((one for one in chosen.days if one.occurrence.on.isoformat() == on), None) if chosen else None,
        ending="end" in tried or request.args.get("do") == "end",
        weekdays=WEEKDAYS,
        text_of=text_of,
    )
