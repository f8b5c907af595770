"""A booking moves or is cancelled: by a party's link, by staff, or because its case went another way."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.scheduling import claims, policy, queries, search
from mediation.scheduling.events import BookingCancelled, BookingMoved
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import CHOSEN_BY_PARTIES, Attendance, CancelReason, OrphanState
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.rules.terms import HORIZON, check_time
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import orphans, taking
from mediation.scheduling.service.book import notice_for


@dataclass(frozen=True, slots=True)
class MoveBooking:
    booking: str
    """Public id."""
    starts_at: datetime
    room_ids: tuple[int, ...] | None = None
    """Any free one of these; None: from home."""
    note: str = ""


def times_to_move(
    session: Session, actor: Actor, booking: Booking, room_ids: tuple[int, ...] | None, *, now: datetime
) -> FindTimes:
    """The search for another time of a booking: the same mediator and length; its own time counts as free."""
    return FindTimes(
        mediator_ids=(booking.mediator_id,),
        room_ids=room_ids,
        person_ids=tuple(taking.persons_of(session, booking)),
        minutes=int((booking.ends_at - booking.starts_at).total_seconds() // 60),
        buffer_min=booking.buffer_min,
        from_at=now + notice_for(actor),
        to_at=now + HORIZON,
        except_booking=booking.id,
    )


def reschedule(session: Session, actor: Actor, command: MoveBooking, *, clock: Clock) -> Booking:
    """Move a booking to another time or room; if the new time is lost, the old one is kept. Asked again, nothing more.

    Emits: BookingMoved. Raises: Missing, Denied; Refused `too_late_to_move`, `booking_begun`, `not_now` and as
    `check_time`; Taken `time_taken`.
    """
    now = clock()
    booking = policy.booking_for(session, actor, command.booking, lock=True)
    arrow = BOOKING_LIFE.decide(BookingStep.MOVE, booking.facts(now, by_party=actor.party_id is not None))
    in_place = booking.room_id in command.room_ids if command.room_ids is not None else booking.room_id is None
    if booking.starts_at == command.starts_at and in_place:
        return booking
    find = times_to_move(session, actor, booking, command.room_ids, now=now)
    check_time(command.starts_at, find.minutes, now=now, notice=notice_for(actor))
    free = search.free_at(session, find, command.starts_at, now=now)
    if free is None:
        raise taking.refusal(session, find, command.starts_at, now=now)
    before = booking.starts_at
    booking.starts_at, booking.ends_at = free.starts_at, free.ends_at
    if not (command.room_ids is not None and booking.room_id in free.room_ids):
        booking.room_id = free.room_ids[0] if free.room_ids else None
    booking.attendance = Attendance.STATION if booking.room_id is not None else Attendance.HOME
    booking.state, booking.change_note = arrow.target, command.note
    moved(session, actor, booking, now=now, from_starts_at=before, from_mediator_id=booking.mediator_id)
    return booking


def moved(
    session: Session, actor: Actor, booking: Booking, *, now: datetime, from_starts_at: datetime, from_mediator_id: int
) -> None:
    """Take what the changed booking needs, count it, write it down. Raises: Taken."""
    booking.sequence += 1
    booking.changed_at = now
    session.flush()
    taking.own(session, booking, now=now)
    event = BookingMoved(
        case_id=booking.case_id,
        booking_id=booking.id,
        mediator_id=booking.mediator_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        from_mediator_id=from_mediator_id,
        from_starts_at=from_starts_at,
    )
    log.append(session, event, actor=actor, at=now)
    orphans.settled(session, actor, booking.id, OrphanState.MOVED, now=now)


@dataclass(frozen=True, slots=True)
class CancelBooking:
    booking: str
    """Public id."""
    reason: CancelReason
    note: str = ""


def cancel(session: Session, actor: Actor, command: CancelBooking, *, clock: Clock) -> Booking:
    """Cancel a booking and give its time back. Cancelled already, nothing more.

    Emits: BookingCancelled. Raises: Missing, Denied; Refused `booking_begun`, `not_now`.
    """
    booking = policy.booking_for(session, actor, command.booking, lock=True)
    if booking.cancel_reason is not None:
        return booking
    reason = command.reason
    if actor.party_id is not None and reason not in CHOSEN_BY_PARTIES:
        reason = CancelReason.OTHER
    arrow = BOOKING_LIFE.decide(BookingStep.CANCEL, booking.facts(clock(), by_party=actor.party_id is not None))
    booking.state, booking.change_note = arrow.target, command.note
    cancelled(session, actor, booking, reason, now=clock())
    return booking


def cancelled(session: Session, actor: Actor, booking: Booking, reason: CancelReason, *, now: datetime) -> None:
    booking.cancel_reason, booking.changed_at = reason, now
    booking.sequence += 1
    session.flush()
    claims.release(session, booking.id)
    event = BookingCancelled(
        case_id=booking.case_id,
        booking_id=booking.id,
        mediator_id=booking.mediator_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        reason=reason,
    )
    log.append(session, event, actor=actor, at=now)
    orphans.settled(session, actor, booking.id, OrphanState.CANCELLED, now=now)


def cancel_of_case(session: Session, actor: Actor, case_id: int, reason: CancelReason, *, now: datetime) -> None:
    """The case went another way: what was still to come is cancelled."""
    for booking in queries.living(session, case_id, after=now):
        arrow = BOOKING_LIFE.decide(BookingStep.CANCEL, booking.facts(now))
        booking.state = arrow.target
        cancelled(session, actor, booking, reason, now=now)
