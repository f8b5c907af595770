"""How the mediation ended, with what the law asks for it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.agreements import service
from mediation.agreements.forms import OutcomeForm
from mediation.agreements.views.blueprint import bp
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Denied, Invalid, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.route("/cases/<public_id>/outcome", methods=["GET", "POST"])
@needs(Permission.RECORD_OUTCOME)
def outcome(public_id: str) -> ResponseReturnValue:
    case = policy.case_for(reading(), current_actor(), public_id, Permission.RECORD_OUTCOME)
    form = OutcomeForm()
    if form.validate_on_submit():
        with form.shows(Refused, Invalid, Denied):
            command = service.RecordOutcome(
                case_id=case.id,
                kind=form.kind.data,
                text=form.text.data or "",
                told_other_ways=form.told_other_ways.data,
                parties_confirm=form.parties_confirm.data,
            )
            with write() as session:
                service.record(session, current_actor(), command, clock=clock())
            flash(_("The outcome is recorded."), "success")
            return redirect(url_for("supervision.case", public_id=public_id), 303)
    panel = disputes.case_panel(reading(), case.id, current_actor())
    page = render_template("agreements/outcome.html", form=form, case=panel)
    return page, 200 if request.method == "GET" else 422
