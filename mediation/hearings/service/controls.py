"""What people do in the hearing: with their own seat, and the neutral with the others'."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import policy, queries
from mediation.hearings.events import HandMoved, ScreenShared, SeatMuted, SeatSpotlit, SeatSwitched, ShowingAllowed
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules import controls
from mediation.hearings.rules.codes import SeatRole, SeatState
from mediation.hearings.rules.controls import OwnControl, RoomControl, SeatControl
from mediation.hearings.rules.seats import SeatStep
from mediation.hearings.service.caucus import settle
from mediation.hearings.service.enter import check_own, seat_now, take_chair, take_step
from mediation.hearings.service.life import pause_unled
from mediation.hearings.service.safety import see_all
from mediation.hearings.service.tables import clear_own
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused


@dataclass(frozen=True, slots=True)
class ReportDevice:
    seat_id: int
    report: dict[str, Any]
    """Findings by device, and the browser's family; no identifier."""


def report_device(session: Session, command: ReportDevice, *, clock: Clock) -> Seat:
    """The device check is over: the person waits, the neutral takes the chair. Emits: SeatMoved."""
    seat = seat_now(session, command.seat_id)
    check_own(session, seat, OwnControl.DEVICE_REPORT)
    seat.device = command.report
    seat.mic_on = command.report.get("microphone") == "ok"
    seat.camera_on = command.report.get("camera") == "ok"
    take_step(session, queries.seat_actor(session, seat.id), seat, SeatStep.CHECKED, clock=clock)
    take_chair(session, seat, clock=clock)
    return seat


