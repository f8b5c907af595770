"""The desk decides; the mediator answers; the receiving body answers."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes import policy, queries, service
from mediation.disputes.forms import (
    AcceptForm,
    AnswerReferralForm,
    AssignForm,
    ConfirmForm,
    DeclineForm,
    ExtendForm,
    ReferForm,
    RefuseForm,
)
from mediation.disputes.models import Case
from mediation.disputes.rules import triage
from mediation.disputes.rules.codes import Track
from mediation.disputes.views.action import decide
from mediation.disputes.views.blueprint import bp
from mediation.kernel.clock import local_date
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.security import needs


def _case(public_id: str, permission: Permission) -> Case:
    return policy.case_for(reading(), current_actor(), public_id, permission)


@bp.route("/cases/<public_id>/accept", methods=["GET", "POST"])
@needs(Permission.TRIAGE_CASE)
def accept(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.TRIAGE_CASE)
    form = AcceptForm()
    if case.track is Track.PEOPLE:
        bodies = orgs.committees(reading(), place_path=case.place_path, dispute_type=case.dispute_type.value)
    else:
        bodies = [orgs.place(reading(), case.handler_org_id)]
    form.offer(bodies, case.risk)
    return decide(
        case,
        form,
        lambda session: service.accept(
            session,
            current_actor(),
            service.AcceptCase(case.id, form.body.data or "", form.risk.data),
            clock=clock(),
        ),
        done=_("The case is accepted. All parties are told."),
        title=_("Accept the case"),
        lead=_("The 30 days of mediation begin today. The parties get a message with their link."),
        submit=_("Accept"),
    )


@bp.route("/cases/<public_id>/refuse", methods=["GET", "POST"])
@needs(Permission.TRIAGE_CASE)
def refuse(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.TRIAGE_CASE)
    form = RefuseForm()
    return decide(
        case,
        form,
        lambda session: service.refuse(
            session,
            current_actor(),
            service.RefuseCase(case.id, form.ground.data, form.reason.data or ""),
            clock=clock(),
        ),
        done=_("The case is not accepted. Print the guidance notice for the applicant."),
        title=_("Do not accept the case"),
        lead=_("The applicant gets a notice with the reason and the right way to go."),
        submit=_("Do not accept"),
        danger=True,
    )


@bp.route("/cases/<public_id>/refer", methods=["GET", "POST"])
@needs(Permission.REFER_CASE)
def refer(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.REFER_CASE)
    form = ReferForm()
    able = orgs.bodies(reading(), place_path=case.place_path, dispute_type=case.dispute_type.value)
    likely = triage.suggested_bodies(case.dispute_type)
    others = [body for body in able if body.id != case.handler_org_id]
    form.offer(sorted(others, key=lambda body: likely.index(body.kind) if body.kind in likely else len(likely)))
    return decide(
        case,
        form,
        lambda session: service.refer(
            session,
            current_actor(),
            service.ReferCase(
                case.id, form.to_body.data or "", form.mode.data, form.reason.data or "", form.parties_consent.data
            ),
            clock=clock(),
        ),
        done=_("The case is sent. The other body answers within 3 working days."),
        title=_("Route to another body"),
        lead=_("People's, administrative and judicial mediation work as one: nothing has to be typed again there."),
        submit=_("Send"),
    )


@bp.route("/cases/<public_id>/referral", methods=["GET", "POST"])
@needs(Permission.ANSWER_REFERRAL)
def answer_referral(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.ANSWER_REFERRAL)
    form = AnswerReferralForm()
    return decide(
        case,
        form,
        lambda session: service.answer_referral(
            session,
            current_actor(),
            service.AnswerReferral(case.id, form.answer.data == "take", form.ground.data or ""),
            clock=clock(),
        ),
        done=_("Your answer is sent."),
        title=_("Answer the referral"),
        lead=_("Taken over, the case is accepted with you from today."),
        submit=_("Answer"),
    )


@bp.route("/cases/<public_id>/assign", methods=["GET", "POST"])
@needs(Permission.ASSIGN_MEDIATOR)
def assign(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.ASSIGN_MEDIATOR)
    form = AssignForm()
    board = queries.choice_board(reading(), case)
    form.offer(board.rows)
    return decide(
        case,
        form,
        lambda session: service.assign(
            session,
            current_actor(),
            service.AssignMediator(
                case.id,
                people.mediator_by_public_id(session, form.mediator.data or "").id,
                form.reason.data,
                form.why.data or "",
            ),
            clock=clock(),
        ),
        done=_("The mediator is asked and will answer."),
        template="disputes/assign.html",
        title=_("Assign a mediator"),
        rows={row.mediator.public_id: row for row in board.rows},
        left_out=board.left_out,
    )


@bp.route("/cases/<public_id>/take", methods=["GET", "POST"])
@needs(Permission.VIEW_CASE)
def take(public_id: str) -> ResponseReturnValue:
    """The mediator who was asked says yes."""
    case = _case(public_id, Permission.VIEW_CASE)
    return decide(
        case,
        ConfirmForm(),
        lambda session: service.answer_assignment(
            session, current_actor(), service.AnswerAssignment(case.id), clock=clock()
        ),
        done=_("You have taken the case."),
        title=_("Take the case"),
        lead=_(
            "You are no relative of a party, have no interest in the matter and nothing else that may affect fairness."
        ),
        submit=_("I take the case"),
    )


@bp.route("/cases/<public_id>/decline", methods=["GET", "POST"])
@needs(Permission.VIEW_CASE)
def decline(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.VIEW_CASE)
    form = DeclineForm()
    return decide(
        case,
        form,
        lambda session: service.answer_assignment(
            session, current_actor(), service.AnswerAssignment(case.id, form.ground.data), clock=clock()
        ),
        done=_("The desk will ask somebody else."),
        title=_("Step back from the case"),
        lead=_("Another mediator will be asked. Your reason is kept in the file."),
        submit=_("Step back"),
        danger=True,
    )


@bp.route("/cases/<public_id>/extend", methods=["GET", "POST"])
@needs(Permission.TRIAGE_CASE)
def extend(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.TRIAGE_CASE)
    form = ExtendForm()
    return decide(
        case,
        form,
        lambda session: service.extend(
            session,
            current_actor(),
            service.ExtendMediation(case.id, form.until.data or local_date(clock()()), form.all_parties_agree.data),
            clock=clock(),
        ),
        done=_("The mediation has more time."),
        title=_("More time for the mediation"),
        lead=_("With the consent of all parties the 30 days may be extended once, by 30 days at most."),
        submit=_("Extend"),
    )


@bp.route("/cases/<public_id>/reopen", methods=["GET", "POST"])
@needs(Permission.TRIAGE_CASE)
def reopen(public_id: str) -> ResponseReturnValue:
    case = _case(public_id, Permission.TRIAGE_CASE)
    return decide(
        case,
        ConfirmForm(),
        lambda session: service.reopen(session, current_actor(), service.ReopenCase(case.id), clock=clock()),
        done=_("The case is open again."),
        title=_("Take the case up again"),
        lead=_("The trail keeps what was before."),
        submit=_("Take it up again"),
    )


@bp.get("/cases/<public_id>/guidance")
@needs(Permission.VIEW_CASE)
def guidance(public_id: str) -> ResponseReturnValue:
    """The guidance notice of a case that was not accepted, to print."""
    case = _case(public_id, Permission.VIEW_CASE)
    panel = queries.case_panel(reading(), case.id, current_actor())
    return render_template(
        "disputes/guidance.html", case=panel, back=url_for("supervision.case", public_id=case.public_id)
    )
