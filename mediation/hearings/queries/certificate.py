"""The caucus certificate: who was in which room, and that nothing was forwarded from one into another."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings.models import Caucus, Hearing, PacketCount, Seat, Stay
from mediation.hearings.rules.codes import CaucusState, HearingState
from mediation.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Counted:
    pairs: tuple[tuple[str, str, int], ...]
    """From room, to room, packets."""

    @property
    def n_within(self) -> int:
        return sum(n for one, other, n in self.pairs if one == other)

    @property
    def n_across(self) -> int:
        return sum(n for one, other, n in self.pairs if one != other)


@dataclass(frozen=True, slots=True)
class StayRow:
    name: str
    apart: bool
    number: int
    """Of the room apart; 0 for the main room."""
    others: tuple[str, ...]
    """Who was there too, at least for a moment."""
    entered_at: datetime
    left_at: datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    hearing: str
    closed_at: datetime
    counted: Counted
    n_restarts: int
    stays: tuple[StayRow, ...]
    """The reader's own; for staff everybody's."""


def packets(session: Session, hearing_id: int) -> Counted:
    query = select(PacketCount).where(PacketCount.hearing_id == hearing_id)
    rows = session.scalars(query.order_by(PacketCount.from_room, PacketCount.to_room))
    return Counted(tuple((row.from_room, row.to_room, row.n_packets) for row in rows))


def certificates(session: Session, case_id: int, actor: Actor) -> tuple[Certificate, ...]:
    """Of the ended hearings of a case in which somebody talked apart. A party reads of their own rooms only."""
    query = (
        select(Hearing)
        .join(Caucus, Caucus.hearing_id == Hearing.id)
        .where(Hearing.case_id == case_id, Hearing.state == HearingState.CLOSED)
        .where(Caucus.state == CaucusState.ENDED)
        .order_by(Hearing.id.desc())
        .distinct()
    )
    found = (_certificate(session, hearing, actor) for hearing in session.scalars(query))
    return tuple(one for one in found if one.stays)


def _certificate(session: Session, hearing: Hearing, actor: Actor) -> Certificate:
    closed_at = hearing.closed_at or hearing.booking.ends_at
    seats = {seat.id: seat for seat in hearing.seats}
    names = {seat.id: _name(seat) for seat in hearing.seats}
    stays = session.scalars(select(Stay).where(Stay.seat_id.in_(seats)).order_by(Stay.entered_at, Stay.id)).all()
    mine = [stay for stay in stays if actor.party_id is None or seats[stay.seat_id].party_id == actor.party_id]
    return Certificate(
        hearing=hearing.public_id,
        closed_at=closed_at,
        counted=packets(session, hearing.id),
        n_restarts=hearing.n_restarts,
        stays=tuple(
            StayRow(
                name=names[stay.seat_id],
                apart=stay.room.startswith("caucus-"),
                number=int(stay.room.removeprefix("caucus-")) if stay.room.startswith("caucus-") else 0,
                others=tuple(dict.fromkeys(names[o.seat_id] for o in stays if _met(stay, o, closed_at))),
                entered_at=stay.entered_at,
                left_at=stay.left_at or closed_at,
            )
            for stay in mine
        ),
    )


def _met(one: Stay, other: Stay, closed_at: datetime) -> bool:
    begins, ends = max(one.entered_at, other.entered_at), min(one.left_at or closed_at, other.left_at or closed_at)
    return one.seat_id != other.seat_id and one.room == other.room and begins < ends


def _name(seat: Seat) -> str:
    if seat.party is not None:
        return seat.party.person.name
    return seat.account.name if seat.account is not None else ""
