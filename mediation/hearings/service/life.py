"""The neutral opens, starts, pauses, ends."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import service as disputes
from mediation.disputes.rules.life import CASE_LIFE, CaseStep
from mediation.disputes.service import MoveCase
from mediation.hearings import policy, queries
from mediation.hearings.events import HearingClosed, HearingMoved, HearingStarted
from mediation.hearings.models import ChatLine, DeskLine, Hearing, Seat
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.life import HEARING_LIFE, HearingStep
from mediation.hearings.rules.seats import CONNECTED, SeatStep
from mediation.hearings.service.caucus import all_together
from mediation.hearings.service.certificate import certify
from mediation.hearings.service.enter import seat_now, take_chair, take_step
from mediation.hearings.service.recording import end_recording
from mediation.hearings.service.tables import clear_all
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.scheduling import service as scheduling


@dataclass(frozen=True, slots=True)
class ControlHearing:
    by: int
    """The neutral's seat."""
    step: HearingStep
    countdown: timedelta = timedelta(0)
    """How long everybody is told before the session begins."""


def control_hearing(session: Session, command: ControlHearing, *, clock: Clock) -> Hearing:
    """One step of the hearing by its neutral, decided on what is true now.

    START with a countdown begins the seconds; `begin_due` ends them.
    Emits: HearingMoved; HearingStarted the first time, with the case's own step; HearingClosed.
    Raises: Denied `not_yours`; Refused `too_early`, `nobody_in_room`, `neutral_absent`, `not_now`, or what keeps the
    case from being mediated (`mediator_not_ready`, `party_refuses`).
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    hearing = session.get_one(Hearing, by.hearing_id, with_for_update=True, populate_existing=True)
    counted = command.step is HearingStep.START and hearing.begins_at is None and command.countdown
    step = HearingStep.COUNT_DOWN if counted else command.step
    _step(session, queries.seat_actor(session, by.id), hearing, step, clock)
    if step is HearingStep.COUNT_DOWN:
        CASE_LIFE.decide(CaseStep.START, hearing.case.facts())  # refused now, not when the seconds have run out
        hearing.begins_at = clock() + command.countdown
        session.flush()
    return hearing


def begin_due(session: Session, hearing_id: int, *, clock: Clock) -> bool:
    """The seconds have run out: the session begins, in the name of the neutral who said so. Emits: as START.

    Raises: Refused when it cannot begin any more; `drop_countdown` is next then.
    """
    hearing = _counting(session, hearing_id)
    if hearing is None or hearing.begins_at is None or hearing.begins_at > clock():
        return False
    _step(session, queries.seat_actor(session, _chair(session, hearing).id), hearing, HearingStep.START, clock)
    return True


def drop_countdown(session: Session, hearing_id: int, *, clock: Clock) -> None:
    """The session did not begin: somebody who is needed is gone. Emits: HearingMoved."""
    hearing = _counting(session, hearing_id)
    if hearing is not None and hearing.begins_at is not None:
        _step(session, SYSTEM, hearing, HearingStep.STOP_COUNT, clock)


def pause_unled(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """Without its neutral nobody speaks and nobody comes in, until somebody takes the chair. Emits: HearingMoved."""
    session.flush()
    if HearingStep.PAUSE in HEARING_LIFE.offered(queries.snapshot(session, hearing.id).facts(clock())):
        _step(session, actor, hearing, HearingStep.PAUSE, clock)


def reopen(session: Session, actor: Actor, hearing: str, *, clock: Clock) -> Hearing:
    """A supervisor opens a hearing again that was closed by mistake, also when the neutral's time is over.

    Emits: HearingMoved. Raises: Missing `hearing_unknown`; Denied; Refused `not_now`.
    """
    found = policy.hearing_for(session, actor, hearing, Permission.REOPEN_HEARING)
    row = session.get_one(Hearing, found.id, with_for_update=True, populate_existing=True)
    _step(session, actor, row, HearingStep.REOPEN, clock, by_supervisor=True)
    return row


def _counting(session: Session, hearing_id: int) -> Hearing | None:
    return session.get(Hearing, hearing_id, with_for_update=True, populate_existing=True)


def _chair(session: Session, hearing: Hearing) -> Seat:
    return session.scalars(select(Seat).where(Seat.hearing_id == hearing.id, Seat.role == SeatRole.NEUTRAL)).one()


def _step(
    session: Session, actor: Actor, hearing: Hearing, step: HearingStep, clock: Clock, *, by_supervisor: bool = False
) -> None:
    """One step, decided on what is true now; seconds that ran are over with it."""
    facts = queries.snapshot(session, hearing.id).facts(clock(), by_supervisor=by_supervisor)
    arrow = HEARING_LIFE.decide(step, facts)
    source, hearing.state = hearing.state, arrow.target
    hearing.begins_at = None
    session.flush()
    moved = HearingMoved(
        case_id=hearing.case_id,
        hearing_id=hearing.id,
        step=step.value,
        source=source,
        target=hearing.state,
    )
    log.append(session, moved, actor=actor, at=clock())
    _after(session, actor, hearing, step, clock)


def _after(session: Session, actor: Actor, hearing: Hearing, step: HearingStep, clock: Clock) -> None:
    match step:
        case HearingStep.OPEN:
            hearing.opened_at = hearing.opened_at or clock()
            take_chair(session, _chair(session, hearing), clock=clock)
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
    clear_all(session, actor, hearing, clock=clock)
    all_together(session, actor, hearing, clock=clock)
    for seat in hearing.seats:
        if seat.role is not SeatRole.NEUTRAL and seat.state in CONNECTED | {SeatState.DISCONNECTED}:
            take_step(session, actor, seat, SeatStep.LEAVE, clock=clock)
    session.execute(delete(ChatLine).where(ChatLine.hearing_id == hearing.id))
    session.execute(delete(DeskLine).where(DeskLine.seat_id.in_(seat.id for seat in hearing.seats)))
    scheduling.finish(session, hearing.booking_id, now=clock())
    closed = HearingClosed(case_id=hearing.case_id, hearing_id=hearing.id)
    log.append(session, closed, actor=actor, at=clock())
    certify(session, actor, hearing, clock=clock)


def _send_back(session: Session, actor: Actor, hearing: Hearing, clock: Clock) -> None:
    end_recording(session, actor, hearing, clock=clock)
    clear_all(session, actor, hearing, clock=clock)
    all_together(session, actor, hearing, clock=clock)
    for seat in hearing.seats:
        if seat.role is not SeatRole.NEUTRAL and seat.state is SeatState.IN_ROOM:
            take_step(session, actor, seat, SeatStep.DISMISS, clock=clock)
