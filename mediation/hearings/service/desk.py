"""Words between the staff on duty and one person who waits; nobody else reads them, also not the mediator."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries
from mediation.hearings.events import DeskAnswered, DeskWrote
from mediation.hearings.models import DeskLine, Hearing, Seat
from mediation.hearings.rules import controls, desk
from mediation.hearings.service.enter import seat_now
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Missing, Refused


@dataclass(frozen=True, slots=True)
class WriteToSeat:
    hearing: str
    seat: str
    text: str


def write_to_seat(session: Session, actor: Actor, command: WriteToSeat, *, clock: Clock) -> DeskLine:
    """Staff on duty write to a person who is not in a room. Emits: DeskWrote.

    Raises: Missing `hearing_unknown`, `seat_unknown`; Denied; Invalid `chat_empty`, `chat_too_long`; Refused
    `hearing_closed`, `desk_in_room`, `desk_left`.
    """
    seat = seat_now(session, seat_for(session, actor, command.hearing, command.seat).id)
    if actor.account_id is None:
        raise Denied("not_yours")
    text = controls.checked_line(command.text)
    refusal = desk.refuse_writing(seat.hearing.state, seat.state)
    if refusal is not None:
        raise Refused(refusal, name=seat.name)
    line = _kept(session, DeskLine(seat_id=seat.id, account_id=actor.account_id, text=text, said_at=clock()))
    wrote = DeskWrote(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, line_id=line.id)
    log.append(session, wrote, actor=actor, at=clock())
    return line


@dataclass(frozen=True, slots=True)
class AnswerDesk:
    seat_id: int
    text: str


def answer_desk(session: Session, command: AnswerDesk, *, clock: Clock) -> DeskLine:
    """The person answers whoever wrote to them. Emits: DeskAnswered.

    Raises: Invalid `chat_empty`, `chat_too_long`; Refused `hearing_closed`, `desk_in_room`, `desk_left`, `desk_silent`.
    """
    seat = seat_now(session, command.seat_id)
    written = select(DeskLine.id).where(DeskLine.seat_id == seat.id, DeskLine.account_id.is_not(None)).limit(1)
    written_to = session.scalars(written).first() is not None
    refusal = desk.refuse_answer(seat.hearing.state, seat.state, written_to=written_to)
    if refusal is not None:
        raise Refused(refusal, name=seat.name)
    text = controls.checked_line(command.text)
    line = _kept(session, DeskLine(seat_id=seat.id, text=text, said_at=clock()))
    answered = DeskAnswered(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, line_id=line.id)
    log.append(session, answered, actor=queries.seat_actor(session, seat.id), at=clock())
    return line


def _kept(session: Session, line: DeskLine) -> DeskLine:
    session.add(line)
    session.flush()
    return line


def read_answers(session: Session, actor: Actor, hearing: str, seat: str, *, clock: Clock) -> Seat:
    """Staff have opened what this person wrote. Raises: Missing `hearing_unknown`, `seat_unknown`; Denied."""
    found = seat_for(session, actor, hearing, seat)
    unread = (DeskLine.seat_id == found.id, DeskLine.account_id.is_(None), DeskLine.read_at.is_(None))
    session.execute(update(DeskLine).where(*unread).values(read_at=clock()))
    return found


def seat_for(session: Session, actor: Actor, hearing: str, seat: str) -> Seat:
    """A seat in the duty desk's reach. Raises: Missing `hearing_unknown`, `seat_unknown`; Denied."""
    found = policy.hearing_for(session, actor, hearing, Permission.ANSWER_SIGNAL)
    query = select(Seat).join(Hearing).where(Hearing.id == found.id, Seat.public_id == seat)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Missing("seat_unknown")
    return row
