"""The desk decides: accept, refuse, assign a mediator; the mediator answers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy, queries
from mediation.disputes.events import AssignmentAnswered, CaseAccepted, CaseRefused, MediatorAssigned
from mediation.disputes.models import Assignment, Case
from mediation.disputes.rules import triage
from mediation.disputes.rules.codes import (
    AssignmentReason,
    AssignmentState,
    CaseState,
    DeclineGround,
    OutcomeKind,
    RefusalGround,
    Risk,
)
from mediation.disputes.rules.life import CaseStep
from mediation.disputes.service.move import take_step
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Invalid, Refused
from mediation.orgs import queries as orgs
from mediation.people import queries as people


@dataclass(frozen=True, slots=True)
class AcceptCase:
    case_id: int
    body: str = ""
    """Public id of the committee that will mediate; empty: the body that has it, or the first that may take it."""
    risk: Risk | None = None


def accept(session: Session, actor: Actor, command: AcceptCase, *, clock: Clock) -> Case:
    """Accept for mediation.

    Emits: CaseMoved, CaseAccepted. Raises: Refused `party_refuses`, `not_now`, `body_unsuited`; Missing, Denied.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.TRIAGE_CASE, lock=True)
    body = _body(session, case, command.body)
    take_step(session, actor, case, CaseStep.ACCEPT, clock=clock)
    case.handler_org_id, case.handler_path, case.track = body.id, body.path, triage.track_for(body.kind)
    case.accepted_at = clock()
    case.risk = command.risk or case.risk
    session.flush()
    accepted = CaseAccepted(case_id=case.id, track=case.track, handler_org_id=body.id)
    log.append(session, accepted, actor=actor, at=clock())
    return case


def _body(session: Session, case: Case, public_id: str) -> orgs.Place:
    """The body that will mediate. Raises: Refused `body_unsuited`."""
    able = orgs.bodies(session, place_path=case.place_path, dispute_type=case.dispute_type)
    if public_id:
        chosen = [body for body in able if body.public_id == public_id]
    else:
        own = [body for body in able if body.id == case.handler_org_id]
        chosen = own or orgs.committees(session, place_path=case.place_path, dispute_type=case.dispute_type)
    if not chosen:
        raise Refused("body_unsuited", field="body")
    return chosen[0]


@dataclass(frozen=True, slots=True)
class RefuseCase:
    case_id: int
    ground: RefusalGround
    reason: str
    """In plain words, with the right way to go: it is printed on the guidance notice."""


def refuse(session: Session, actor: Actor, command: RefuseCase, *, clock: Clock) -> Case:
    """Not accept, say why and where to go (working rules SF/T 0083-2020).

    Emits: CaseMoved, CaseRefused. Raises: Invalid `reason_missing`; Refused, Missing, Denied.
    """
    if not command.reason.strip():
        raise Invalid("reason_missing", field="reason")
    case = policy.case_by_id(session, actor, command.case_id, Permission.TRIAGE_CASE, lock=True)
    take_step(session, actor, case, CaseStep.REFUSE, outcome=OutcomeKind.REFUSED, clock=clock)
    case.refusal_ground, case.refusal_reason = command.ground, command.reason
    session.flush()
    log.append(session, CaseRefused(case_id=case.id, ground=command.ground), actor=actor, at=clock())
    return case


@dataclass(frozen=True, slots=True)
class AssignMediator:
    case_id: int
    mediator_id: int
    reason: AssignmentReason
    why: str = ""
    """In words, for another reason."""


ASSIGNABLE = frozenset({CaseState.RECEIVED, CaseState.ACCEPTED, CaseState.IN_MEDIATION})


