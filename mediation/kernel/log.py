"""The event log: append-only, one chain of keyed hashes per case.

`append` writes what happened and calls those who listen, in the same transaction: a listener that fails undoes
the step. `verify` proves that no row was changed, taken out, put in or cut off at the end.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from mediation.kernel import crypto
from mediation.kernel.actor import Actor
from mediation.kernel.db import Base
from mediation.kernel.events import Event


class LogHead(Base):
    """The last row of a chain: without it a cut tail would not be seen. Also the lock of the chain."""

    __tablename__ = "log_head"
    stream: Mapped[str] = mapped_column(String(60), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class LogEntry(Base):
    __tablename__ = "log_entry"
    __table_args__ = (UniqueConstraint("stream", "seq"), Index(None, "case_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(60), ForeignKey(LogHead.stream))
    seq: Mapped[int]
    case_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    on_behalf_of: Mapped[str] = mapped_column(String(60), default="")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True, slots=True)
class Happening:
    """What a listener gets: the event, who did it, when."""

    event: Any
    actor: Actor
    at: datetime


Listener = Callable[[Session, Happening], None]
_listeners: dict[type[Event], list[Listener]] = {}


def on(kind: type[Event], listener: Listener) -> None:
    """Subscribe; called by `wiring.subscribe()` only. Twice the same is once."""
    known = _listeners.setdefault(kind, [])
    if listener not in known:
        known.append(listener)


def listeners() -> dict[type[Event], list[Listener]]:
    return _listeners


def append(session: Session, event: Event, *, actor: Actor, at: datetime) -> LogEntry:
    """Write `event` at the end of its chain and tell the listeners, in this transaction."""
    stream = "system" if event.case_id is None else f"case:{event.case_id}"
    head = session.scalars(select(LogHead).where(LogHead.stream == stream).with_for_update()).one_or_none()
    if head is None:
        head = LogHead(stream=stream, seq=0, hash=_genesis(stream))
        session.add(head)
        session.flush()
    entry = LogEntry(
        stream=stream,
        seq=head.seq + 1,
        case_id=event.case_id,
        name=event.name(),
        at=at,
        actor=actor.ref,
        on_behalf_of=actor.on_behalf_of,
        payload=event.payload(),
        previous=head.hash,
    )
    entry.hash = _hash(entry)
    session.add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.flush()
    for listener in _listeners.get(type(event), ()):
        listener(session, Happening(event=event, actor=actor, at=at))
    return entry


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    stream: str
    seq: int
    fault: str


def verify(session: Session, *, case_id: int | None = None) -> Iterator[Break]:
    """Walk every chain, or that of one case; yields nothing when all is as it was written."""
    chains, entries = select(LogHead), select(LogEntry).order_by(LogEntry.stream, LogEntry.seq)
    if case_id is not None:
        stream = f"case:{case_id}"
        chains, entries = chains.where(LogHead.stream == stream), entries.where(LogEntry.stream == stream)
    heads = {head.stream: head for head in session.scalars(chains)}
    ends: dict[str, tuple[int, str]] = {stream: (0, _genesis(stream)) for stream in heads}
    for entry in session.scalars(entries.execution_options(yield_per=500)):
        seq, previous = ends.get(entry.stream, (0, _genesis(entry.stream)))
        if entry.seq != seq + 1:
            yield Break(entry.stream, seq + 1, "missing")
        elif entry.previous != previous:
            yield Break(entry.stream, entry.seq, "unlinked")
        if not hmac.compare_digest(entry.hash, _hash(entry)):
            yield Break(entry.stream, entry.seq, "changed")
        ends[entry.stream] = (entry.seq, entry.hash)
    for stream, (seq, last) in ends.items():
        head = heads[stream]
        if (head.seq, head.hash) != (seq, last):
            yield Break(stream, seq + 1, "cut_off")


def _genesis(stream: str) -> str:
    return hashlib.sha256(stream.encode()).hexdigest()


def _hash(entry: LogEntry) -> str:
    parts = [
        entry.previous,
        entry.stream,
        entry.seq,
        entry.case_id,
        entry.name,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.on_behalf_of or "",
        entry.payload,
    ]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(crypto.keyring().stable_key("log-chain"), text.encode(), hashlib.sha256).hexdigest()
