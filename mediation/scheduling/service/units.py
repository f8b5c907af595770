"""How many sessions a room takes side by side."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import CHINA, Clock
from mediation.kernel.errors import Invalid
from mediation.scheduling import claims, policy
from mediation.scheduling.events import RoomUnitsChanged
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.bits import begin_of, quantum_of
from mediation.scheduling.rules.codes import ResourceKind

MOST_UNITS: Final = 9


@dataclass(frozen=True, slots=True)
class SetRoomUnits:
    room: str
    """Public id."""
    units: int


def set_room_units(session: Session, actor: Actor, command: SetRoomUnits, *, clock: Clock) -> None:
    """The room takes so many small sessions at once from now on. The same number again, nothing more.

    Emits: RoomUnitsChanged. Raises: Missing `room_unknown`; Invalid `units_impossible`, `units_in_use` with `when`,
    the first time at which more are booked.
    """
    _station, room = policy.room_for(session, actor, command.room)
    if not 1 <= command.units <= MOST_UNITS:
        raise Invalid("units_impossible", field="units", most=MOST_UNITS)
    owner = claims.resources(session, ResourceKind.ROOM, [room.id])[room.id]
    # Whoever books holds the row (taking.own): who books now is counted, who comes later sees the number.
    resource = session.get_one(Resource, owner, with_for_update=True, populate_existing=True)
    if resource.units == command.units:
        return
    crowded = (
        select(Claim.quantum)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(
            Claim.resource_id == owner,
            Claim.quantum >= quantum_of(clock()),
            Claim.expires_at.is_(None) | (Claim.expires_at >= clock()),
            Booking.override_why.is_(None),
        )
        .group_by(Claim.quantum)
        .having(func.count() > command.units)
        .order_by(Claim.quantum)
        .limit(1)
    )
    found = session.scalar(crowded)
    if found is not None:
        raise Invalid("units_in_use", field="units", when=f"{begin_of(found).astimezone(CHINA):%Y-%m-%d %H:%M}")
    resource.units = command.units
    session.flush()
    log.append(session, RoomUnitsChanged(room_id=room.id, units=command.units), actor=actor, at=clock())
