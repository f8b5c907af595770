"""Recording how a mediation ended, with what the law asks for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mediation.agreements import policy, queries
from mediation.agreements.models import Agreement, Outcome
from mediation.agreements.policy import Case
from mediation.agreements.rules.codes import AgreementState
from mediation.agreements.rules.outcomes import STEP_OF, Given, missing
from mediation.agreements.service.effect import announce, keep, take_back
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import OutcomeKind
from mediation.hearings import service as hearings
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Refused

_FIELD = {
    "outcome_elsewhere": "kind",
    "outcome_text_missing": "text",
    "parties_must_confirm": "parties_confirm",
    "other_ways_untold": "told_other_ways",
}


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    case_id: int
    kind: OutcomeKind
    text: str = ""
    told_other_ways: bool = False
    parties_confirm: bool = False


def record(session: Session, actor: Actor, command: RecordOutcome, *, clock: Clock) -> Outcome:
    """Emits: CaseMoved, OutcomeRecorded; for an oral agreement AgreementConcluded.

    Raises: Invalid with what the law asks for and is missing; Refused `words_kept`, `agreement_open` while a text
    is being signed, `mediator_not_ready`, `not_now`.
    """
    case = policy.case_to_record(session, actor, command.case_id)
    lack = missing(Given(command.kind, command.text, command.told_other_ways, command.parties_confirm))
    if lack is not None:
        raise Invalid(lack, field=_FIELD[lack])
    hearings.check_told(session, case.id, command.text)
    agreement = queries.current(session, case.id)
    if agreement is not None and agreement.state is AgreementState.SIGNING:
        raise Refused("agreement_open")
    disputes.move(session, actor, disputes.MoveCase(case.id, STEP_OF[command.kind], command.kind), clock=clock)
    if command.kind is OutcomeKind.WITHDRAWN and (noted := queries.outcome_of(session, case.id)) is not None:
        noted.ground = command.text  # `note_withdrawal` heard of the step
        session.flush()
        return noted
    outcome = keep(session, actor, case.id, command.kind, command.text, at=clock())
    if command.kind is OutcomeKind.AGREED_ORAL:
        if agreement is not None and agreement.state is AgreementState.DRAFT:
            take_back(session, actor, agreement, at=clock())
        announce(session, actor, _oral(session, case, command.text, clock), at=clock())
    return outcome


def _oral(session: Session, case: Case, text: str, clock: Clock) -> Agreement:
    """An oral agreement is in effect when the parties agree (art. 30); the mediator's record is its text (art. 28)."""
    agreement = Agreement(
        number=queries.next_number(session, case),
        case_id=case.id,
        state=AgreementState.EFFECTIVE,
        oral=True,
        facts=text,
        created_at=clock(),
        effective_at=clock(),
    )
    session.add(agreement)
    session.flush()
    return agreement


def note_withdrawal(session: Session, actor: Actor, case_id: int, *, at: datetime) -> None:
    """The applicant took the application back, here or on the phone (art. 23). Emits: OutcomeRecorded."""
    keep(session, actor, case_id, OutcomeKind.WITHDRAWN, "", at=at)


def lapse(session: Session, actor: Actor, case_id: int, *, at: datetime) -> None:
    """The case went another way: a text that waits for signatures is void. Emits: AgreementVoided."""
    agreement = queries.current(session, case_id)
    if agreement is not None and agreement.state is AgreementState.SIGNING:
        take_back(session, actor, agreement, at=at)


def check_nobody_signs(session: Session, case_id: int) -> None:
    """Who takes part is written in the text that is being signed. Raises: Refused `agreement_open`."""
    agreement = queries.current(session, case_id)
    if agreement is not None and agreement.state is AgreementState.SIGNING:
        raise Refused("agreement_open")