def recheck(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    seat = seat_now(session, seat_id)
    check_own(session, seat, OwnControl.RECHECK)
    seat.device = {}
    return take_step(session, queries.seat_actor(session, seat.id), seat, SeatStep.RECHECK, clock=clock)


@dataclass(frozen=True, slots=True)
class SwitchDevices:
    seat_id: int
    microphone: bool | None = None
    camera: bool | None = None


def switch(session: Session, command: SwitchDevices, *, clock: Clock) -> Seat:
    """One's own microphone and camera; muted, not locked, one speaks again by switching on.

    Emits: SeatSwitched, SeatMuted. Raises: Refused `muted_by_neutral`.
    """
    seat = seat_now(session, command.seat_id)
    check_own(session, seat, OwnControl.SWITCH)
    if command.microphone and seat.mute_locked:
        raise Refused("muted_by_neutral")
    if command.microphone and seat.muted:
        _mute(session, queries.seat_actor(session, seat.id), seat, muted=False, clock=clock)
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
    check_own(session, seat, OwnControl.HAND)
    _move_hand(session, seat, seat, raised=raised, clock=clock)
    return seat


def _move_hand(session: Session, seat: Seat, by: Seat, *, raised: bool, clock: Clock) -> None:
    if raised is (seat.hand_raised_at is not None):
        return
    seat.hand_raised_at = clock() if raised else None
    session.flush()
    moved = HandMoved(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, raised=raised)
    log.append(session, moved, actor=queries.seat_actor(session, by.id), at=clock())


def share(session: Session, seat_id: int, *, sharing: bool, clock: Clock) -> Seat:
    """Show one's own screen instead of one's own picture, or stop; one at a time in a room. Emits: ScreenShared.

    Raises: Refused `screen_taken`, `not_in_room`, `not_in_session`.
    """
    seat = seat_now(session, seat_id)
    if sharing:
        session.get_one(Hearing, seat.hearing_id, with_for_update=True)  # two at the same moment: one of them
        check_own(session, seat, OwnControl.SHARE)
    if sharing is not seat.sharing:
        _share(session, queries.seat_actor(session, seat.id), seat, sharing=sharing, clock=clock)
    return seat


def _share(session: Session, actor: Actor, seat: Seat, *, sharing: bool, clock: Clock) -> None:
    seat.sharing = sharing
    session.flush()
    shared = ScreenShared(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, sharing=sharing)
    log.append(session, shared, actor=actor, at=clock())


def leave(session: Session, seat_id: int, *, clock: Clock) -> Seat:
    """Go; coming back is possible while the hearing goes on. The neutral gone, it is paused and locked.

    Emits: SeatMoved, HearingMoved.
    """
    seat = seat_now(session, seat_id)
    check_own(session, seat, OwnControl.LEAVE)
    actor = queries.seat_actor(session, seat.id)
    take_step(session, actor, seat, SeatStep.LEAVE, clock=clock)
    if seat.role is SeatRole.NEUTRAL:
        pause_unled(session, actor, seat.hearing, clock=clock)
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
    """The neutral admits, dismisses, mutes, unmutes, lowers a hand, puts one person large on all screens.

    Emits: SeatMoved, SeatMuted, HandMoved or SeatSpotlit. Raises: Denied `not_yours`; Missing
    `seat_unknown`; Refused with its reason (`protected_pair`, `neutral_absent`, `not_now`).
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
    refusal = controls.refuse_neutrals(command.control, facts, snapshot.seat_by_id(seat.id).signs)
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
        case SeatControl.MUTE | SeatControl.LOCK_MUTE | SeatControl.UNMUTE:
            muted, locked = control is not SeatControl.UNMUTE, control is SeatControl.LOCK_MUTE
            _mute(session, actor, seat, muted=muted, locked=locked, clock=clock)
        case SeatControl.STOP_SHARE | SeatControl.LET_SHOW | SeatControl.STOP_SHOW:
            _may_show(session, actor, seat, control, clock)
        case SeatControl.SEEN_SIGNAL:
            see_all(session, actor, seat, clock=clock)
        case SeatControl.SPOTLIGHT | SeatControl.UNSPOTLIGHT:
            _spotlight(session, actor, seat, spotlit=control is SeatControl.SPOTLIGHT, clock=clock)


def _mute(session: Session, actor: Actor, seat: Seat, *, muted: bool, clock: Clock, locked: bool = False) -> None:
    seat.muted, seat.mute_locked = muted, locked
    session.flush()
    event = SeatMuted(
        case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, muted=muted, locked=locked
    )
    log.append(session, event, actor=actor, at=clock())


def _may_show(session: Session, actor: Actor, seat: Seat, control: SeatControl, clock: Clock) -> None:
    """The screen, and papers; the leave taken back, what the person shows is taken from the table too."""
    if control is SeatControl.STOP_SHARE:
        _share(session, actor, seat, sharing=False, clock=clock)
        return
    allowed = seat.may_show = control is SeatControl.LET_SHOW
    session.flush()
    event = ShowingAllowed(case_id=seat.hearing.case_id, hearing_id=seat.hearing_id, seat_id=seat.id, allowed=allowed)
    log.append(session, event, actor=actor, at=clock())
    if not allowed:
        clear_own(session, actor, seat.id, clock=clock)


def _spotlight(session: Session, actor: Actor, seat: Seat, *, spotlit: bool, clock: Clock) -> None:
    """The one before is not large any more."""
    changed = {seat: spotlit} | {one: False for one in seat.hearing.seats if one.spotlit and one is not seat}
    for one, now in changed.items():
        one.spotlit = now
        session.flush()
        event = SeatSpotlit(case_id=seat.hearing.case_id, hearing_id=one.hearing_id, seat_id=one.id, spotlit=now)
        log.append(session, event, actor=actor, at=clock())


@dataclass(frozen=True, slots=True)
class ControlRoom:
    by: int
    """The neutral's seat."""
    control: RoomControl


def control_room(session: Session, command: ControlRoom, *, clock: Clock) -> None:
    """The neutral mutes everybody in their own room, lets all of them speak again, lowers all hands.

    Emits: SeatMuted or HandMoved for each. Raises: Denied `not_yours`; Refused `not_now` when nothing would change.
    """
    by = seat_now(session, command.by)
    policy.check_neutral(by)
    snapshot = queries.snapshot(session, by.hearing_id)
    row = snapshot.seat_by_id(by.id)
    refusal = controls.refuse_room(command.control, snapshot.seat_facts(row), snapshot.signs_beside(row))
    if refusal is not None:
        raise Refused(refusal, step=command.control.value)
    actor = queries.seat_actor(session, by.id)
    others = select(Seat).where(
        Seat.hearing_id == by.hearing_id, Seat.id != by.id, Seat.room == by.room, Seat.state != SeatState.LEFT
    )
    for seat in session.scalars(others.order_by(Seat.id).with_for_update()).all():
        if not controls.changes(command.control, snapshot.seat_by_id(seat.id).signs):
            continue
        if command.control is RoomControl.LOWER_HANDS:
            _move_hand(session, seat, by, raised=False, clock=clock)
        else:
            locked = command.control is RoomControl.LOCK_ALL
            muted = command.control is not RoomControl.UNMUTE_ALL
            _mute(session, actor, seat, muted=muted, locked=locked, clock=clock)
