"""Taking papers from the table, whoever does it: below everything that moves a seat."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mediation.hearings.events import PaperTakenAway
from mediation.hearings.models import Hearing, ShownPaper
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock


def take_away(session: Session, actor: Actor, paper: ShownPaper, *, clock: Clock) -> None:
    """Emits: PaperTakenAway, with the pages that were shown."""
    paper.closed_at, paper.mark_x, paper.mark_y = clock(), None, None
    session.flush()
    gone = PaperTakenAway(
        case_id=paper.seat.hearing.case_id,
        hearing_id=paper.hearing_id,
        seat_id=paper.seat_id,
        paper_id=paper.id,
        file_id=paper.file_id,
        room=paper.room,
        pages=tuple(sorted(paper.pages)),
    )
    log.append(session, gone, actor=actor, at=clock())


def clear_own(session: Session, actor: Actor, seat_id: int, *, clock: Clock) -> None:
    """The person goes elsewhere, or may show no more: their paper goes with them."""
    _clear(session, actor, clock, ShownPaper.seat_id == seat_id)


def clear_all(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """The hearing ends or breaks off."""
    _clear(session, actor, clock, ShownPaper.hearing_id == hearing.id)


def _clear(session: Session, actor: Actor, clock: Clock, which: ColumnElement[bool]) -> None:
    query = select(ShownPaper).where(which, ShownPaper.closed_at.is_(None)).order_by(ShownPaper.id)
    for paper in session.scalars(query.with_for_update()).all():
        take_away(session, actor, paper, clock=clock)
