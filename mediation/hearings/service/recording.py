"""Recording: begun, paused and ended by the neutral, by the hearing's end, by an alarm; deleted for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries
from mediation.hearings.events import RecordingAlarmed, RecordingDeleted, RecordingMoved, RecordingStarted
from mediation.hearings.models import Hearing, Recording, RecordingSource
from mediation.hearings.rules.codes import RecordingPurpose, RecordingState
from mediation.hearings.rules.consent import (
    ACTIVE,
    RECORDING_LIFE,
    RecordingFacts,
    RecordingStep,
    refuse_recording,
)
from mediation.hearings.service.enter import seat_now
from mediation.hearings.storage import recordings
from mediation.kernel import log, outbox
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused

COMPOSE, ERASE = "hearings.compose", "hearings.erase"
"""Kinds of work in the outbox."""
SETTLES: Final = timedelta(seconds=3)
"""`live` closes its files before they are put together."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    by: int
    """The neutral's seat."""
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK


def start_recording(session: Session, command: StartRecording, *, clock: Clock) -> Recording:
    """Begin to record the main room. Emits: RecordingStarted.

    Raises: Denied `not_yours`; Refused `recording_not_agreed`, `not_in_session`, `neutral_absent`, `nobody_in_room`,
    `recording_already`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    session.get_one(Hearing, by.hearing_id, with_for_update=True)
    session.flush()
    now, snapshot = queries.recording_now(session, by.hearing_id), queries.snapshot(session, by.hearing_id)
    if now.active is not None:
        raise Refused("recording_already")
    refusal = refuse_recording(now.room(snapshot, command.purpose))
    if refusal is not None:
        raise Refused(refusal)
    recording = Recording(
        hearing_id=by.hearing_id,
        purpose=command.purpose,
        state=RecordingState.RUNNING,
        started_at=clock(),
    )
    session.add(recording)
    session.flush()
    started = RecordingStarted(
        case_id=snapshot.case_id,
        hearing_id=by.hearing_id,
        recording_id=recording.id,
        purpose=command.purpose,
        seat_ids=tuple(seat.id for seat in queries.present_in(snapshot)),
    )
    log.append(session, started, actor=queries.seat_actor(session, by.id), at=clock())
    return recording


@dataclass(frozen=True, slots=True)
class ControlRecording:
    by: int
    """The neutral's seat."""
    step: RecordingStep
    """pause, resume or stop."""


