"""Minutes for all, notes for oneself."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import MinutesAnswered, MinuteWritten
from mediation.hearings.models import Hearing, MinuteAnswer, MinuteLine, PrivateNote, Seat
from mediation.hearings.rules import notes
from mediation.hearings.rules.codes import HearingState, MinuteStage, NoteTag
from mediation.hearings.rules.life import GATHERING
from mediation.hearings.rules.seats import MAIN_ROOM, WAITING_ROOM
from mediation.hearings.service.enter import seat_now
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused


@dataclass(frozen=True, slots=True)
class WriteMinute:
    by: int
    """The neutral's seat."""
    stage: MinuteStage
    text: str


def write_minute(session: Session, command: WriteMinute, *, clock: Clock) -> MinuteLine:
    """One entry of the minutes, from the common room. Emits: MinuteWritten.

    Raises: Denied `not_yours`; Invalid `note_empty`, `note_too_long`; Refused `minutes_apart`, `not_in_room`,
    `words_kept`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    if by.room == WAITING_ROOM or by.hearing.state not in GATHERING:
        raise Refused("not_in_room")
    if by.room != MAIN_ROOM:
        raise Refused("minutes_apart")
    text = notes.checked_note(command.text)
    check_told(session, by.hearing.case_id, text)
    line = MinuteLine(hearing_id=by.hearing_id, stage=command.stage, text=text, written_at=clock())
    session.add(line)
    session.flush()
    written = MinuteWritten(
        case_id=by.hearing.case_id, hearing_id=by.hearing_id, line_id=line.id, stage=command.stage.value
    )
    log.append(session, written, actor=queries.seat_actor(session, by.id), at=clock())
    return line


@dataclass(frozen=True, slots=True)
class WriteNote:
    by: int
    tag: NoteTag
    text: str


def write_note(session: Session, command: WriteNote, *, clock: Clock) -> PrivateNote:
    """A note that only its writer reads. Not in the log: not even that it was written is anybody's.

    Raises: Denied `not_yours`; Invalid `note_empty`, `note_too_long`; Refused `not_in_room`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    if by.room == WAITING_ROOM:
        raise Refused("not_in_room")
    text = notes.checked_note(command.text)
    note = PrivateNote(hearing_id=by.hearing_id, seat_id=by.id, tag=command.tag, text=text, written_at=clock())
    session.add(note)
    session.flush()
    return note


def check_told(session: Session, case_id: int, text: str) -> None:
    """A text for others holds nothing that was said in confidence in any hearing of the case.

    Raises: Refused `words_kept`.
    """
    query = select(PrivateNote).join(Hearing, Hearing.id == PrivateNote.hearing_id).where(Hearing.case_id == case_id)
    notes.check_not_kept(text, ((note.tag, note.text) for note in session.scalars(query)))


@dataclass(frozen=True, slots=True)
class AnswerMinutes:
    hearing: str
    right: bool
    remark: str = ""


def answer_minutes(session: Session, actor: Actor, command: AnswerMinutes, *, clock: Clock) -> MinuteAnswer:
    """A party says that the minutes are right, or what is not; the last word counts. Emits: MinutesAnswered.

    Raises: Missing `hearing_unknown`; Refused `not_now` while the hearing goes on; Invalid `remark_missing`.
    """
    seat = policy.own_seat(session, actor, command.hearing)
    if seat.party_id is None:
        raise Missing("hearing_unknown")
    if seat.hearing.state is not HearingState.CLOSED:
        raise Refused("not_now")
    remark = notes.checked_note(command.remark) if command.remark.strip() else ""
    if not command.right and not remark:
        raise Invalid("remark_missing", field="remark")
    answer = _answer_of(session, seat)
    answer.right, answer.remark, answer.answered_at = command.right, remark, clock()
    session.add(answer)
    session.flush()
    answered = MinutesAnswered(
        case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, right=command.right
    )
    log.append(session, answered, actor=actor, at=clock())
    return answer


def _answer_of(session: Session, seat: Seat) -> MinuteAnswer:
    known = session.get(MinuteAnswer, (seat.hearing_id, seat.id))
    return known if known is not None else MinuteAnswer(hearing_id=seat.hearing_id, seat_id=seat.id)
