"""Coming in: the join token, the line of a seat, its loss and its return."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.hearings.events import SeatMoved
from mediation.hearings.models import Hearing, Seat, Stay, UsedToken
from mediation.hearings.rules import controls, tokens
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import OwnControl
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.hearings.rules.seats import CONNECTED, MAIN_ROOM, SEAT_LIFE, WAITING_ROOM, SeatStep
from mediation.hearings.rules.tokens import JoinClaims
from mediation.hearings.service.tables import clear_own
from mediation.kernel import crypto, log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Refused
from mediation.kernel.ids import public_id

_INTO_MAIN = frozenset({SeatStep.ADMIT, SeatStep.TAKE_CHAIR})
_IN_PLACE = frozenset({SeatStep.CHECKED, SeatStep.RECHECK, SeatStep.LOSE_LINE, SeatStep.COME_BACK})
"""Steps that leave a person in their room: what they showed lies there still."""


def token_for(seat: Seat, *, clock: Clock, door: str = "") -> str:
    """A token that opens one socket for this seat, once, within 2 minutes; whoever asks: their right was checked.

    Raises: Refused `hearing_closed` (the neutral may still come in to reopen).
    """
    state = seat.hearing.state
    if state is HearingState.CANCELLED or (state in OVER and seat.role is not SeatRole.NEUTRAL):
        raise Refused("hearing_closed")
    claims = JoinClaims(
        seat=seat.public_id,
        hearing=seat.hearing.public_id,
        token_id=public_id(20),
        expires_at=clock() + tokens.LIFETIME,
        door=door,
    )
    return tokens.sign(claims, _key())


def _key() -> bytes:
    return crypto.keyring().stable_key(tokens.KEY_PURPOSE)


def door_of(token: str, *, clock: Clock) -> str:
    """The door that the token came through; empty: none. Raises: Denied `token_unknown`, `token_expired`."""
    return tokens.read(token, _key(), clock()).door


def redeem(session: Session, token: str, *, clock: Clock) -> Seat:
    """Use a token up; the seat it is for.

    Raises: Denied `token_unknown`, `token_expired`, `token_used`.
    """
    claims = tokens.read(token, _key(), clock())
    session.execute(delete(UsedToken).where(UsedToken.expires_at < clock()))
    if session.get(UsedToken, claims.token_id) is not None:
        raise Denied("token_used")
    session.add(UsedToken(token_id=claims.token_id, expires_at=claims.expires_at))
    try:
        session.flush()
    except IntegrityError as error:  # two sockets at the same moment
        raise Denied("token_used") from error
    seat = session.scalars(
        select(Seat).join(Hearing).where(Seat.public_id == claims.seat, Hearing.public_id == claims.hearing)
    ).one_or_none()
    if seat is None:
        raise Denied("token_unknown")
    return seat


def arrive(session: Session, seat: Seat, *, clock: Clock) -> Seat:
    """The seat's line is open: whoever was in the room is back in it, whoever waited waits. Emits: SeatMoved."""
    step = SeatStep.COME_BACK if seat.state is SeatState.DISCONNECTED else SeatStep.COME
    seat.last_seen_at = clock()
    if seat.state in CONNECTED:  # another socket of the same person
        return seat
    if seat.arrived_at is None:
        seat.arrived_at = clock()
    actor = queries.seat_actor(session, seat.id)
    if step is SeatStep.COME_BACK and not _may(session, seat, step):
        take_step(session, SYSTEM, seat, SeatStep.LEAVE, clock=clock)  # the place is gone meanwhile
        step = SeatStep.COME
    take_step(session, actor, seat, step, clock=clock)
    return seat


def _may(session: Session, seat: Seat, step: SeatStep) -> bool:
    snapshot = queries.snapshot(session, seat.hearing_id)
    return step in SEAT_LIFE.offered(snapshot.seat_facts(snapshot.seat_by_id(seat.id)))


def seat_now(session: Session, seat_id: int) -> Seat:
    """The seat as it is at this moment, kept until the transaction ends: what was clicked is checked again."""
    return session.get_one(Seat, seat_id, with_for_update=True, populate_existing=True)


