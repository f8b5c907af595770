"""The staff desk of live hearings: who is where, what calls for somebody, a call to a person."""

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.disputes import policy as disputes
from mediation.hearings import policy, queries, service
from mediation.hearings.forms import AlertForm, CallForm
from mediation.hearings.views.blueprint import bp
from mediation.kernel.errors import Refused
from mediation.people import service as people
from mediation.people.service import Reveal
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

DEVICES: Final = {
    "camera": _l("Camera"),
    "microphone": _l("Microphone"),
    "loudspeaker": _l("Loudspeaker"),
    "media_route": _l("Sound and picture on the network"),
}
FINDINGS: Final = {
    "denied": _l("not allowed"),
    "missing": _l("not found"),
    "busy": _l("used by another program"),
    "failed": _l("does not work"),
    "off": _l("switched off"),
}
PURPOSE: Final = "call_from_hearings_desk"
"""Why a number is shown; stands in the case's trail."""


def _board(template: str) -> str:
    board = queries.duty(reading(), current_actor(), now=clock()())
    return render_template(template, board=board, devices=DEVICES, findings=FINDINGS)


@bp.get("/desk/hearings")
@needs(Permission.ANSWER_SIGNAL)
def duty() -> ResponseReturnValue:
    """Today's hearings of the actor's places."""
    return _board("hearings/duty.html")


@bp.get("/desk/hearings/now")
@needs(Permission.ANSWER_SIGNAL)
def duty_now() -> ResponseReturnValue:
    """The same board without the page around it, asked for again and again by the open page."""
    return _board("hearings/_duty.html")


@bp.post("/desk/hearings/<public_id>/alerts/<alert>/take")
@needs(Permission.ANSWER_SIGNAL)
def take_alert(public_id: str, alert: str) -> ResponseReturnValue:
    with write() as session:
        service.take_alert(session, current_actor(), public_id, alert, clock=clock())
    return redirect(url_for("hearings.duty"), 303)


@bp.route("/desk/hearings/<public_id>/alerts/<alert>", methods=["GET", "POST"])
@needs(Permission.ANSWER_SIGNAL)
def finish_alert(public_id: str, alert: str) -> ResponseReturnValue:
    """What came of it."""
    form = AlertForm()
    hearing, row = service.alert_now(reading(), current_actor(), public_id, alert)
    if form.validate_on_submit():
        with form.shows(Refused), write() as session:
            service.finish_alert(session, current_actor(), form.command(public_id, alert), clock=clock())
            flash(_("Noted."), "success")
            return redirect(url_for("hearings.duty"), 303)
    name = row.seat.name if row.seat is not None else ""
    page = render_template("hearings/duty_alert.html", form=form, row=row, name=name, number=hearing.case.number)
    return page, 422 if form.is_submitted() else 200


@bp.route("/desk/hearings/<public_id>/seats/<seat>/call", methods=["GET", "POST"])
@needs(Permission.ANSWER_SIGNAL)
def call(public_id: str, seat: str) -> ResponseReturnValue:
    """The number of one person, whose showing is written down, and what came of the call."""
    form = CallForm()
    with write() as session:
        hearing = policy.hearing_for(session, current_actor(), public_id, Permission.ANSWER_SIGNAL)
        found = service.seat_to_call(session, hearing, seat)
        name, number, reveal = found.name, hearing.case.number, None
        if found.party is not None:
            case = hearing.case
            scope = disputes.scope(session, case, Permission.REVEAL_PERSONAL)
            reveal = Reveal(
                found.party.person_id, "phone", PURPOSE, case.id, scope, disputes.relation(current_actor(), case)
            )
        if form.validate_on_submit():
            service.note_call(session, current_actor(), form.command(public_id, seat), clock=clock())
            flash(_("Noted: the call to %(name)s.", name=name), "success")
            return redirect(url_for("hearings.duty"), 303)
        phone = people.reveal(session, current_actor(), reveal, clock=clock()) if reveal is not None else ""
    page = render_template("hearings/duty_call.html", form=form, name=name, number=number, phone=phone)
    return page, 422 if form.is_submitted() else 200
