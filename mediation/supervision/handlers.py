"""Time limits follow what happens."""

from typing import Final

from sqlalchemy.orm import Session

from mediation.agreements.events import AgreementConcluded
from mediation.disputes.events import (
    CaseAccepted,
    CaseMoved,
    CaseReceived,
    MediationExtended,
    ReferralAnswered,
    ReferralSent,
)
from mediation.disputes.rules.life import CaseStep
from mediation.kernel import log
from mediation.kernel.events import Event
from mediation.kernel.log import Happening
from mediation.supervision import service

CASE_EVENTS: Final[tuple[type[Event], ...]] = (
    CaseReceived,
    CaseAccepted,
    CaseMoved,
    MediationExtended,
    ReferralSent,
    ReferralAnswered,
)


def case_went_on(session: Session, happening: Happening) -> None:
    service.follow_case(session, happening.actor, happening.event.case_id, at=happening.at)


def taken_up_again(session: Session, happening: Happening) -> None:
    """What ran for the old agreement ends; the next one begins its own."""
    event: CaseMoved = happening.event
    if event.step == CaseStep.REOPEN and event.case_id is not None:
        service.end_all(session, happening.actor, event.case_id, service.BY_HAND, at=happening.at)


def agreed(session: Session, happening: Happening) -> None:
    """Deadlines that follow an agreement: confirmation, performance, follow-up (arts 31, 33)."""
    event: AgreementConcluded = happening.event
    if event.case_id is not None:
        due = dict(event.due)
        service.follow_agreement(
            session, happening.actor, event.case_id, event.effective_on, due, confirm=not event.oral, at=happening.at
        )


def subscribe() -> None:
    log.on(AgreementConcluded, agreed)
    log.on(CaseMoved, taken_up_again)
    for event in CASE_EVENTS:
        log.on(event, case_went_on)
