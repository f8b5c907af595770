"""Sessions of staff: one row a sign-in, the token only as hash; idle and absolute limits; list and end one's own."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.access.events import SessionsRevoked, StaffSignedIn, StaffSignedOut
from mediation.access.models import StaffSession
from mediation.kernel import log
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exact `seen_at` is: a page that loads ten fragments writes once."""
_AGENT_LENGTH: Final = 120


def hash_of(token: str) -> str:
    """SHA-256 is enough: the token is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, account_id: int, *, agent: str = "", clock: Clock) -> str:
    """A new session; returns the token that goes into the browser's cookie and nowhere else."""
    token, now = secrets.token_urlsafe(32), clock()
    session.add(
        StaffSession(
            token_hash=hash_of(token),
            account_id=account_id,
            agent=agent[:_AGENT_LENGTH],
            created_at=now,
            seen_at=now,
        )
    )
    session.flush()
    actor = Actor(kind=ActorKind.STAFF, account_id=account_id)
    log.append(session, StaffSignedIn(account_id=account_id), actor=actor, at=now)
    return token


def is_stale(seen_at: datetime, now: datetime) -> bool:
    """Whether `touch` has something to write."""
    return now - seen_at >= TOUCH_EVERY


def touch(session: Session, session_id: int, *, clock: Clock) -> None:
    """Note that the session is in use; a revoked one stays as it is."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.revoked_at.is_(None))
        .values(seen_at=clock())
    )


def end(session: Session, actor: Actor, session_id: int, *, clock: Clock) -> None:
    """End one of the actor's own sessions.

    Raises: Missing when it is not theirs.
    """
    row = session.scalars(
        select(StaffSession).where(StaffSession.id == session_id, StaffSession.account_id == actor.account_id)
    ).one_or_none()
    if row is None:
        raise Missing("session_unknown")
    if row.revoked_at is None:
        row.revoked_at = clock()
        log.append(session, StaffSignedOut(account_id=row.account_id), actor=actor, at=row.revoked_at)


def end_all(session: Session, actor: Actor, account_id: int, *, but: int | None = None, clock: Clock) -> int:
    """End the account's sessions, except the one named by `but`; returns how many."""
    now = clock()
    query = (
        update(StaffSession)
        .where(StaffSession.account_id == account_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(StaffSession.id)
        .execution_options(synchronize_session="fetch")
    )
    if but is not None:
        query = query.where(StaffSession.id != but)
    ended = len(session.scalars(query).all())
    if ended:
        log.append(session, SessionsRevoked(account_id=account_id, n=ended), actor=actor, at=now)
    return ended
