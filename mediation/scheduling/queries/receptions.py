"""Reception days: the series, their changes, the days that come."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mediation.orgs import queries as orgs
from mediation.orgs.queries import StationRow
from mediation.people import queries as people
from mediation.scheduling.models import Booking, Reception, ReceptionChange, ReceptionSlot
from mediation.scheduling.queries.bookings import LIVING
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.hours import Span, days_of
from mediation.scheduling.rules.reception import FARTHEST_MOVE, Change, Occurrence, Series, occurrence, occurrences


def series_of(row: Reception) -> Series:
    return Series(row.weekday, Span(row.from_minute, row.to_minute), row.slot_min, row.first_on, row.last_on)


def reception_changes(session: Session, reception_ids: Collection[int]) -> dict[int, dict[date, Change]]:
    """Reception -> planned day -> what became of it."""
    found: dict[int, dict[date, Change]] = {one: {} for one in reception_ids}
    query = select(ReceptionChange).where(ReceptionChange.reception_id.in_(reception_ids))
    for row in session.scalars(query):
        span = Span(row.from_minute, row.to_minute)
        found[row.reception_id][row.on] = Change(row.to_on, span, row.why, row.sequence)
    return found


@dataclass(frozen=True, slots=True)
class ReceptionDay:
    """One reception day with whose and where it is."""

    reception_id: int
    reception: str
    """Public id of the series."""
    mediator_id: int
    mediator: str
    body: str
    body_en: str
    station: StationRow
    slot_min: int
    occurrence: Occurrence
    changed_at: datetime
    """Of this day, else of the series."""

    def body_label(self, locale: str) -> str:
        return self.body if locale.startswith("zh") else self.body_en or self.body


def reception_days(
    session: Session,
    *,
    first: date,
    last: date,
    mediator_ids: Collection[int] | None = None,
    station_id: int | None = None,
) -> list[ReceptionDay]:
    """The reception days from `first` to `last` (both with) of these mediators or at this station, in order of time.

    Those that were called off are in it.
    """
    query = select(Reception).where(Reception.first_on <= last + FARTHEST_MOVE)
    if mediator_ids is not None:
        query = query.where(Reception.mediator_id.in_(mediator_ids))
    if station_id is not None:
        query = query.where(Reception.station_id == station_id)
    rows = session.scalars(query.order_by(Reception.id)).all()
    if not rows:
        return []
    changes, overrides = reception_changes(session, [row.id for row in rows]), orgs.overrides(session)
    marks = select(ReceptionChange.reception_id, ReceptionChange.on, ReceptionChange.changed_at)
    changed = {(reception_id, on): at for reception_id, on, at in session.execute(marks)}
    stations = {station.id: station for station in orgs.stations(session)}
    mediators = {one: people.mediator(session, one) for one in {row.mediator_id for row in rows}}
    found = [
        ReceptionDay(
            reception_id=row.id,
            reception=row.public_id,
            mediator_id=row.mediator_id,
            mediator=mediators[row.mediator_id].name,
            body=mediators[row.mediator_id].org_name,
            body_en=mediators[row.mediator_id].org_name_en,
            station=stations[row.station_id],
            slot_min=row.slot_min,
            occurrence=one,
            changed_at=changed.get((row.id, one.on), row.created_at),
        )
        for row in rows
        for one in occurrences(series_of(row), changes[row.id], overrides, first=first, last=last)
    ]
    return sorted(found, key=lambda day: (day.occurrence.starts_at, day.reception_id))


@dataclass(frozen=True, slots=True)
class ReceptionRow:
    """A series that is kept, with its next days."""

    public_id: str
    series: Series
    station: StationRow
    days: tuple[ReceptionDay, ...]


def receptions_of(session: Session, mediator_id: int, today: date, *, days: int) -> list[ReceptionRow]:
    """The mediator's series that are not over, each with its reception days of the next `days` days."""
    query = select(Reception).where(
        Reception.mediator_id == mediator_id, or_(Reception.last_on.is_(None), Reception.last_on >= today)
    )
    rows = session.scalars(query.order_by(Reception.weekday, Reception.from_minute)).all()
    stations = {station.id: station for station in orgs.stations(session)} if rows else {}
    coming = reception_days(session, first=today, last=today + timedelta(days=days), mediator_ids=[mediator_id])
    return [
        ReceptionRow(
            row.public_id,
            series_of(row),
            stations[row.station_id],
            tuple(day for day in coming if day.reception_id == row.id),
        )
        for row in rows
    ]


def reception_times(
    session: Session, mediator_ids: Collection[int], window: Window
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Mediator -> times of the window's days that are kept for receiving people; only of those who have any."""
    days = days_of(window)
    if not days or not mediator_ids:
        return {}
    wanted = set(mediator_ids)
    rows = [
        row
        for row in session.scalars(select(Reception).where(Reception.first_on <= days[-1] + FARTHEST_MOVE))
        if row.mediator_id in wanted
    ]
    if not rows:
        return {}
    changes, overrides = reception_changes(session, [row.id for row in rows]), orgs.overrides(session)
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for row in rows:
        for one in occurrences(series_of(row), changes[row.id], overrides, first=days[0], last=days[-1]):
            if one.takes_place:
                found.setdefault(row.mediator_id, []).append((one.starts_at, one.ends_at))
    return found


def reception_bits(session: Session, mediator_id: int, window: Window) -> int:
    """Bits of the window that a mediator keeps for receiving people."""
    bits = 0
    for begin, end in reception_times(session, [mediator_id], window).get(mediator_id, ()):
        bits |= window.period(begin, end)
    return bits


def called_off(session: Session, bookings: Iterable[Booking]) -> dict[int, Occurrence | None]:
    """Booking -> the reception day it was made for, when that one does not cover it any more; None: there is none."""
    by_id = {one.id: one for one in bookings}
    query = (
        select(ReceptionSlot.booking_id, ReceptionSlot.on, Reception)
        .join(Reception, Reception.id == ReceptionSlot.reception_id)
        .where(ReceptionSlot.booking_id.in_(by_id))
    )
    rows = session.execute(query).all()
    if not rows:
        return {}
    changes, overrides = reception_changes(session, {row.id for _id, _on, row in rows}), orgs.overrides(session)
    days = {booking_id: occurrence(series_of(row), on, changes[row.id], overrides) for booking_id, on, row in rows}
    return {booking_id: day for booking_id, day in days.items() if not _covers(day, by_id[booking_id])}


def _covers(day: Occurrence | None, booking: Booking) -> bool:
    return day is not None and day.covers(booking.starts_at, booking.ends_at)


def booked_for(session: Session, days: Iterable[ReceptionDay]) -> Mapping[tuple[int, date], int]:
    """Series and planned day -> how many living bookings it has."""
    ids = {day.reception_id for day in days}
    query = (
        select(ReceptionSlot.reception_id, ReceptionSlot.on)
        .join(Booking, Booking.id == ReceptionSlot.booking_id)
        .where(ReceptionSlot.reception_id.in_(ids), Booking.state.in_(LIVING))
    )
    found: dict[tuple[int, date], int] = {}
    for reception_id, on in session.execute(query):
        found[reception_id, on] = found.get((reception_id, on), 0) + 1
    return found
