"""Who was named as a witness, with the address of each."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.hearings.models import Seat, SeatPass
from mediation.hearings.rules.codes import PassKind, SeatState


@dataclass(frozen=True, slots=True)
class GuestPassRow:
    name: str
    state: SeatState
    pass_id: str
    """Public id; the address is signed from it."""


def guests(session: Session, hearing_id: int) -> tuple[GuestPassRow, ...]:
    rows = session.scalars(
        select(SeatPass)
        .join(Seat, Seat.id == SeatPass.seat_id)
        .where(Seat.hearing_id == hearing_id, SeatPass.kind == PassKind.GUEST)
        .options(selectinload(SeatPass.seat))
        .order_by(SeatPass.id)
    )
    return tuple(GuestPassRow(row.seat.name, row.seat.state, row.public_id) for row in rows)
