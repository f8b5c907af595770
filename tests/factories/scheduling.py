"""Times and bookings for tests, made by the services."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import CaseKind, DisputeType
from mediation.kernel.actor import Actor
from mediation.kernel.clock import CHINA, Clock
from mediation.orgs import queries as orgs
from mediation.scheduling import service
from mediation.scheduling.models import Booking
from mediation.scheduling.service import Wish
from tests.cast import COMMUNITY


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """An instant of autumn 2026 in Shanghai; the tests' clock starts on Monday 23 November, 09:00."""
    return datetime(2026, month, day, hour, minute, tzinfo=CHINA)


def wish(session: Session, *, at_station: str = "", kind: CaseKind = CaseKind.MEDIATION, phone: str = "") -> Wish:
    """A contract dispute in 桃溪社区: 秦海燕 and 田志刚 (half days) may mediate it."""
    place = next(row for row in orgs.tree(session) if row.name == COMMUNITY)
    return Wish(
        kind=kind, dispute_type=DisputeType.CONTRACT.value, place_path=place.path, station=at_station, phone=phone
    )


def station(session: Session) -> str:
    """Public id of 桃溪社区's video station."""
    return next(row.public_id for row in orgs.stations(session) if row.name.startswith(COMMUNITY))


def book(
    session: Session, actor: Actor, case_id: int, starts_at: datetime, *, clock: Clock, key: str = "", **more: object
) -> Booking:
    command = service.BookTime(
        case_id=case_id,
        starts_at=starts_at,
        idempotency_key=key or f"test:{case_id}:{starts_at.timestamp()}",
        **more,  # type: ignore[arg-type]
    )
    return service.book(session, actor, command, clock=clock)


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)
