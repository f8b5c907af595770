"""Earlier times for those who asked: what becomes free is kept for one after the other, in the order of asking."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import policy as cases
from mediation.kernel import log, outbox
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import CHINA, Clock
from mediation.kernel.errors import Refused
from mediation.scheduling import claims, policy, queries, search
from mediation.scheduling.events import EarlierTimeLetGo, EarlierTimeOffered, EarlierTimeWanted
from mediation.scheduling.models import Booking, Wait
from mediation.scheduling.rules.bits import n_quanta, quantum_of
from mediation.scheduling.rules.codes import BookingState, WaitState
from mediation.scheduling.rules.terms import NOTICE, OFFER, OFFER_FROM, OFFER_TO
from mediation.scheduling.service import change, taking

OFFER_FREED: Final = "scheduling.offer_freed"
"""Outbox: look whether somebody waits for a time that is free now."""
_LIVING: Final = (WaitState.WAITING, WaitState.OFFERED)


def ask(session: Session, actor: Actor, booking: str, *, clock: Clock) -> Wait:
    """The party of the link is told when a time before this booking becomes free. Asked again, the same.

    Emits: EarlierTimeWanted. Raises: Missing, Denied; Refused `wait_too_late`.
    """
    now = clock()
    row = policy.booking_for(session, actor, booking, lock=True)
    _case, party = cases.party_case(session, actor)
    known = queries.wait_of(session, row.id)
    if known is not None:
        return known
    if row.state not in queries.LIVING or row.starts_at <= now + NOTICE + OFFER:
        raise Refused("wait_too_late")
    free = search.free_times(session, _earlier(session, row, now), now=now)
    wait = Wait(
        case_id=party.case_id,
        booking_id=row.id,
        party_id=party.id,
        asked_at=now,
        state=WaitState.WAITING,
        passed=[quantum_of(one.starts_at) for one in free],
    )
    session.add(wait)
    session.flush()
    wanted = EarlierTimeWanted(case_id=wait.case_id, booking_id=row.id, party_id=party.id)
    log.append(session, wanted, actor=actor, at=now)
    return wait


def stop(session: Session, actor: Actor, booking: str, *, clock: Clock) -> None:
    """Not wanted any more; what was kept goes to the next. Raises: Missing, Denied."""
    row = policy.booking_for(session, actor, booking, lock=True)
    wait = queries.wait_of(session, row.id)
    if wait is not None:
        _end(session, wait, WaitState.ENDED)
        look_again(session, f"stop:{wait.id}", now=clock())


def _earlier(session: Session, booking: Booking, now: datetime) -> search.FindTimes:
    """Times of the same length, mediator and place that are over before the booking begins."""
    rooms = tuple(room.id for room in booking.room.station.rooms) if booking.room is not None else None
    find = change.times_to_move(session, SYSTEM, booking, rooms, now=now)
    rest = timedelta(minutes=booking.buffer_min)
    return replace(find, from_at=now + NOTICE + OFFER, to_at=booking.starts_at - rest, except_booking=None)


def offer_freed(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Take back what was not answered in time, then keep what is free for those who wait, the first who asked first.

    Emits: EarlierTimeLetGo, EarlierTimeOffered.
    """
    if session.scalar(select(Wait.id).where(Wait.state.in_(_LIVING)).limit(1)) is None:
        return
    claims.alone(session)
    over = Wait.state == WaitState.OFFERED, Wait.offered_until <= now
    for wait in session.scalars(select(Wait).where(*over).order_by(Wait.asked_at).with_for_update()):
        _let_go(session, SYSTEM, wait, declined=False, now=now)
    if not OFFER_FROM <= now.astimezone(CHINA).time() < OFFER_TO:
        return
    waiting = select(Wait).where(Wait.state == WaitState.WAITING).order_by(Wait.asked_at, Wait.id).with_for_update()
    for wait in session.scalars(waiting):
        _offer(session, wait, now=now)


