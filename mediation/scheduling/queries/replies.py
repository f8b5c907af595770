"""Who may answer for a booking by mail, and what they answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.disputes.models import Party
from mediation.people.models import Mediator, Person
from mediation.scheduling.models import AttendeeReply, Booking, LeftOut
from mediation.scheduling.rules.codes import ReplyAnswer


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody's calendar program said about a booking."""

    name: str
    answer: ReplyAnswer
    starts_at: datetime | None
    """Proposed by a COUNTER."""


def attendees(session: Session, booking: Booking) -> dict[str, tuple[str, str]]:
    """Mail address -> reference and name of each who is invited by mail."""
    left_out = select(LeftOut.party_id).where(LeftOut.booking_id == booking.id)
    query = (
        select(Party, Person)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id == booking.case_id, Party.id.not_in(left_out))
    )
    found = {
        person.email.strip().lower(): (f"party:{party.id}", person.name)
        for party, person in session.execute(query)
        if person.email
    }
    account = session.scalars(select(Account).join(Mediator).where(Mediator.id == booking.mediator_id)).one()
    if account.email:
        found[account.email.strip().lower()] = (f"mediator:{booking.mediator_id}", account.name)
    return found


def answers(session: Session, booking_id: int) -> tuple[Answered, ...]:
    """What was answered since the booking last changed, by those who are invited now."""
    booking = session.get_one(Booking, booking_id)
    query = select(AttendeeReply).where(
        AttendeeReply.booking_id == booking_id, AttendeeReply.sequence >= booking.sequence
    )
    said = {row.who: row for row in session.scalars(query.order_by(AttendeeReply.id))}
    return tuple(
        Answered(name, said[who].answer, said[who].starts_at)
        for who, name in dict.fromkeys(attendees(session, booking).values())
        if who in said
    )
