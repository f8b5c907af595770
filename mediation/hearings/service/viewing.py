"""Watching a recording: each viewing is logged first, and only what was logged can be fetched."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries
from mediation.hearings.events import RecordingViewed
from mediation.hearings.models import Recording
from mediation.hearings.queries import RecordingRow
from mediation.hearings.rules.codes import RecordingState
from mediation.hearings.storage import recordings
from mediation.kernel import crypto, log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused
from mediation.kernel.sealed import SealedReader

LASTS: Final = timedelta(hours=3)
"""One viewing: after it the page is opened, and logged, again."""


@dataclass(frozen=True, slots=True)
class Viewing:
    row: RecordingRow
    ticket: str
    """Fetches the bytes, for this person, for a while."""


def open_viewing(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> Viewing:
    """Somebody opens it to watch. Emits: RecordingViewed.

    Raises: Missing `recording_unknown`, also for one that is not theirs; Refused `recording_not_ready`.
    """
    recording = _playable(session, actor, public_id)
    viewed = RecordingViewed(
        case_id=recording.hearing.case_id, hearing_id=recording.hearing_id, recording_id=recording.id
    )
    log.append(session, viewed, actor=actor, at=clock())
    ends = int((clock() + LASTS).timestamp())
    return Viewing(queries.recording_row(session, recording), f"{ends}.{_mark(actor, public_id, ends)}")


def viewed_bytes(session: Session, actor: Actor, public_id: str, ticket: str, *, clock: Clock) -> SealedReader:
    """The plain bytes of a viewing that was opened; the caller closes it.

    Raises: Missing `recording_unknown`; Missing `viewing_over` for another's ticket or an old one; Missing `file_gone`;
    Undecipherable.
    """
    recording = _playable(session, actor, public_id)
    ends, _, mark = ticket.partition(".")
    good = ends.isascii() and ends.isdigit() and hmac.compare_digest(mark, _mark(actor, public_id, int(ends)))
    if not good or int(ends) < clock().timestamp():
        raise Missing("viewing_over")
    return SealedReader(recordings().open(recording.file), base64.b64decode(recording.data_key), recording.file)


def _playable(session: Session, actor: Actor, public_id: str) -> Recording:
    if actor.party_id is None:
        recording = policy.recording_for(session, actor, public_id, Permission.PLAY_RECORDING)
    else:
        recording = _own(session, actor, public_id)
    if recording.state is not RecordingState.READY:
        raise Refused("recording_not_ready")
    return recording


def _own(session: Session, actor: Actor, public_id: str) -> Recording:
    recording = session.scalars(select(Recording).where(Recording.public_id == public_id)).one_or_none()
    if recording is None or recording.hearing.case_id != actor.case_id:
        raise Missing("recording_unknown")
    if not queries.may_know(session, actor, recording, queries.seats_recorded(session, recording)):
        raise Missing("recording_unknown")
    return recording


def _mark(actor: Actor, public_id: str, ends: int) -> str:
    key = crypto.keyring().signing_key("recording-viewing")
    return hmac.new(key, f"{actor.ref}\0{public_id}\0{ends}".encode(), hashlib.sha256).hexdigest()
