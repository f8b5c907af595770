"""Daily and weekly limits as counter rows: one statement adds where the cap still allows it, nobody counts and inserts.

Every booked session is counted, whether its mediator has a cap or not, so that a cap set later knows what stands. A
time that is only held is not in the counter, because holds end by the clock; it is looked at under the counter's lock.
"""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, case, or_, select
from sqlalchemy import bindparam as param
from sqlalchemy.orm import Session

from mediation.kernel.errors import Taken
from mediation.scheduling.daybits import insert_of
from mediation.scheduling.models import Booking, Cap, CapCount, Resource
from mediation.scheduling.rules.caps import FULL, Caps, first_day
from mediation.scheduling.rules.codes import BookingState, CapPeriod

Place = tuple[int, datetime]
"""Resource of the mediator, and when the session begins."""
_Key = tuple[int, CapPeriod, date]
_NO_LIMIT: Final = 2**31 - 1


def caps_of(session: Session, resource_id: int) -> Caps:
    row = session.get(Cap, resource_id)
    return Caps(row.daily_most, row.weekly_most) if row is not None else Caps()


def set_caps(session: Session, resource_id: int, caps: Caps) -> None:
    """What is booked already stays, also beyond the cap."""
    session.merge(Cap(resource_id=resource_id, daily_most=caps.daily, weekly_most=caps.weekly))
    session.flush()


def count(
    session: Session, booking_id: int, *, now: datetime, to: Place | None = None, since: Place | None = None
) -> None:
    """Count a booking where it begins now, and no more where it began before; rows in one order, after the claims.

    Raises: Taken `day_full`, `week_full`, nothing changed.
    """
    steps: dict[_Key, int] = {}
    for place, step in ((to, 1), (since, -1)):
        if place is not None:
            for period in CapPeriod:
                key = place[0], period, first_day(period, place[1])
                steps[key] = steps.get(key, 0) + step
    changed = sorted(key for key, step in steps.items() if step)
    if not changed:
        return
    grows = [key for key in changed if steps[key] > 0]
    caps = caps_of(session, grows[0][0]) if grows else Caps()
    limited = [key for key in grows if caps.most(key[1]) is not None]
    with session.begin_nested() if limited else nullcontext():
        _add(session, dict.fromkeys(changed, 0) if limited else {}, {})  # locked, so that what is held can be counted
        most = {period: caps.most(period) for period in CapPeriod}
        for key in limited:
            most[key[1]] = (most[key[1]] or 0) - _held(session, key, but=booking_id, now=now)
        done = _add(session, {key: steps[key] for key in changed}, most)
        short = next((key for key in changed if key not in done), None)
        if short is not None:
            raise Taken(FULL[short[1]].value, field="slot")


def _add(session: Session, steps: dict[_Key, int], most: dict[CapPeriod, int | None]) -> set[_Key]:
    """Add to the counters, each as far as its cap allows. Which were changed."""
    if not steps:
        return set()
    limits = {f"most_{period}": _NO_LIMIT if (n := most.get(period)) is None else n for period in CapPeriod}
    rows = [
        {"resource_id": resource, "period": period, "first_on": first_on, "n": step} | limits
        for (resource, period, first_on), step in steps.items()
    ]
    return {tuple(row) for row in session.execute(_upsert(insert_of(session)), rows)}


@cache
def _upsert(insert: Any) -> Any:
    """One statement for all: making it anew costs more than running it."""
    counts = CapCount.__table__.c
    statement = insert(CapCount.__table__)
    new = statement.excluded.n
    limit = case(*((counts.period == period, param(f"most_{period}", type_=Integer)) for period in CapPeriod))
    return statement.on_conflict_do_update(
        index_elements=[counts.resource_id, counts.period, counts.first_on],
        set_={"n": counts.n + new},
        where=or_(new <= 0, counts.n < limit),
    ).returning(counts.resource_id, counts.period, counts.first_on)


def _held(session: Session, key: _Key, *, but: int, now: datetime) -> int:
    """How many others keep a time of this mediator in the period while they fill in a form."""
    resource_id, period, first_on = key
    subject = select(Resource.subject_id).where(Resource.id == resource_id).scalar_subquery()
    held = select(Booking.starts_at).where(living_holds(now), Booking.mediator_id == subject, Booking.id != but)
    return _of_period(session.scalars(held), period, first_on)


def living_holds(now: datetime) -> ColumnElement[bool]:
    return and_(Booking.state == BookingState.HELD, Booking.hold_expires_at >= now)


def _of_period(starts: Iterable[datetime], period: CapPeriod, first_on: date) -> int:
    return sum(first_day(period, at) == first_on for at in starts)
