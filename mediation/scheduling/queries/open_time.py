"""When a mediator is at work and a room is open: the one door to working time, for search and for every page."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.orgs import queries as orgs
from mediation.orgs.models import Org, Room, Station
from mediation.people.models import Mediator
from mediation.scheduling.models import DateException, Leave, WeeklyHours
from mediation.scheduling.queries.open_many import Closed, closures, working_times
from mediation.scheduling.queries.outside import outside_bits
from mediation.scheduling.queries.receptions import reception_bits
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason, ResourceKind
from mediation.scheduling.rules.hours import (
    DAY_MINUTES,
    Break,
    Hours,
    OtherHours,
    Span,
    Weekly,
    days_of,
    instant_of,
    plan,
    span_bits,
)

_NEVER: Final = Hours()


def open_time(
    session: Session,
    kind: ResourceKind,
    subject_ids: Collection[int],
    window: Window,
    *,
    in_reception: bool = False,
) -> dict[int, int]:
    """Subject id -> bits of the window in which it is at work or open; people are always there.

    `in_reception`: with a mediator's reception hours, in which else nothing is booked.
    """
    if kind is ResourceKind.PARTY:
        return dict.fromkeys(subject_ids, window.all)
    found = working_times(session, {kind: subject_ids}, window, in_reception=in_reception)
    return found[kind].bits(subject_ids, window)


def closed_time(session: Session, kind: ResourceKind, subject_id: int, window: Window) -> dict[BlockReason, int]:
    """Reason -> bits of the window that are closed for it; together with `open_time` the whole window."""
    closed: dict[BlockReason, int] = {}
    found, overrides = hours(session, kind, [subject_id])[subject_id], orgs.overrides(session)
    for day in days_of(window):
        whole = window.period(instant_of(day, 0), instant_of(day, DAY_MINUTES))
        planned = plan(day, found, overrides)
        reason = planned.closed or BlockReason.OFF_HOURS
        closed[reason] = closed.get(reason, 0) | whole & ~span_bits(window, day, planned.spans)
    if kind is ResourceKind.MEDIATOR:
        shut = 0
        for bits in closed.values():
            shut |= bits
        outside = outside_bits(session, subject_id, window) & ~shut
        receiving = reception_bits(session, subject_id, window) & ~shut & ~outside
        closed |= {BlockReason.OTHER_CALENDAR: outside, BlockReason.RECEPTION: receiving}
    return {reason: bits for reason, bits in closed.items() if bits}


def hours(session: Session, kind: ResourceKind, subject_ids: Collection[int]) -> dict[int, Hours]:
    """Mediator or room -> all that decides when it is open, each that was asked for; what is not there never is."""
    load = _rooms if kind is ResourceKind.ROOM else _mediators
    return dict.fromkeys(subject_ids, _NEVER) | load(session, subject_ids, closures(session))


def _mediators(session: Session, ids: Collection[int], closed: list[Closed]) -> dict[int, Hours]:
    weekly: dict[int, list[Weekly]] = {one: [] for one in ids}
    others: dict[int, list[OtherHours]] = {one: [] for one in ids}
    breaks: dict[int, list[Break]] = {one: [] for one in ids}
    if not ids:
        return {}
    for row in session.scalars(select(WeeklyHours).where(WeeklyHours.mediator_id.in_(ids))):
        weekly[row.mediator_id].append(hours_row(row))
    for day in session.scalars(select(DateException).where(DateException.mediator_id.in_(ids))):
        others[day.mediator_id].append(OtherHours(day.on, day.from_minute, day.to_minute))
    for leave in session.scalars(select(Leave).where(Leave.mediator_id.in_(ids))):
        breaks[leave.mediator_id].append(Break(leave.first_on, leave.last_on, BlockReason.LEAVE))
    general = [one for one in closed if one.is_general]
    if general:
        paths = select(Mediator.id, Org.path).join(Org, Org.id == Mediator.org_id).where(Mediator.id.in_(ids))
        for one, path in session.execute(paths):
            breaks[one] += [each.pause for each in general if path.startswith(each.path)]
    return {one: Hours(tuple(weekly[one]), tuple(others[one]), None, tuple(breaks[one])) for one in ids}


def hours_row(row: WeeklyHours) -> Weekly:
    return Weekly(row.weekday, row.from_minute, row.to_minute, row.effective_from, row.effective_to)


def _rooms(session: Session, ids: Collection[int], closed: list[Closed]) -> dict[int, Hours]:
    if not ids:
        return {}
    query = (
        select(Room, Org.path)
        .join(Station, Station.id == Room.station_id)
        .join(Org, Org.id == Station.org_id)
        .where(Room.id.in_(ids))
    )
    return {
        room.id: Hours(
            daily=Span(room.open_minute, room.close_minute),
            breaks=tuple(one.pause for one in closed if one.closes(room.id, room.station_id, path)),
        )
        for room, path in session.execute(query)
    }
