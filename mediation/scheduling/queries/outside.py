"""Outside calendars of mediators: which there are, and the times they take."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.scheduling.models import OutsideBusy, OutsideCalendar
from mediation.scheduling.rules.bits import Window


def outside_calendars(session: Session, mediator_id: int) -> list[OutsideCalendar]:
    query = select(OutsideCalendar).where(OutsideCalendar.mediator_id == mediator_id)
    return list(session.scalars(query.order_by(OutsideCalendar.id)))


def outside_bits(session: Session, mediator_ids: Collection[int], window: Window) -> dict[int, int]:
    """Mediator id -> bits of the window in which another calendar has them busy; who has none is not in it."""
    if not mediator_ids or not window.n:
        return {}
    query = (
        select(OutsideCalendar.mediator_id, OutsideBusy.starts_at, OutsideBusy.ends_at)
        .join(OutsideBusy, OutsideBusy.calendar_id == OutsideCalendar.id)
        .where(
            OutsideCalendar.mediator_id.in_(mediator_ids),
            OutsideBusy.starts_at < window.at(window.n),
            OutsideBusy.ends_at > window.at(0),
        )
    )
    bits: dict[int, int] = {}
    for mediator_id, starts_at, ends_at in session.execute(query):
        bits[mediator_id] = bits.get(mediator_id, 0) | window.period(starts_at, ends_at)
    return bits
