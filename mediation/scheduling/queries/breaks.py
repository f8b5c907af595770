"""Leaves, closures, planned weeks, and the bookings that they left outside working hours."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mediation.disputes import policy as cases
from mediation.disputes.models import Case
from mediation.kernel.actor import Actor
from mediation.orgs import queries as orgs
from mediation.orgs.models import Org, Room, Station
from mediation.scheduling import policy
from mediation.scheduling.models import Booking, Closure, Leave, Orphan, WeeklyHours
from mediation.scheduling.queries.bookings import BookingRow, rows
from mediation.scheduling.rules.codes import BlockReason, OrphanState
from mediation.scheduling.rules.hours import Span

SHOW_DECIDED: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LeaveRow:
    public_id: str
    first: date
    last: date
    why: str


def leaves(session: Session, mediator_id: int, today: date) -> list[LeaveRow]:
    """What is not over yet, in order."""
    query = select(Leave).where(Leave.mediator_id == mediator_id, Leave.last_on >= today).order_by(Leave.first_on)
    return [LeaveRow(row.public_id, row.first_on, row.last_on, row.why) for row in session.scalars(query)]


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """A week that has not begun; `days`: the hours of each weekday that has any."""

    first: date
    last: date | None
    days: tuple[tuple[int, tuple[Span, ...]], ...]


def coming_weeks(session: Session, mediator_id: int, today: date) -> list[PlannedWeek]:
    query = (
        select(WeeklyHours)
        .where(WeeklyHours.mediator_id == mediator_id, WeeklyHours.effective_from > today)
        .order_by(WeeklyHours.effective_from, WeeklyHours.weekday, WeeklyHours.from_minute)
    )
    found: dict[tuple[date, date | None], dict[int, tuple[Span, ...]]] = {}
    for row in session.scalars(query):
        days = found.setdefault((row.effective_from, row.effective_to), {})
        days[row.weekday] = (*days.get(row.weekday, ()), Span(row.from_minute, row.to_minute))
    return [PlannedWeek(first, last, tuple(days.items())) for (first, last), days in found.items()]


@dataclass(frozen=True, slots=True)
class Closable:
    """A place, station or room that somebody may close."""

    public_id: str
    name: str
    name_en: str
    depth: int = 0

    def label(self, locale: str) -> str:
        shown = self.name if locale.startswith("zh") else self.name_en or self.name
        return "\u2003" * self.depth + shown


def closable(session: Session, actor: Actor) -> list[Closable]:
    """What the actor may close: places and bodies, below each place its stations and their rooms."""
    found: list[Closable] = []
    stations = orgs.stations(session)
    for place in orgs.tree(session):
        if policy.may_open_and_close(actor, place.path):
            found.append(Closable(place.public_id, place.name, place.name_en))
            for station in (row for row in stations if row.org_id == place.id):
                found.append(Closable(station.public_id, station.name, station.name_en, 1))
                found += [Closable(room.public_id, room.name, room.name_en, 2) for room in station.rooms]
    return found


@dataclass(frozen=True, slots=True)
class ClosureRow:
    public_id: str
    name: str
    name_en: str
    first: date
    last: date
    why: str
    mine: bool
    """The reader may take it back."""

    def label(self, locale: str) -> str:
        return self.name if locale.startswith("zh") else self.name_en or self.name


def closures(session: Session, actor: Actor, today: date) -> list[ClosureRow]:
    """The closures that are not over yet, in order."""
    query = (
        select(Closure, Org, Station, Room)
        .join(Org, Org.id == Closure.org_id)
        .join(Station, Station.id == Closure.station_id, isouter=True)
        .join(Room, Room.id == Closure.room_id, isouter=True)
        .where(Closure.last_on >= today)
        .order_by(Closure.first_on, Closure.id)
    )
    return [_closure(actor, *found) for found in session.execute(query)]


def _closure(actor: Actor, row: Closure, org: Org, station: Station | None, room: Room | None) -> ClosureRow:
    named: list[Org | Station | Room] = [one for one in (station, room) if one is not None] or [org]
    return ClosureRow(
        public_id=row.public_id,
        name=" ".join(one.name for one in named),
        name_en=" ".join(one.name_en or one.name for one in named),
        first=row.first_on,
        last=row.last_on,
        why=row.why,
        mine=policy.may_open_and_close(actor, org.path),
    )


@dataclass(frozen=True, slots=True)
class OrphanRow:
    booking: BookingRow
    starts_at: datetime
    """Where the booking stood when it was found."""
    reason: BlockReason
    note: str
    state: OrphanState
    why: str


def orphans(session: Session, actor: Actor, *, now: datetime, limit: int = 200) -> list[OrphanRow]:
    """Of the cases in reach: what is to be decided and still to come, and what was decided of late."""
    query = (
        select(Orphan)
        .join(Booking, Booking.id == Orphan.booking_id)
        .join(Case, Case.id == Booking.case_id)
        .where(
            cases.visible_cases(actor),
            or_(
                (Orphan.state == OrphanState.OPEN) & (Booking.starts_at > now),
                Orphan.decided_at > now - SHOW_DECIDED,
            ),
        )
        .order_by(Orphan.starts_at, Orphan.id)
        .limit(limit)
    )
    found = list(session.scalars(query))
    bookings = {row.id: row for row in rows(session, Booking.id.in_([one.booking_id for one in found]))}
    return [
        OrphanRow(
            booking=bookings[one.booking_id],
            starts_at=one.starts_at,
            reason=one.reason,
            note=one.note,
            state=one.state,
            why=one.why,
        )
        for one in found
    ]


def open_orphans(session: Session, actor: Actor, *, now: datetime) -> list[OrphanRow]:
    """What the desk has to decide."""
    return [row for row in orphans(session, actor, now=now) if row.state is OrphanState.OPEN]


def why_orphaned(session: Session, booking_id: int) -> tuple[BlockReason, str] | None:
    """Why a booking lost its hours, and which holiday or closure it was; None when nothing stands against it.

    Before it is settled: whoever is told that it moves or is cancelled is told this too.
    """
    query = select(Orphan.reason, Orphan.note).where(Orphan.booking_id == booking_id, Orphan.ended_at.is_(None))
    found = session.execute(query.order_by(Orphan.id.desc()).limit(1)).one_or_none()
    return None if found is None else (found.reason, found.note)
