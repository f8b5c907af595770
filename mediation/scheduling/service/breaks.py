"""Days without work: a mediator's leave, and closures of a place, a station or a room."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Denied, Invalid, Missing
from mediation.orgs import queries as orgs
from mediation.scheduling import policy
from mediation.scheduling.events import ClosureAnnounced, ClosureEnded, LeaveEnded, LeaveTaken
from mediation.scheduling.models import Closure, Leave
from mediation.scheduling.rules.hours import check_days
from mediation.scheduling.rules.terms import FURTHEST_HOURS
from mediation.scheduling.service import orphans


@dataclass(frozen=True, slots=True)
class TakeLeave:
    mediator_id: int
    first: date
    last: date
    why: str = ""


def take_leave(session: Session, actor: Actor, command: TakeLeave, *, clock: Clock) -> int:
    """The mediator is away; how many bookings no longer stand.

    Emits: LeaveTaken, BookingOrphaned. Raises: Missing, Denied; Invalid as `check_days`, `leave_overlaps`.
    """
    policy.hours_for(session, actor, command.mediator_id)
    check_days(command.first, command.last, today=local_date(clock()), furthest=FURTHEST_HOURS)
    other = session.scalars(
        select(Leave).where(
            Leave.mediator_id == command.mediator_id,
            Leave.first_on <= command.last,
            Leave.last_on >= command.first,
        )
    ).first()
    if other is not None:
        raise Invalid("leave_overlaps", field="first", begins=other.first_on, ends=other.last_on)
    leave = Leave(mediator_id=command.mediator_id, first_on=command.first, last_on=command.last, why=command.why)
    session.add(leave)
    session.flush()
    taken = LeaveTaken(mediator_id=leave.mediator_id, leave_id=leave.id, first_on=leave.first_on, last_on=leave.last_on)
    log.append(session, taken, actor=actor, at=clock())
    return orphans.look(session, actor, mediator_ids=[leave.mediator_id], now=clock())


def end_leave(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> int:
    """The leave is taken back; what it orphaned and nobody decided stands again. Taken back already, nothing more.

    Emits: LeaveEnded, OrphanDecided. Raises: Missing, Denied.
    """
    leave = session.scalars(select(Leave).where(Leave.public_id == public_id)).one_or_none()
    if leave is None:
        return 0
    policy.hours_for(session, actor, leave.mediator_id)
    ended = LeaveEnded(mediator_id=leave.mediator_id, leave_id=leave.id)
    session.delete(leave)
    session.flush()
    log.append(session, ended, actor=actor, at=clock())
    return orphans.look(session, actor, mediator_ids=[ended.mediator_id], now=clock())


@dataclass(frozen=True, slots=True)
class Close:
    """`what`: public id of a place or body, of a station, or of a room."""

    what: str
    first: date
    last: date
    why: str = ""


def close(session: Session, actor: Actor, command: Close, *, clock: Clock) -> int:
    """Everybody and everything at the place is closed on these days; how many bookings no longer stand.

    Emits: ClosureAnnounced, BookingOrphaned. Raises: Missing `org_unknown`; Denied `not_kept_by_you`; Invalid as
    `check_days`.
    """
    closure = _subject(session, actor, command.what)
    check_days(command.first, command.last, today=local_date(clock()), furthest=FURTHEST_HOURS)
    closure.first_on, closure.last_on, closure.why = command.first, command.last, command.why
    session.add(closure)
    session.flush()
    announced = ClosureAnnounced(
        org_id=closure.org_id,
        closure_id=closure.id,
        first_on=closure.first_on,
        last_on=closure.last_on,
        why=closure.why,
    )
    log.append(session, announced, actor=actor, at=clock())
    return orphans.look(session, actor, now=clock())


def _subject(session: Session, actor: Actor, what: str) -> Closure:
    for station in orgs.stations(session):
        if not policy.may_open_and_close(actor, station.org_path):
            continue
        if station.public_id == what:
            return Closure(org_id=station.org_id, station_id=station.id)
        for room in station.rooms:
            if room.public_id == what:
                return Closure(org_id=station.org_id, station_id=station.id, room_id=room.id)
    return Closure(org_id=policy.place_for(session, actor, what).id)


def reopen(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> int:
    """The closure is taken back; what it orphaned and nobody decided stands again.

    Emits: ClosureEnded, OrphanDecided. Raises: Missing `closure_unknown`; Denied `not_kept_by_you`.
    """
    closure = session.scalars(select(Closure).where(Closure.public_id == public_id)).one_or_none()
    if closure is None:
        raise Missing("closure_unknown")
    if not policy.may_open_and_close(actor, orgs.place(session, closure.org_id).path):
        raise Denied("not_kept_by_you")
    ended = ClosureEnded(org_id=closure.org_id, closure_id=closure.id)
    session.delete(closure)
    session.flush()
    log.append(session, ended, actor=actor, at=clock())
    return orphans.look(session, actor, now=clock())