def assign(session: Session, actor: Actor, command: AssignMediator, *, clock: Clock) -> Assignment:
    """Ask a mediator to take the case; whoever had it before is replaced. Asked again, the same assignment.

    Whom the parties chose together comes first; somebody else only for another reason, in words. The choice as it
    stood is kept with the assignment.
    Emits: MediatorAssigned. Raises: Refused `mediator_unsuited`, `not_now`, `parties_chose`, `no_joint_choice`,
    `not_least_loaded`; Invalid `assign_why_missing`; Missing, Denied.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.ASSIGN_MEDIATOR, lock=True)
    if case.state not in ASSIGNABLE:
        raise Refused("not_now")
    current = current_assignment(session, case)
    if current is not None and current.mediator_id == command.mediator_id:
        return current
    board = queries.choice_board(session, case)
    chosen = board.row(command.mediator_id)
    if chosen is None:
        raise Refused("mediator_unsuited", field="mediator")
    reason = _reason(board, chosen, command)
    if current is not None:
        current.state = AssignmentState.REPLACED
    kept = queries.considered(board, chosen)
    row = Assignment(
        case_id=case.id,
        mediator_id=chosen.mediator.id,
        reason=reason,
        why=command.why or None,
        considered=kept,
        asked_at=clock(),
    )
    session.add(row)
    case.mediator_id, case.mediator_accepted_at = row.mediator_id, None
    session.flush()
    session.expire(case, ["mediator"])
    assigned = MediatorAssigned(
        case_id=case.id,
        mediator_id=row.mediator_id,
        reason=reason,
        burden=kept["burden"],
        least_burden=kept["least"],
        n_considered=kept["able"],
        n_left_out=kept["out"],
    )
    log.append(session, assigned, actor=actor, at=clock())
    if chosen.mediator.account_id == actor.account_id:
        _answer(session, actor, case, row, ground=None, clock=clock)
    return row


def _reason(board: queries.ChoiceBoard, chosen: queries.MediatorChoice, command: AssignMediator) -> AssignmentReason:
    """The reason that is kept: the parties' own choice, or what staff say, as far as it is so."""
    if chosen.by_parties:
        return AssignmentReason.PARTIES_CHOICE
    if command.reason is AssignmentReason.OTHER and not command.why.strip():
        raise Invalid("assign_why_missing", field="why")
    if board.joint is not None and command.reason is not AssignmentReason.OTHER:
        raise Refused("parties_chose", field="mediator", name=board.joint.name)
    if command.reason is AssignmentReason.PARTIES_CHOICE:
        raise Refused("no_joint_choice", field="reason")
    if command.reason is AssignmentReason.LEAST_LOADED and chosen.burden > board.rows[0].burden:
        raise Refused("not_least_loaded", field="reason", name=board.rows[0].mediator.name)
    return command.reason


def current_assignment(session: Session, case: Case) -> Assignment | None:
    """The assignment of the case's mediator; None when it has none."""
    if case.mediator_id is None:
        return None
    return session.scalars(
        select(Assignment)
        .where(
            Assignment.case_id == case.id,
            Assignment.mediator_id == case.mediator_id,
            Assignment.state.in_([AssignmentState.ASKED, AssignmentState.ACCEPTED]),
        )
        .order_by(Assignment.id.desc())
    ).first()


@dataclass(frozen=True, slots=True)
class AnswerAssignment:
    case_id: int
    decline_ground: DeclineGround | None = None
    """None: the mediator takes the case."""


def answer_assignment(session: Session, actor: Actor, command: AnswerAssignment, *, clock: Clock) -> Case:
    """The mediator takes the case or steps back. Only the mediator who was asked.

    Emits: AssignmentAnswered. Raises: Missing `case_unknown`; Denied `only_the_mediator`; Refused `not_now`.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.VIEW_CASE, lock=True)
    me = people.mediator_of(session, actor.account_id)
    row = current_assignment(session, case)
    if me is None or row is None or row.mediator_id != me.id:
        raise Denied("only_the_mediator")
    if row.state is not AssignmentState.ASKED and command.decline_ground is None:
        return case
    _answer(session, actor, case, row, ground=command.decline_ground, clock=clock)
    return case


def _answer(
    session: Session, actor: Actor, case: Case, row: Assignment, *, ground: DeclineGround | None, clock: Clock
) -> None:
    now = clock()
    row.answered_at, row.decline_ground = now, ground
    if ground is None:
        row.state, case.mediator_accepted_at = AssignmentState.ACCEPTED, now
    else:
        row.state, case.mediator_id, case.mediator_accepted_at = AssignmentState.DECLINED, None, None
    session.flush()
    session.expire(case, ["mediator"])
    answered = AssignmentAnswered(case_id=case.id, mediator_id=row.mediator_id, accepted=ground is None, ground=ground)
    log.append(session, answered, actor=actor, at=now)
