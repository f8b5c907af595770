"""Private calendar addresses and what stands in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.orgs.models import Room, Station
from mediation.people.models import Mediator
from mediation.scheduling.models import Booking, CalendarFeed, EventText, OutsideBusy, OutsideCalendar
from mediation.scheduling.queries.bookings import LIVING, BookingRow, rows
from mediation.scheduling.queries.receptions import reception_times
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BookingState

KEEP_CANCELLED: Final = timedelta(days=30)
"""How long a cancelled booking stays in a feed, so that every phone takes it out."""
FEED_BACK: Final = timedelta(days=90)
_MOST_KEYS: Final = 500
"""Of one IN list: SQLite takes 32,766 parameters, PostgreSQL plans long lists slowly."""


def feeds_of(
    session: Session, *, mediator_id: int | None = None, station_id: int | None = None, room_id: int | None = None
) -> dict[bool, CalendarFeed]:
    """The living addresses of one subject: busy only or not -> feed."""
    query = select(CalendarFeed).where(
        CalendarFeed.revoked_at.is_(None),
        CalendarFeed.mediator_id.is_not_distinct_from(mediator_id),
        CalendarFeed.station_id.is_not_distinct_from(station_id),
        CalendarFeed.room_id.is_not_distinct_from(room_id),
    )
    return {feed.busy_only: feed for feed in session.scalars(query.order_by(CalendarFeed.id))}


def feed_name(session: Session, feed: CalendarFeed) -> str:
    """Whose calendar it is, as its phone shows it."""
    chinese = feed.locale.startswith("zh")
    if feed.mediator_id is not None:
        return session.scalars(select(Account.name).join(Mediator).where(Mediator.id == feed.mediator_id)).one()
    if feed.station_id is not None:
        station = session.get_one(Station, feed.station_id)
        return station.name if chinese else station.name_en or station.name
    room = session.get_one(Room, feed.room_id)
    station = room.station
    if chinese:
        return f"{station.name} {room.name}"
    return f"{station.name_en or station.name}, {room.name_en or room.name}"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A booking that a feed tells, and its text when it was rendered before."""

    booking_id: int
    version: int
    stamp: str | None
    body: str | None


def feed_events(session: Session, feed: CalendarFeed, variant: str, *, now: datetime) -> list[FeedEvent]:
    """What a feed tells: three months back, everything to come, and what was cancelled of late."""
    kept = and_(EventText.booking_id == Booking.id, EventText.variant == variant)
    query = (
        select(Booking.id, Booking.version, EventText.stamp, EventText.body)
        .outerjoin(EventText, kept)
        .where(
            Booking.case_id.is_not(None),
            _of_feed(feed),
            Booking.ends_at > now - FEED_BACK,
            or_(
                Booking.state.in_([*LIVING, BookingState.DONE]),
                and_(Booking.state == BookingState.CANCELLED, Booking.changed_at > now - KEEP_CANCELLED),
            ),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    return [FeedEvent(*found) for found in session.execute(query)]


def _of_feed(feed: CalendarFeed) -> ColumnElement[bool]:
    if feed.mediator_id is not None:
        return Booking.mediator_id == feed.mediator_id
    if feed.room_id is not None:
        return Booking.room_id == feed.room_id
    return Booking.room_id.in_(select(Room.id).where(Room.station_id == feed.station_id))


def booking_rows(session: Session, ids: Collection[int]) -> dict[int, BookingRow]:
    """Booking id -> row, of many."""
    wanted, found = sorted(ids), {}
    for i in range(0, len(wanted), _MOST_KEYS):
        for row in rows(session, Booking.id.in_(wanted[i : i + _MOST_KEYS])):
            found[row.id] = row
    return found


def busy_of(session: Session, mediator_id: int, from_at: datetime, to_at: datetime) -> list[tuple[datetime, datetime]]:
    """When the mediator is taken between two instants: living bookings, reception hours, what another calendar says."""
    query = (
        select(Booking.starts_at, Booking.ends_at)
        .where(
            Booking.mediator_id == mediator_id,
            Booking.case_id.is_not(None),
            Booking.state.in_(LIVING),
            Booking.ends_at > from_at,
            Booking.starts_at < to_at,
        )
        .order_by(Booking.starts_at)
    )
    elsewhere = (
        select(OutsideBusy.starts_at, OutsideBusy.ends_at)
        .join(OutsideCalendar, OutsideCalendar.id == OutsideBusy.calendar_id)
        .where(OutsideCalendar.mediator_id == mediator_id, OutsideBusy.ends_at > from_at, OutsideBusy.starts_at < to_at)
    )
    receiving = reception_times(session, [mediator_id], Window.between(from_at, to_at)).get(mediator_id, ())
    received = [(begin, end) for begin, end in receiving if end > from_at and begin < to_at]
    found = [*session.execute(query), *session.execute(elsewhere), *received]
    return sorted((starts_at, ends_at) for starts_at, ends_at in found)
