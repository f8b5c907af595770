"""Laying a paper on the table of one's room, turning its pages, pointing, taking it away; and looking at it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.hearings.events import PaperSeen, PaperShown
from mediation.hearings.models import Hearing, Seat, ShownPaper
from mediation.hearings.queries import Offer
from mediation.hearings.rules import papers as rules
from mediation.hearings.rules.codes import SeatRole
from mediation.hearings.rules.papers import PaperStep
from mediation.hearings.service.enter import seat_now
from mediation.hearings.service.tables import take_away
from mediation.kernel import log
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Missing, Refused


@dataclass(frozen=True, slots=True)
class ShowPaper:
    seat_id: int
    source: str
    reference: str


def check_showing(session: Session, command: ShowPaper) -> Offer:
    """The paper that may be laid on the table now, before its first page is drawn.

    Raises: Missing `paper_unknown`; Refused `not_in_room`, `not_in_session`, `paper_no_leave`.
    """
    seat = session.get_one(Seat, command.seat_id)
    _check_show(session, seat)
    return queries.offer(session, seat, command.source, command.reference)


def _check_show(session: Session, seat: Seat) -> None:
    snapshot = queries.snapshot(session, seat.hearing_id)
    refusal = rules.refuse_show(queries.table_facts(snapshot, snapshot.seat_by_id(seat.id)))
    if refusal is not None:
        raise Refused(refusal, step="show_paper")


def show_paper(session: Session, command: ShowPaper, n_pages: int, *, clock: Clock) -> ShownPaper:
    """Lay a paper on the table of the seat's room; what lay there is taken away. Emits: PaperShown, PaperTakenAway.

    `n_pages`: as counted when its first page was drawn. Raises: as `check_showing`.
    """
    seat = seat_now(session, command.seat_id)
    hearing = session.get_one(Hearing, seat.hearing_id, with_for_update=True, populate_existing=True)
    offer = check_showing(session, command)
    actor = queries.seat_actor(session, seat.id)
    before = _on_table(session, hearing.id, seat.room)
    if before is not None:
        take_away(session, actor, before, clock=clock)
    paper = ShownPaper(
        hearing_id=hearing.id,
        seat_id=seat.id,
        room=seat.room,
        source=offer.source,
        reference=offer.reference,
        file_id=offer.file_id,
        n_pages=n_pages,
        page=1,
        pages=[1],
        seen_by=[],
        shown_at=clock(),
    )
    session.add(paper)
    session.flush()
    shown = PaperShown(
        case_id=hearing.case_id,
        hearing_id=hearing.id,
        seat_id=seat.id,
        paper_id=paper.id,
        file_id=offer.file_id,
        room=paper.room,
        n_pages=n_pages,
    )
    log.append(session, shown, actor=actor, at=clock())
    return paper


def _on_table(session: Session, hearing_id: int, room: str) -> ShownPaper | None:
    return session.scalars(
        select(ShownPaper)
        .where(ShownPaper.hearing_id == hearing_id, ShownPaper.room == room, ShownPaper.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class MovePaper:
    seat_id: int
    step: PaperStep
    page: int | None = None
    x: int | None = None
    y: int | None = None


def move_paper(session: Session, command: MovePaper, *, clock: Clock) -> ShownPaper:
    """Turn, point, take away the paper on the table of the seat's room. Emits: PaperTakenAway.

    Raises: Missing `paper_unknown` when none lies there; Denied `not_yours` for somebody else's; Refused `not_now`;
    Invalid `paper_no_page`, `paper_no_mark`.
    """
    seat = seat_now(session, command.seat_id)
    paper = _on_table(session, seat.hearing_id, seat.room)
    if paper is None:
        raise Missing("paper_unknown")
    snapshot = queries.snapshot(session, seat.hearing_id)
    facts = queries.table_facts(snapshot, snapshot.seat_by_id(seat.id))
    own = paper.seat_id == seat.id
    steps = rules.offered(facts, own=own, marked=paper.mark_x is not None, n_pages=paper.n_pages)
    if command.step not in steps:
        if not own and (command.step is not PaperStep.CLOSE or seat.role is not SeatRole.NEUTRAL):
            raise Denied("not_yours")
        raise Refused("not_now", step=command.step.value, state=seat.state.value)
    match command.step:
        case PaperStep.TURN:
            paper.page = rules.checked_page(command.page, paper.n_pages)
            paper.pages = sorted({*paper.pages, paper.page})
            paper.mark_x = paper.mark_y = None
        case PaperStep.MARK:
            paper.mark_x, paper.mark_y = rules.checked_mark(command.x, command.y)
        case PaperStep.UNMARK:
            paper.mark_x = paper.mark_y = None
        case PaperStep.CLOSE:
            take_away(session, queries.seat_actor(session, seat.id), paper, clock=clock)
    session.flush()
    return paper


@dataclass(frozen=True, slots=True)
class LookAt:
    seat_id: int
    paper: str
    """Public id."""
    page: int


def check_look(session: Session, command: LookAt) -> tuple[ShownPaper, bool]:
    """The paper whose page this seat may look at now, and whether it is the seat's first look at it.

    Asked anew for every page and every viewer. Raises: Missing `paper_unknown`, the same for a paper that is not there
    (any more), lies in another room, or is not for this seat, and for a page that was not opened to it.
    """
    seat = session.get_one(Seat, command.seat_id)
    snapshot = queries.snapshot(session, seat.hearing_id)
    row = queries.tables(session, snapshot).get(seat.room)
    if row is None or row.public_id != command.paper or seat.public_id not in row.sees:
        raise Missing("paper_unknown")
    own = row.presenter == seat.public_id or seat.public_id in row.own_right
    if command.page not in rules.open_to(row.shown, row.n_pages, may_read=own):
        raise Missing("paper_unknown")
    paper = session.scalars(select(ShownPaper).where(ShownPaper.public_id == command.paper)).one()
    return paper, seat.id not in paper.seen_by


def note_look(session: Session, command: LookAt, *, clock: Clock) -> None:
    """The seat has looked at the paper. Emits: PaperSeen, once. Raises: as `check_look`."""
    found, _ = check_look(session, command)
    paper = session.get_one(ShownPaper, found.id, with_for_update=True, populate_existing=True)
    if command.seat_id in paper.seen_by:
        return
    paper.seen_by = [*paper.seen_by, command.seat_id]
    session.flush()
    seen = PaperSeen(
        case_id=paper.seat.hearing.case_id,
        hearing_id=paper.hearing_id,
        seat_id=command.seat_id,
        paper_id=paper.id,
        file_id=paper.file_id,
    )
    log.append(session, seen, actor=queries.seat_actor(session, command.seat_id), at=clock())
