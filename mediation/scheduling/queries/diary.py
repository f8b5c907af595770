"""A mediator's diary: the week's bookings, own hours."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mediation.disputes import policy as cases
from mediation.disputes.models import Party
from mediation.kernel.actor import Actor
from mediation.orgs import queries as orgs
from mediation.people.models import Mediator, Person
from mediation.scheduling.models import Booking, DateException, LeftOut
from mediation.scheduling.queries.bookings import LIVING, BookingRow, rows
from mediation.scheduling.queries.open_time import hours
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.rules.hours import DayPlan, Span, Weekly, days_between, plan


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A booking in a diary, with the names of the parties who are asked: for those who may see the case."""

    booking: BookingRow
    parties: tuple[str, ...]


def calendar(
    session: Session, actor: Actor, *, from_at: datetime, to_at: datetime, mine: bool = True
) -> list[CalendarRow]:
    """The living bookings that touch the time: the actor's own as mediator; else those of the cases in reach."""
    own = Booking.mediator_id.in_(select(Mediator.id).where(Mediator.account_id == actor.account_id))
    condition = own if mine else or_(own, cases.visible_cases(actor))
    found = rows(session, condition, Booking.state.in_(LIVING), Booking.starts_at < to_at, Booking.ends_at > from_at)
    return with_parties(session, found)


def with_parties(session: Session, found: list[BookingRow]) -> list[CalendarRow]:
    """The bookings with the names of those who are asked to each."""
    query = (
        select(Party.case_id, Party.id, Person)
        .join(Person, Person.id == Party.person_id)
        .where(Party.case_id.in_({row.case_id for row in found}))
        .order_by(Party.case_id, Party.position)
    )
    parties: dict[int, list[tuple[int, str]]] = {}
    for case_id, party_id, person in session.execute(query):
        parties.setdefault(case_id, []).append((party_id, person.name))
    absent = select(LeftOut.booking_id, LeftOut.party_id).where(LeftOut.booking_id.in_([row.id for row in found]))
    out = {(booking_id, party_id) for booking_id, party_id in session.execute(absent)}
    return [
        CalendarRow(row, tuple(name for one, name in parties.get(row.case_id, ()) if (row.id, one) not in out))
        for row in found
    ]


def hours_of(session: Session, mediator_id: int, first: date, last: date) -> dict[date, DayPlan]:
    """What the mediator works on each day."""
    found, overrides = hours(session, ResourceKind.MEDIATOR, [mediator_id])[mediator_id], orgs.overrides(session)
    return {day: plan(day, found, overrides) for day in days_between(first, last)}


def weekly_of(session: Session, mediator_id: int, on: date) -> list[Weekly]:
    """The weekly hours that hold on a day, in the order of the week."""
    found = hours(session, ResourceKind.MEDIATOR, [mediator_id])[mediator_id]
    return sorted(row for row in found.weekly if row.holds_on(on))


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day with hours of its own; no span: away."""

    on: date
    spans: tuple[Span, ...]
    reason: str


def own_days(session: Session, mediator_id: int, today: date) -> list[OwnDay]:
    """The days from today on that do not go by the week, in their order."""
    query = (
        select(DateException)
        .where(DateException.mediator_id == mediator_id, DateException.on >= today)
        .order_by(DateException.on, DateException.from_minute)
    )
    days: dict[date, OwnDay] = {}
    for row in session.scalars(query):
        known = days.get(row.on, OwnDay(row.on, (), row.reason))
        span = (Span(row.from_minute, row.to_minute),) if row.from_minute < row.to_minute else ()
        days[row.on] = OwnDay(row.on, known.spans + span, row.reason)
    return list(days.values())
