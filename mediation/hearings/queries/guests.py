"""Who was named as a witness or an interpreter, with the address of each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.hearings.models import Seat, SeatPass
from mediation.hearings.rules.codes import PassKind, SeatRole, SeatState


@dataclass(frozen=True, slots=True)
class GuestRow:
    name: str
    role: SeatRole
    state: SeatState
    seat: str
    """Public id."""
    pass_id: str
    """Public id; the address is signed from it. Empty when it was taken back or has ended."""


def guests(session: Session, hearing_id: int, *, now: datetime) -> tuple[GuestRow, ...]:
    rows = session.scalars(
        select(SeatPass)
        .join(Seat, Seat.id == SeatPass.seat_id)
        .where(Seat.hearing_id == hearing_id, SeatPass.kind == PassKind.GUEST)
        .options(selectinload(SeatPass.seat))
        .order_by(SeatPass.id)
    )
    return tuple(
        GuestRow(
            row.seat.name,
            row.seat.role,
            row.seat.state,
            row.seat.public_id,
            row.public_id if row.expires_at > now else "",
        )
        for row in rows
    )
