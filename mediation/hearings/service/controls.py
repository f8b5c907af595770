"""What people do in the hearing: with their own seat, and the neutral with the others'."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import HandMoved, LineSaid, SeatMuted, SeatSwitched
from mediation.hearings.models import ChatLine, Seat
from mediation.hearings.rules import controls
from mediation.hearings.rules.codes import SeatState
from mediation.hearings.rules.controls import OwnControl, RoomControl, SeatControl
from mediation.hearings.rules.seats import WAITING_ROOM, SeatStep
from mediation.hearings.service.caucus import settle
from mediation.hearings.service.enter import seat_now, take_chair, take_step
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused


def _check_own(session: Session, seat: Seat, control: OwnControl) -> None:
    """Raises: Refused."""
    snapshot = queries.snapshot(session, seat.hearing_id)
    refusal = controls.refuse_own(control, snapshot.seat_facts(snapshot.seat_by_id(seat.id)))
    if refusal is not None:
        raise Refused(refusal, step=control.value, state=seat.state.value)


@dataclass(frozen=True, slots=True)
class ReportDevice:
    seat_id: int
    report: dict[str, Any]
    """Findings by device, and the browser's family; no identifier."""


def report_device(session: Session, command: ReportDevice, *, clock: Clock) -> Seat:
    """The device check is over: the person waits, the neutral takes the chair. Emits: SeatMoved."""
    seat = seat_now(session, command.seat_id)
    _check_own(session, seat, OwnControl.DEVICE_REPORT)
    seat.device = command.report
    seat.mic_on = command.report.get("microphone") == "ok"
    seat.camera_on = command.report.get("camera") == "ok"
    take_step(session, queries.seat_actor(session, seat.id), seat, SeatStep.CHECKED, clock=clock)
    take_chair(session, seat, clock=clock)
    return seat


