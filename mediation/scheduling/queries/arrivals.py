"""Who came to a booked time."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import queries as disputes
from mediation.disputes.queries import PartyRow
from mediation.scheduling.models import ArrivalMark, LeftOut
from mediation.scheduling.queries.bookings import BookingRow
from mediation.scheduling.rules.codes import Arrival


@dataclass(frozen=True, slots=True)
class Expected:
    """A party who is asked to a session, and what was put down; None: nothing yet."""

    party: PartyRow
    arrival: Arrival | None


def arrivals(session: Session, booking: BookingRow) -> list[Expected]:
    """Everybody who is asked to the session."""
    marks = {
        row.party_id: row.state
        for row in session.scalars(select(ArrivalMark).where(ArrivalMark.booking_id == booking.id))
    }
    out = set(session.scalars(select(LeftOut.party_id).where(LeftOut.booking_id == booking.id)))
    parties = disputes.parties(session, booking.case_id)
    return [Expected(party, marks.get(party.id)) for party in parties if party.id not in out]
