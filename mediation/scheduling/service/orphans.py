"""Bookings that no longer lie in working hours: found with the change that did it, and decided one by one.

Each ends as kept (with a reason), moved or cancelled, by whatever way it was moved or cancelled; or it stands again
because the change was taken back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from mediation.kernel import log, outbox
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Refused
from mediation.kernel.ids import public_id
from mediation.orgs import queries as orgs
from mediation.orgs.workdays import Overrides
from mediation.scheduling import claims, policy, queries
from mediation.scheduling.events import BookingOrphaned, OrphanDecided
from mediation.scheduling.models import Booking, Orphan, Resource
from mediation.scheduling.rules.codes import BlockReason, BookingState, OrphanState, ResourceKind
from mediation.scheduling.rules.hours import Hours, Obstacle, obstacle


def look(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    mediator_ids: Collection[int] | None = None,
    room_ids: Collection[int] | None = None,
) -> int:
    """Put down the coming bookings of these mediators and rooms (neither named: of all) that no longer stand, and
    take off those that stand again. How many are new.

    A time that is only kept for somebody who fills in the form is given up: they choose another. The worker looks once
    more, for those who book in the same moment.
    Emits: BookingOrphaned, OrphanDecided.
    """
    subjects = {
        "mediators": None if mediator_ids is None else sorted(mediator_ids),
        "rooms": None if room_ids is None else sorted(room_ids),
    }
    outbox.put(session, LOOK_AGAIN, subjects, key=f"{LOOK_AGAIN}:{public_id()}", due_at=now)
    return _look(session, actor, now=now, mediator_ids=mediator_ids, room_ids=room_ids)


def _look(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    mediator_ids: Collection[int] | None,
    room_ids: Collection[int] | None,
) -> int:
    bookings = _coming(session, mediator_ids, room_ids, now)
    found = _obstacles(session, bookings, orgs.overrides(session))
    known = _speaking(session, [booking.id for booking in bookings])
    n_new = 0
    if sum(one.state is BookingState.HELD and one.id in found for one in bookings) > 1:
        claims.alone(session)
    for booking in bookings:
        reason, orphan = found.get(booking.id), known.get(booking.id)
        if booking.state is BookingState.HELD:
            if reason is not None:
                claims.release(session, booking.id)
                session.delete(booking)
        elif reason is None and orphan is not None:
            _end(session, SYSTEM, orphan, OrphanState.STANDS, now=now)
        elif reason is not None and (orphan is None or orphan.reason is not reason.reason):
            n_new += orphan is None or orphan.state is not OrphanState.OPEN
            _put_down(session, actor, booking, orphan, reason, now=now)
    session.flush()
    return n_new


def waiting(session: Session, mediator_id: int) -> set[Booking]:
    """The mediator's bookings that wait for a decision."""
    query = select(Booking).join(Orphan, Orphan.booking_id == Booking.id)
    return set(
        session.scalars(
            query.where(Booking.mediator_id == mediator_id, Orphan.state == OrphanState.OPEN, Orphan.ended_at.is_(None))
        )
    )


LOOK_AGAIN: Final = "scheduling.look_again"


