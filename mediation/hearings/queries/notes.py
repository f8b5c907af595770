"""Minutes for the parties and staff; the neutral's own notes for the neutral."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings.models import Hearing, MinuteAnswer, MinuteLine, PrivateNote, Seat
from mediation.hearings.rules.codes import HearingState, MinuteStage, NoteTag
from mediation.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class MinuteRow:
    id: int
    stage: MinuteStage
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class NoteRow:
    id: int
    tag: NoteTag
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class AnswerRow:
    name: str
    right: bool
    remark: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Minutes:
    hearing: str
    starts_at: datetime
    lines: tuple[MinuteRow, ...]
    answers: tuple[AnswerRow, ...]
    """A party reads their own, staff everybody's."""


def minute_lines(session: Session, hearing_id: int) -> tuple[MinuteRow, ...]:
    query = select(MinuteLine).where(MinuteLine.hearing_id == hearing_id).order_by(MinuteLine.id)
    return tuple(MinuteRow(row.id, row.stage, row.text, row.written_at) for row in session.scalars(query))


def own_notes(session: Session, seat_id: int) -> tuple[NoteRow, ...]:
    """What the person of this seat wrote for themselves."""
    query = select(PrivateNote).where(PrivateNote.seat_id == seat_id).order_by(PrivateNote.id)
    return tuple(NoteRow(row.id, row.tag, row.text, row.written_at) for row in session.scalars(query))


def minutes(session: Session, case_id: int, actor: Actor) -> tuple[Minutes, ...]:
    """Of the ended hearings of a case, the latest first; those in which a party had a seat."""
    query = select(Hearing).where(Hearing.case_id == case_id, Hearing.state == HearingState.CLOSED)
    found = []
    for hearing in session.scalars(query.order_by(Hearing.id.desc())):
        lines = minute_lines(session, hearing.id)
        seats = {s.id: s for s in hearing.seats if actor.party_id is None or s.party_id == actor.party_id}
        if lines and seats:
            found.append(
                Minutes(hearing.public_id, hearing.booking.starts_at, lines, _answers(session, hearing, seats))
            )
    return tuple(found)


def _answers(session: Session, hearing: Hearing, seats: dict[int, Seat]) -> tuple[AnswerRow, ...]:
    query = select(MinuteAnswer).where(MinuteAnswer.hearing_id == hearing.id, MinuteAnswer.seat_id.in_(seats))
    rows = []
    for row in session.scalars(query.order_by(MinuteAnswer.answered_at)):
        party = seats[row.seat_id].party
        rows.append(AnswerRow(party.person.name if party is not None else "", row.right, row.remark, row.answered_at))
    return tuple(rows)
