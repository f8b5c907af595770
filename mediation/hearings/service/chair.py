"""Who runs the hearing when its mediator does not: staff sit in as co-mediators and take the empty chair."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries
from mediation.hearings.events import ChairTaken
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.controls import OwnControl
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.hearings.rules.seats import SeatStep
from mediation.hearings.service.enter import check_own, seat_now, take_step
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Refused


def sit_in(session: Session, actor: Actor, hearing: str) -> Seat:
    """A seat as co-mediator for a member of staff; who has a seat already keeps it.

    Raises: Missing `hearing_unknown`; Denied; Refused `hearing_closed`.
    """
    found = policy.hearing_for(session, actor, hearing, Permission.JOIN_HEARING)
    if actor.account_id is None:
        raise Denied("not_yours")
    known = session.scalars(
        select(Seat).where(Seat.hearing_id == found.id, Seat.account_id == actor.account_id)
    ).one_or_none()
    if known is not None:
        return known
    if found.state in OVER:
        raise Refused("hearing_closed")
    seat = Seat(hearing_id=found.id, account_id=actor.account_id, role=SeatRole.CO_MEDIATOR, state=SeatState.EXPECTED)
    session.add(seat)
    session.flush()
    return seat


def take_over_chair(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """A co-mediator runs the hearing from now on, from the room they are in. Emits: ChairTaken, SeatMoved.

    Whoever ran it keeps their place as a co-mediator. Raises: Refused `chair_taken`, `not_yours`, `hearing_closed`.
    """
    seat = seat_now(session, seat_id)
    check_own(session, seat, OwnControl.TAKE_CHAIR)
    hearing = session.get_one(Hearing, seat.hearing_id, with_for_update=True, populate_existing=True)
    chair = session.scalars(
        select(Seat).where(Seat.hearing_id == hearing.id, Seat.role == SeatRole.NEUTRAL).with_for_update()
    ).one()
    swap(session, chair, seat)
    actor = queries.seat_actor(session, seat.id)
    taken = ChairTaken(case_id=hearing.case_id, hearing_id=hearing.id, seat_id=seat.id, from_seat_id=chair.id)
    log.append(session, taken, actor=actor, at=clock())
    if seat.state is not SeatState.IN_ROOM and hearing.state in GATHERING:
        take_step(session, actor, seat, SeatStep.TAKE_CHAIR, clock=clock)
    return seat


def swap(session: Session, chair: Seat, seat: Seat) -> None:
    """One chair, always."""
    chair.role, seat.role = SeatRole.CO_MEDIATOR, SeatRole.NEUTRAL
    session.flush()
