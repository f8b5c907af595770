"""A mediator's fixed reception days (接访日): planned as a series, single days moved or called off, the series ended.

The mediator keeps them, or the desk for them. Whoever is booked on a day that changes is told, and the booking is
listed for a decision like every other that lost its hours (`orphans`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import CaseKind
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs import queries as orgs
from mediation.scheduling import policy, queries, search
from mediation.scheduling.events import (
    ReceptionChanged,
    ReceptionDayChanged,
    ReceptionEnded,
    ReceptionPlanned,
)
from mediation.scheduling.models import Booking, Reception, ReceptionChange, ReceptionSlot
from mediation.scheduling.queries import ReceptionDay
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.rules.hours import Span, check_days, check_spans, obstacle, plan
from mediation.scheduling.rules.reception import (
    FARTHEST_MOVE,
    Occurrence,
    Series,
    check,
    occurrence,
    occurrences,
    slots,
)
from mediation.scheduling.rules.terms import FURTHEST_HOURS, HORIZON, NOTICE
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import orphans

SHOWN_DAYS = 3
"""So many reception days are offered to a resident at once."""


@dataclass(frozen=True, slots=True)
class PlanReception:
    mediator_id: int
    station: str
    """Public id."""
    weekday: int
    span: Span
    slot_min: int
    first: date
    last: date | None = None


def plan_reception(session: Session, actor: Actor, command: PlanReception, *, clock: Clock) -> Reception:
    """A mediator receives people on a weekday from now on.

    Emits: ReceptionPlanned. Raises: Missing `mediator_unknown`, `station_unknown`; Denied `not_your_hours`; Invalid as
    `check_days`, `rules.reception.check`, `reception_never`, `reception_off_hours`.
    """
    mediator = policy.hours_for(session, actor, command.mediator_id)
    station = next((row for row in orgs.stations(session) if row.public_id == command.station), None)
    if station is None:
        raise Missing("station_unknown", field="station")
    today = local_date(clock())
    check_days(command.first, command.last, today=today, furthest=FURTHEST_HOURS)
    series = Series(command.weekday, command.span, command.slot_min, command.first, command.last)
    others = session.scalars(select(Reception).where(Reception.mediator_id == mediator.id))
    check(series, [queries.series_of(row) for row in others])
    _check_hours(session, mediator.id, series)
    row = Reception(
        mediator_id=mediator.id,
        station_id=station.id,
        weekday=series.weekday,
        from_minute=series.span.from_minute,
        to_minute=series.span.to_minute,
        slot_min=series.slot_min,
        first_on=series.first,
        last_on=series.last,
        created_at=clock(),
    )
    session.add(row)
    session.flush()
    planned = ReceptionPlanned(mediator_id=mediator.id, reception_id=row.id, first_on=row.first_on, last_on=row.last_on)
    log.append(session, planned, actor=actor, at=clock())
    return row


def _check_hours(session: Session, mediator_id: int, series: Series) -> None:
    """The first day that is held must lie in the mediator's hours: times are offered only within them.

    Raises: Invalid `reception_never`, `reception_off_hours`.
    """
    overrides = orgs.overrides(session)
    last = min(series.last or date.max, series.first + timedelta(weeks=8))
    days = [one for one in occurrences(series, {}, overrides, first=series.first, last=last) if one.takes_place]
    if not days:
        raise Invalid("reception_never", field="first")
    hours = queries.hours(session, ResourceKind.MEDIATOR, [mediator_id])[mediator_id]
    weekly = replace(hours, others=(), breaks=())
    spans = plan(days[0].day, weekly, overrides).spans
    if not any(one.from_minute <= series.span.from_minute and series.span.to_minute <= one.to_minute for one in spans):
        raise Invalid("reception_off_hours", field="hours")


@dataclass(frozen=True, slots=True)
class ChangeReceptionDay:
    """One day is moved, or called off (`to_on` None)."""

    reception: str
    """Public id of the series."""
    on: date
    """The day it was planned for."""
    why: str
    to_on: date | None = None
    span: Span | None = None
    """None: the usual hours."""


def change_reception_day(session: Session, actor: Actor, command: ChangeReceptionDay, *, clock: Clock) -> int:
    """One reception day takes place at another time, or not at all; how many bookings lost their time by it.

    Emits: ReceptionDayChanged, and ReceptionChanged for each booking; BookingOrphaned. Raises: Missing
    `reception_unknown`, `reception_day_unknown`; Denied; Refused `reception_day_over`; Invalid `why_missing`,
    `reception_off_hours`, `moved_too_far`, as `check_days`, `check_spans`.
    """
    row, usual = _day_for(session, actor, command.reception, command.on, clock=clock)
    if not command.why.strip():
        raise Invalid("why_missing", field="why")
    span = command.span or Span(row.from_minute, row.to_minute)
    if command.to_on is not None:
        _check_new_time(session, row, usual, command.to_on, span, now=clock())
    change = session.get(ReceptionChange, (row.id, command.on))
    if change is None:
        change = ReceptionChange(reception_id=row.id, on=command.on, sequence=0)
        session.add(change)
    change.to_on, change.why, change.changed_at = command.to_on, command.why, clock()
    change.from_minute, change.to_minute = span.from_minute, span.to_minute
    change.sequence += 1
    session.flush()
    return _told(session, actor, row, command.on, clock=clock)


def _check_new_time(
    session: Session, row: Reception, usual: Occurrence, to_on: date, span: Span, *, now: datetime
) -> None:
    check_spans([span], field="hours")
    check_days(to_on, None, today=local_date(now), furthest=FURTHEST_HOURS, field="to_on")
    if abs(to_on - usual.on) > FARTHEST_MOVE:
        raise Invalid("moved_too_far", field="to_on", days=FARTHEST_MOVE.days)
    moved = replace(usual, day=to_on, span=span)
    if moved.starts_at <= now:
        raise Invalid("day_over", field="to_on")
    hours = queries.hours(session, ResourceKind.MEDIATOR, [row.mediator_id])[row.mediator_id]
    if obstacle(hours, moved.starts_at, moved.ends_at, orgs.overrides(session)) is not None:
        raise Invalid("reception_off_hours", field="to_on")


def restore_reception_day(session: Session, actor: Actor, reception: str, on: date, *, clock: Clock) -> int:
    """The day is held as planned again; what lost its time by the change stands again. Not changed, nothing more.

    Emits: ReceptionDayChanged, OrphanDecided. Raises: Missing, Denied, Refused `reception_day_over`.
    """
    row, _usual = _day_for(session, actor, reception, on, clock=clock)
    change = session.get(ReceptionChange, (row.id, on))
    if change is None or (change.to_on, change.from_minute, change.to_minute) == (on, row.from_minute, row.to_minute):
        return 0
    # Kept as a change that changes nothing: calendars that heard of the last one need a higher SEQUENCE.
    change.to_on, change.from_minute, change.to_minute = on, row.from_minute, row.to_minute
    change.sequence, change.changed_at, change.why = change.sequence + 1, clock(), ""
    session.flush()
    return _told(session, actor, row, on, clock=clock)


def _day_for(session: Session, actor: Actor, reception: str, on: date, *, clock: Clock) -> tuple[Reception, Occurrence]:
    """The series, and the day as it stands. Raises: Missing, Denied; Refused `reception_day_over`."""
    row = reception_for(session, actor, reception)
    changes = queries.reception_changes(session, [row.id])[row.id]
    day = occurrence(queries.series_of(row), on, changes, orgs.overrides(session))
    if day is None:
        raise Missing("reception_day_unknown")
    if day.takes_place and day.starts_at <= clock():
        raise Refused("reception_day_over")
    return row, day


def reception_for(session: Session, actor: Actor, public_id: str) -> Reception:
    """The series whose mediator's hours the actor keeps. Raises: Missing `reception_unknown`; Denied."""
    query = select(Reception).where(Reception.public_id == public_id).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise Missing("reception_unknown")
    policy.hours_for(session, actor, row.mediator_id)
    return row


