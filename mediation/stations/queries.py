"""Reads of a station: who is expected today, which numbers are called, what a screen may show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.queries import PartyRow
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import WAITING_ROOM
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.clock import CHINA, local_date
from mediation.orgs.models import Room
from mediation.orgs.queries import StationRow
from mediation.scheduling import queries as scheduling
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import BookingRow, bookings
from mediation.scheduling.rules.codes import BookingState
from mediation.stations.caps import quiet
from mediation.stations.models import Screen, Visit
from mediation.stations.rules import VisitEnd, VisitFacts, VisitState, end_due, is_called, ticket


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A number as staff see it."""

    public_id: str
    ticket: str
    state: VisitState
    room: Room | None
    called: bool
    """The room shows it now."""
    why_ended: VisitEnd | None


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is asked to the station today."""

    party: PartyRow
    visit: VisitRow | None


@dataclass(frozen=True, slots=True)
class Sitting:
    booking: BookingRow
    guests: tuple[Guest, ...]


def day_of(session: Session, station: StationRow, now: datetime) -> tuple[list[Sitting], list[VisitRow]]:
    """Today's booked people with their numbers, in the order of time; and the numbers of those who walked in."""
    begins = datetime.combine(local_date(now), time(), CHINA)
    booked = bookings.rows(
        session,
        Booking.room_id.in_([room.id for room in station.rooms]),
        Booking.state == BookingState.CONFIRMED,
        Booking.starts_at >= begins,
        Booking.starts_at < begins + timedelta(days=1),
    )
    visits = visits_on(session, station.id, local_date(now))
    numbers = {(row.booking_id, row.party_id): row for row in visits if row.booking_id is not None}
    sittings = [
        Sitting(
            booking,
            tuple(
                Guest(expected.party, visit_row(found, now) if found else None)
                for expected in scheduling.arrivals(session, booking)
                for found in [numbers.get((booking.id, expected.party.id))]
            ),
        )
        for booking in booked
    ]
    return sittings, [visit_row(row, now) for row in visits if row.booking_id is None]


def visits_on(session: Session, station_id: int, on: date) -> list[Visit]:
    query = select(Visit).where(Visit.station_id == station_id, Visit.on == on).order_by(Visit.number)
    return list(session.scalars(query))


def visit_row(visit: Visit, now: datetime) -> VisitRow:
    return VisitRow(
        public_id=visit.public_id,
        ticket=ticket(visit.number),
        state=visit.state,
        room=visit.room,
        called=is_called(visit.state, visit.called_at, now),
        why_ended=visit.why_ended,
    )


def called_now(session: Session, screen: Screen, now: datetime) -> list[VisitRow]:
    """The numbers that are called: of the screen's room, or of the whole station on the board; the latest first."""
    query = select(Visit).where(
        Visit.station_id == screen.station_id, Visit.on == local_date(now), Visit.state == VisitState.CALLED
    )
    if screen.room_id is not None:
        query = query.where(Visit.room_id == screen.room_id)
    rows = [visit_row(row, now) for row in session.scalars(query.order_by(Visit.called_at.desc()))]
    return [row for row in rows if row.called]


def waiting_now(session: Session, screen: Screen, now: datetime) -> list[str]:
    """The numbers that wait, as they are shown."""
    visits = visits_on(session, screen.station_id, local_date(now))
    return [ticket(row.number) for row in visits if row.state is VisitState.WAITING]


def screens(session: Session, station_id: int) -> list[Screen]:
    """The station's screens that are in use, the newest first."""
    query = select(Screen).where(Screen.station_id == station_id, Screen.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Screen.id.desc())))


def hearing_of(session: Session, visit: Visit) -> Hearing | None:
    return session.scalars(select(Hearing).where(Hearing.booking_id == visit.booking_id)).one_or_none()


def seat_of(session: Session, visit: Visit) -> Seat | None:
    """The visitor's seat in the booked hearing; None once it is over."""
    query = select(Seat).join(Hearing).where(Hearing.booking_id == visit.booking_id, Seat.party_id == visit.party_id)
    seat = session.scalars(query).one_or_none()
    return None if seat is None or seat.hearing.state in OVER else seat


def facts(session: Session, visit: Visit) -> VisitFacts:
    """Of a visit that has begun."""
    assert visit.ends_at is not None
    assert visit.touched_at is not None
    seat = seat_of(session, visit)
    return VisitFacts(
        on=visit.on,
        ends_at=visit.ends_at,
        touched_at=visit.touched_at,
        in_room=seat is not None and seat.room != WAITING_ROOM,
        screen_revoked=visit.screen is None or visit.screen.revoked_at is not None,
    )


def over(session: Session, visit: Visit, now: datetime) -> VisitEnd | None:
    """Why a visit that is under way is over; None: it goes on."""
    return end_due(facts(session, visit), quiet(), now)


def door(visit: Visit) -> str:
    """What names a visit from its beginning to its end; begun again it is another door."""
    return visit.token_hash or ""


def shut_doors(session: Session, doors: Collection[str], now: datetime) -> set[str]:
    """Those of these doors whose visit is over, whether somebody has said so or its time has run out."""
    under_way = session.scalars(select(Visit).where(Visit.token_hash.in_(doors), Visit.state == VisitState.UNDER_WAY))
    return set(doors) - {door(visit) for visit in under_way if over(session, visit, now) is None}


def visitor(visit: Visit) -> Actor:
    """The party, with what a party may in the one case."""
    assert visit.booking is not None
    return Actor(kind=ActorKind.PARTY, party_id=visit.party_id, case_id=visit.booking.case_id)
