"""A booking moves or is cancelled: by a party's link, by staff, or because its case went another way."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.disputes import service as dispute_service
from mediation.disputes.rules.codes import AssignmentReason, CaseKind
from mediation.disputes.service import AssignMediator
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Refused, Stale
from mediation.scheduling import claims, policy, queries, search
from mediation.scheduling.events import BookingCancelled, BookingMoved
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import ReceptionDay
from mediation.scheduling.rules.codes import (
    CHOSEN_BY_PARTIES,
    Attendance,
    BookingState,
    CancelReason,
    ChoiceReason,
    OrphanState,
)
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.rules.terms import HORIZON, check_time
from mediation.scheduling.search import FindTimes, FreeTime
from mediation.scheduling.service import orphans, receptions, taking
from mediation.scheduling.service.book import notice_for


@dataclass(frozen=True, slots=True)
class MoveBooking:
    booking: str
    """Public id."""
    starts_at: datetime
    room_ids: tuple[int, ...] | None = None
    """Any free one of these; None: from home."""
    note: str = ""
    minutes: int | None = None
    """None: as long as before."""
    mediator_id: int | None = None
    """None: the same mediator. Another one is asked to take the case, and leads all that is booked for it."""
    sequence: int | None = None
    """Of the booking as whoever moves it saw it; None: whatever it is now."""
    reception: str = ""
    """Public id of the reception days of which it takes another talk; empty: of none."""


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


def find_move(session: Session, actor: Actor, booking: Booking, command: MoveBooking, *, now: datetime) -> FindTimes:
    """The search that a move means: the length and the mediator it asks for.

    Raises: Missing; Denied `mediator_not_yours`; Refused `mediator_unsuited`, `other_times_taken`, `reception_gone`.
    """
    find = times_to_move(session, actor, booking, command.room_ids, now=now)
    if command.reception:
        return receptions.narrowed(find, _talk_of(session, find, booking, command))
    if command.minutes is not None:
        find = replace(find, minutes=command.minutes)
    if command.mediator_id is None or command.mediator_id == booking.mediator_id:
        return find
    _check_successor(session, actor, booking, command.mediator_id, now=now)
    return replace(find, mediator_ids=(command.mediator_id,))


def _talk_of(session: Session, find: FindTimes, booking: Booking, command: MoveBooking) -> ReceptionDay:
    """The reception day to which a booking moves. Raises: Refused `reception_gone`."""
    assert booking.case is not None
    receptions.check_kind(CaseKind.of(booking.case.kind))
    return receptions.talk_of(session, find, command.reception, command.starts_at)


def _check_successor(session: Session, actor: Actor, booking: Booking, mediator_id: int, *, now: datetime) -> None:
    """Another mediator may take the case, and is free at all else that is booked for it: nothing is cancelled aside."""
    assert booking.case_id is not None
    case = cases.case_by_id(session, actor, booking.case_id, Permission.BOOK_HEARING)
    if not cases.may(session, actor, case, Permission.ASSIGN_MEDIATOR):
        raise Denied("mediator_not_yours", field="mediator")
    if mediator_id not in {row.mediator.id for row in disputes.mediators_to_choose(session, case)}:
        raise Refused("mediator_unsuited", field="mediator")
    for other in queries.living(session, booking.case_id, after=now):
        rooms = (other.room_id,) if other.room_id is not None else None
        same_time = replace(times_to_move(session, actor, other, rooms, now=now), mediator_ids=(mediator_id,))
        if other.id != booking.id and search.free_at(session, same_time, other.starts_at, now=now) is None:
            raise Refused("other_times_taken", field="mediator")


@dataclass(frozen=True, slots=True)
class Move:
    """A move that the rules let through now; whether it is had, the claims decide."""

    booking: Booking
    step: BookingStep
    target: BookingState
    free: FreeTime | None
    """None: nothing would change."""


def plan_move(session: Session, actor: Actor, command: MoveBooking, *, now: datetime, lock: bool = False) -> Move:
    """What `reschedule` would do now. Nothing is changed, nobody is told: for the question before it.

    Raises: as `reschedule`.
    """
    booking = policy.booking_for(session, actor, command.booking, lock=lock)
    if command.sequence is not None and command.sequence != booking.sequence:
        raise Stale("booking_changed")
    same_mediator = command.mediator_id in {None, booking.mediator_id}
    step = BookingStep.MOVE if same_mediator else BookingStep.HAND_OVER
    arrow = BOOKING_LIFE.decide(step, booking.facts(now, by_party=actor.party_id is not None))
    minutes = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    in_place = booking.room_id in command.room_ids if command.room_ids is not None else booking.room_id is None
    same_time = booking.starts_at == command.starts_at and command.minutes in {None, minutes}
    if same_time and in_place and same_mediator:
        return Move(booking, step, arrow.target, None)
    find = find_move(session, actor, booking, command, now=now)
    check_time(command.starts_at, find.minutes, now=now, notice=notice_for(actor))
    free = search.free_at(session, find, command.starts_at, now=now)
    if free is None:
        raise taking.refusal(session, find, command.starts_at, now=now)
    return Move(booking, step, arrow.target, free)


def reschedule(session: Session, actor: Actor, command: MoveBooking, *, clock: Clock) -> Booking:
    """Move a booking to another time, length, room or mediator; if the new time is lost, the old one is kept.

    Asked again, nothing more. Emits: BookingMoved, and MediatorAssigned by disputes.
    Raises: Missing, Denied; Stale `booking_changed`; Refused `too_late_to_move`, `booking_begun`, `not_now`,
    `mediator_unsuited`, `other_times_taken` and as `check_time`; Taken `time_taken`, `party_busy`.
    """
    now = clock()
    move = plan_move(session, actor, command, now=now, lock=True)
    booking, free = move.booking, move.free
    if free is None:
        return booking
    if move.step is BookingStep.HAND_OVER:
        claims.alone(session)  # all else that is booked for the case goes to the other mediator with it
    before, from_mediator_id = booking.starts_at, booking.mediator_id
    booking.starts_at, booking.ends_at = free.starts_at, free.ends_at
    if not (command.room_ids is not None and booking.room_id in free.room_ids):
        booking.room_id = free.room_ids[0] if free.room_ids else None
    booking.attendance = Attendance.STATION if booking.room_id is not None else Attendance.HOME
    booking.state, booking.change_note = move.target, command.note
    if move.step is BookingStep.HAND_OVER:
        booking.mediator_id, booking.choice_reason = free.mediator_ids[0], ChoiceReason.BY_STAFF
        session.flush()
        session.expire(booking, ["mediator"])
    moved(session, actor, booking, now=now, from_starts_at=before, from_mediator_id=from_mediator_id)
    if command.reception:
        find = times_to_move(session, actor, booking, command.room_ids, now=now)
        receptions.belongs(session, booking, _talk_of(session, find, booking, command))
    if booking.mediator_id != from_mediator_id:
        _ask(session, actor, booking, clock=clock)
    return booking


def _ask(session: Session, actor: Actor, booking: Booking, *, clock: Clock) -> None:
    """The booking's mediator is asked to take its case."""
    assert booking.case_id is not None
    asked = AssignMediator(booking.case_id, booking.mediator_id, AssignmentReason.BOOKED)
    dispute_service.assign(session, actor, asked, clock=clock)
    session.refresh(booking)


def moved(
    session: Session, actor: Actor, booking: Booking, *, now: datetime, from_starts_at: datetime, from_mediator_id: int
) -> None:
    """Take what the changed booking needs, count it, write it down. Raises: Taken."""
    booking.sequence += 1
    booking.changed_at, booking.override_why = now, None  # only a time that is free is moved to
    session.flush()
    taking.own(session, booking, now=now)
    taking.check_open(session, booking)
    taking.count(session, booking, now=now, since=(from_mediator_id, from_starts_at))
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
    taking.count(session, booking, now=now, stands=False, since=(booking.mediator_id, booking.starts_at))
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
    claims.alone(session)
    for booking in queries.living(session, case_id, after=now):
        arrow = BOOKING_LIFE.decide(BookingStep.CANCEL, booking.facts(now))
        booking.state = arrow.target
        cancelled(session, actor, booking, reason, now=now)