def look_again(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Wait for those who were booking when the change was made, and look once more.

    They could not see it, nor it them. Their claims hold the resource's row by its key, so that asking for the row
    waits for them; it is let go at once, and nobody waits for the looking. Whoever takes time later sees the change
    itself (taking.check_open).
    """
    mediators, rooms = payload["mediators"], payload["rooms"]
    every = mediators is None and rooms is None
    conditions = [
        Resource.kind == kind if ids is None else and_(Resource.kind == kind, Resource.subject_id.in_(ids))
        for kind, ids in ((ResourceKind.MEDIATOR, mediators), (ResourceKind.ROOM, rooms))
        if every or ids is not None
    ]
    with session.begin_nested() as waiting:
        session.execute(select(Resource.id).where(or_(*conditions)).order_by(Resource.id).with_for_update())
        waiting.rollback()
    _look(session, SYSTEM, now=now, mediator_ids=mediators, room_ids=rooms)


def _coming(
    session: Session, mediator_ids: Collection[int] | None, room_ids: Collection[int] | None, now: datetime
) -> list[Booking]:
    query = select(Booking).where(Booking.state.in_((*queries.LIVING, BookingState.HELD)), Booking.starts_at > now)
    if mediator_ids is not None or room_ids is not None:
        query = query.where(or_(Booking.mediator_id.in_(mediator_ids or ()), Booking.room_id.in_(room_ids or ())))
    return list(session.scalars(query.order_by(Booking.id)))


def would_orphan(session: Session, overrides: Overrides, *, now: datetime) -> list[tuple[Booking, Obstacle]]:
    """The booked times that would no longer stand if these were the special days; nothing is changed."""
    bookings = [one for one in _coming(session, None, None, now) if one.state is not BookingState.HELD]
    before = _obstacles(session, bookings, orgs.overrides(session))
    after = _obstacles(session, bookings, overrides)
    return [(one, after[one.id]) for one in bookings if one.id in after and one.id not in before]


def _obstacles(session: Session, bookings: Collection[Booking], overrides: Overrides) -> dict[int, Obstacle]:
    mediators = queries.hours(session, ResourceKind.MEDIATOR, {one.mediator_id for one in bookings})
    rooms = queries.hours(session, ResourceKind.ROOM, {one.room_id for one in bookings if one.room_id is not None})

    def first(booking: Booking) -> Obstacle | None:
        needed: list[Hours] = [mediators[booking.mediator_id]]
        if booking.room_id is not None:
            needed.append(rooms[booking.room_id])
        found = (obstacle(hours, booking.starts_at, booking.ends_at, overrides) for hours in needed)
        return next((one for one in found if one is not None), None)

    every = ((booking.id, first(booking)) for booking in bookings)
    off = queries.called_off(session, bookings)
    changed = {one: Obstacle(BlockReason.RECEPTION_OFF, day.why if day is not None else "") for one, day in off.items()}
    return changed | {booking_id: reason for booking_id, reason in every if reason is not None}


def _speaking(session: Session, booking_ids: Collection[int]) -> dict[int, Orphan]:
    query = select(Orphan).where(Orphan.booking_id.in_(booking_ids), Orphan.ended_at.is_(None))
    return {orphan.booking_id: orphan for orphan in session.scalars(query)}


def _put_down(
    session: Session, actor: Actor, booking: Booking, known: Orphan | None, reason: Obstacle, *, now: datetime
) -> None:
    if known is not None:
        known.ended_at = now
    session.add(
        Orphan(
            booking_id=booking.id,
            reason=reason.reason,
            note=reason.note,
            starts_at=booking.starts_at,
            found_at=now,
            state=OrphanState.OPEN,
        )
    )
    session.flush()
    event = BookingOrphaned(
        case_id=booking.case_id,
        booking_id=booking.id,
        mediator_id=booking.mediator_id,
        starts_at=booking.starts_at,
        reason=reason.reason,
    )
    log.append(session, event, actor=actor, at=now)


@dataclass(frozen=True, slots=True)
class KeepBooking:
    booking: str
    """Public id."""
    why: str


def keep(session: Session, actor: Actor, command: KeepBooking, *, clock: Clock) -> Orphan:
    """The booking stands all the same: everybody comes. Kept already, nothing more.

    Emits: OrphanDecided. Raises: Missing, Denied; Invalid `why_missing`; Refused `orphan_decided`.
    """
    orphan = policy.orphan_for(session, actor, command.booking, lock=True)
    if orphan.state is OrphanState.KEPT:
        return orphan
    if orphan.state is not OrphanState.OPEN or orphan.ended_at is not None:
        raise Refused("orphan_decided")
    if not command.why:
        raise Invalid("why_missing", field="why")
    orphan.state, orphan.why = OrphanState.KEPT, command.why
    _decided(session, actor, orphan, now=clock())
    return orphan


def settled(session: Session, actor: Actor, booking_id: int, state: OrphanState, *, now: datetime) -> None:
    """The booking was moved or cancelled: nothing is left to decide."""
    for orphan in _speaking(session, [booking_id]).values():
        _end(session, actor, orphan, state, now=now)


def _end(session: Session, actor: Actor, orphan: Orphan, state: OrphanState, *, now: datetime) -> None:
    orphan.ended_at = now
    if orphan.state is OrphanState.OPEN:
        orphan.state = state
        _decided(session, actor, orphan, now=now)


def _decided(session: Session, actor: Actor, orphan: Orphan, *, now: datetime) -> None:
    orphan.decided_at, orphan.decided_by = now, actor.ref
    session.flush()
    event = OrphanDecided(
        case_id=orphan.booking.case_id,
        booking_id=orphan.booking_id,
        mediator_id=orphan.booking.mediator_id,
        decision=orphan.state,
    )
    log.append(session, event, actor=actor, at=now)
