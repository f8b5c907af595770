"""Several columns of time: rooms of a station, mediators of a body. Who may see the case sees whose time it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes.models import Case
from mediation.kernel.actor import Actor
from mediation.orgs import queries as orgs
from mediation.scheduling.models import Booking
from mediation.scheduling.queries.bookings import LIVING, rows
from mediation.scheduling.queries.diary import CalendarRow, with_parties
from mediation.scheduling.queries.open_time import hours
from mediation.scheduling.queries.outside import outside_bits
from mediation.scheduling.rules.bits import Window, lasting, stretches
from mediation.scheduling.rules.codes import BlockReason, BookingState, ResourceKind
from mediation.scheduling.rules.hours import DayPlan, Hours, days_between, plan


@dataclass(frozen=True, slots=True)
class Busy:
    """Time of a room or a mediator that is not free, and no more than that."""

    subject_id: int
    starts_at: datetime
    ends_at: datetime
    reason: BlockReason


@dataclass(frozen=True, slots=True)
class Columns:
    """Bookings with their people for those who may see the case; of all else only that the time is taken."""

    rows: tuple[CalendarRow, ...]
    busy: tuple[Busy, ...]


def columns(
    session: Session,
    actor: Actor,
    kind: ResourceKind,
    ids: Collection[int],
    *,
    from_at: datetime,
    to_at: datetime,
    now: datetime,
) -> Columns:
    """What the rooms or mediators have between two instants."""
    subject = Booking.room_id if kind is ResourceKind.ROOM else Booking.mediator_id
    here = and_(subject.in_(ids), Booking.starts_at < to_at, Booking.ends_at > from_at)
    seen = rows(session, here, Booking.state.in_(LIVING), cases.visible_cases(actor))
    held = and_(Booking.state == BookingState.HELD, Booking.hold_expires_at >= now)
    known = {row.id for row in seen}
    taken = select(subject, Booking.starts_at, Booking.ends_at, Booking.state, Booking.id).where(
        here, or_(Booking.state.in_(LIVING), held)
    )
    busy = [
        Busy(subject_id, starts_at, ends_at, BlockReason.HELD if state is BookingState.HELD else BlockReason.BOOKED)
        for subject_id, starts_at, ends_at, state, booking_id in session.execute(taken)
        if booking_id not in known and subject_id is not None
    ]
    if kind is ResourceKind.MEDIATOR:
        busy += elsewhere(session, ids, from_at, to_at)
    return Columns(
        tuple(with_parties(session, seen)), tuple(sorted(busy, key=lambda one: (one.starts_at, one.subject_id)))
    )


def elsewhere(session: Session, mediator_ids: Collection[int], from_at: datetime, to_at: datetime) -> list[Busy]:
    """The times that mediators have in their other calendars."""
    window = Window.between(from_at, to_at)
    return [
        Busy(one, window.at(first), window.at(first) + lasting(n), BlockReason.OTHER_CALENDAR)
        for one in mediator_ids
        for first, n in stretches(outside_bits(session, one, window))
    ]


def plans(
    session: Session, kind: ResourceKind, ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, DayPlan]]:
    """Mediator or room -> what is worked on each day, and why not; a public holiday by its name."""
    overrides, found = orgs.overrides(session), hours(session, kind, ids)
    names = {day.on: day.label for year in {first.year, last.year} for day in orgs.special_days(session, year)}

    def named(day: date, of: Hours) -> DayPlan:
        planned = plan(day, of, overrides)
        return replace(planned, note=names.get(day, "")) if planned.closed is BlockReason.HOLIDAY else planned

    return {one: {day: named(day, found[one]) for day in days_between(first, last)} for one in ids}


def movable(session: Session, actor: Actor, booking_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Ids of those among the bookings that the actor may move now."""
    may: ColumnElement[bool] = cases.visible_cases(actor, Permission.BOOK_HEARING)
    query = (
        select(Booking.id)
        .join(Case, Case.id == Booking.case_id)
        .where(Booking.id.in_(booking_ids), Booking.state.in_(LIVING), Booking.starts_at > now, may)
    )
    return frozenset(session.scalars(query))
