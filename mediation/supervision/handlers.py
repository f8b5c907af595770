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
from mediation.hearings.events import RecordingAlarmed, RecordingComposed, RecordingDeleted, RecordingMoved
from mediation.hearings.rules.consent import RecordingStep
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


def _cut_short(recording_id: int) -> str:
    return f"recording:{recording_id}"


def _without_file(recording_id: int) -> str:
    return f"recording:{recording_id}:file"


def recording_alarmed(session: Session, happening: Happening) -> None:
    """Cut short: a task that a person ends, although the part before can be played."""
    event: RecordingAlarmed = happening.event
    if event.ended and event.case_id is not None:
        what = _cut_short(event.recording_id)
        service.see_to_recording(session, happening.actor, event.case_id, what, at=happening.at)


def recording_moved(session: Session, happening: Happening) -> None:
    event: RecordingMoved = happening.event
    if event.step == RecordingStep.BREAK and event.case_id is not None:
        what = _without_file(event.recording_id)
        service.see_to_recording(session, happening.actor, event.case_id, what, at=happening.at)


def recording_composed(session: Session, happening: Happening) -> None:
    event: RecordingComposed = happening.event
    service.recording_is_well(session, happening.actor, [_without_file(event.recording_id)], at=happening.at)


def recording_deleted(session: Session, happening: Happening) -> None:
    event: RecordingDeleted = happening.event
    both = [_cut_short(event.recording_id), _without_file(event.recording_id)]
    service.recording_is_well(session, happening.actor, both, at=happening.at)


def subscribe() -> None:
    log.on(AgreementConcluded, agreed)
    log.on(CaseMoved, taken_up_again)
    for event in CASE_EVENTS:
        log.on(event, case_went_on)
    log.on(RecordingAlarmed, recording_alarmed)
    log.on(RecordingMoved, recording_moved)
    log.on(RecordingComposed, recording_composed)
    log.on(RecordingDeleted, recording_deleted)
