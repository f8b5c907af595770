"""Days and weeks on which a mediator takes no more sessions."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.scheduling.caps import living_holds
from mediation.scheduling.models import Booking, Cap, CapCount, Resource
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.caps import Caps, bits_of, first_day
from mediation.scheduling.rules.codes import BookingState, CapPeriod, ResourceKind
from mediation.scheduling.rules.hours import days_of

_BOOKED = (BookingState.PENDING, BookingState.CONFIRMED, BookingState.DONE)


def caps_of_mediator(session: Session, mediator_id: int) -> Caps:
    found = _caps(session, [mediator_id])
    return found[mediator_id][1] if found else Caps()


def full_time(
    session: Session,
    mediator_ids: Collection[int],
    window: Window,
    *,
    now: datetime,
    except_booking: int | None = None,
) -> dict[int, dict[CapPeriod, int]]:
    """Mediator -> period -> bits of the window in which no more session may begin; only those who have a cap.

    `except_booking`: a booking that moves does not count where it is.
    """
    capped = _caps(session, mediator_ids)
    days = days_of(window)
    if not capped or not days:
        return {}
    n = _counted(session, {resource: one for one, (resource, _caps) in capped.items()}, days[0] - timedelta(days=6))
    for one, starts_at, step in _beside(session, capped, now=now, except_booking=except_booking):
        for period in CapPeriod:
            key = one, period, first_day(period, starts_at)
            n[key] = n.get(key, 0) + step
    found: dict[int, dict[CapPeriod, int]] = {}
    for (one, period, first_on), sessions in n.items():
        most = capped[one][1].most(period)
        if most is not None and sessions >= most:
            bits = found.setdefault(one, {})
            bits[period] = bits.get(period, 0) | bits_of(period, first_on, window)
    return found


def _caps(session: Session, mediator_ids: Collection[int]) -> dict[int, tuple[int, Caps]]:
    """Mediator -> their resource and caps. Few have one: the small table is read whole."""
    query = (
        select(Resource.subject_id, Cap.resource_id, Cap.daily_most, Cap.weekly_most)
        .join(Resource, Resource.id == Cap.resource_id)
        .where(Resource.kind == ResourceKind.MEDIATOR)
    )
    asked = set(mediator_ids)
    return {
        one: (resource, Caps(daily, weekly)) for one, resource, daily, weekly in session.execute(query) if one in asked
    }


def _counted(session: Session, of: dict[int, int], since: date) -> dict[tuple[int, CapPeriod, date], int]:
    query = select(CapCount).where(CapCount.resource_id.in_(of), CapCount.first_on >= since)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return {(of[row.resource_id], row.period, row.first_on): row.n for row in rows}


def _beside(
    session: Session, mediator_ids: Collection[int], *, now: datetime, except_booking: int | None
) -> list[tuple[int, datetime, int]]:
    """What the counters do not say: times that are held (+1), and the booking that moves (-1)."""
    query = select(Booking.mediator_id, Booking.starts_at).where(
        living_holds(now), Booking.mediator_id.in_(mediator_ids), Booking.id != (except_booking or 0)
    )
    found = [(one, at, 1) for one, at in session.execute(query)]
    moving = session.get(Booking, except_booking) if except_booking is not None else None
    if moving is not None and moving.state in _BOOKED and moving.mediator_id in mediator_ids:
        found.append((moving.mediator_id, moving.starts_at, -1))
    return found