def _offer(session: Session, wait: Wait, *, now: datetime) -> None:
    booking = wait.booking
    if booking.state not in queries.LIVING or booking.starts_at <= now + NOTICE + OFFER:
        _end(session, wait, WaitState.ENDED)
        return
    free = search.free_times(session, _earlier(session, booking, now), now=now)
    found = next((one for one in free if quantum_of(one.starts_at) not in wait.passed), None)
    if found is None:
        return
    wait.n_offers += 1
    wait.state, wait.offered_at, wait.offered_until = WaitState.OFFERED, found.starts_at, now + OFFER
    held = Booking(
        idempotency_key=wait.offer_key,
        case_id=None,
        mediator_id=booking.mediator_id,
        choice_reason=booking.choice_reason,
        room_id=found.room_ids[0] if found.room_ids else None,
        attendance=booking.attendance,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        buffer_min=booking.buffer_min,
        state=BookingState.HELD,
        hold_expires_at=wait.offered_until,
        created_at=now,
        changed_at=now,
    )
    session.add(held)
    session.flush()
    taking.own(session, held, now=now, expires_at=wait.offered_until)
    offered = EarlierTimeOffered(
        case_id=wait.case_id,
        booking_id=booking.id,
        party_id=wait.party_id,
        offer=wait.n_offers,
        offered_at=found.starts_at,
        offered_until=wait.offered_until,
    )
    log.append(session, offered, actor=SYSTEM, at=now)


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    booking: str
    """Public id."""
    accept: bool


def answer(session: Session, actor: Actor, command: AnswerOffer, *, clock: Clock) -> Booking:
    """Take the offered time, and everybody is told of the move; or let it go to the next and wait on.

    Emits: BookingMoved, or EarlierTimeLetGo. Raises: Missing, Denied; Refused `offer_gone` and as `reschedule`;
    Taken `time_taken`. When it is refused the booked time stands.
    """
    now = clock()
    booking = policy.booking_for(session, actor, command.booking, lock=True)
    wait = queries.wait_of(session, booking.id)
    if wait is None or wait.state is not WaitState.OFFERED or (wait.offered_until or now) <= now:
        raise Refused("offer_gone")
    if not command.accept:
        _let_go(session, actor, wait, declined=True, now=now)
        look_again(session, f"declined:{wait.offer_key}", now=now)
        return booking
    held = queries.by_key(session, wait.offer_key)
    if held is None:
        raise Refused("offer_gone")
    rooms = (held.room_id,) if held.room_id is not None else None
    starts_at = held.starts_at
    _end(session, wait, WaitState.ACCEPTED)
    return change.reschedule(session, actor, change.MoveBooking(command.booking, starts_at, rooms), clock=clock)


def _let_go(session: Session, actor: Actor, wait: Wait, *, declined: bool, now: datetime) -> None:
    """The time goes to the next; this one waits for another."""
    assert wait.offered_at is not None
    offered_at = wait.offered_at
    _give_up(session, wait)
    first, booking = quantum_of(offered_at), wait.booking
    length = quantum_of(booking.ends_at) - quantum_of(booking.starts_at) + n_quanta(booking.buffer_min)
    # The same freed stretch half an hour later is no other time: whoever let it go is not asked about it again.
    wait.state, wait.passed = WaitState.WAITING, [*wait.passed, *range(first - length + 1, first + length)]
    session.flush()
    gone = EarlierTimeLetGo(
        case_id=wait.case_id,
        booking_id=wait.booking_id,
        party_id=wait.party_id,
        offered_at=offered_at,
        declined=declined,
    )
    log.append(session, gone, actor=actor, at=now)


def _end(session: Session, wait: Wait, state: WaitState) -> None:
    _give_up(session, wait)
    wait.state = state
    session.flush()


def _give_up(session: Session, wait: Wait) -> None:
    """The kept time is free again."""
    held = queries.by_key(session, wait.offer_key) if wait.state is WaitState.OFFERED else None
    wait.offered_at = wait.offered_until = None
    if held is not None and held.state is BookingState.HELD:
        claims.release(session, held.id)
        session.delete(held)
        session.flush()


def booking_changed(session: Session, booking_id: int, *, same_time: bool, now: datetime) -> None:
    """A booking moved or was cancelled: what it left may suit somebody. Whoever waited with it has chosen another time;
    with another mediator or room at the same time they wait on.
    """
    wait = queries.wait_of(session, booking_id)
    if wait is not None:
        _end(session, wait, WaitState.WAITING if same_time else WaitState.ENDED)
    sequence = session.scalar(select(Booking.sequence).where(Booking.id == booking_id))
    look_again(session, f"{booking_id}.{sequence}", now=now)


def look_again(session: Session, key: str, *, now: datetime) -> None:
    """Ask the worker to look for whom what is free now may suit."""
    if session.scalar(select(Wait.id).where(Wait.state.in_(_LIVING)).limit(1)) is not None:
        outbox.put(session, OFFER_FREED, {}, key=f"{OFFER_FREED}:{key}", due_at=now)


def offer_due(session: Session, now: datetime) -> None:
    """The worker's regular turn: offers that ran out, and times that became free by a change of hours."""
    offer_freed(session, {}, now)
