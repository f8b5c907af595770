"""The mediator says yes or no to the case, and with it to its times; a successor takes them over.

There is no second question for a booking: it waits exactly as long as the assignment does (disputes.service.triage).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.disputes import service as dispute_service
from mediation.disputes.rules.codes import AssignmentReason
from mediation.disputes.service import AssignMediator
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.scheduling import claims, queries, search
from mediation.scheduling.events import BookingAccepted, BookingDeclined
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import BookingState, CancelReason, ChoiceReason
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.rules.terms import BOOKABLE
from mediation.scheduling.service import change


def _case_id(booking: Booking) -> int:
    assert booking.case_id is not None
    return booking.case_id


def _accept(session: Session, actor: Actor, booking: Booking, *, now: datetime) -> None:
    booking.state = BOOKING_LIFE.decide(BookingStep.ACCEPT, booking.facts(now)).target
    booking.sequence += 1  # RFC 5546: from tentative to confirmed is a change that calendars must see
    booking.changed_at = now
    session.flush()
    log.append(
        session,
        BookingAccepted(
            case_id=booking.case_id,
            booking_id=booking.id,
            mediator_id=booking.mediator_id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
        ),
        actor=actor,
        at=now,
    )


def case_taken(session: Session, actor: Actor, case_id: int, mediator_id: int, *, now: datetime) -> None:
    """The mediator took the case: the times that wait for the answer are sure."""
    for booking in queries.living(session, case_id, after=now):
        if booking.mediator_id == mediator_id and booking.state is BookingState.PENDING:
            _accept(session, actor, booking, now=now)


def case_declined(session: Session, actor: Actor, case_id: int, mediator_id: int, *, now: datetime) -> None:
    """The mediator stepped back: ask the next one who is free at the booked time, else tell everybody it is off."""
    claims.alone(session)
    for booking in queries.living(session, case_id, after=now):
        if booking.mediator_id != mediator_id:
            continue
        successor = _successor(session, booking, now=now)
        if successor is None:
            _declined(session, actor, booking, now=now)
        else:
            asked = AssignMediator(case_id, successor, AssignmentReason.BOOKED)
            dispute_service.assign(session, SYSTEM, asked, clock=lambda: now)


def _successor(session: Session, booking: Booking, *, now: datetime) -> int | None:
    case = cases.case_by_id(session, SYSTEM, _case_id(booking), Permission.ASSIGN_MEDIATOR)
    if case.mediator_id is not None or case.state not in BOOKABLE:
        return None
    able = {row.mediator.id: row.mediator.weight for row in disputes.mediators_to_choose(session, case)}
    find = replace(_same_time(session, booking, now), mediator_ids=tuple(able))
    free = search.free_at(session, find, booking.starts_at, now=now) if able else None
    if free is None:
        return None
    return search.choose(session, free, weights=able, nearness={}, now=now).mediator_id


def _same_time(session: Session, booking: Booking, now: datetime) -> search.FindTimes:
    rooms = (booking.room_id,) if booking.room_id is not None else None
    return change.times_to_move(session, SYSTEM, booking, rooms, now=now)


def _declined(session: Session, actor: Actor, booking: Booking, *, now: datetime) -> None:
    pending = booking.state is BookingState.PENDING
    step = BookingStep.DECLINE if pending else BookingStep.CANCEL
    booking.state = BOOKING_LIFE.decide(step, booking.facts(now)).target
    log.append(
        session,
        BookingDeclined(
            case_id=booking.case_id,
            booking_id=booking.id,
            mediator_id=booking.mediator_id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
        ),
        actor=actor,
        at=now,
    )
    change.cancelled(session, actor, booking, CancelReason.DECLINED, now=now)


def mediator_changed(session: Session, actor: Actor, case_id: int, mediator_id: int, *, now: datetime) -> None:
    """The case has another mediator: they take the booked times over where they are free; the others are cancelled.

    Emits: BookingMoved or BookingCancelled.
    """
    others = [one for one in queries.living(session, case_id, after=now) if one.mediator_id != mediator_id]
    if len(others) > 1:
        claims.alone(session)
    for booking in others:
        find = replace(_same_time(session, booking, now), mediator_ids=(mediator_id,))
        if search.free_at(session, find, booking.starts_at, now=now) is None:
            booking.state = BOOKING_LIFE.decide(BookingStep.CANCEL, booking.facts(now)).target
            change.cancelled(session, actor, booking, CancelReason.MEDIATOR_CHANGED, now=now)
        else:
            _hand_over(session, actor, booking, mediator_id, now=now)


def _hand_over(session: Session, actor: Actor, booking: Booking, mediator_id: int, *, now: datetime) -> None:
    before = booking.mediator_id
    booking.state = BOOKING_LIFE.decide(BookingStep.HAND_OVER, booking.facts(now)).target
    booking.mediator_id, booking.choice_reason = mediator_id, ChoiceReason.ASSIGNED
    session.flush()
    session.expire(booking, ["mediator"])
    change.moved(session, actor, booking, now=now, from_starts_at=booking.starts_at, from_mediator_id=before)
