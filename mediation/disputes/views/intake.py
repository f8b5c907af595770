"""A resident books: what happened, then who asks. The time and the confirmation are scheduling's pages."""

from collections.abc import Iterable

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from mediation.disputes import queries
from mediation.disputes.forms import FREQUENT, PLAIN_WORDS, StepForm, WhatForm, WhoForm
from mediation.disputes.models import IntakeDraft
from mediation.disputes.rules.codes import CaseKind
from mediation.disputes.service import drafts
from mediation.disputes.views.blueprint import bp
from mediation.files import service as files
from mediation.files.rules import MAX_FILES
from mediation.files.service import Checked
from mediation.kernel.actor import VISITOR
from mediation.kernel.errors import Invalid, Missing, Problem, Refused
from mediation.orgs import queries as orgs
from mediation.web import own
from mediation.web.db import clock, reading, write
from mediation.web.security import open_to_all

TYPED = "typed"
"""Answers of a step as they were typed, not checked yet; beside the checked ones."""
STEPS: dict[str, type[StepForm]] = {"what": WhatForm, "who": WhoForm}


@bp.route("/book/<kind>", methods=["GET", "POST"])
@open_to_all
def intake_start(kind: str) -> ResponseReturnValue:
    """The first step. The draft is made when something is sent, so that looking leaves nothing behind."""
    chosen = _kind(kind)
    if request.method == "GET":
        begun = _begun(chosen)
        if begun is not None and "anew" not in request.args:
            return redirect(url_for("disputes.intake_what", draft=begun.public_id), 303)
        return _what_page(WhatForm(), chosen, None)
    with write() as session:
        draft = drafts.start(session, chosen, clock=clock())
    own.remember(draft.public_id)
    return _what_sent(draft.public_id)


def _kind(kind: str) -> CaseKind:
    try:
        return CaseKind.of(kind)
    except ValueError:
        abort(404)


def _begun(kind: CaseKind) -> IntakeDraft | None:
    """The newest unsent draft of this browser."""
    for public_id in own.latest():
        try:
            draft = drafts.load(reading(), public_id, clock=clock())
        except Missing:
            continue
        if draft.kind is kind and draft.case_id is None:
            return draft
    return None


def open_draft(session: Session, public_id: str, *, lock: bool = False) -> IntakeDraft:
    """The draft that this browser began.

    Raises: Missing `draft_unknown`; Refused `already_sent`.
    """
    own.check(public_id)
    draft = drafts.load(session, public_id, clock=clock(), lock=lock)
    if draft.case_id is not None:
        raise Refused("already_sent")
    return draft


@bp.get("/book/d/<draft>/what")
@open_to_all
def intake_what(draft: str) -> ResponseReturnValue:
    """What was typed before stands in its fields."""
    own.check(draft)
    found = drafts.load(reading(), draft, clock=clock())
    if found.case_id is not None:
        return redirect(url_for("scheduling.done", draft=draft), 303)
    return _what_page(WhatForm(formdata=_typed(found, "what")), found.kind, found)


@bp.post("/book/d/<draft>/what")
@open_to_all
def intake_what_sent(draft: str) -> ResponseReturnValue:
    return _what_sent(draft)


def _what_sent(public_id: str) -> ResponseReturnValue:
    form = WhatForm()
    kept, problems = checked_files(form.files.data or ())
    with write() as session:
        draft = open_draft(session, public_id, lock=True)
        form.offer(orgs.communities(session), draft.kind)
        with form.shows(Refused):
            _take_files(session, draft, kept)
        good = form.validate_on_submit() and not problems and not form.files.errors and not form.problems
        _keep(session, draft, "what", form, good=good)
    for problem in problems:
        form.show(problem)
    if "remove" in request.form or not good:
        return _what_page(form, draft.kind, draft), 303 if good else 422
    return redirect(url_for("disputes.intake_who", draft=public_id), 303)


