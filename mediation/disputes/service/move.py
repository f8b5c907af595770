"""The one writer of a case's state."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.events import CaseMoved, MediationExtended
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState, OutcomeKind
from mediation.disputes.rules.life import CASE_LIFE, CaseStep
from mediation.disputes.rules.limits import MEDIATE_DAYS
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Missing, Refused

ENDS = frozenset({CaseState.CLOSED, CaseState.REFUSED, CaseState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class MoveCase:
    case_id: int
    step: CaseStep
    outcome: OutcomeKind | None = None
    """How it ended; for SETTLE, END, WITHDRAW."""


def move(session: Session, actor: Actor, command: MoveCase, *, clock: Clock) -> Case:
    """Take one step of the case's life on behalf of a higher capability, which has checked who may.

    Raises: Missing `case_unknown`; Refused with the guard's code and its law, `not_now` where no arrow starts.
    """
    case = session.get(Case, command.case_id, with_for_update=True)
    if case is None:
        raise Missing("case_unknown")
    return take_step(session, actor, case, command.step, outcome=command.outcome, clock=clock)


def take_step(
    session: Session, actor: Actor, case: Case, step: CaseStep, *, clock: Clock, outcome: OutcomeKind | None = None
) -> Case:
    """Emits: CaseMoved. Raises: as `move`."""
    arrow = CASE_LIFE.decide(step, case.facts())
    source, case.state = case.state, arrow.target
    if outcome is not None:
        case.outcome = outcome
    if step is CaseStep.REOPEN:
        case.outcome, case.closed_at = None, None
        case.refusal_ground, case.refusal_reason = None, ""
    if arrow.target in ENDS:
        case.closed_at = clock()
    session.flush()
    moved = CaseMoved(
        case_id=case.id,
        step=step.value,
        source=source.value,
        target=arrow.target.value,
        basis=arrow.basis,
        outcome=outcome,
    )
    log.append(session, moved, actor=actor, at=clock())
    return case


@dataclass(frozen=True, slots=True)
class ExtendMediation:
    case_id: int
    until: date
    all_parties_agree: bool


def extend(session: Session, actor: Actor, command: ExtendMediation, *, clock: Clock) -> Case:
    """Give the mediation more time (working rules: with the consent of all parties; once by as long again).

    Emits: MediationExtended. Raises: Refused `consent_missing`, `not_now`; Invalid `extension_range`.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.TRIAGE_CASE, lock=True)
    if case.state not in {CaseState.ACCEPTED, CaseState.IN_MEDIATION} or case.accepted_at is None:
        raise Refused("not_now")
    if not command.all_parties_agree:
        raise Refused("consent_missing", field="all_parties_agree")
    days = (command.until - local_date(case.accepted_at)).days
    if command.until <= local_date(clock()) or not MEDIATE_DAYS < days <= 2 * MEDIATE_DAYS:
        raise Invalid("extension_range", field="until", days=2 * MEDIATE_DAYS)
    case.extended_to = command.until
    session.flush()
    log.append(session, MediationExtended(case_id=case.id, until=command.until), actor=actor, at=clock())
    return case


@dataclass(frozen=True, slots=True)
class WithdrawCase:
    case_id: int


def withdraw(session: Session, actor: Actor, command: WithdrawCase, *, clock: Clock) -> Case:
    """The applicant takes the application back (People's Mediation Law art. 23), or staff at the applicant's word.

    Emits: CaseMoved. Raises: Missing, Denied, Refused `not_now`, `only_the_applicant`.
    """
    case = may_withdraw(session, actor, command.case_id)
    return take_step(session, actor, case, CaseStep.WITHDRAW, outcome=OutcomeKind.WITHDRAWN, clock=clock)


def may_withdraw(session: Session, actor: Actor, case_id: int) -> Case:
    if actor.party_id is None:
        return policy.case_by_id(session, actor, case_id, Permission.EDIT_PARTIES, lock=True)
    case, party = policy.party_case(session, actor)
    if case.id != case_id or not party.role.applies:
        raise Refused("only_the_applicant")
    return case


@dataclass(frozen=True, slots=True)
class ReopenCase:
    case_id: int


def reopen(session: Session, actor: Actor, command: ReopenCase, *, clock: Clock) -> Case:
    """Take a closed case up again; the trail keeps both lives."""
    case = policy.case_by_id(session, actor, command.case_id, Permission.TRIAGE_CASE, lock=True)
    return take_step(session, actor, case, CaseStep.REOPEN, clock=clock)