def control_recording(session: Session, command: ControlRecording, *, clock: Clock) -> Recording:
    """Pause, go on, stop. Emits: RecordingMoved.

    Raises: Denied `not_yours`; Refused `not_now`, or as `start_recording`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    recording = _active(session, by.hearing_id)
    if recording is None or command.step not in {RecordingStep.PAUSE, RecordingStep.RESUME, RecordingStep.STOP}:
        raise Refused("not_now", step=command.step.value)
    actor = queries.seat_actor(session, by.id)
    return move_recording(session, actor, recording, command.step, clock=clock, why="stopped")


def _active(session: Session, hearing_id: int) -> Recording | None:
    query = select(Recording).where(Recording.hearing_id == hearing_id, Recording.state.in_(ACTIVE))
    return session.scalars(query.with_for_update()).one_or_none()


def move_recording(
    session: Session, actor: Actor, recording: Recording, step: RecordingStep, *, clock: Clock, why: str = ""
) -> Recording:
    """One step of its life; with its end the worker is asked to put it together. Emits: RecordingMoved."""
    session.flush()
    now, snapshot = (
        queries.recording_now(session, recording.hearing_id),
        queries.snapshot(session, recording.hearing_id),
    )
    facts = RecordingFacts(recording.state, now.room(snapshot, recording.purpose))
    source, recording.state = recording.state, RECORDING_LIFE.decide(step, facts).target
    if step is RecordingStep.STOP:
        recording.ended_at, recording.ended_why = clock(), why
        recording.expires_at = clock() + recordings().keep
    if recording.state is RecordingState.ENDED and step in {RecordingStep.STOP, RecordingStep.RETRY}:
        _ask_to_compose(session, recording, clock() + SETTLES)
    session.flush()
    moved = RecordingMoved(
        case_id=snapshot.case_id,
        hearing_id=recording.hearing_id,
        recording_id=recording.id,
        step=step.value,
        source=source,
        target=recording.state,
        why=why,
    )
    log.append(session, moved, actor=actor, at=clock())
    return recording


def _ask_to_compose(session: Session, recording: Recording, due_at: datetime) -> None:
    recording.n_tries += 1
    recording.progress, recording.fault = 0, ""
    key = compose_key(recording.id, recording.n_tries)
    outbox.put(session, COMPOSE, {"recording_id": recording.id, "key": key}, key=key, due_at=due_at)


def compose_key(recording_id: int, n_tries: int) -> str:
    return f"compose:{recording_id}:{n_tries}"


def end_recording(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """The hearing ends or breaks off: so does what is being recorded of it. Emits: RecordingMoved."""
    recording = _active(session, hearing.id)
    if recording is not None:
        move_recording(session, actor, recording, RecordingStep.STOP, clock=clock, why="closed")


def alarm_recording(session: Session, recording_id: int, why: str, *, clock: Clock, ends: bool = True) -> None:
    """It should be recording and is not; it may have to end, the hearing goes on. Emits: RecordingMoved when it ends,
    RecordingAlarmed.
    """
    recording = session.get_one(Recording, recording_id, with_for_update=True, populate_existing=True)
    if recording.state not in ACTIVE:
        return
    if ends:
        move_recording(session, SYSTEM, recording, RecordingStep.STOP, clock=clock, why=why)
    alarmed = RecordingAlarmed(
        case_id=recording.hearing.case_id,
        hearing_id=recording.hearing_id,
        recording_id=recording.id,
        why=why,
        ended=ends,
    )
    log.append(session, alarmed, actor=SYSTEM, at=clock())


def retry_composing(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> Recording:
    """Put it together once more. Raises: Missing `recording_unknown`; Refused `not_now`."""
    recording = policy.recording_for(session, actor, public_id, Permission.RUN_HEARING, lock=True)
    return move_recording(session, actor, recording, RecordingStep.RETRY, clock=clock)


def delete_recording(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> Recording:
    """Delete on a person's word. Emits: RecordingDeleted. Raises: Missing `recording_unknown`; Refused `not_now`."""
    recording = policy.recording_for(session, actor, public_id, Permission.RUN_HEARING, lock=True)
    delete_files_of(session, actor, recording, "asked", clock=clock)
    return recording


def delete_files_of(session: Session, actor: Actor, recording: Recording, why: str, *, clock: Clock) -> None:
    """Destroy every key, and with it every copy, also in backups; the worker removes the files. Emits:
    RecordingDeleted. Raises: Refused `not_now` while it is being recorded.
    """
    now, snapshot = (
        queries.recording_now(session, recording.hearing_id),
        queries.snapshot(session, recording.hearing_id),
    )
    facts = RecordingFacts(recording.state, now.room(snapshot, recording.purpose))
    recording.state = RECORDING_LIFE.decide(RecordingStep.DELETE, facts).target
    recording.deleted_at, recording.deleted_why, recording.data_key = clock(), why, ""
    outbox.cancel(session, compose_key(recording.id, recording.n_tries), now=clock())
    sources = session.scalars(select(RecordingSource).where(RecordingSource.recording_id == recording.id)).all()
    for source in sources:
        source.data_key = ""
    keys = [key for key in (recording.file, *(source.public_id for source in sources)) if key]
    session.flush()
    outbox.put(session, ERASE, {"keys": keys}, key=f"erase:{recording.id}", due_at=clock() + SETTLES)
    deleted = RecordingDeleted(
        case_id=snapshot.case_id, hearing_id=recording.hearing_id, recording_id=recording.id, why=why
    )
    log.append(session, deleted, actor=actor, at=clock())


def expire_recordings(session: Session, now: datetime) -> int:
    """Delete what has been kept long enough; how many. Emits: RecordingDeleted."""
    query = select(Recording).where(
        Recording.expires_at <= now, Recording.state.not_in(ACTIVE | {RecordingState.DELETED})
    )
    found = session.scalars(query.with_for_update()).all()
    for recording in found:
        delete_files_of(session, SYSTEM, recording, "expired", clock=lambda: now)
    return len(found)
