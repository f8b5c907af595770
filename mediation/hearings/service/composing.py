"""The worker puts a recording together, says how far it is, and removes what nobody may read any more."""

import base64
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from mediation.hearings.compose import Composed, Order, Part, Unplayable, compose_apart
from mediation.hearings.events import RecordingComposed
from mediation.hearings.models import Recording, RecordingSource
from mediation.hearings.rules.codes import RecordingState
from mediation.hearings.rules.consent import ACTIVE, RecordingStep
from mediation.hearings.service.recording import ERASE, delete_files_of, expire_recordings, move_recording
from mediation.hearings.storage import recordings
from mediation.kernel import log, outbox
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import make_sessions, transaction
from mediation.kernel.errors import Refused
from mediation.kernel.ids import public_id
from mediation.kernel.sealed import new_key

WAITS_FOR_LIVE: Final = timedelta(seconds=20)
"""A file that `live` has not closed by then stays as a killed `live` left it."""
STRAY_AFTER: Final = timedelta(days=1)
LONGEST: Final = timedelta(hours=12)
"""No session lasts longer: a recording that still runs then was left behind by a hearing that nobody closed."""
_STEP: Final = 2
"""Per cent between two words on how far it is."""


def compose_recording(session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The long part, outside any transaction: `composed` and where it lies, or `fault`.

    Raises: Refused `not_now` while `live` is still writing: the outbox tries again.
    """
    recording = session.get(Recording, payload["recording_id"])
    if recording is None or recording.state is not RecordingState.ENDED:
        return {}
    sources = list(recording.sources)
    lately = recording.ended_at is not None and now - recording.ended_at < WAITS_FOR_LIVE
    if lately and any(source.ended_at is None for source in sources):
        raise Refused("not_now")
    parts = tuple(_part(source) for source in sources)
    order = Order(recordings(), parts, public_id(16), new_key())
    session.rollback()
    say = _Progress(session.get_bind().engine, recording.id, payload["key"], now)
    try:
        composed = compose_apart(order, say)
    except Unplayable as error:
        recordings().delete(order.file)
        return {"fault": error.args[0]}
    return {"composed": composed, "file": order.file, "data_key": base64.b64encode(order.data_key).decode()}


def _part(source: RecordingSource) -> Part:
    key = base64.b64decode(source.data_key)
    return Part(source.seat_id, source.video, source.take, source.begins_ms, source.public_id, key)


class _Progress:
    """Writes per cent where the page reads it, and keeps the work ours meanwhile."""

    def __init__(self, engine: Engine, recording_id: int, key: str, now: datetime) -> None:
        self._sessions, self._id, self._key, self._now = make_sessions(engine), recording_id, key, now
        self._said = -_STEP

    def __call__(self, percent: int) -> None:
        if percent - self._said < _STEP:
            return
        self._said = percent
        with transaction(self._sessions) as session:
            session.get_one(Recording, self._id).progress = percent
            outbox.renew(session, self._key, self._now)


def recording_composed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """What came of it. Emits: RecordingMoved, RecordingComposed, or RecordingDeleted when there was nothing in it."""
    recording = session.get_one(Recording, payload["recording_id"], with_for_update=True, populate_existing=True)
    composed: Composed | None = payload.get("composed")
    if recording.state is not RecordingState.ENDED:
        if composed is not None:  # deleted, or done by another, while this was at work
            _erase_later(session, [payload["file"]], payload["file"], now)
    elif payload.get("fault") == "empty":
        delete_files_of(session, SYSTEM, recording, "empty", clock=lambda: now)
    elif composed is None:
        recording.fault = payload.get("fault", "crashed")
        move_recording(session, SYSTEM, recording, RecordingStep.BREAK, clock=lambda: now, why=recording.fault)
    else:
        recording.file, recording.data_key, recording.progress = payload["file"], payload["data_key"], 100
        recording.sha256, recording.n_bytes = composed.sha256, composed.n_bytes
        recording.duration_ms = composed.duration_ms
        move_recording(session, SYSTEM, recording, RecordingStep.FINISH, clock=lambda: now)
        _note_composed(session, recording, now)
        _forget_sources(session, recording, now)


def _note_composed(session: Session, recording: Recording, now: datetime) -> None:
    event = RecordingComposed(
        case_id=recording.hearing.case_id,
        hearing_id=recording.hearing_id,
        recording_id=recording.id,
        sha256=recording.sha256,
        n_bytes=recording.n_bytes,
        duration_ms=recording.duration_ms,
    )
    log.append(session, event, actor=SYSTEM, at=now)


def _forget_sources(session: Session, recording: Recording, now: datetime) -> None:
    """What was put together needs its parts no more: their keys go now, their files right after."""
    keys = list(session.scalars(select(RecordingSource.public_id).where(RecordingSource.recording_id == recording.id)))
    session.execute(delete(RecordingSource).where(RecordingSource.recording_id == recording.id))
    session.expire(recording, ["sources"])
    _erase_later(session, keys, f"sources:{recording.id}", now)


def _erase_later(session: Session, keys: list[str], what: str, now: datetime) -> None:
    outbox.put(session, ERASE, {"keys": keys}, key=f"erase:{what}", due_at=now)


def erase(_session: Session, payload: dict[str, Any], _now: datetime) -> None:
    """Remove files whose keys are gone."""
    for key in payload["keys"]:
        recordings().delete(key)


def tend_recordings(session: Session, now: datetime) -> None:
    """What was kept long enough is deleted, what nobody stopped is stopped, and a file that no row names (a try that
    crashed) is removed after a day.
    """
    expire_recordings(session, now)
    query = select(Recording).where(Recording.state.in_(ACTIVE), Recording.started_at < now - LONGEST)
    for recording in session.scalars(query.with_for_update()).all():
        move_recording(session, SYSTEM, recording, RecordingStep.STOP, clock=lambda: now, why="closed")
    known = set(session.scalars(select(RecordingSource.public_id).where(RecordingSource.data_key.is_not(None))))
    known |= set(session.scalars(select(Recording.file).where(Recording.state != RecordingState.DELETED)))
    for key in recordings().keys(before=now - STRAY_AFTER):
        if key not in known:
            recordings().delete(key)
