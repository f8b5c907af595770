"""Due work as rows, written in the same transaction as the fact that asks for it.

Delivery is at least once; receivers are idempotent by the row's key.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import JSON, CursorResult, Index, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from mediation.kernel.db import Base

MAX_TRIES = 12
LEASE = timedelta(minutes=2)
"""How long a taken row is another worker's business; after it a dead worker's row is taken again."""


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index(None, "done_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    """Given up after its kind's number of tries: a task for the desk, not a log line."""
    last_error: Mapped[str] = mapped_column(Text, default="")


Receiver = Callable[[Session, dict[str, Any], datetime], None]
Outside = Callable[[Session, dict[str, Any], datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Work:
    """Who does work of one kind. `outside` runs first, see `receive`."""

    receiver: Receiver
    outside: Outside | None
    most_tries: int = MAX_TRIES


_work: dict[str, Work] = {}


def receive(kind: str, receiver: Receiver, *, outside: Outside | None = None, most_tries: int = MAX_TRIES) -> None:
    """Say who does work of this kind; called by `wiring.subscribe()` only.

    `outside` is for what takes long (network, rendering): it runs first, with a session that only reads, because the
    receiver's transaction is the only writer of an SQLite file. What it returns is added to the receiver's payload.
    `most_tries`: after so many it is given up; MAX_TRIES are three hours and a half, and each one more is an hour.
    """
    _work[kind] = Work(receiver, outside, most_tries)


def work(kind: str) -> Work:
    """Raises: KeyError for a kind that nobody receives."""
    return _work[kind]


def most_tries(kind: str) -> int:
    return _work[kind].most_tries if kind in _work else MAX_TRIES


def put(session: Session, kind: str, payload: dict[str, Any], *, key: str, due_at: datetime) -> None:
    """Ask for work once: a second call with the same key changes nothing."""
    if session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is None:
        session.add(OutboxRow(kind=kind, payload=payload, key=key, due_at=due_at))
        session.flush()


def cancel(session: Session, key: str, *, now: datetime) -> None:
    """The work is not wanted any more."""
    session.execute(update(OutboxRow).where(OutboxRow.key == key, OutboxRow.done_at.is_(None)).values(done_at=now))


def is_due(session: Session, now: datetime) -> bool:
    """Whether `take` would find something; reads only, so that an idle worker never locks."""
    query = select(OutboxRow.id).where(
        OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= now
    )
    return session.scalar(query.limit(1)) is not None


def take(session: Session, now: datetime, limit: int = 20) -> list[OutboxRow]:
    """Due rows, leased to the caller: they come again after LEASE unless `done`."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.done_at.is_(None), OutboxRow.dead_at.is_(None), OutboxRow.due_at <= now)
        .order_by(OutboxRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.tries += 1
        row.due_at = now + LEASE
    session.flush()
    return rows


def renew(session: Session, key: str, now: datetime) -> None:
    """Whoever does the work is still at it: the lease begins anew."""
    session.execute(
        update(OutboxRow).where(OutboxRow.key == key, OutboxRow.done_at.is_(None)).values(due_at=now + LEASE)
    )


def done(session: Session, row_id: int, now: datetime) -> None:
    session.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(done_at=now, last_error=""))


def forget(session: Session, before: datetime) -> int:
    """Drop rows done before that instant; returns how many. The dead stay until somebody has looked."""
    result = session.execute(delete(OutboxRow).where(OutboxRow.done_at < before))
    return cast("CursorResult[Any]", result).rowcount


def failed(session: Session, row_id: int, error: str, now: datetime) -> None:
    """Try later: 10 s doubled each time up to an hour, with jitter; after the most tries of its kind given up."""
    row = session.get_one(OutboxRow, row_id)
    row.last_error = error[:500]
    if row.tries >= most_tries(row.kind):
        row.dead_at = now
        return
    wait = min(10 * 2 ** min(row.tries - 1, MAX_TRIES), 3600)
    row.due_at = now + timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret


def given_up(session: Session) -> list[OutboxRow]:
    """Work that failed as often as its kind is tried, the oldest first."""
    return list(session.scalars(select(OutboxRow).where(OutboxRow.dead_at.is_not(None)).order_by(OutboxRow.dead_at)))


def try_again(session: Session, row_id: int, now: datetime) -> bool:
    """Work that was given up is due now, with all its tries; False when it is not given up (any more)."""
    again = (
        update(OutboxRow)
        .where(OutboxRow.id == row_id, OutboxRow.dead_at.is_not(None))
        .values(dead_at=None, tries=0, due_at=now)
    )
    return cast("CursorResult[Any]", session.execute(again)).rowcount == 1
