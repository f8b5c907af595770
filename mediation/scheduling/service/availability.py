"""The hours of a mediator: the week from a day on, and single days. The mediator keeps them, or the desk for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.scheduling import caps, claims, policy
from mediation.scheduling.events import AvailabilityChanged, CapsChanged
from mediation.scheduling.models import DateException, WeeklyHours
from mediation.scheduling.queries import hours_row
from mediation.scheduling.rules.caps import Caps, check_caps
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.rules.hours import Span, check_days, check_spans, replan
from mediation.scheduling.rules.terms import FURTHEST_HOURS
from mediation.scheduling.service import orphans


@dataclass(frozen=True, slots=True)
class SetWeeklyHours:
    """The hours of each weekday (0 is Monday) for some time; a day that is not named is free."""

    mediator_id: int
    days: Mapping[int, tuple[Span, ...]]
    first: date | None = None
    """None: from today on."""
    last: date | None = None
    """None: until further notice. Else the week of before goes on after it."""


def set_weekly_hours(session: Session, actor: Actor, command: SetWeeklyHours, *, clock: Clock) -> int:
    """New times are offered by the new hours; how many bookings no longer lie in them.

    Emits: AvailabilityChanged, BookingOrphaned. Raises: Denied `not_your_hours`; Invalid as `check_spans` (field
    `day_0`…), `check_days`, `replan`.
    """
    policy.hours_for(session, actor, command.mediator_id)
    for weekday, spans in command.days.items():
        check_spans(spans, field=f"day_{weekday}")
    today = local_date(clock())
    first = command.first or today
    check_days(first, command.last, today=today, furthest=FURTHEST_HOURS)
    _make_room(session, command.mediator_id, first, command.last)
    session.add_all(
        WeeklyHours(
            mediator_id=command.mediator_id,
            weekday=weekday,
            from_minute=span.from_minute,
            to_minute=span.to_minute,
            effective_from=first,
            effective_to=command.last,
        )
        for weekday, spans in sorted(command.days.items())
        for span in spans
    )
    session.flush()
    return _changed(session, actor, command.mediator_id, clock)


def _make_room(session: Session, mediator_id: int, first: date, last: date | None) -> None:
    """Raises: Invalid `weeks_overlap`, nothing changed."""
    rows = {hours_row(row): row for row in _weeks(session, mediator_id)}
    found = replan(rows, first, last)
    for known, end in found.ends:
        rows[known].effective_to = end
    for known in found.goes:
        session.delete(rows[known])
    session.add_all(
        WeeklyHours(
            mediator_id=mediator_id,
            weekday=again.weekday,
            from_minute=again.from_minute,
            to_minute=again.to_minute,
            effective_from=again.effective_from,
            effective_to=again.effective_to,
        )
        for again in found.resumes
    )
    session.flush()


def _weeks(session: Session, mediator_id: int) -> list[WeeklyHours]:
    return list(session.scalars(select(WeeklyHours).where(WeeklyHours.mediator_id == mediator_id)))


def drop_week(session: Session, actor: Actor, mediator_id: int, first: date, *, clock: Clock) -> int:
    """A week that is planned but has not begun is taken out; the one before it goes on in its place.

    Emits: AvailabilityChanged, BookingOrphaned. Raises: Denied `not_your_hours`.
    """
    policy.hours_for(session, actor, mediator_id)
    rows = _weeks(session, mediator_id)
    gone = [row for row in rows if row.effective_from == first and first > local_date(clock())]
    if gone:
        ends = {row.effective_to for row in gone}
        before = max((row.effective_to for row in rows if row.effective_to and row.effective_to < first), default=None)
        for row in rows:
            if before is not None and row.effective_to == before:
                row.effective_to = None if None in ends else max(end for end in ends if end)
        for row in gone:
            session.delete(row)
        session.flush()
    return _changed(session, actor, mediator_id, clock)


@dataclass(frozen=True, slots=True)
class SetDay:
    """One day's own hours; no span: not at work that day."""

    mediator_id: int
    on: date
    spans: tuple[Span, ...] = ()
    reason: str = ""


def set_day(session: Session, actor: Actor, command: SetDay, *, clock: Clock) -> int:
    """How many bookings no longer lie in working hours.

    Emits: AvailabilityChanged, BookingOrphaned. Raises: Denied; Invalid `day_over`, `day_too_far`, as `check_spans`.
    """
    policy.hours_for(session, actor, command.mediator_id)
    check_spans(command.spans, field="hours")
    check_days(command.on, None, today=local_date(clock()), furthest=FURTHEST_HOURS, field="on")
    _forget_day(session, command.mediator_id, command.on)
    session.add_all(
        DateException(
            mediator_id=command.mediator_id,
            on=command.on,
            from_minute=span.from_minute,
            to_minute=span.to_minute,
            reason=command.reason,
        )
        for span in command.spans or (Span(0, 0),)
    )
    session.flush()
    return _changed(session, actor, command.mediator_id, clock)


def clear_day(session: Session, actor: Actor, mediator_id: int, on: date, *, clock: Clock) -> int:
    """The day goes by the week again. Emits and Raises: as `set_day`."""
    policy.hours_for(session, actor, mediator_id)
    _forget_day(session, mediator_id, on)
    return _changed(session, actor, mediator_id, clock)


def _forget_day(session: Session, mediator_id: int, on: date) -> None:
    session.execute(delete(DateException).where(DateException.mediator_id == mediator_id, DateException.on == on))


@dataclass(frozen=True, slots=True)
class SetCaps:
    """How many sessions a mediator takes."""

    mediator_id: int
    caps: Caps


def set_caps(session: Session, actor: Actor, command: SetCaps, *, clock: Clock) -> None:
    """New times are offered within the caps; what is booked already stays.

    Emits: CapsChanged. Raises: Missing `mediator_unknown`; Denied `not_your_hours`; Invalid as `check_caps`.
    """
    policy.hours_for(session, actor, command.mediator_id)
    check_caps(command.caps)
    owner = claims.resources(session, ResourceKind.MEDIATOR, [command.mediator_id])[command.mediator_id]
    caps.set_caps(session, owner, command.caps)
    changed = CapsChanged(mediator_id=command.mediator_id, daily=command.caps.daily, weekly=command.caps.weekly)
    log.append(session, changed, actor=actor, at=clock())


def _changed(session: Session, actor: Actor, mediator_id: int, clock: Clock) -> int:
    log.append(session, AvailabilityChanged(mediator_id=mediator_id), actor=actor, at=clock())
    return orphans.look(session, actor, mediator_ids=[mediator_id], now=clock())
