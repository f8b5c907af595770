"""What happens to bookings and availability. Ids, codes and instants only."""

from dataclasses import dataclass
from datetime import date, datetime

from mediation.kernel.events import Event
from mediation.scheduling.rules.codes import Arrival, BlockReason, CancelReason, ChoiceReason, OrphanState


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingMade(Event):
    booking_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime
    chosen_because: ChoiceReason


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOverridden(Event):
    """Staff booked it beside another session of the mediator or the room; `why` in their words."""

    booking_id: int
    mediator_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomUnitsChanged(Event):
    """How many sessions the room takes side by side."""

    room_id: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingMoved(Event):
    """Another time, room or mediator; the rest stays."""

    booking_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime
    from_mediator_id: int
    from_starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingCancelled(Event):
    booking_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime
    reason: CancelReason


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingAccepted(Event):
    booking_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDeclined(Event):
    """The desk finds somebody else; a BookingCancelled of the same booking follows in the same transaction."""

    booking_id: int
    mediator_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityChanged(Event):
    mediator_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapsChanged(Event):
    """How many sessions the mediator takes in a day and a week; None: no limit."""

    mediator_id: int
    daily: int | None
    weekly: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTaken(Event):
    mediator_id: int
    leave_id: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveEnded(Event):
    """Taken back: those days go by the week again."""

    mediator_id: int
    leave_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureAnnounced(Event):
    """A place, or one station or room in it, is closed for some days."""

    org_id: int
    closure_id: int
    first_on: date
    last_on: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureEnded(Event):
    org_id: int
    closure_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingOrphaned(Event):
    """Its time no longer lies in working hours; the desk decides."""

    booking_id: int
    mediator_id: int
    starts_at: datetime
    reason: BlockReason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanDecided(Event):
    """The booking is kept, was moved or cancelled, or stands again because the change was taken back."""

    booking_id: int
    mediator_id: int
    decision: OrphanState
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCalendarAdded(Event):
    mediator_id: int
    calendar_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideCalendarRemoved(Event):
    mediator_id: int
    calendar_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedIssued(Event):
    """Of a mediator, a station or a room."""

    feed_id: int
    mediator_id: int | None = None
    station_id: int | None = None
    room_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRevoked(Event):
    """Of a mediator, a station or a room."""

    feed_id: int
    mediator_id: int | None = None
    station_id: int | None = None
    room_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTimeWanted(Event):
    booking_id: int
    party_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTimeOffered(Event):
    """A time that became free is kept for the party who asked first; `booking_id` is the one that would move."""

    booking_id: int
    party_id: int
    offer: int
    offered_at: datetime
    offered_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTimeLetGo(Event):
    """Declined, or not answered in time."""

    booking_id: int
    party_id: int
    offered_at: datetime
    declined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalMarked(Event):
    """Staff saw somebody come, or not come."""

    booking_id: int
    party_id: int
    arrival: Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionPlanned(Event):
    """A mediator receives people on a weekday from a day on."""

    mediator_id: int
    reception_id: int
    first_on: date
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionDayChanged(Event):
    """One day of the series, by the day it was planned for: moved, called off, or as planned again."""

    mediator_id: int
    reception_id: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionEnded(Event):
    mediator_id: int
    reception_id: int
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionChanged(Event):
    """The reception day that a booking was made for is held at another time or not at all: its people are told."""

    booking_id: int
    mediator_id: int
    starts_at: datetime
