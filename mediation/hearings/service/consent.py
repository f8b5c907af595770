"""May they be recorded? The neutral asks, each person answers for themselves, here or on their own page."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import ConsentMoved
from mediation.hearings.models import Recording, RecordingConsent, Seat
from mediation.hearings.rules.codes import ConsentState, RecordingPurpose, RecordingState
from mediation.hearings.rules.consent import ACTIVE, CONSENT_LIFE, ConsentFacts, ConsentStep, RecordingStep
from mediation.hearings.service.enter import seat_now
from mediation.hearings.service.recording import delete_files_of, move_recording
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused

ROOM, PAGE = "room", "page"


@dataclass(frozen=True, slots=True)
class AskConsent:
    by: int
    """The neutral's seat."""
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK


@dataclass(frozen=True, slots=True)
class AnswerConsent:
    seat_id: int
    step: ConsentStep
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK
    place: str = ROOM


def ask_consent(session: Session, command: AskConsent, *, clock: Clock) -> int:
    """Ask everybody in the room who was not asked before; how many. Emits: ConsentMoved.

    Raises: Denied `not_yours`; Refused `nobody_to_ask`, `hearing_not_open`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    snapshot = queries.snapshot(session, by.hearing_id)
    actor = queries.seat_actor(session, by.id)
    n_asked = 0
    for row in queries.present_in(snapshot):
        seat = session.get_one(Seat, row.id)
        known = _consent(session, seat, command.purpose)
        if known is None or known.state is ConsentState.UNASKED:
            _move(session, actor, seat, AnswerConsent(seat.id, ConsentStep.ASK, command.purpose), clock=clock)
            n_asked += 1
    if not n_asked:
        raise Refused("nobody_to_ask")
    return n_asked


def answer_consent(session: Session, command: AnswerConsent, *, clock: Clock) -> ConsentState:
    """Yes, no, or no longer; taking it back stops the recording at once and deletes what was recorded on it.

    Emits: ConsentMoved, RecordingMoved, RecordingDeleted. Raises: Refused `not_now`, `hearing_closed`, `not_yours`.
    """
    seat = seat_now(session, command.seat_id)
    actor = queries.seat_actor(session, seat.id)
    if command.step is ConsentStep.ASK:
        raise Refused("not_yours")
    state = _move(session, actor, seat, command, clock=clock)
    if command.step is ConsentStep.WITHDRAW:
        _undo(session, actor, seat, command.purpose, clock)
    return state


@dataclass(frozen=True, slots=True)
class AnswerOwnConsent:
    hearing: str
    step: ConsentStep
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK


def answer_own_consent(session: Session, actor: Actor, command: AnswerOwnConsent, *, clock: Clock) -> ConsentState:
    """The same from the personal page. Raises: Missing `hearing_unknown`; Refused as `answer_consent`."""
    seat = policy.own_seat(session, actor, command.hearing)
    return answer_consent(session, AnswerConsent(seat.id, command.step, command.purpose, PAGE), clock=clock)


def _consent(session: Session, seat: Seat, purpose: RecordingPurpose) -> RecordingConsent | None:
    return session.get(RecordingConsent, (seat.id, purpose), with_for_update=True, populate_existing=True)


def _move(session: Session, actor: Actor, seat: Seat, command: AnswerConsent, *, clock: Clock) -> ConsentState:
    step, purpose = command.step, command.purpose
    row = _consent(session, seat, purpose)
    source = row.state if row is not None else ConsentState.UNASKED
    arrow = CONSENT_LIFE.decide(step, ConsentFacts(source, seat.role, seat.hearing.state))
    if row is None:
        row = RecordingConsent(seat_id=seat.id, purpose=purpose, hearing_id=seat.hearing_id)
        session.add(row)
    row.state, row.moved_at = arrow.target, clock()
    session.flush()
    moved = ConsentMoved(
        case_id=seat.hearing.case_id,
        hearing_id=seat.hearing_id,
        seat_id=seat.id,
        purpose=purpose,
        step=step.value,
        source=source,
        target=arrow.target,
        place=command.place,
    )
    log.append(session, moved, actor=actor, at=clock())
    return arrow.target


def _undo(session: Session, actor: Actor, seat: Seat, purpose: RecordingPurpose, clock: Clock) -> None:
    """Every recording of that purpose in which the person was: stopped and deleted."""
    query = select(Recording).where(
        Recording.hearing_id == seat.hearing_id,
        Recording.purpose == purpose,
        Recording.state != RecordingState.DELETED,
    )
    for recording in session.scalars(query.with_for_update()).all():
        if seat not in queries.seats_recorded(session, recording):
            continue
        if recording.state in ACTIVE:
            move_recording(session, actor, recording, RecordingStep.STOP, clock=clock, why="withdrawn")
        delete_files_of(session, actor, recording, "withdrawn", clock=clock)
