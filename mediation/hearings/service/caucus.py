"""Talking apart: the neutral asks, each who is asked answers, rooms open and close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import CaucusMoved, GuestAnswered
from mediation.hearings.models import Caucus, CaucusGuest, Hearing, Seat
from mediation.hearings.queries import Snapshot
from mediation.hearings.rules.caucus import ANSWER_WITHIN_S, CAUCUS_LIFE, OPEN, CaucusStep, protected_among, room_name
from mediation.hearings.rules.codes import CaucusState, GuestAnswer, SeatRole, SeatState
from mediation.hearings.rules.seats import BESIDE, MAIN_ROOM, WAITING_ROOM, SeatStep
from mediation.hearings.service.enter import seat_now, take_step
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused


@dataclass(frozen=True, slots=True)
class InviteApart:
    by: int
    """The neutral's seat."""
    seats: tuple[str, ...]
    """Public ids of those who are asked; all of them must accept."""
    caucus: str | None = None
    """A room that runs already; None: a new one."""
    within: timedelta = timedelta(seconds=ANSWER_WITHIN_S)


def invite_apart(session: Session, command: InviteApart, *, clock: Clock) -> Caucus:
    """Ask people to talk apart. Nobody moves yet. Emits: CaucusMoved.

    Raises: Denied `not_yours`; Missing `seat_unknown`, `caucus_unknown`; Invalid `nobody_asked`; Refused
    `not_in_session`, `neutral_absent`, `not_in_room`, `already_asked`, `caucus_locked`, `protected_pair`.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    snapshot = _now(session, by.hearing_id)
    asked = frozenset(command.seats)
    if not asked:
        raise Invalid("nobody_asked")
    if by.state is not SeatState.IN_ROOM:
        raise Refused("neutral_absent")
    for public_id in sorted(asked):
        refusal = snapshot.refuse_guest(snapshot.seat(public_id))
        if refusal is not None:
            raise Refused(refusal)
    act = _Act(session, queries.seat_actor(session, by.id), clock())
    if command.caucus is None:
        if protected_among(asked, {seat.public_id: seat.apart for seat in snapshot.seats}):
            raise Refused("protected_pair")
        caucus = _new(session, by.hearing_id)
        _log(act, caucus, CaucusStep.INVITE, caucus.state)
    else:
        row = snapshot.caucus(command.caucus)
        caucus = session.get_one(Caucus, row.id, with_for_update=True)
        CAUCUS_LIFE.decide(CaucusStep.INVITE, snapshot.caucus_facts(row, joining=asked))
        _log(act, caucus, CaucusStep.INVITE, caucus.state)
    for public_id in sorted(asked):
        seat_id = snapshot.seat(public_id).id
        guest = CaucusGuest(seat_id=seat_id, answer=GuestAnswer.ASKED, expires_at=clock() + command.within)
        caucus.guests.append(guest)
    session.flush()
    return caucus


def _new(session: Session, hearing_id: int) -> Caucus:
    last = session.scalar(select(func.max(Caucus.number)).where(Caucus.hearing_id == hearing_id)) or 0
    caucus = Caucus(hearing_id=hearing_id, number=last + 1, state=CaucusState.INVITING, locked=True)
    session.add(caucus)
    session.flush()
    return caucus


@dataclass(frozen=True, slots=True)
class AnswerInvitation:
    seat_id: int
    caucus: str
    accept: bool


def answer_invitation(session: Session, command: AnswerInvitation, *, clock: Clock) -> Caucus:
    """Say yes or no to talking apart; the last yes opens the room. Emits: GuestAnswered, CaucusMoved, SeatMoved.

    Raises: Missing `caucus_unknown`, also for those who were not asked; Refused `invitation_expired`, `protected_pair`,
    `not_in_session`, `not_in_room`.
    """
    seat = seat_now(session, command.seat_id)
    snapshot = _now(session, seat.hearing_id)
    row = snapshot.caucus(command.caucus)
    if seat.public_id not in row.asked:
        raise Missing("caucus_unknown")
    caucus = session.get_one(Caucus, row.id, with_for_update=True, populate_existing=True)
    guest = next(g for g in caucus.guests if g.seat_id == seat.id and g.answer is GuestAnswer.ASKED)
    if guest.expires_at <= clock():
        raise Refused("invitation_expired")
    step = CaucusStep.ACCEPT if command.accept else CaucusStep.DECLINE
    arrow = CAUCUS_LIFE.decide(step, snapshot.caucus_facts(row))
    if command.accept and (seat.state is not SeatState.IN_ROOM or seat.room != MAIN_ROOM):
        raise Refused("not_in_room")
    act = _Act(session, queries.seat_actor(session, seat.id), clock())
    _answered(act, caucus, guest, GuestAnswer.ACCEPTED if command.accept else GuestAnswer.DECLINED)
    was_running = caucus.state is CaucusState.RUNNING
    if arrow.target is CaucusState.DECLINED:
        _forget_asked(act, caucus)
    _move(act, caucus, step, arrow.target)
    if caucus.state is CaucusState.RUNNING and command.accept:
        _go_in(session, caucus, [seat] if was_running else _accepted(session, caucus), clock)
    return caucus


def _accepted(session: Session, caucus: Caucus) -> list[Seat]:
    """Those who said yes, and the neutral unless they are apart with somebody else."""
    seats = [seat_now(session, g.seat_id) for g in caucus.guests if g.answer is GuestAnswer.ACCEPTED]
    neutral = session.scalars(
        select(Seat).where(Seat.hearing_id == caucus.hearing_id, Seat.role == SeatRole.NEUTRAL).with_for_update()
    ).one()
    return [*seats, neutral] if neutral.room == MAIN_ROOM else seats


def _go_in(session: Session, caucus: Caucus, seats: list[Seat], clock: Clock) -> None:
    for seat in seats:
        actor = queries.seat_actor(session, seat.id)
        take_step(session, actor, seat, SeatStep.GO_APART, clock=clock, room=room_name(caucus.number))


@dataclass(frozen=True, slots=True)
class ControlCaucus:
    by: int
    """The neutral's seat."""
    step: CaucusStep
    caucus: str | None = None
    """None: the main room to enter it, all caucuses to end them."""


