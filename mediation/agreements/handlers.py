"""What happens to the case and concerns its agreement."""

from sqlalchemy.orm import Session

from mediation.agreements import service
from mediation.agreements.queries import SIGNING_ROLES
from mediation.disputes.events import CaseMoved, MediatorAssigned, MediatorRecused, PartyAdded
from mediation.disputes.rules.life import CaseStep
from mediation.kernel import log
from mediation.kernel.log import Happening


def case_moved(session: Session, happening: Happening) -> None:
    event: CaseMoved = happening.event
    if event.case_id is None or event.step in {CaseStep.START, CaseStep.SETTLE}:
        return
    service.lapse(session, happening.actor, event.case_id, at=happening.at)
    if event.step == CaseStep.WITHDRAW:
        service.note_withdrawal(session, happening.actor, event.case_id, at=happening.at)


def people_changed(session: Session, happening: Happening) -> None:
    """Refuses the step while a text that names other people is being signed."""
    event: PartyAdded | MediatorAssigned | MediatorRecused = happening.event
    if event.case_id is not None and (not isinstance(event, PartyAdded) or event.role in SIGNING_ROLES):
        service.check_nobody_signs(session, event.case_id)


def subscribe() -> None:
    log.on(CaseMoved, case_moved)
    log.on(PartyAdded, people_changed)
    log.on(MediatorAssigned, people_changed)
    log.on(MediatorRecused, people_changed)