def checked_files(sent: Iterable[FileStorage]) -> tuple[list[tuple[str, Checked]], list[Problem]]:
    """Look into each file before the transaction begins; what is wrong with the others."""
    good: list[tuple[str, Checked]] = []
    wrong: list[Problem] = []
    chosen = [one for one in sent if one and one.filename]
    if len(chosen) > MAX_FILES:
        return [], [Refused("too_many_files", field="files", most=MAX_FILES)]
    for one in chosen:
        name = one.filename or ""
        try:
            good.append((name, files.check(name, one.read())))
        except Invalid as problem:
            wrong.append(problem)
    return good, wrong


def _take_files(session: Session, draft: IntakeDraft, kept: Iterable[tuple[str, Checked]]) -> None:
    for name, content in kept:
        drafts.add_file(session, VISITOR, draft, name, content, clock=clock())


def _keep(session: Session, draft: IntakeDraft, step: str, form: StepForm, *, good: bool) -> None:
    """Checked answers beside the other step's; else what was typed, for the next look at the page."""
    typed = {**draft.answers.get(TYPED, {}), step: typed_text(request.form)}
    checked = form.answers() if good else {}
    drafts.save(session, draft, {TYPED: typed, **checked, f"{step}_good": good}, clock=clock())


def typed_text(sent: MultiDict[str, str]) -> dict[str, list[str]]:
    """Every text field of a form as it was typed, each at most a page long."""
    return {name: [value[:5000] for value in sent.getlist(name)] for name in list(sent)[:60] if name != "csrf_token"}


def _typed(draft: IntakeDraft, step: str) -> MultiDict[str, str] | None:
    typed = draft.answers.get(TYPED, {}).get(step)
    return MultiDict([(name, value) for name, values in typed.items() for value in values]) if typed else None


def _what_page(form: WhatForm, kind: CaseKind, draft: IntakeDraft | None) -> str:
    if form.community.choices is None:
        form.offer(orgs.communities(reading()), kind)
    return render_template(
        "disputes/what.html",
        form=form,
        kind=kind,
        draft=draft,
        files=queries.draft_files(reading(), draft.file_ids) if draft else [],
        frequent=FREQUENT,
        hints=PLAIN_WORDS,
    )


@bp.post("/book/d/<draft>/files/<int:file_id>/remove")
@open_to_all
def intake_remove_file(draft: str, file_id: int) -> ResponseReturnValue:
    """Take one file out; what was typed around it is kept."""
    with write() as session:
        found = open_draft(session, draft, lock=True)
        drafts.remove_file(session, VISITOR, found, file_id, clock=clock())
        if request.form:
            _keep(session, found, "what", WhatForm(), good=False)
    return redirect(url_for("disputes.intake_what", draft=draft) + "#files", 303)


@bp.post("/book/d/<draft>/<any(what, who):step>/autosave")
@open_to_all
def intake_autosave(draft: str, step: str) -> ResponseReturnValue:
    """Keep what is being typed. 204."""
    with write() as session:
        found = open_draft(session, draft, lock=True)
        _keep(session, found, step, STEPS[step](), good=False)
    return "", 204


@bp.route("/book/d/<draft>/who", methods=["GET", "POST"])
@open_to_all
def intake_who(draft: str) -> ResponseReturnValue:
    """Who asks, how to reach them, what help they need."""
    own.check(draft)
    if request.method == "GET":
        found = drafts.load(reading(), draft, clock=clock())
        if found.case_id is not None:
            return redirect(url_for("scheduling.done", draft=draft), 303)
        return _who_page(WhoForm(formdata=_typed(found, "who")), found)
    form = WhoForm()
    with write() as session:
        found = open_draft(session, draft, lock=True)
        good = form.validate_on_submit()
        _keep(session, found, "who", form, good=good)
    if not good:
        return _who_page(form, found), 422
    if not found.answers.get("what_good"):
        return redirect(url_for("disputes.intake_what", draft=draft), 303)
    return redirect(url_for("scheduling.choose_time", draft=draft), 303)


def _who_page(form: WhoForm, draft: IntakeDraft) -> str:
    return render_template("disputes/who.html", form=form, draft=draft)