def _told(session: Session, actor: Actor, row: Reception, on: date, *, clock: Clock) -> int:
    event = ReceptionDayChanged(mediator_id=row.mediator_id, reception_id=row.id, on=on)
    log.append(session, event, actor=actor, at=clock())
    return _look(session, actor, row, clock=clock)


def _look(session: Session, actor: Actor, row: Reception, *, clock: Clock) -> int:
    """List the bookings that lost their time, and tell the people of each that is new."""
    before = orphans.waiting(session, row.mediator_id)
    n_new = orphans.look(session, actor, mediator_ids=[row.mediator_id], now=clock())
    for booking in orphans.waiting(session, row.mediator_id) - before:
        changed = ReceptionChanged(
            case_id=booking.case_id,
            booking_id=booking.id,
            mediator_id=booking.mediator_id,
            starts_at=booking.starts_at,
        )
        log.append(session, changed, actor=actor, at=clock())
    return n_new


def end_reception(session: Session, actor: Actor, reception: str, first_without: date, *, clock: Clock) -> int:
    """From a day on there is no such reception any more; how many bookings lost their time by it.

    Emits: ReceptionEnded, ReceptionChanged, BookingOrphaned. Raises: Missing, Denied; Invalid `day_over`.
    """
    row = reception_for(session, actor, reception)
    if first_without < local_date(clock()):
        raise Invalid("day_over", field="from_day")
    last = first_without - timedelta(days=1)
    row.last_on = last if row.last_on is None else min(last, row.last_on)
    session.flush()
    ended = ReceptionEnded(mediator_id=row.mediator_id, reception_id=row.id, last_on=row.last_on)
    log.append(session, ended, actor=actor, at=clock())
    return _look(session, actor, row, clock=clock)