def recheck(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    seat = seat_now(session, seat_id)
    _check_own(session, seat, OwnControl.RECHECK)
    seat.device = {}
    return take_step(session, queries.seat_actor(session, seat.id), seat, SeatStep.RECHECK, clock=clock)


@dataclass(frozen=True, slots=True)
class SwitchDevices:
    seat_id: int
    microphone: bool | None = None
    camera: bool | None = None


def switch(session: Session, command: SwitchDevices, *, clock: Clock) -> Seat:
    """One's own microphone and camera. Emits: SeatSwitched. Raises: Refused `muted_by_neutral`."""
    seat = seat_now(session, command.seat_id)
    _check_own(session, seat, OwnControl.SWITCH)
    if command.microphone and seat.muted:
        raise Refused("muted_by_neutral")
    before = (seat.mic_on, seat.camera_on)
    seat.mic_on = seat.mic_on if command.microphone is None else command.microphone
    seat.camera_on = seat.camera_on if command.camera is None else command.camera
    if before != (seat.mic_on, seat.camera_on):
        seat.device = seat.device | _found_now(seat.device, microphone=command.microphone, camera=command.camera)
        session.flush()
        switched = SeatSwitched(
            case_id=seat.hearing.case_id,
            hearing_id=seat.hearing_id,
            seat_id=seat.id,
            mic_on=seat.mic_on,
            camera_on=seat.camera_on,
        )
        log.append(session, switched, actor=queries.seat_actor(session, seat.id), at=clock())
    return seat


def _found_now(device: dict[str, Any], **on: bool | None) -> dict[str, str]:
    """What was missing at the check and is switched on now is there."""
    return {name: "ok" for name, is_on in on.items() if is_on and name in device}


def raise_hand(session: Session, seat_id: int, *, raised: bool, clock: Clock) -> Seat:
    """Raise or lower one's own hand; raised again it keeps its place in the queue. Emits: HandMoved."""
    seat = seat_now(session, seat_id)
    _check_own(session, seat, OwnControl.HAND)
    _move_hand(session, seat, seat, raised=raised, clock=clock)
    return seat


def _move_hand(session: Session, seat: Seat, by: Seat, *, raised: bool, clock: Clock) -> None:
    if raised is (seat.hand_raised_at is not None):
        return
    seat.hand_raised_at = clock() if raised else None
    session.flush()
    moved = HandMoved(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, raised=raised)
    log.append(session, moved, actor=queries.seat_actor(session, by.id), at=clock())


@dataclass(frozen=True, slots=True)
class Say:
    seat_id: int
    text: str


def say(session: Session, command: Say, *, clock: Clock) -> ChatLine:
    """Type a line to one's own room; in the waiting room to the neutral. Emits: LineSaid.

    Raises: Invalid `chat_empty`, `chat_too_long`; Refused `nobody_to_hear`, `hearing_closed`, `not_in_room`.
    """
    seat = seat_now(session, command.seat_id)
    _check_own(session, seat, OwnControl.SAY)
    text = controls.checked_line(command.text)
    others = select(Seat.id).where(
        Seat.hearing_id == seat.hearing_id, Seat.id != seat.id, Seat.room == seat.room, Seat.state != SeatState.LEFT
    )
    if seat.room != WAITING_ROOM and session.scalars(others.limit(1)).first() is None:
        raise Refused("nobody_to_hear")
    line = ChatLine(hearing_id=seat.hearing_id, seat_id=seat.id, room=seat.room, text=text, said_at=clock())
    session.add(line)
    session.flush()
    said = LineSaid(
        case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, line_id=line.id, room=seat.room
    )
    log.append(session, said, actor=queries.seat_actor(session, seat.id), at=clock())
    return line


def leave(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """Go; coming back is possible while the hearing goes on. Emits: SeatMoved."""
    seat = seat_now(session, seat_id)
    _check_own(session, seat, OwnControl.LEAVE)
    actor = queries.seat_actor(session, seat.id)
    take_step(session, actor, seat, SeatStep.LEAVE, clock=clock)
    settle(session, actor, seat.hearing, clock=clock)
    return seat


@dataclass(frozen=True, slots=True)
class ControlSeat:
    by: int
    """The neutral's seat."""
    seat: str
    """Public id of the other's."""
    control: SeatControl


def control_seat(session: Session, command: ControlSeat, *, clock: Clock) -> Seat:
    """The neutral admits, dismisses, mutes, unmutes, lowers a hand.

    Emits: SeatMoved, SeatMuted or HandMoved. Raises: Denied `not_yours`; Missing `seat_unknown`; Refused with its
    reason (`protected_pair`, `neutral_absent`, `not_now`).
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    seat = session.scalars(
        select(Seat)
        .where(Seat.public_id == command.seat, Seat.hearing_id == by.hearing_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if seat is None:
        raise Missing("seat_unknown")
    snapshot = queries.snapshot(session, by.hearing_id)
    facts = snapshot.seat_facts(snapshot.seat_by_id(seat.id))
    hand = seat.hand_raised_at is not None
    refusal = controls.refuse_neutrals(command.control, facts, muted=seat.muted, hand_raised=hand)
    if refusal is not None:
        raise Refused(refusal, step=command.control.value, state=seat.state.value)
    _apply(session, by, seat, command.control, clock)
    return seat


def _apply(session: Session, by: Seat, seat: Seat, control: SeatControl, clock: Clock) -> None:
    actor = queries.seat_actor(session, by.id)
    match control:
        case SeatControl.ADMIT:
            take_step(session, actor, seat, SeatStep.ADMIT, clock=clock)
        case SeatControl.DISMISS:
            take_step(session, actor, seat, SeatStep.DISMISS, clock=clock)
            settle(session, actor, seat.hearing, clock=clock)
        case SeatControl.LOWER_HAND:
            _move_hand(session, seat, by, raised=False, clock=clock)
        case SeatControl.MUTE | SeatControl.UNMUTE:
            _mute(session, actor, seat, muted=control is SeatControl.MUTE, clock=clock)


def _mute(session: Session, actor: Actor, seat: Seat, *, muted: bool, clock: Clock) -> None:
    seat.muted = muted
    session.flush()
    event = SeatMuted(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, muted=muted)
    log.append(session, event, actor=actor, at=clock())


@dataclass(frozen=True, slots=True)
class ControlRoom:
    by: int
    """The neutral's seat."""
    control: RoomControl


def control_room(session: Session, command: ControlRoom, *, clock: Clock) -> None:
    """The neutral mutes everybody in their own room, or lets all of them speak again. Emits: SeatMuted for each.

    Raises: Denied `not_yours`; Refused `not_now` when nobody would be muted or unmuted.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    snapshot = queries.snapshot(session, by.hearing_id)
    row = snapshot.seat_by_id(by.id)
    refusal = controls.refuse_room(command.control, snapshot.seat_facts(row), snapshot.muted_beside(row))
    if refusal is not None:
        raise Refused(refusal, step=command.control.value)
    muted, actor = command.control is RoomControl.MUTE_ALL, queries.seat_actor(session, by.id)
    others = select(Seat).where(
        Seat.hearing_id == by.hearing_id,
        Seat.id != by.id,
        Seat.room == by.room,
        Seat.state != SeatState.LEFT,
        Seat.muted.is_not(muted),
    )
    for seat in session.scalars(others.order_by(Seat.id).with_for_update()).all():
        _mute(session, actor, seat, muted=muted, clock=clock)
