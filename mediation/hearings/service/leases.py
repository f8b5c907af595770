"""Leases: each hearing is held by one `live` process, and only the holder writes what happens in its room.

Locks are taken in one order, so that nobody waits for each other: process, lease, then whatever the hearing needs.
"""

from collections.abc import Iterable

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mediation.hearings.errors import Busy, Elsewhere
from mediation.hearings.models import Hearing, HearingLease, LiveProcess, Seat
from mediation.hearings.rules import leases
from mediation.hearings.rules.leases import LEASE, UNDER_WAY
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import CONNECTED
from mediation.hearings.service.enter import lose_line
from mediation.kernel.clock import Clock


def begin_process(session: Session, place: int, *, clock: Clock) -> str:
    """A `live` process begins in this place; its id. Whoever was in the place is dead: the ports are this one's."""
    for before in session.scalars(select(LiveProcess).where(LiveProcess.place == place).with_for_update()):
        _bury(session, before, clock=clock)
    row = LiveProcess(place=place, renewed_at=clock())
    session.add(row)
    session.flush()
    lose_all_lines(session, clock=clock)
    return row.id


def renew(session: Session, process: str, *, load: float, is_full: bool, clock: Clock) -> frozenset[int] | None:
    """The process lives; ids of the hearings it holds. None: it was taken for dead and has to begin anew."""
    alive = session.scalars(
        update(LiveProcess)
        .where(LiveProcess.id == process)
        .values(renewed_at=clock(), load_percent=round(100 * load), is_full=is_full)
        .returning(LiveProcess.id)
    ).one_or_none()
    if alive is None:
        return None
    return frozenset(session.scalars(select(HearingLease.hearing_id).where(HearingLease.process_id == process)))


def claim(session: Session, process: str, hearing_id: int, *, is_full: bool, clock: Clock) -> None:
    """The process holds the hearing from now on, or holds it already; from a dead one it is taken over.

    Raises: Elsewhere while another living one holds it, or when this one was taken for dead; Busy where the process is
    full and the hearing new.
    """
    if session.get(LiveProcess, process, with_for_update={"read": True}, populate_existing=True) is None:
        raise Elsewhere
    lease = session.get(HearingLease, hearing_id, with_for_update=True, populate_existing=True)
    if lease is None:
        if is_full and session.get_one(Hearing, hearing_id).state not in UNDER_WAY:
            raise Busy
        _insert(session, process, hearing_id)
    elif lease.process_id != process:
        session.refresh(lease.process)
        if leases.is_living(lease.process.renewed_at, clock()):
            raise Elsewhere
        lease.process_id = process
        session.flush()
        _lose_lines(session, [hearing_id], restarted=True, clock=clock)


def _insert(session: Session, process: str, hearing_id: int) -> None:
    try:
        with session.begin_nested():
            session.add(HearingLease(hearing_id=hearing_id, process_id=process))
    except IntegrityError as error:  # another process took it at the same moment
        raise Elsewhere from error


def check_lease(session: Session, process: str, hearing_id: int) -> None:
    """Until the transaction ends nobody takes the hearing from the process. Raises: Elsewhere."""
    held = select(HearingLease.hearing_id).where(
        HearingLease.hearing_id == hearing_id, HearingLease.process_id == process
    )
    if session.scalars(held.with_for_update(read=True)).one_or_none() is None:
        raise Elsewhere


def bury_dead(session: Session, *, clock: Clock) -> frozenset[int]:
    """Free what processes hold that did not renew for LEASE; ids of the hearings. Again harmlessly."""
    dead = select(LiveProcess).where(LiveProcess.renewed_at <= clock() - LEASE)
    freed: set[int] = set()
    for process in session.scalars(dead.with_for_update(skip_locked=True)):
        freed |= _bury(session, process, clock=clock)
    return frozenset(freed)


def _bury(session: Session, process: LiveProcess, *, clock: Clock) -> frozenset[int]:
    held = _locked(session, process.id)
    _lose_lines(session, held, restarted=True, clock=clock)
    _delete(session, process.id, held)
    session.delete(process)
    session.flush()
    return held


def end_process(session: Session, process: str, *, clock: Clock) -> None:
    """The process stops in order: its hearings are free, everybody's line is lost until they come to another."""
    held = _locked(session, process)
    _lose_lines(session, held, restarted=False, clock=clock)
    _delete(session, process, held)
    session.execute(delete(LiveProcess).where(LiveProcess.id == process))


def release(session: Session, process: str, hearing_ids: Iterable[int]) -> None:
    """Give back hearings that nobody is connected to; one that somebody has come to meanwhile is kept."""
    held = _locked(session, process) & frozenset(hearing_ids)
    with_people = select(Seat.hearing_id).where(Seat.hearing_id.in_(held), Seat.state.in_(CONNECTED))
    _delete(session, process, held - frozenset(session.scalars(with_people)))


def _locked(session: Session, process: str) -> frozenset[int]:
    held = select(HearingLease.hearing_id).where(HearingLease.process_id == process)
    return frozenset(session.scalars(held.order_by(HearingLease.hearing_id).with_for_update()))


def _delete(session: Session, process: str, hearing_ids: frozenset[int]) -> None:
    mine = (HearingLease.process_id == process, HearingLease.hearing_id.in_(hearing_ids))
    session.execute(delete(HearingLease).where(*mine))


def lose_all_lines(session: Session, *, clock: Clock) -> int:
    """Nobody is on the line of a hearing that no process holds, until they come back. How many were."""
    held = exists().where(HearingLease.hearing_id == Hearing.id)
    stray = select(Hearing.id).join(Seat).where(Seat.state.in_(CONNECTED), Hearing.state.not_in(OVER), ~held)
    return _lose_lines(session, session.scalars(stray.distinct()).all(), restarted=True, clock=clock)


def _lose_lines(session: Session, hearing_ids: Iterable[int], *, restarted: bool, clock: Clock) -> int:
    """`restarted`: what the engine has counted since the last writing is lost with the process."""
    found = session.scalars(
        select(Seat)
        .join(Hearing)
        .where(Hearing.id.in_(list(hearing_ids)), Seat.state.in_(CONNECTED), Hearing.state.not_in(OVER))
        .order_by(Seat.id)
    ).all()
    if restarted:
        for hearing in {seat.hearing for seat in found}:
            hearing.n_restarts += 1
    for seat in found:
        lose_line(session, seat.id, clock=clock)
    return len(found)