def check_own(session: Session, seat: Seat, control: OwnControl) -> None:
    """Raises: Refused."""
    snapshot = queries.snapshot(session, seat.hearing_id)
    refusal = controls.refuse_own(control, snapshot.seat_facts(snapshot.seat_by_id(seat.id)))
    if refusal is not None:
        raise Refused(refusal, step=control.value, state=seat.state.value)


def take_step(
    session: Session, actor: Actor, seat: Seat, step: SeatStep, *, clock: Clock, room: str = MAIN_ROOM
) -> Seat:
    """One step of a seat's life, decided on what is true now; `room` is where a step into a room leads.

    Emits: SeatMoved. Raises: Refused.
    """
    session.flush()
    snapshot = queries.snapshot(session, seat.hearing_id)
    arrow = SEAT_LIFE.decide(step, snapshot.seat_facts(snapshot.seat_by_id(seat.id)))
    source, seat.state = seat.state, arrow.target
    now = clock()
    _place(seat, step, now, room)
    if step not in _IN_PLACE:
        clear_own(session, actor, seat.id, clock=clock)
    _keep_stay(session, seat, now)
    session.flush()
    moved = SeatMoved(
        case_id=snapshot.case_id,
        hearing_id=seat.hearing_id,
        seat_id=seat.id,
        step=step.value,
        source=source,
        target=seat.state,
        room=seat.room,
    )
    log.append(session, moved, actor=actor, at=now)
    return seat


def _place(seat: Seat, step: SeatStep, now: datetime, room: str) -> None:
    if step not in {SeatStep.CHECKED, SeatStep.RECHECK}:
        seat.sharing = False  # the screen was meant for those who were there
    if step is SeatStep.GO_APART:
        seat.room = room
    elif step is SeatStep.COME_TOGETHER:
        seat.room = MAIN_ROOM
    elif step in _INTO_MAIN:
        seat.room, seat.admitted_at = MAIN_ROOM, now
    elif step in {SeatStep.DISMISS, SeatStep.LEAVE, SeatStep.COME}:
        seat.room, seat.hand_raised_at, seat.spotlit, seat.may_show = WAITING_ROOM, None, False, False
    if step is SeatStep.LEAVE:
        seat.left_at = now
    if step is SeatStep.COME:
        seat.device, seat.left_at = {}, None


def _keep_stay(session: Session, seat: Seat, now: datetime) -> None:
    """Who was in which room from when to when."""
    stay = session.scalars(select(Stay).where(Stay.seat_id == seat.id, Stay.left_at.is_(None))).one_or_none()
    if stay is not None and stay.room == seat.room:
        return
    if stay is not None:
        stay.left_at = now
    if seat.room != WAITING_ROOM:
        session.add(Stay(seat_id=seat.id, room=seat.room, entered_at=now))


def take_chair(session: Session, seat: Seat, *, clock: Clock) -> None:
    """The neutral who is ready goes into the room as soon as the hearing gathers."""
    ready = seat.role is SeatRole.NEUTRAL and seat.state is SeatState.WAITING
    if ready and seat.hearing.state in GATHERING and _may(session, seat, SeatStep.TAKE_CHAIR):
        take_step(session, queries.seat_actor(session, seat.id), seat, SeatStep.TAKE_CHAIR, clock=clock)


def lose_line(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """The person's socket is gone; the place is kept. Emits: SeatMoved."""
    seat = session.get_one(Seat, seat_id, with_for_update=True, populate_existing=True)
    seat.last_seen_at = clock()
    if seat.state in CONNECTED:
        take_step(session, SYSTEM, seat, SeatStep.LOSE_LINE, clock=clock)
    return seat


def be_here(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """The seat has a line although it was written off: the person is back in their place. Emits: SeatMoved."""
    seat = session.get_one(Seat, seat_id, with_for_update=True, populate_existing=True)
    return arrive(session, seat, clock=clock)
