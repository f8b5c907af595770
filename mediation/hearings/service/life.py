"""The neutral opens, starts, pauses, ends."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.life import CaseStep
from mediation.disputes.service import MoveCase
from mediation.hearings import policy, queries
from mediation.hearings.events import HearingClosed, HearingMoved, HearingStarted
from mediation.hearings.models import ChatLine, Hearing, Seat
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.life import HEARING_LIFE, HearingStep
from mediation.hearings.rules.seats import CONNECTED, SeatStep
from mediation.hearings.service.caucus import all_together
from mediation.hearings.service.certificate import certify
from mediation.hearings.service.enter import seat_now, take_chair, take_step
from mediation.hearings.service.recording import end_recording
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.scheduling import service as scheduling


@dataclass(frozen=True, slots=True)
class ControlHearing:
    by: int
    """The neutral's seat."""
    step: HearingStep


def control_hearing(session: Session, command: ControlHearing, *, clock: Clock) -> Hearing:
    """One step of the hearing by its neutral, decided on what is true now.

    Emits: HearingMoved; HearingStarted the first time, with the case's own step; HearingClosed.
    Raises: Denied `not_yours`; Refused `too_early`, `nobody_in_room`, `neutral_absent`, `not_now`, or what keeps the
    case from being mediated (`mediator_not_ready`, `party_refuses`).
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    hearing = session.get_one(Hearing, by.hearing_id, with_for_update=True, populate_existing=True)
    actor = queries.seat_actor(session, by.id)
    arrow = HEARING_LIFE.decide(command.step, queries.snapshot(session, hearing.id).facts(clock()))
    source, hearing.state = hearing.state, arrow.target
    session.flush()
    moved = HearingMoved(
        case_id=hearing.case_id,
        hearing_id=hearing.id,
        step=command.step.value,
        source=source,
        target=hearing.state,
    )
    log.append(session, moved, actor=actor, at=clock())
    _after(session, hearing, by, command.step, clock)
    return hearing


def _after(session: Session, hearing: Hearing, by: Seat, step: HearingStep, clock: Clock) -> None:
    actor = queries.seat_actor(session, by.id)
    match step:
        case HearingStep.OPEN:
            hearing.opened_at = hearing.opened_at or clock()
            take_chair(session, by, clock=clock)
        case HearingStep.START:
            _start(session, actor, hearing, clock)
        case HearingStep.CLOSE:
            _close(session, actor, hearing, clock)
        case HearingStep.REOPEN:
            hearing.closed_at = None
        case HearingStep.SUSPEND:
            _send_back(session, actor, hearing, clock)
    session.flush()


def _start(session: Session, actor: Actor, hearing: Hearing, clock: Clock) -> None:
    disputes.move(session, actor, MoveCase(hearing.case_id, CaseStep.START), clock=clock)
    if hearing.started_at is None:
        hearing.started_at = clock()
        started = HearingStarted(case_id=hearing.case_id, hearing_id=hearing.id)
        log.append(session, started, actor=actor, at=clock())


def _close(session: Session, actor: Actor, hearing: Hearing, clock: Clock) -> None:
    """Everybody goes; the neutral may come back for 10 minutes. What was typed is not kept."""
    hearing.closed_at = clock()
    end_recording(session, actor, hearing, clock=clock)
    all_together(session, actor, hearing, clock=clock)
    for seat in hearing.seats:
        if seat.role is not SeatRole.NEUTRAL and seat.state in CONNECTED | {SeatState.DISCONNECTED}:
            take_step(session, actor, seat, SeatStep.LEAVE, clock=clock)
    session.execute(delete(ChatLine).where(ChatLine.hearing_id == hearing.id))
    scheduling.finish(session, hearing.booking_id, now=clock())
    closed = HearingClosed(case_id=hearing.case_id, hearing_id=hearing.id)
    log.append(session, closed, actor=actor, at=clock())
    certify(session, actor, hearing, clock=clock)


def _send_back(session: Session, actor: Actor, hearing: Hearing, clock: Clock) -> None:
    end_recording(session, actor, hearing, clock=clock)
    all_together(session, actor, hearing, clock=clock)
    for seat in hearing.seats:
        if seat.role is not SeatRole.NEUTRAL and seat.state is SeatState.IN_ROOM:
            take_step(session, actor, seat, SeatStep.DISMISS, clock=clock)
