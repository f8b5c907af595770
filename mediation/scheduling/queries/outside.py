"""Outside calendars of mediators: which there are, and the times they take."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam as param
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel.types import among
from mediation.scheduling.models import OutsideBusy, OutsideCalendar
from mediation.scheduling.rules.bits import Window


def outside_calendars(session: Session, mediator_id: int) -> list[OutsideCalendar]:
    query = select(OutsideCalendar).where(OutsideCalendar.mediator_id == mediator_id)
    return list(session.scalars(query.order_by(OutsideCalendar.id)))


def outside_busy(
    session: Session, mediator_ids: Collection[int], window: Window
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Mediator id -> when another calendar has them busy within the window; who has none is not in it."""
    if not mediator_ids or not window.n:
        return {}
    asked = {"ids": list(mediator_ids), "begin": window.at(0), "end": window.at(window.n)}
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for mediator_id, starts_at, ends_at in session.execute(_BUSY, asked).all():
        found.setdefault(mediator_id, []).append((starts_at, ends_at))
    return found


def outside_bits(session: Session, mediator_id: int, window: Window) -> int:
    """Bits of the window in which another calendar has a mediator busy."""
    bits = 0
    for begin, end in outside_busy(session, [mediator_id], window).get(mediator_id, ()):
        bits |= window.period(begin, end)
    return bits


_CALENDAR, _TIME = OutsideCalendar.__table__.c, OutsideBusy.__table__.c
_BUSY: Final = select(_CALENDAR.mediator_id, _TIME.starts_at, _TIME.ends_at).where(
    _TIME.calendar_id == _CALENDAR.id,
    among(_CALENDAR.mediator_id, "ids"),
    _TIME.starts_at < param("end"),
    _TIME.ends_at > param("begin"),
)
