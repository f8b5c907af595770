"""Typed words: to the room, to one reader alone, on the record; and captions, which nobody keeps."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import LineSaid
from mediation.hearings.models import ChatLine, MinuteLine, Seat
from mediation.hearings.rules import controls
from mediation.hearings.rules.codes import MinuteStage, SeatRole, SeatState
from mediation.hearings.rules.controls import OwnControl
from mediation.hearings.rules.seats import MAIN_ROOM, WAITING_ROOM
from mediation.hearings.service.enter import check_own, seat_now
from mediation.hearings.service.notes import WriteMinute, write_minute
from mediation.kernel import log
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused


@dataclass(frozen=True, slots=True)
class Say:
    seat_id: int
    text: str
    to: str | None = None
    """`mediator`, or from the mediator the public id of one seat; None: everybody of one's own room."""


def say(session: Session, command: Say, *, clock: Clock) -> ChatLine:
    """Type a line to one's own room, in the waiting room to the neutral; or to one reader alone. Emits: LineSaid.

    Raises: Invalid `chat_empty`, `chat_too_long`; Missing `seat_unknown`; Refused `nobody_to_hear`, `hearing_closed`,
    `not_in_room`, `not_yours`.
    """
    seat = seat_now(session, command.seat_id)
    check_own(session, seat, OwnControl.SAY)
    text = controls.checked_line(command.text)
    reader = _reader(session, seat, command.to) if command.to else None
    if reader is None and seat.room != WAITING_ROOM and not _somebody_beside(session, seat):
        raise Refused("nobody_to_hear")
    line = ChatLine(
        hearing_id=seat.hearing_id,
        seat_id=seat.id,
        room=seat.room,
        text=text,
        said_at=clock(),
        to_seat_id=reader,
    )
    session.add(line)
    session.flush()
    said = LineSaid(
        case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, line_id=line.id, room=seat.room
    )
    log.append(session, said, actor=queries.seat_actor(session, seat.id), at=clock())
    return line


def _somebody_beside(session: Session, seat: Seat) -> bool:
    others = select(Seat.id).where(
        Seat.hearing_id == seat.hearing_id, Seat.id != seat.id, Seat.room == seat.room, Seat.state != SeatState.LEFT
    )
    return session.scalars(others.limit(1)).first() is not None


def _reader(session: Session, seat: Seat, to: str) -> int:
    """Id of the one who reads it. Raises: Missing `seat_unknown`; Refused."""
    snapshot = queries.snapshot(session, seat.hearing_id)
    if to == "mediator":
        row = next((one for one in snapshot.seats if one.role is SeatRole.NEUTRAL), None)
    else:
        row = snapshot.seat(to)
    refusal = controls.refuse_private(seat.role, snapshot.seat_facts(row) if row is not None else None)
    if refusal is not None or row is None:
        raise Refused(refusal or "nobody_to_hear")
    return row.id


@dataclass(frozen=True, slots=True)
class KeepLine:
    by: int
    """The neutral's seat."""
    line_id: int


def keep_line(session: Session, command: KeepLine, *, clock: Clock) -> MinuteLine:
    """Put a typed line of the common room on the record: into the minutes, with its writer's name.

    Emits: MinuteWritten. Raises: Denied `not_yours`; Missing `line_unknown`; Refused `not_now`, `line_private`, and as
    `write_minute`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    line = session.scalars(
        select(ChatLine).where(ChatLine.id == command.line_id, ChatLine.hearing_id == by.hearing_id)
    ).one_or_none()
    if line is None:
        raise Missing("line_unknown")
    if line.to_seat_id is not None or line.room != MAIN_ROOM:
        raise Refused("line_private")
    if line.kept_at is not None:
        raise Refused("not_now", step="keep_line")
    name = queries.snapshot(session, by.hearing_id).seat_by_id(line.seat_id).name
    minute = WriteMinute(by.id, MinuteStage.STATEMENTS, f"{name}: {line.text}")
    kept = write_minute(session, minute, clock=clock)
    line.kept_at = clock()
    session.flush()
    return kept


@dataclass(frozen=True, slots=True)
class Spoken:
    """A caption, and who may read it: those who were in the room when it was typed."""

    text: str
    readers: frozenset[str]


def caption(session: Session, seat_id: int, text: str) -> Spoken:
    """Type what is being said, for those who cannot hear it. Kept nowhere, not even in the log.

    Raises: Invalid `chat_empty`, `chat_too_long`; Refused `not_yours`, `not_in_room`, `not_in_session`.
    """
    seat = seat_now(session, seat_id)
    check_own(session, seat, OwnControl.CAPTION)
    checked = controls.checked_line(text)
    snapshot = queries.snapshot(session, seat.hearing_id)
    writer = snapshot.seat_by_id(seat.id)
    readers = (
        one.public_id
        for one in snapshot.seats
        if one.room == seat.room and one.state is SeatState.IN_ROOM and one.public_id not in writer.apart
    )
    return Spoken(checked, frozenset(readers))
