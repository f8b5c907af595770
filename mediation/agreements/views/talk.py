"""The agreement as a panel of the hearing: clause by clause, read back, signed on the phone; alone it is a page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission
from mediation.agreements import queries, service
from mediation.agreements.forms import ConfirmForm, SignForm, StanceForm
from mediation.agreements.rules.codes import AgreementState
from mediation.agreements.views.blueprint import bp
from mediation.agreements.views.sign import PROBLEMS, code_sent, signed
from mediation.disputes import policy
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.forms import Form
from mediation.web.security import needs, needs_link


@bp.route("/p/<token>/agreement/talk", methods=["GET", "POST"])
@needs_link
def own_talk(token: str) -> ResponseReturnValue:
    """A party's panel: a word to each clause, to the text that was read, the signature."""
    case, party = policy.party_case(reading(), current_actor())
    form, sent = SignForm(formdata=None), False
    word = StanceForm()
    said: Form = word
    if request.method == "POST" and "stance" in request.form:
        with word.shows(*PROBLEMS):
            _say(word)
    elif request.method == "POST":
        said = form = SignForm()
        sent = "send-code" in request.form and code_sent(form, case.id, None)
        if "send-code" not in request.form and form.validate_on_submit():
            with form.shows(*PROBLEMS):
                signed(form, case.id, None)
    row = queries.talk(reading(), case.id)
    seen = row is not None and (row.shown or row.agreement.state is not AgreementState.DRAFT)
    if row is not None:
        form.text_hash.data = row.agreement.text_hash
    page = render_template(
        "agreements/talk.html",
        talk=row if seen else None,
        form=form,
        said=said,
        sent=sent,
        token=token,
        me=party.id,
    )
    return page, 422 if said.problems or said.errors else 200


def _say(form: StanceForm) -> None:
    """Raises: Invalid, Refused, Stale."""
    with write() as session:
        if form.stance.data == "read":
            service.confirm_reading(session, current_actor(), form.text_hash.data or "", clock=clock())
        elif form.validate():
            service.answer_clause(session, current_actor(), form.command(), clock=clock())


@bp.route("/cases/<public_id>/agreement/talk", methods=["GET", "POST"])
@needs(Permission.DRAFT_AGREEMENT)
def talk(public_id: str) -> ResponseReturnValue:
    """The mediator's panel: what each party says to each clause; show, fix, read back."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.DRAFT_AGREEMENT)
    form = ConfirmForm()
    if request.method == "POST" and form.validate_on_submit():
        with form.shows(*PROBLEMS), write() as session:
            if request.form.get("step") == "fix":
                service.fix(session, current_actor(), case.id, clock=clock())
            else:
                shown = request.form.get("step") == "show"
                service.show_draft(session, current_actor(), case.id, shown=shown, clock=clock())
    page = render_template(
        "agreements/talk_desk.html", talk=queries.talk(reading(), case.id), form=form, public_id=public_id
    )
    return page, 422 if form.problems else 200
