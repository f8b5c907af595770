"""When a mediator is at work and a room is open: the one door to working time, for search and for every page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.orgs import queries as orgs
from mediation.orgs.models import Org, Room, Station
from mediation.people.models import Mediator
from mediation.scheduling.models import Closure, DateException, Leave, WeeklyHours
from mediation.scheduling.queries.open_many import weekly_time
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
    open_bits,
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
    overrides = orgs.overrides(session)
    if kind is ResourceKind.ROOM:
        found, usual = hours(session, kind, subject_ids), dict[int, int]()
    else:
        found = hours(session, kind, _with_days_of_their_own(session, subject_ids, window))
        usual = weekly_time(session, [one for one in subject_ids if one not in found], window, overrides)
    alike = {each: open_bits(each, window, overrides) for each in set(found.values())}
    opened = usual | {one: alike[each] for one, each in found.items()}
    if kind is ResourceKind.MEDIATOR:
        for one, busy in outside_bits(session, subject_ids, window).items():
            opened[one] &= ~busy
        for one, kept in reception_bits(session, () if in_reception else subject_ids, window).items():
            opened[one] &= ~kept
    return opened


def _with_days_of_their_own(session: Session, ids: Collection[int], window: Window) -> set[int]:
    """The mediators whose weeks alone do not say when they work in this window: leave, single days, a closed house."""
    days = days_of(window)
    if not days or not ids:
        return set()
    leaves = select(Leave.mediator_id).where(Leave.first_on <= days[-1], Leave.last_on >= days[0])
    others = select(DateException.mediator_id).where(DateException.on >= days[0], DateException.on <= days[-1])
    found = {*session.scalars(leaves), *session.scalars(others)} & set(ids)
    closed = any(
        one.pause.first <= days[-1] and one.pause.last >= days[0]
        for one in _closures(session)
        if one.pause.reason is BlockReason.CLOSURE
    )
    return set(ids) if closed else found


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
        outside = outside_bits(session, [subject_id], window).get(subject_id, 0) & ~shut
        receiving = reception_bits(session, [subject_id], window).get(subject_id, 0) & ~shut & ~outside
        closed |= {BlockReason.OTHER_CALENDAR: outside, BlockReason.RECEPTION: receiving}
    return {reason: bits for reason, bits in closed.items() if bits}


def hours(session: Session, kind: ResourceKind, subject_ids: Collection[int]) -> dict[int, Hours]:
    """Mediator or room -> all that decides when it is open, each that was asked for; what is not there never is."""
    load = _rooms if kind is ResourceKind.ROOM else _mediators
    return dict.fromkeys(subject_ids, _NEVER) | load(session, subject_ids, _closures(session))


@dataclass(frozen=True, slots=True)
class _Closed:
    """A closure: of a place and all below it, or of one station or room."""

    path: str
    station_id: int | None
    room_id: int | None
    pause: Break


def _closures(session: Session) -> list[_Closed]:
    query = select(Closure, Org.path).join(Org, Org.id == Closure.org_id)
    found = []
    for row, path in session.execute(query):
        reason = BlockReason.CLOSURE if row.is_general else BlockReason.ROOM_CLOSED
        found.append(_Closed(path, row.station_id, row.room_id, Break(row.first_on, row.last_on, reason, row.why)))
    return found


def _mediators(session: Session, ids: Collection[int], closures: list[_Closed]) -> dict[int, Hours]:
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
    general = [one for one in closures if one.pause.reason is BlockReason.CLOSURE]
    if general:
        paths = select(Mediator.id, Org.path).join(Org, Org.id == Mediator.org_id).where(Mediator.id.in_(ids))
        for one, path in session.execute(paths):
            breaks[one] += [closed.pause for closed in general if path.startswith(closed.path)]
    return {one: Hours(tuple(weekly[one]), tuple(others[one]), None, tuple(breaks[one])) for one in ids}


def hours_row(row: WeeklyHours) -> Weekly:
    return Weekly(row.weekday, row.from_minute, row.to_minute, row.effective_from, row.effective_to)


def _rooms(session: Session, ids: Collection[int], closures: list[_Closed]) -> dict[int, Hours]:
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
            breaks=tuple(one.pause for one in closures if _closes(one, room, path)),
        )
        for room, path in session.execute(query)
    }


def _closes(closed: _Closed, room: Room, path: str) -> bool:
    if closed.room_id is not None:
        return closed.room_id == room.id
    if closed.station_id is not None:
        return closed.station_id == room.station_id
    return path.startswith(closed.path)
