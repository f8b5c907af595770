"""What a resident has typed so far. It lives on the server, so that a closed tab or a dead battery loses nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import IntakeDraft
from mediation.disputes.rules.codes import CaseKind
from mediation.files import service as files
from mediation.files.rules import MAX_FILES
from mediation.files.service import Checked, StoreFile
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused

LIFETIME: Final = timedelta(days=3)
"""Long enough to fetch a paper from home; a draft is personal data without a purpose after that."""


def start(session: Session, kind: CaseKind, *, clock: Clock) -> IntakeDraft:
    now = clock()
    draft = IntakeDraft(kind=kind, answers={}, file_ids=[], created_at=now, updated_at=now, expires_at=now + LIFETIME)
    session.add(draft)
    session.flush()
    return draft


def load(session: Session, public_id: str, *, clock: Clock, lock: bool = False) -> IntakeDraft:
    """The draft; one that became a case is found too, so that it can lead there.

    Raises: Missing `draft_unknown`, also after its time.
    """
    query = select(IntakeDraft).where(IntakeDraft.public_id == public_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = session.scalars(query).one_or_none()
    if draft is None or draft.expires_at <= clock():
        raise Missing("draft_unknown")
    return draft


def save(session: Session, draft: IntakeDraft, answers: Mapping[str, Any], *, clock: Clock) -> IntakeDraft:
    """Keep these answers beside those of the other steps. Raises: Refused `already_sent`."""
    _check_open(draft)
    draft.answers = {**draft.answers, **answers}
    draft.updated_at = clock()
    draft.expires_at = clock() + LIFETIME
    session.flush()
    return draft


def add_file(
    session: Session, actor: Actor, draft: IntakeDraft, name: str, content: bytes | Checked, *, clock: Clock
) -> None:
    """Raises: Invalid as `files.check`; Refused `too_many_files`, `already_sent`."""
    _check_open(draft)
    if len(draft.file_ids) >= MAX_FILES:
        raise Refused("too_many_files", field="files", most=MAX_FILES)
    stored = files.store(session, actor, StoreFile(name, content), clock=clock)
    draft.file_ids = [*draft.file_ids, stored.id]
    session.flush()


def remove_file(session: Session, actor: Actor, draft: IntakeDraft, file_id: int, *, clock: Clock) -> None:
    _check_open(draft)
    if file_id in draft.file_ids:
        draft.file_ids = [known for known in draft.file_ids if known != file_id]
        session.flush()
        files.discard(session, actor, file_id, clock=clock)


def _check_open(draft: IntakeDraft) -> None:
    if draft.case_id is not None:
        raise Refused("already_sent")


def sent(session: Session, draft: IntakeDraft, case_id: int) -> None:
    """It became this case: the answers go, the way to the case stays until the draft's time is over."""
    draft.case_id = case_id
    draft.answers = {}
    session.flush()


def hold(session: Session, draft: IntakeDraft, booking_id: int | None) -> None:
    """Note the time that scheduling keeps for this draft."""
    draft.hold_booking_id = booking_id
    session.flush()


def forget_old(session: Session, now: datetime) -> int:
    """Delete the drafts whose time is over, with the files that became nobody's. How many."""
    old = session.scalars(select(IntakeDraft).where(IntakeDraft.expires_at <= now)).all()
    for draft in old:
        if draft.case_id is None:
            for file_id in draft.file_ids:
                files.discard(session, SYSTEM, file_id, clock=lambda: now)
        session.delete(draft)
    session.flush()
    return len(old)
