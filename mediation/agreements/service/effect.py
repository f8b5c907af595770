"""What an outcome leaves behind: its row, its event, the agreement in effect or taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.agreements.events import AgreementConcluded, AgreementVoided, OutcomeRecorded
from mediation.agreements.models import Agreement, Outcome
from mediation.agreements.rules.life import AGREEMENT_LIFE, AgreementFacts, AgreementStep
from mediation.disputes.rules.codes import OutcomeKind
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import local_date


def keep(session: Session, actor: Actor, case_id: int, kind: OutcomeKind, ground: str, *, at: datetime) -> Outcome:
    """Write the outcome down; a case that was taken up again gets its new one. Emits: OutcomeRecorded."""
    outcome = session.scalars(select(Outcome).where(Outcome.case_id == case_id)).one_or_none()
    if outcome is None:
        outcome = Outcome(case_id=case_id)
        session.add(outcome)
    outcome.kind, outcome.ground = kind, ground
    outcome.recorded_at, outcome.recorded_by = at, actor.ref
    session.flush()
    log.append(session, OutcomeRecorded(case_id=case_id, kind=kind), actor=actor, at=at)
    return outcome


def announce(session: Session, actor: Actor, agreement: Agreement, *, at: datetime) -> None:
    """Tell that it is in effect. Emits: AgreementConcluded."""
    concluded = AgreementConcluded(
        case_id=agreement.case_id,
        agreement_id=agreement.id,
        oral=agreement.oral,
        effective_on=local_date(agreement.effective_at or at),
        due=tuple((clause.id, clause.due_on) for clause in agreement.clauses if clause.due_on is not None),
    )
    log.append(session, concluded, actor=actor, at=at)


def take_back(session: Session, actor: Actor, agreement: Agreement, *, at: datetime) -> None:
    """The text is void, and with it every signature under it. Emits: AgreementVoided. Raises: Refused `not_now`."""
    agreement.state = AGREEMENT_LIFE.decide(AgreementStep.VOID, AgreementFacts(agreement.state)).target
    session.flush()
    log.append(session, AgreementVoided(case_id=agreement.case_id, agreement_id=agreement.id), actor=actor, at=at)
