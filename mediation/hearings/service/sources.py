"""What `live` writes down of the files of a recording while it makes them."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings.models import Recording, RecordingSource, Seat
from mediation.hearings.rules.codes import RecordingState
from mediation.hearings.rules.consent import ACTIVE
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused
from mediation.kernel.sealed import new_key


def begin_take(session: Session, recording_id: int) -> int:
    """Writing begins, again after a pause or in a new process: its number. Raises: Refused `not_now`."""
    recording = _written(session, recording_id)
    recording.n_takes += 1
    return recording.n_takes


def _written(session: Session, recording_id: int) -> Recording:
    """What came before it was stopped is still written, what came before it was deleted is not."""
    recording = session.get_one(Recording, recording_id, with_for_update=True, populate_existing=True)
    if recording.state not in ACTIVE | {RecordingState.ENDED}:
        raise Refused("not_now")
    return recording


@dataclass(frozen=True, slots=True)
class BeginSource:
    recording_id: int
    take: int
    seat: str
    video: bool
    began_at: datetime
    """When its first packet came."""


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A file that may be written: its key in the storage, and what seals it."""

    id: int
    file: str
    data_key: bytes


def begin_source(session: Session, command: BeginSource) -> OpenSource:
    """The row and the key come before the first byte. Raises: Refused `not_now` when it was deleted."""
    recording = _written(session, command.recording_id)
    seat = session.scalars(
        select(Seat).where(Seat.public_id == command.seat, Seat.hearing_id == recording.hearing_id)
    ).one()
    key = new_key()
    source = RecordingSource(
        recording_id=recording.id,
        seat_id=seat.id,
        video=command.video,
        take=command.take,
        data_key=base64.b64encode(key).decode(),
        begins_ms=(command.began_at - recording.started_at) // timedelta(milliseconds=1),
    )
    session.add(source)
    session.flush()
    return OpenSource(source.id, source.public_id, key)


@dataclass(frozen=True, slots=True)
class SourceProgress:
    """How far a file is; `sha256` when it was closed in order."""

    id: int
    began_at: datetime
    """When its first packet was sent, by the sender's reports."""
    n_bytes: int
    sha256: str = ""


def note_sources(session: Session, rows: Iterable[SourceProgress], *, clock: Clock) -> None:
    """Write down how far the files are. One whose recording was deleted meanwhile is gone."""
    for row in rows:
        source = session.get(RecordingSource, row.id, with_for_update=True)
        if source is None:
            continue
        started_at = session.get_one(Recording, source.recording_id).started_at
        source.begins_ms = (row.began_at - started_at) // timedelta(milliseconds=1)
        source.n_bytes = row.n_bytes
        if row.sha256:
            source.sha256, source.ended_at = row.sha256, clock()
