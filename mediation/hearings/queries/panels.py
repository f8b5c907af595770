"""Hearings on pages: the case's, today's, one's own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, holds
from mediation.disputes import policy
from mediation.disputes.models import Case
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import OPENS_BEFORE, OVER
from mediation.kernel.actor import Actor
from mediation.kernel.clock import CHINA, local_date
from mediation.scheduling.models import Booking


@dataclass(frozen=True, slots=True)
class HearingRow:
    """A hearing on a list or a panel."""

    public_id: str
    case_public_id: str
    number: str
    state: HearingState
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    mediator: str
    seats: tuple[tuple[str, SeatRole, SeatState], ...]
    """Name, role, state."""
    mine: bool
    """The reader has a seat in it."""
    may_reopen: bool = False
    """Closed, and the reader is a supervisor."""
    may_call: bool = False
    """Witnesses may be named."""
    may_sit_in: bool = False
    """Staff of the place, as co-mediator: to help, or to take an empty chair."""

    @property
    def is_over(self) -> bool:
        return self.state in OVER


def hearing_row(hearing: Hearing, actor: Actor) -> HearingRow:
    seats = [(seat.name, seat) for seat in hearing.seats]
    return HearingRow(
        public_id=hearing.public_id,
        case_public_id=hearing.case.public_id,
        number=hearing.case.number,
        state=hearing.state,
        starts_at=hearing.booking.starts_at,
        ends_at=hearing.booking.ends_at,
        opens_at=hearing.booking.starts_at - OPENS_BEFORE,
        mediator=next((name for name, seat in seats if seat.role is SeatRole.NEUTRAL), ""),
        seats=tuple((name, seat.role, seat.state) for name, seat in seats),
        mine=any(_is_mine(seat, actor) for seat in hearing.seats),
        may_reopen=hearing.state is HearingState.CLOSED and holds(actor, Permission.REOPEN_HEARING),
        may_call=hearing.state not in OVER and actor.account_id is not None and holds(actor, Permission.BOOK_HEARING),
        may_sit_in=hearing.state not in OVER
        and actor.account_id is not None
        and not any(_is_mine(seat, actor) for seat in hearing.seats)
        and holds(actor, Permission.JOIN_HEARING),
    )


def _is_mine(seat: Seat, actor: Actor) -> bool:
    if actor.party_id is not None:
        return seat.party_id == actor.party_id
    return actor.account_id is not None and seat.account_id == actor.account_id


def case_panel(session: Session, case_id: int, actor: Actor) -> tuple[HearingRow, ...]:
    """The hearings of a case, the next first; those that were cancelled are left out."""
    rows = session.scalars(
        select(Hearing)
        .join(Booking, Booking.id == Hearing.booking_id)
        .where(Hearing.case_id == case_id, Hearing.state != HearingState.CANCELLED)
        .order_by(Booking.starts_at.desc())
    )
    return tuple(hearing_row(row, actor) for row in rows)


def on_day(session: Session, actor: Actor, day: date) -> tuple[HearingRow, ...]:
    """The hearings of one day in the actor's reach, in the order of their time."""
    begins = datetime.combine(day, time(), CHINA)
    rows = session.scalars(
        select(Hearing)
        .join(Booking, Booking.id == Hearing.booking_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(
            Booking.starts_at >= begins,
            Booking.starts_at < begins + timedelta(days=1),
            Hearing.state != HearingState.CANCELLED,
            policy.visible_cases(actor),
        )
        .order_by(Booking.starts_at)
    )
    return tuple(hearing_row(row, actor) for row in rows)


def personal(session: Session, actor: Actor, *, now: datetime) -> HearingRow | None:
    """The party's hearing: the one that runs, else the next, else the last."""
    rows = [row for row in case_panel(session, actor.case_id or 0, actor) if row.mine]
    running = [row for row in rows if not row.is_over and local_date(row.starts_at) >= local_date(now)]
    return min(running, key=lambda row: row.starts_at, default=rows[0] if rows else None)
