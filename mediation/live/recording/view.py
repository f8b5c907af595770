"""What one recipient is told of the recording: pure."""

from typing import Final, Literal

from mediation.hearings.queries import RecordingNow, SeatRow, Snapshot, present_in
from mediation.hearings.rules.codes import ConsentState, RecordingPurpose, RecordingState, SeatRole
from mediation.hearings.rules.consent import (
    CONSENT_LIFE,
    RECORDING_LIFE,
    ConsentFacts,
    ConsentStep,
    RecordingFacts,
    RecordingStep,
    refuse_recording,
)
from mediation.live.messages import ConsentView, RecordingView
from mediation.live.recording.recorder import Truth

_BUTTONS: Final = (RecordingStep.PAUSE, RecordingStep.RESUME, RecordingStep.STOP)


def view(now: RecordingNow, snapshot: Snapshot, recipient: SeatRow, truth: Truth) -> RecordingView:
    """The banner, the question, the buttons of one seat."""
    neutral = recipient.role is SeatRole.NEUTRAL
    purpose = now.purpose_of(None if neutral else recipient.public_id)
    said = now.consents[purpose]
    own = said.get(recipient.public_id, ConsentState.UNASKED)
    return RecordingView(
        on=truth.on,
        state=_state(now),
        purpose=purpose,
        held=_held(now, snapshot),
        alarm=truth.alarm or now.alarm,
        consent=own,
        consents=tuple(
            ConsentView(seat=s.public_id, name=s.name, consent=said.get(s.public_id, ConsentState.UNASKED))
            for s in present_in(snapshot)
        )
        if neutral
        else (),
        steps=_neutrals_steps(now, snapshot) if neutral else _own_steps(snapshot, recipient, own),
    )


def _state(now: RecordingNow) -> Literal["off", "running", "paused"]:
    if now.active is None:
        return "off"
    return "running" if now.active.state is RecordingState.RUNNING else "paused"


def _held(now: RecordingNow, snapshot: Snapshot) -> str:
    if now.active is None or now.active.state is not RecordingState.RUNNING:
        return ""
    return refuse_recording(now.room(snapshot, now.active.purpose)) or ""


def _neutrals_steps(now: RecordingNow, snapshot: Snapshot) -> tuple[str, ...]:
    """Of any purpose: the mediator chooses one with the button."""
    rooms = [now.room(snapshot, purpose) for purpose in RecordingPurpose]
    if now.active is not None:
        offered = RECORDING_LIFE.offered(RecordingFacts(now.active.state, now.room(snapshot, now.active.purpose)))
        steps = [step.value for step in _BUTTONS if step in offered]
    else:
        steps = ["start"] if any(refuse_recording(room) is None for room in rooms) else []
    facts = [ConsentFacts(state, SeatRole.PARTY, snapshot.state) for room in rooms for state in room.consents]
    if snapshot.neutral_in_room and any(ConsentStep.ASK in CONSENT_LIFE.offered(one) for one in facts):
        steps.append("ask")
    return tuple(steps)


def _own_steps(snapshot: Snapshot, recipient: SeatRow, own: ConsentState) -> tuple[str, ...]:
    offered = CONSENT_LIFE.offered(ConsentFacts(own, recipient.role, snapshot.state))
    return tuple(step.value for step in offered if step is not ConsentStep.ASK)
