"""Witnesses and interpreters: people who are no party of the case, each with an address for one seat."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy
from mediation.hearings.events import GuestNamed, GuestWithdrawn
from mediation.hearings.models import Hearing, Seat, SeatPass
from mediation.hearings.rules.codes import PassKind, SeatRole, SeatState
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import GUESTS, SeatStep
from mediation.hearings.service.enter import take_step
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.kernel.ids import public_id

PASS_AFTER: Final = timedelta(hours=12)
"""A guest's address ends so long after the booked time."""
NAME_LIMIT: Final = 40


@dataclass(frozen=True, slots=True)
class NameGuest:
    hearing: str
    name: str
    role: SeatRole
    """One of `GUESTS`."""


def name_guest(session: Session, actor: Actor, command: NameGuest, *, clock: Clock) -> Seat:
    """A seat for somebody who is no party, and an address for it. Emits: GuestNamed.

    A witness waits outside until called in; an interpreter is let in like a party.
    Raises: Missing `hearing_unknown`; Denied; Refused `hearing_closed`; Invalid `guest_name`, `guest_role`.
    """
    hearing = _open_hearing(session, actor, command.hearing)
    name = " ".join("".join(c for c in command.name if c.isprintable()).split())
    if not name or len(name) > NAME_LIMIT:
        raise Invalid("guest_name", field="name", limit=NAME_LIMIT)
    if command.role not in GUESTS:
        raise Invalid("guest_role", field="role")
    seat = Seat(hearing_id=hearing.id, guest_name=name, role=command.role, state=SeatState.EXPECTED)
    session.add(seat)
    session.flush()
    until = hearing.booking.ends_at + PASS_AFTER
    session.add(SeatPass(public_id=public_id(16), seat_id=seat.id, kind=PassKind.GUEST, expires_at=until))
    session.flush()
    session.expire(hearing, ["seats"])
    named = GuestNamed(case_id=hearing.case_id, hearing_id=hearing.id, seat_id=seat.id, role=command.role.value)
    log.append(session, named, actor=actor, at=clock())
    return seat


@dataclass(frozen=True, slots=True)
class WithdrawGuest:
    hearing: str
    seat: str


def withdraw_guest(session: Session, actor: Actor, command: WithdrawGuest, *, clock: Clock) -> None:
    """The address opens nothing any more; a guest who never came loses the seat too. Emits: GuestWithdrawn.

    Raises: Missing `hearing_unknown`, `seat_unknown`; Denied; Refused `hearing_closed`, `guest_in_room`.
    """
    hearing = _open_hearing(session, actor, command.hearing)
    seat = session.scalars(
        select(Seat)
        .where(Seat.hearing_id == hearing.id, Seat.public_id == command.seat, Seat.role.in_(GUESTS))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if seat is None:
        raise Missing("seat_unknown")
    if seat.state is SeatState.IN_ROOM:
        raise Refused("guest_in_room")
    withdrawn = GuestWithdrawn(case_id=hearing.case_id, hearing_id=hearing.id, seat_id=seat.id, role=seat.role.value)
    came = seat.state is not SeatState.EXPECTED
    for row in session.scalars(select(SeatPass).where(SeatPass.seat_id == seat.id)):
        if came:
            row.expires_at, row.opened_at = clock(), None
        else:
            session.delete(row)
    if came and seat.state is not SeatState.LEFT:
        take_step(session, actor, seat, SeatStep.LEAVE, clock=clock)
    if not came:
        session.flush()
        session.delete(seat)
    session.flush()
    session.expire(hearing, ["seats"])
    log.append(session, withdrawn, actor=actor, at=clock())


def _open_hearing(session: Session, actor: Actor, public_id: str) -> Hearing:
    hearing = policy.hearing_for(session, actor, public_id, Permission.BOOK_HEARING)
    if hearing.state in OVER:
        raise Refused("hearing_closed")
    return hearing
