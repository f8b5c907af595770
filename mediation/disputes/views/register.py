"""The desk writes down what somebody says, on their behalf, with the same questions."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes import queries, service
from mediation.disputes.forms import FREQUENT, PLAIN_WORDS, RegisterForm
from mediation.disputes.models import Case, IntakeDraft
from mediation.disputes.rules.codes import CaseKind
from mediation.disputes.service import drafts
from mediation.disputes.views.blueprint import bp
from mediation.disputes.views.intake import checked_files
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.ids import idempotency_key
from mediation.orgs import queries as orgs
from mediation.web import own
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

_PROBLEMS = (Denied, Invalid, Missing, Refused)


@bp.route("/cases/new", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def register() -> ResponseReturnValue:
    form = RegisterForm()
    form.offer(orgs.communities(reading()), CaseKind.MEDIATION)
    if request.method == "GET":
        form.key.data = idempotency_key()
        return _page(form, None)
    draft = _with_files(form)
    if form.validate_on_submit() and not form.problems and not form.files.errors:
        with form.shows(*_PROBLEMS):
            case = _received(form, draft)
            flash(_("Case %(number)s is registered.", number=case.number), "success")
            return redirect(url_for("supervision.case", public_id=case.public_id), 303)
    return _page(form, draft), 422


def _with_files(form: RegisterForm) -> IntakeDraft | None:
    """Files are kept with a draft, so that a wrong field does not lose them."""
    kept, problems = checked_files(form.files.data or ())
    draft = _draft_of(request.form.get("draft", ""))
    if kept:
        with write() as session, form.shows(Refused):
            draft = draft or drafts.start(session, CaseKind.MEDIATION, clock=clock())
            for name, content in kept:
                drafts.add_file(session, current_actor(), draft, name, content, clock=clock())
            own.remember(draft.public_id)
    for problem in problems:
        form.show(problem)
    return draft


def _draft_of(public_id: str) -> IntakeDraft | None:
    if not public_id:
        return None
    try:
        own.check(public_id)
        return drafts.load(reading(), public_id, clock=clock())
    except Missing:
        return None


def _received(form: RegisterForm, draft: IntakeDraft | None) -> Case:
    with write() as session:
        file_ids = drafts.load(session, draft.public_id, clock=clock()).file_ids if draft is not None else []
        return service.receive(session, current_actor(), form.command(file_ids), clock=clock())


def _page(form: RegisterForm, draft: IntakeDraft | None) -> str:
    return render_template(
        "disputes/register.html",
        form=form,
        draft=draft,
        files=queries.draft_files(reading(), draft.file_ids) if draft else [],
        frequent=FREQUENT,
        hints=PLAIN_WORDS,
    )