def control_caucus(session: Session, command: ControlCaucus, *, clock: Clock) -> None:
    """The neutral goes into a room, locks it, takes a question back, brings one side or both back.

    Emits: CaucusMoved, SeatMoved. Raises: Denied `not_yours`; Missing `caucus_unknown`; Refused.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    snapshot = _now(session, by.hearing_id)
    actor = queries.seat_actor(session, by.id)
    act = _Act(session, actor, clock())
    if command.caucus is None:
        if command.step is CaucusStep.END and any(row.state is CaucusState.RUNNING for row in snapshot.caucuses):
            all_together(session, actor, by.hearing, clock=clock)
        elif command.step is CaucusStep.ENTER:
            take_step(session, actor, by, SeatStep.COME_TOGETHER, clock=clock)
        else:
            raise Refused("not_now", step=command.step.value)
        return
    row = snapshot.caucus(command.caucus)
    arrow = CAUCUS_LIFE.decide(command.step, snapshot.caucus_facts(row))
    caucus = session.get_one(Caucus, row.id, with_for_update=True, populate_existing=True)
    match command.step:
        case CaucusStep.ENTER:
            take_step(session, actor, by, SeatStep.GO_APART, clock=clock, room=row.room)
        case CaucusStep.LOCK | CaucusStep.UNLOCK:
            caucus.locked = command.step is CaucusStep.LOCK
        case CaucusStep.WITHDRAW | CaucusStep.END:
            _forget_asked(act, caucus)
    _move(act, caucus, command.step, arrow.target)
    if command.step is CaucusStep.END:
        _empty(session, actor, caucus, clock)


def come_together(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """A party goes back to the main room by themselves: nobody is kept apart. Emits: SeatMoved. Raises: Refused."""
    seat = seat_now(session, seat_id)
    if seat.role is SeatRole.NEUTRAL:  # whose way back is `control_caucus`
        raise Refused("not_now", step=SeatStep.COME_TOGETHER.value)
    actor = queries.seat_actor(session, seat.id)
    take_step(session, actor, seat, SeatStep.COME_TOGETHER, clock=clock)
    settle(session, actor, seat.hearing, clock=clock)
    return seat


def expire_invitations(session: Session, hearing_id: int, *, clock: Clock) -> int:
    """Questions that nobody answered in time are over; how many. Emits: GuestAnswered, CaucusMoved."""
    act, n_expired = _Act(session, SYSTEM, clock()), 0
    for caucus in _open(session, hearing_id):
        due = [g for g in caucus.guests if g.answer is GuestAnswer.ASKED and g.expires_at <= clock()]
        for guest in due:
            _answered(act, caucus, guest, GuestAnswer.EXPIRED)
        if due:
            if caucus.state is CaucusState.INVITING:
                _forget_asked(act, caucus)
            _step(act, caucus, CaucusStep.EXPIRE)
        n_expired += len(due)
    return n_expired


def settle(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """After somebody went: a room without any party ends; a question is taken back when the neutral or a guest is gone.

    Whoever is apart stays there while the neutral is away; nobody else comes in.
    """
    session.flush()
    act = _Act(session, actor, clock())
    seats = {seat.id: seat for seat in session.scalars(select(Seat).where(Seat.hearing_id == hearing.id))}
    away = {seat.id for seat in seats.values() if seat.room == WAITING_ROOM}
    no_neutral = any(seats[seat_id].role is SeatRole.NEUTRAL for seat_id in away)
    for caucus in _open(session, hearing.id):
        wanted = {g.seat_id for g in caucus.guests if g.answer in {GuestAnswer.ASKED, GuestAnswer.ACCEPTED}}
        if caucus.state is CaucusState.INVITING:
            if no_neutral or wanted & away:
                _forget_asked(act, caucus)
                _step(act, caucus, CaucusStep.WITHDRAW)
        elif not _parties_in(seats.values(), caucus):
            _forget_asked(act, caucus)
            _step(act, caucus, CaucusStep.END)
            _empty(session, actor, caucus, clock)
        elif no_neutral or any(g.seat_id in away for g in caucus.guests if g.answer is GuestAnswer.ASKED):
            _forget_asked(act, caucus)


def all_together(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """Every caucus ends; whoever was apart is in the main room. Emits: CaucusMoved, SeatMoved."""
    act = _Act(session, actor, clock())
    for caucus in _open(session, hearing.id):
        running = caucus.state is CaucusState.RUNNING
        _forget_asked(act, caucus)
        _step(act, caucus, CaucusStep.END if running else CaucusStep.WITHDRAW)
        _empty(session, actor, caucus, clock)


def _now(session: Session, hearing_id: int) -> Snapshot:
    session.flush()
    return queries.snapshot(session, hearing_id)


def _open(session: Session, hearing_id: int) -> list[Caucus]:
    query = select(Caucus).where(Caucus.hearing_id == hearing_id, Caucus.state.in_(OPEN)).order_by(Caucus.number)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _parties_in(seats: Iterable[Seat], caucus: Caucus) -> list[Seat]:
    room = room_name(caucus.number)
    return [seat for seat in seats if seat.room == room and seat.role not in BESIDE]


def _empty(session: Session, actor: Actor, caucus: Caucus, clock: Clock) -> None:
    """Everybody of the room is in the main room again."""
    room = room_name(caucus.number)
    for seat in session.scalars(select(Seat).where(Seat.hearing_id == caucus.hearing_id, Seat.room == room)).all():
        take_step(session, actor, seat, SeatStep.COME_TOGETHER, clock=clock)


@dataclass(frozen=True, slots=True)
class _Act:
    """Who does it, when, in which transaction."""

    session: Session
    actor: Actor
    at: datetime


def _forget_asked(act: _Act, caucus: Caucus) -> None:
    """The question is taken back from whoever has not answered it."""
    for guest in caucus.guests:
        if guest.answer is GuestAnswer.ASKED:
            _answered(act, caucus, guest, GuestAnswer.WITHDRAWN)


def _answered(act: _Act, caucus: Caucus, guest: CaucusGuest, answer: GuestAnswer) -> None:
    guest.answer = answer
    act.session.flush()
    said = GuestAnswered(
        case_id=_case_id(act, caucus),
        hearing_id=caucus.hearing_id,
        seat_id=guest.seat_id,
        caucus_id=caucus.id,
        answer=answer,
    )
    log.append(act.session, said, actor=act.actor, at=act.at)


def _step(act: _Act, caucus: Caucus, step: CaucusStep) -> None:
    """A step that follows by itself."""
    snapshot = _now(act.session, caucus.hearing_id)
    row = next(row for row in snapshot.caucuses if row.id == caucus.id)
    _move(act, caucus, step, CAUCUS_LIFE.decide(step, snapshot.caucus_facts(row)).target)


def _move(act: _Act, caucus: Caucus, step: CaucusStep, target: CaucusState) -> None:
    source, caucus.state = caucus.state, target
    act.session.flush()
    _log(act, caucus, step, source)


def _log(act: _Act, caucus: Caucus, step: CaucusStep, source: CaucusState) -> None:
    moved = CaucusMoved(
        case_id=_case_id(act, caucus),
        hearing_id=caucus.hearing_id,
        caucus_id=caucus.id,
        number=caucus.number,
        step=step.value,
        source=source,
        target=caucus.state,
    )
    log.append(act.session, moved, actor=act.actor, at=act.at)


def _case_id(act: _Act, caucus: Caucus) -> int:
    return act.session.get_one(Hearing, caucus.hearing_id).case_id
