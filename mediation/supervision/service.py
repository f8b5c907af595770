"""Time limits start and end with what happens; staff end those that only a person can judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.disputes.rules.limits import Basis
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Missing, Refused
from mediation.supervision.events import TimerDone, TimerStarted
from mediation.supervision.models import Timer
from mediation.supervision.rules import limits
from mediation.supervision.rules.limits import TimerKind

OF_THE_CASE = frozenset({TimerKind.DECIDE, TimerKind.MEDIATE, TimerKind.ANSWER_REFERRAL})
"""They follow the case's state: one of them runs, or none."""
BY_HAND = frozenset({TimerKind.CONFIRM, TimerKind.PERFORM, TimerKind.FOLLOW_UP})


@dataclass(frozen=True, slots=True)
class StartTimer:
    case_id: int
    key: str
    kind: TimerKind
    started_on: date
    due_on: date
    basis: Basis


def start(session: Session, actor: Actor, command: StartTimer, *, at: datetime) -> Timer:
    """Begin a limit; begun again under the same key it only gets its new last day. Emits: TimerStarted."""
    timer = session.scalars(select(Timer).where(Timer.key == command.key)).one_or_none()
    if timer is not None and (timer.due_on, timer.done_at) == (command.due_on, None):
        return timer
    if timer is None:
        timer = Timer(case_id=command.case_id, key=command.key, kind=command.kind, started_on=command.started_on)
        session.add(timer)
    timer.due_on, timer.basis, timer.done_at = command.due_on, command.basis, None
    session.flush()
    started = TimerStarted(case_id=command.case_id, kind=command.kind, due_on=command.due_on)
    log.append(session, started, actor=actor, at=at)
    return timer


def follow_case(session: Session, actor: Actor, case_id: int, *, at: datetime) -> None:
    """Let the limit that the case's state asks for run, and end the others. Emits: TimerDone, TimerStarted."""
    limit = disputes.limit_of(session, case_id)
    wanted = TimerKind.of(limit.kind.value) if limit is not None else None
    running = session.scalars(
        select(Timer).where(Timer.case_id == case_id, Timer.kind.in_(OF_THE_CASE), Timer.done_at.is_(None))
    ).all()
    for timer in running:
        if timer.kind is not wanted:
            _end(session, actor, timer, at=at)
    if limit is not None and wanted is not None:
        key = f"{wanted.value}:{case_id}"
        today = local_date(at)
        command = StartTimer(case_id, key, wanted, _started(running, wanted, today), limit.due_on, limit.basis)
        start(session, actor, command, at=at)


def _started(running: Sequence[Timer], kind: TimerKind, today: date) -> date:
    return next((timer.started_on for timer in running if timer.kind is kind), today)


def _end(session: Session, actor: Actor, timer: Timer, *, at: datetime) -> None:
    timer.done_at = at
    session.flush()
    done = TimerDone(case_id=timer.case_id, kind=timer.kind, in_time=local_date(at) <= timer.due_on)
    log.append(session, done, actor=actor, at=at)


def end_all(session: Session, actor: Actor, case_id: int, kinds: frozenset[TimerKind], *, at: datetime) -> None:
    for timer in session.scalars(
        select(Timer).where(Timer.case_id == case_id, Timer.kind.in_(kinds), Timer.done_at.is_(None))
    ):
        _end(session, actor, timer, at=at)


def follow_agreement(
    session: Session,
    actor: Actor,
    case_id: int,
    effective_on: date,
    due: Mapping[int, date],
    *,
    confirm: bool,
    at: datetime,
) -> None:
    """Start what follows an agreement; `due`: clause -> last day of performance. Emits: TimerStarted."""

    def begin(key: str, kind: TimerKind, due_on: date, basis: Basis) -> None:
        start(session, actor, StartTimer(case_id, key, kind, effective_on, due_on, basis), at=at)

    if confirm:
        begin(f"confirm:{case_id}", TimerKind.CONFIRM, *limits.confirm_by(effective_on))
    for clause_id, due_on in due.items():
        begin(f"perform:clause:{clause_id}", TimerKind.PERFORM, due_on, Basis.PERFORMANCE)
    last = max(due.values(), default=None)
    begin(f"follow_up:{case_id}", TimerKind.FOLLOW_UP, *limits.follow_up_by(effective_on, last))


def see_to_recording(session: Session, actor: Actor, case_id: int, what: str, *, at: datetime) -> None:
    """A recording failed: a task on the desk; `what` tells it from the others. Emits: TimerStarted."""
    today = local_date(at)
    due_on, basis = limits.see_to_recording_by(today)
    start(session, actor, StartTimer(case_id, what, TimerKind.RECORDING, today, due_on, basis), at=at)


def recording_is_well(session: Session, actor: Actor, what: Iterable[str], *, at: datetime) -> None:
    """It was put together after all, or deleted: nothing is left to do. Emits: TimerDone."""
    for timer in session.scalars(select(Timer).where(Timer.key.in_(list(what)), Timer.done_at.is_(None))):
        _end(session, actor, timer, at=at)


@dataclass(frozen=True, slots=True)
class FinishTimer:
    timer_id: int


def finish(session: Session, actor: Actor, command: FinishTimer, *, clock: Clock) -> Timer:
    """Staff say that it is done: confirmed, performed, visited. Emits: TimerDone.

    Raises: Missing `timer_unknown`; Refused `not_now` for a limit that the case's own steps end; Denied.
    """
    timer = session.get(Timer, command.timer_id, with_for_update=True)
    if timer is None:
        raise Missing("timer_unknown")
    policy.case_by_id(session, actor, timer.case_id, Permission.RECORD_OUTCOME)
    if timer.kind not in BY_HAND | {TimerKind.RECORDING} or timer.done_at is not None:
        raise Refused("not_now")
    _end(session, actor, timer, at=clock())
    return timer
