"""Who came to a booked time: checked in at the station or the desk; who did not come is put down too."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mediation.disputes import queries as disputes
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused
from mediation.scheduling import policy
from mediation.scheduling.events import ArrivalMarked
from mediation.scheduling.models import ArrivalMark, Booking
from mediation.scheduling.rules.codes import Arrival, BookingState
from mediation.scheduling.rules.terms import ARRIVE_FROM


@dataclass(frozen=True, slots=True)
class MarkArrival:
    booking: str
    """Public id."""
    party: str
    """Public id."""
    arrival: Arrival


def mark_arrival(session: Session, actor: Actor, command: MarkArrival, *, clock: Clock) -> None:
    """Put down whether somebody came; put down anew it is corrected, put down the same nothing more.

    Emits: ArrivalMarked. Raises: Missing `party_unknown`, Denied; Refused `not_now` for a cancelled time,
    `arrival_too_early`, `not_begun_yet`.
    """
    now = clock()
    booking = policy.booking_for(session, actor, command.booking, lock=True)
    assert booking.case_id is not None
    party = next((row for row in disputes.parties(session, booking.case_id) if row.public_id == command.party), None)
    if party is None:
        raise Missing("party_unknown")
    if booking.state in {BookingState.CANCELLED, BookingState.HELD}:
        raise Refused("not_now")
    if now < booking.starts_at - ARRIVE_FROM:
        raise Refused("arrival_too_early")
    if command.arrival is Arrival.MISSED and now < booking.starts_at:
        raise Refused("not_begun_yet")
    _put_down(session, actor, booking, party.id, command.arrival, now)


def mark_came(session: Session, actor: Actor, booking: Booking, party_id: int, *, clock: Clock) -> None:
    """Put down that a party came. The caller has checked that the actor receives people at the booked station, whose
    case it may not be.

    Emits: ArrivalMarked. Raises: Refused `not_now` for a cancelled time, `arrival_too_early`.
    """
    if booking.state in {BookingState.CANCELLED, BookingState.HELD}:
        raise Refused("not_now")
    if clock() < booking.starts_at - ARRIVE_FROM:
        raise Refused("arrival_too_early")
    _put_down(session, actor, booking, party_id, Arrival.CAME, clock())


def _put_down(  # noqa: PLR0917 - one row's fields
    session: Session, actor: Actor, booking: Booking, party_id: int, arrival: Arrival, now: datetime
) -> None:
    assert booking.case_id is not None
    mark = session.get(ArrivalMark, (booking.id, party_id))
    if mark is not None and mark.state is arrival:
        return
    session.merge(ArrivalMark(booking_id=booking.id, party_id=party_id, state=arrival, marked_at=now))
    session.flush()
    event = ArrivalMarked(case_id=booking.case_id, booking_id=booking.id, party_id=party_id, arrival=arrival)
    log.append(session, event, actor=actor, at=now)
