"""Bookings follow their case and their hearing."""

from datetime import datetime

from sqlalchemy.orm import Session

from mediation.scheduling import claims, queries
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import BookingState
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.service import taking


def party_added(session: Session, case_id: int, *, now: datetime) -> None:
    """Whoever joins the case is busy at its booked times too; somebody with another hearing then keeps that one."""
    claims.alone(session)
    for booking in queries.living(session, case_id, after=now):
        taking.add_persons(session, booking, now=now)


def finish(session: Session, booking_id: int, *, now: datetime) -> None:
    """The hearing took place. Said again, or of a cancelled booking, nothing more."""
    booking = session.get_one(Booking, booking_id)
    if booking.state in {BookingState.PENDING, BookingState.CONFIRMED}:
        booking.state = BOOKING_LIFE.decide(BookingStep.FINISH, booking.facts(now)).target
        booking.changed_at = now
        session.flush()
