"""Papers of the case that can be laid on the table, and those that lie there: who sees which page.

Evidence is ours to offer; a higher capability offers its own papers by `papers_from`. Each source says by itself who
may read what; nothing here widens it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.disputes import queries as disputes
from mediation.disputes.models import Evidence
from mediation.files import policy as files
from mediation.files.models import StoredFile
from mediation.hearings.models import Seat, ShownPaper
from mediation.hearings.queries.snapshot import SeatRow, Snapshot, seat_actor
from mediation.hearings.rules import papers as rules
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.papers import TableFacts, Viewer
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing

EVIDENCE: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper of the case."""

    source: str
    reference: str
    file_id: int
    name: str
    by: str = ""
    """Who filed it; empty for staff and for papers that were made here."""
    party_id: int | None = None
    """Whose it is: they alone can show it to those who may not read it otherwise."""


class PaperSource(Protocol):
    """Papers of one capability."""

    def offers(self, session: Session, actor: Actor, case_id: int) -> Iterable[Offer]:
        """Those of the case that the actor may read; the caller has fetched the case through its policy."""

    def may_read(self, session: Session, actor: Actor, reference: str) -> bool:
        """Whether the actor may read this one, wherever."""


class _EvidencePapers:
    def offers(self, session: Session, actor: Actor, case_id: int) -> Iterable[Offer]:
        own = actor.party_id if actor.kind is ActorKind.PARTY else None
        rows = disputes.evidence(session, case_id, party_id=own)
        by_id = {
            file.public_id: file
            for file in session.scalars(
                select(StoredFile)
                .join(Evidence, Evidence.file_id == StoredFile.id)
                .where(Evidence.case_id == case_id, StoredFile.deleted_at.is_(None))
            )
        }
        return [
            Offer(EVIDENCE, row.file_public_id, file.id, row.name, row.filed_by, row.party_id)
            for row in rows
            if (file := by_id.get(row.file_public_id)) is not None and files.may_read(session, actor, file)
        ]

    def may_read(self, session: Session, actor: Actor, reference: str) -> bool:
        try:
            files.file_for(session, actor, reference)
        except Missing:
            return False
        return True


_SOURCES: Final[dict[str, PaperSource]] = {EVIDENCE: _EvidencePapers()}


def papers_from(name: str, source: PaperSource) -> None:
    """Offer one more kind of paper; called in `wiring.subscribe()`."""
    _SOURCES[name] = source


def offers(session: Session, seat: Seat) -> list[Offer]:
    """What this seat could lay on the table: the neutral all of the case, a party what is theirs and what they got."""
    actor = seat_actor(session, seat.id)
    if actor.kind is not ActorKind.PARTY and actor.account_id is None:  # a guest has no papers of the case
        return []
    return [offer for source in _SOURCES.values() for offer in source.offers(session, actor, seat.hearing.case_id)]


def offer(session: Session, seat: Seat, source: str, reference: str) -> Offer:
    """Raises: Missing `paper_unknown`, also for one that this seat may not read."""
    for one in offers(session, seat):
        if (one.source, one.reference) == (source, reference):
            return one
    raise Missing("paper_unknown")


def file_of(session: Session, one: Offer) -> StoredFile:
    return session.get_one(StoredFile, one.file_id)


@dataclass(frozen=True, slots=True)
class TableRow:
    """What lies on the table of one room now."""

    public_id: str
    room: str
    presenter: str
    """Seat."""
    name: str
    page: int
    n_pages: int
    mark: tuple[int, int] | None
    shown: frozenset[int]
    own_right: frozenset[str]
    """Seats of the room that may read it anyway."""
    sees: frozenset[str]
    """Seats of the room that are shown it."""


def tables(session: Session, snapshot: Snapshot) -> dict[str, TableRow]:
    """By room."""
    rows = session.scalars(
        select(ShownPaper)
        .join(StoredFile, StoredFile.id == ShownPaper.file_id)
        .where(ShownPaper.hearing_id == snapshot.id, ShownPaper.closed_at.is_(None), StoredFile.deleted_at.is_(None))
        .options(selectinload(ShownPaper.file))
        .execution_options(populate_existing=True)
    )
    return {row.room: _table(session, snapshot, row) for row in rows}


def _table(session: Session, snapshot: Snapshot, row: ShownPaper) -> TableRow:
    presenter = snapshot.seat_by_id(row.seat_id)
    room = [seat for seat in snapshot.seats if seat.room == row.room]
    own_right = frozenset(seat.public_id for seat in room if _may_read(session, seat, row))
    filed = presenter.party_id is not None and _filed_by(session, row) == presenter.party_id
    return TableRow(
        public_id=row.public_id,
        room=row.room,
        presenter=presenter.public_id,
        name=row.file.name,
        page=row.page,
        n_pages=row.n_pages,
        mark=(row.mark_x, row.mark_y) if row.mark_x is not None and row.mark_y is not None else None,
        shown=frozenset(row.pages),
        own_right=own_right,
        sees=frozenset(
            seat.public_id
            for seat in room
            if rules.sees(
                Viewer(
                    state=seat.state,
                    room=seat.room,
                    is_presenter=seat.id == presenter.id,
                    may_read=seat.public_id in own_right,
                    is_apart=seat.public_id in presenter.apart,
                ),
                row.room,
                snapshot.state,
                filed_by_presenter=filed,
            )
        ),
    )


def _may_read(session: Session, seat: SeatRow, row: ShownPaper) -> bool:
    return _SOURCES[row.source].may_read(session, seat_actor(session, seat.id), row.reference)


def _filed_by(session: Session, row: ShownPaper) -> int | None:
    """The party whose own paper it is; None for what others made."""
    if row.source != EVIDENCE:
        return None
    return session.scalar(select(Evidence.party_id).where(Evidence.file_id == row.file_id))


def table_facts(snapshot: Snapshot, seat: SeatRow) -> TableFacts:
    return TableFacts(seat.state, seat.role, seat.room, snapshot.state, seat.may_show)


def blind_to(session: Session, snapshot: Snapshot, seat: SeatRow, one: Offer) -> list[str]:
    """Names of those in the seat's room who could not see this paper if the seat showed it."""
    if one.source == EVIDENCE and one.party_id is not None and one.party_id == seat.party_id:
        return []
    return [
        other.name
        for other in snapshot.seats
        if other.room == seat.room
        and other.id != seat.id
        and other.state in {SeatState.IN_ROOM, SeatState.DISCONNECTED}
        and other.role is not SeatRole.NEUTRAL
        and not _SOURCES[one.source].may_read(session, seat_actor(session, other.id), one.reference)
    ]
