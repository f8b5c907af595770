"""People and evidence of a case, from the desk and from a party's own link."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import MultipleFileField

from mediation.access.permissions import Permission
from mediation.disputes import policy, queries, service
from mediation.disputes.forms import ConfirmForm, EvidenceForm, PartyForm
from mediation.disputes.rules.codes import PartyRole
from mediation.disputes.views.action import decide
from mediation.disputes.views.blueprint import bp
from mediation.disputes.views.intake import checked_files
from mediation.files.service import Checked
from mediation.kernel.errors import Invalid, Problem, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.forms import Form
from mediation.web.security import needs, needs_link


@bp.route("/cases/<public_id>/parties/new", methods=["GET", "POST"])
@needs(Permission.EDIT_PARTIES)
def add_party(public_id: str) -> ResponseReturnValue:
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    form = PartyForm()
    form.offer(queries.parties(reading(), case.id))

    def run(session: Session) -> object:
        stands_for = int(form.represents.data) if form.represents.data else None
        role: PartyRole = form.role.data
        command = service.AddParty(case.id, role, form.person(), represents=stands_for)
        return service.add_party(session, current_actor(), command, clock=clock())

    return decide(
        case,
        form,
        run,
        done=_("%(name)s takes part now.", name=form.name.data or ""),
        title=_("Add a party"),
        lead=_("Once the case is accepted, a message with the personal link goes to the phone."),
        submit=_("Add"),
    )


@bp.route("/cases/<public_id>/parties/<party>/refuses", methods=["GET", "POST"])
@needs(Permission.EDIT_PARTIES)
def party_refuses(public_id: str, party: str) -> ResponseReturnValue:
    """Somebody told the desk that they do not want mediation."""
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    row = next((one for one in queries.parties(reading(), case.id) if one.public_id == party), None)
    return decide(
        case,
        ConfirmForm(),
        lambda session: service.refuse_mediation(
            session, current_actor(), service.RefuseMediation(case.id, row.id if row else 0), clock=clock()
        ),
        done=_("The refusal is noted."),
        title=_("A party refuses mediation"),
        lead=_("%(name)s has said clearly that they do not want mediation.", name=row.name if row else ""),
        submit=_("Note the refusal"),
        danger=True,
    )


@bp.route("/cases/<public_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.EDIT_PARTIES)
def withdraw(public_id: str) -> ResponseReturnValue:
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    return decide(
        case,
        ConfirmForm(),
        lambda session: service.withdraw(session, current_actor(), service.WithdrawCase(case.id), clock=clock()),
        done=_("The application is withdrawn."),
        title=_("Withdraw the application"),
        lead=_("At the applicant's word. They may apply again at any time."),
        submit=_("Withdraw"),
        danger=True,
    )


@bp.route("/cases/<public_id>/evidence/new", methods=["GET", "POST"])
@needs(Permission.EDIT_PARTIES)
def add_evidence(public_id: str) -> ResponseReturnValue:
    case = policy.case_for(reading(), current_actor(), public_id, Permission.EDIT_PARTIES)
    form = EvidenceForm()
    good, wrong = _looked_into(form)
    if not wrong:
        return decide(
            case,
            form,
            lambda session: _file_all(session, case.id, good),
            done=_("The files are in the case."),
            title=_("Add evidence"),
            lead=_("What a party hands in at the desk."),
            submit=_("Add"),
        )
    panel = queries.case_panel(reading(), case.id, current_actor())
    page = render_template(
        "disputes/decide.html",
        form=form,
        case=panel,
        title=_("Add evidence"),
        lead=_("What a party hands in at the desk."),
        submit=_("Add"),
    )
    return page, 422


def _looked_into(form: EvidenceForm) -> tuple[list[tuple[str, Checked]], list[Problem]]:
    if request.method == "GET":
        return [], []
    good, wrong = checked_files(form.files.data or ())
    _show_all(form, form.files, wrong)
    return good, wrong


def _show_all(form: Form, field: MultipleFileField, problems: list[Problem]) -> None:
    field.errors = list(field.errors)
    for problem in problems:
        form.show(problem)


def _file_all(session: Session, case_id: int, good: list[tuple[str, Checked]]) -> None:
    for name, content in good:
        service.file_evidence(session, current_actor(), service.FileEvidence(case_id, name, content), clock=clock())


@bp.route("/p/<token>/evidence", methods=["GET", "POST"])
@needs_link
def own_evidence(token: str) -> ResponseReturnValue:
    """A party adds photos or papers under the personal link."""
    case, party = policy.party_case(reading(), current_actor())
    form = EvidenceForm()
    good, wrong = _looked_into(form)
    if not wrong and form.validate_on_submit():
        with form.shows(Refused, Invalid):
            with write() as session:
                _file_all(session, case.id, good)
            flash(_("Your files are with us."), "success")
            return redirect(url_for("agreements.personal", token=token), 303)
    files = queries.evidence(reading(), case.id, party_id=party.id)
    page = render_template("disputes/own_evidence.html", form=form, token=token, files=files)
    return page, 200 if request.method == "GET" else 422


@bp.route("/p/<token>/withdraw", methods=["GET", "POST"])
@needs_link
def own_withdrawal(token: str) -> ResponseReturnValue:
    case, _party = policy.party_case(reading(), current_actor())
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.shows(Refused):
            with write() as session:
                service.withdraw(session, current_actor(), service.WithdrawCase(case.id), clock=clock())
            flash(_("Your application is withdrawn."), "success")
            return redirect(url_for("agreements.personal", token=token), 303)
    page = render_template(
        "disputes/own_step.html",
        form=form,
        token=token,
        title=_("Withdraw my application"),
        lead=_("The mediation ends and the other side is told. You may apply again at any time, or go to court."),
        submit=_("Yes, withdraw it"),
    )
    return page, 200 if request.method == "GET" else 422


@bp.route("/p/<token>/refuse", methods=["GET", "POST"])
@needs_link
def own_refusal(token: str) -> ResponseReturnValue:
    """A party says that they do not want mediation (People's Mediation Law art. 17, 23)."""
    case, party = policy.party_case(reading(), current_actor())
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.shows(Refused):
            with write() as session:
                command = service.RefuseMediation(case.id, party.id)
                service.refuse_mediation(session, current_actor(), command, clock=clock())
            flash(_("We have noted that you do not want mediation."), "success")
            return redirect(url_for("agreements.personal", token=token), 303)
    page = render_template(
        "disputes/own_step.html",
        form=form,
        token=token,
        title=_("I do not want mediation"),
        lead=_("Mediation is voluntary. If you say no, it does not take place. The other side may then go to court."),
        submit=_("No mediation for me"),
    )
    return page, 200 if request.method == "GET" else 422
