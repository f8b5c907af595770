"""Reads for the desk and the trail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.disputes import policy
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.limits import Basis
from mediation.files.models import StoredFile
from mediation.kernel import log
from mediation.kernel.actor import VISITOR, Actor
from mediation.kernel.log import LogEntry
from mediation.people.models import Person
from mediation.supervision.models import Timer
from mediation.supervision.rules.lights import Reading, reading
from mediation.supervision.rules.limits import TimerKind


@dataclass(frozen=True, slots=True)
class TimerRow:
    id: int
    case_public_id: str
    number: str
    kind: TimerKind
    due_on: date
    basis: Basis
    reading: Reading
    done_at: datetime | None


def _timer(timer: Timer, case: Case, today: date) -> TimerRow:
    return TimerRow(
        id=timer.id,
        case_public_id=case.public_id,
        number=case.number,
        kind=timer.kind,
        due_on=timer.due_on,
        basis=timer.basis,
        reading=reading(timer.started_on, timer.due_on, today),
        done_at=timer.done_at,
    )


def running_timers(
    session: Session, actor: Actor, *, today: date, kinds: frozenset[TimerKind] = frozenset(), limit: int = 50
) -> list[TimerRow]:
    """The limits that run for the cases in the actor's reach, the nearest first."""
    query = (
        select(Timer, Case)
        .join(Case, Case.id == Timer.case_id)
        .where(Timer.done_at.is_(None), policy.visible_cases(actor))
        .order_by(Timer.due_on, Timer.id)
        .limit(limit)
    )
    if kinds:
        query = query.where(Timer.kind.in_(kinds))
    return [_timer(timer, case, today) for timer, case in session.execute(query)]


def timers_of(session: Session, case_id: int, *, today: date) -> list[TimerRow]:
    """The limits of one case, running and done."""
    query = select(Timer, Case).join(Case, Case.id == Timer.case_id).where(Timer.case_id == case_id).order_by(Timer.id)
    return [_timer(timer, case, today) for timer, case in session.execute(query)]


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One thing that happened, and its place in the chain."""

    seq: int
    name: str
    at: datetime
    by: str
    """Name of the person; empty for the system, and for a resident who has no case yet."""
    by_visitor: bool
    on_behalf_of: str
    payload: dict[str, Any]
    paper: str
    """Name of the file that lay on the table of a hearing, while it is there; the log has only its number."""
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class Trail:
    rows: tuple[TrailRow, ...]
    whole: bool
    """Every row hangs on the one before it, and nothing is missing at the end."""


ON_TABLE = frozenset({"paper_shown", "paper_seen", "paper_taken_away"})
RESTRICTED = frozenset({"safety_signalled", "safety_seen"})
"""Who called for help is read by those who answer it; the chain is proved with these rows too."""


def trail(session: Session, case_id: int, *, signals: bool) -> Trail:
    """The chain of a case, the first thing first, with the proof that nothing was changed; `signals`: the quiet too."""
    entries = session.scalars(select(LogEntry).where(LogEntry.case_id == case_id).order_by(LogEntry.seq)).all()
    names = _names(session, {entry.actor for entry in entries})
    papers = _papers(session, {entry.payload["file_id"] for entry in entries if entry.name in ON_TABLE})
    rows = tuple(
        TrailRow(
            seq=entry.seq,
            name=entry.name,
            at=entry.at,
            by=names.get(entry.actor, ""),
            by_visitor=entry.actor == VISITOR.ref,
            on_behalf_of=entry.on_behalf_of or "",
            payload=entry.payload,
            paper=papers.get(entry.payload["file_id"], "") if entry.name in ON_TABLE else "",
            hash=entry.hash,
            previous=entry.previous,
        )
        for entry in entries
        if signals or entry.name not in RESTRICTED
    )
    return Trail(rows, whole=next(log.verify(session, case_id=case_id), None) is None)


def _papers(session: Session, file_ids: set[int]) -> dict[int, str]:
    rows = session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids), StoredFile.deleted_at.is_(None)))
    return {row.id: row.name for row in rows}


def _names(session: Session, refs: set[str]) -> dict[str, str]:
    accounts = [int(ref.partition(":")[2]) for ref in refs if ref.startswith("account:")]
    parties = [int(ref.partition(":")[2]) for ref in refs if ref.startswith("party:")]
    names = {f"account:{row.id}": row.name for row in session.scalars(select(Account).where(Account.id.in_(accounts)))}
    people = select(Party.id, Person.name).join(Person, Person.id == Party.person_id).where(Party.id.in_(parties))
    return names | {f"party:{party_id}": name for party_id, name in session.execute(people)}
