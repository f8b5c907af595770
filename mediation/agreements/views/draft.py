"""The mediator writes the agreement: facts, clauses, who performs what, how and by when."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.agreements import queries, service
from mediation.agreements.forms import AgreementForm, ConfirmForm, as_rows
from mediation.agreements.rules.codes import AgreementState
from mediation.agreements.views.blueprint import bp
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Invalid, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.route("/cases/<public_id>/agreement", methods=["GET", "POST"])
@needs(Permission.DRAFT_AGREEMENT)
def draft(public_id: str) -> ResponseReturnValue:
    """Write, add and take away clauses, save, fix for signing: all without script."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.DRAFT_AGREEMENT)
    agreement = queries.current(reading(), case.id)
    if agreement is not None and agreement.state is AgreementState.EFFECTIVE and case.state in service.WORKING:
        agreement = None  # taken up again: a new text
    if agreement is not None and agreement.state is not AgreementState.DRAFT:
        return redirect(url_for("agreements.sign", public_id=public_id), 303)
    if request.method == "GET":
        kept = {"facts": agreement.facts, "clauses": as_rows(agreement.clauses)} if agreement is not None else {}
        form = AgreementForm(formdata=None, data=kept)
        return _page(form, case.id)
    form = AgreementForm()
    form.offer(disputes.parties(reading(), case.id))
    if "remove" in request.form and (index := request.form["remove"]).isdecimal():
        form.clauses.entries = [e for n, e in enumerate(form.clauses.entries) if n != int(index)]
    good = form.validate_on_submit()
    if good:
        with form.shows(Refused, Invalid):
            with write() as session:
                command = service.SaveDraft(case.id, form.facts.data or "", form.written())
                service.save_draft(session, current_actor(), command, clock=clock())
                if "fix" in request.form:
                    service.fix(session, current_actor(), case.id, clock=clock())
            return _saved(public_id)
    return _page(form, case.id), 422


def _saved(public_id: str) -> ResponseReturnValue:
    if "fix" in request.form:
        flash(_("The text is fixed. Everybody gets a message to sign."), "success")
        return redirect(url_for("agreements.sign", public_id=public_id), 303)
    flash(_("Saved."), "success")
    more = "?more=1" if "add" in request.form else ""
    return redirect(f"{url_for('agreements.draft', public_id=public_id)}{more}#clauses", 303)


def _page(form: AgreementForm, case_id: int) -> str:
    if "more" in request.args and request.method == "GET":
        form.clauses.append_entry()
    form.offer(disputes.parties(reading(), case_id))
    case = disputes.case_panel(reading(), case_id, current_actor())
    return render_template("agreements/draft.html", form=form, case=case)


@bp.post("/cases/<public_id>/agreement/void")
@needs(Permission.DRAFT_AGREEMENT)
def void(public_id: str) -> ResponseReturnValue:
    """Take the text back and write another one."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.DRAFT_AGREEMENT)
    form = ConfirmForm()
    if form.validate_on_submit():
        with write() as session:
            service.void(session, current_actor(), case.id, clock=clock())
        flash(_("The text was taken back. What was signed before is void."), "success")
    return redirect(url_for("agreements.draft", public_id=public_id), 303)