@dataclass(frozen=True, slots=True)
class OfferedDay:
    """A reception day with the talks that are free."""

    day: ReceptionDay
    free: tuple[datetime, ...]


def offered_days(session: Session, find: FindTimes, *, now: datetime, notice: timedelta = NOTICE) -> list[OfferedDay]:
    """The next reception days of those who are searched for, with their free talks; full ones are left out."""
    days = queries.reception_days(
        session, first=local_date(now), last=local_date(now + HORIZON), mediator_ids=find.mediator_ids
    )
    found: list[OfferedDay] = []
    for day in days:
        free = _free(session, find, day, earliest=now + notice, now=now) if day.occurrence.takes_place else ()
        if free:
            found.append(OfferedDay(day, free))
        if len(found) == SHOWN_DAYS:
            break
    return found


def _free(
    session: Session, find: FindTimes, day: ReceptionDay, *, earliest: datetime, now: datetime
) -> tuple[datetime, ...]:
    one = day.occurrence
    narrow = replace(narrowed(find, day), from_at=max(one.starts_at, earliest), to_at=one.ends_at)
    offered = {time.starts_at for time in search.free_times(session, narrow, now=now)}
    return tuple(at for at in slots(one, day.slot_min) if at in offered)


def narrowed(find: FindTimes, day: ReceptionDay) -> FindTimes:
    """The search of a wish, for a talk of this reception day only."""
    return replace(
        find,
        mediator_ids=(day.mediator_id,),
        room_ids=tuple(room.id for room in day.station.rooms),
        minutes=day.slot_min,
        prepare_min=0,
        buffer_min=0,
        grid_min=5,
        limit=None,
        in_reception=True,
    )


def check_kind(kind: CaseKind) -> None:
    """Receptions are for visits; a mediation has its own length and both sides. Raises: Refused `reception_gone`."""
    if kind is not CaseKind.VIDEO_VISIT:
        raise Refused("reception_gone", field="slot")


def talk_of(session: Session, find: FindTimes, reception: str, starts_at: datetime) -> ReceptionDay:
    """The reception day to which a talk belongs. Raises: Refused `reception_gone`."""
    day = local_date(starts_at)
    for one in queries.reception_days(session, first=day, last=day, mediator_ids=find.mediator_ids):
        if one.reception == reception and starts_at in slots(one.occurrence, one.slot_min):
            return one
    raise Refused("reception_gone", field="slot")


def belongs(session: Session, booking: Booking, day: ReceptionDay | None) -> None:
    """Keep for which reception day the booking is; None: for none."""
    session.execute(delete(ReceptionSlot).where(ReceptionSlot.booking_id == booking.id))
    if day is not None:
        session.add(ReceptionSlot(booking_id=booking.id, reception_id=day.reception_id, on=day.occurrence.on))
    session.flush()


def reception_left(session: Session, booking_id: int) -> None:
    """A booking moved or has another mediator: when it lies outside its reception day it belongs to none any more."""
    booking = session.get_one(Booking, booking_id)
    slot = session.get(ReceptionSlot, booking_id)
    if slot is None:
        return
    mediator_id = session.scalar(select(Reception.mediator_id).where(Reception.id == slot.reception_id))
    if mediator_id != booking.mediator_id or booking_id in queries.called_off(session, [booking]):
        session.delete(slot)
        session.flush()
