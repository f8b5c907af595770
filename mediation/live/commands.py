"""What each message of a browser does: one service call in one transaction."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy.orm import Session

from mediation.hearings import service
from mediation.hearings.rules.caucus import ANSWER_WITHIN_S, CaucusStep
from mediation.hearings.rules.consent import ConsentStep, RecordingStep
from mediation.hearings.rules.controls import RoomControl, SeatControl
from mediation.hearings.rules.life import COUNTDOWN_S, HearingStep
from mediation.hearings.rules.papers import PaperStep
from mediation.kernel.clock import Clock
from mediation.live.messages import (
    AnswerDesk,
    Caption,
    CaucusAnswer,
    CaucusCommand,
    CaucusInvite,
    ComeTogether,
    ConsentAnswer,
    DeviceReport,
    Hand,
    HearingCommand,
    KeepLine,
    Leave,
    Minute,
    Note,
    PaperCommand,
    Recheck,
    RecordCommand,
    RoomCommand,
    Say,
    SeatCommand,
    Share,
    Signal,
    Switch,
    TakeChair,
)

Command = Callable[[Session, int, Any, Clock], object]
"""Session, id of the seat that sent it, the message, the clock."""


def _device_report(session: Session, seat_id: int, message: DeviceReport, clock: Clock) -> object:
    report = message.model_dump(exclude={"type", "ref"})
    return service.report_device(session, service.ReportDevice(seat_id, report), clock=clock)


def _recheck(session: Session, seat_id: int, _message: Recheck, clock: Clock) -> object:
    return service.recheck(session, seat_id, clock=clock)


def _switch(session: Session, seat_id: int, message: Switch, clock: Clock) -> object:
    return service.switch(session, service.SwitchDevices(seat_id, message.microphone, message.camera), clock=clock)


def _hand(session: Session, seat_id: int, message: Hand, clock: Clock) -> object:
    return service.raise_hand(session, seat_id, raised=message.raised, clock=clock)


def _take_chair(session: Session, seat_id: int, _message: TakeChair, clock: Clock) -> object:
    return service.take_over_chair(session, seat_id, clock=clock)


def _signal(session: Session, seat_id: int, _message: Signal, clock: Clock) -> object:
    return service.signal_danger(session, seat_id, clock=clock)


def _say(session: Session, seat_id: int, message: Say, clock: Clock) -> object:
    return service.say(session, service.Say(seat_id, message.text, message.to), clock=clock)


def _answer_desk(session: Session, seat_id: int, message: AnswerDesk, clock: Clock) -> object:
    return service.answer_desk(session, service.AnswerDesk(seat_id, message.text), clock=clock)


def _keep_line(session: Session, seat_id: int, message: KeepLine, clock: Clock) -> object:
    return service.keep_line(session, service.KeepLine(seat_id, message.line), clock=clock)


def _caption(session: Session, seat_id: int, message: Caption, _clock: Clock) -> object:
    return service.caption(session, seat_id, message.text)


def _share(session: Session, seat_id: int, message: Share, clock: Clock) -> object:
    return service.share(session, seat_id, sharing=message.on, clock=clock)


def _leave(session: Session, seat_id: int, _message: Leave, clock: Clock) -> object:
    return service.leave(session, seat_id, clock=clock)


def _hearing(
    session: Session,
    seat_id: int,
    message: HearingCommand,
    clock: Clock,
    countdown: timedelta = timedelta(seconds=COUNTDOWN_S),
) -> object:
    command = service.ControlHearing(seat_id, HearingStep(message.step), countdown)
    return service.control_hearing(session, command, clock=clock)


def _seat(session: Session, seat_id: int, message: SeatCommand, clock: Clock) -> object:
    command = service.ControlSeat(seat_id, message.seat, SeatControl(message.step))
    return service.control_seat(session, command, clock=clock)


def _room(session: Session, seat_id: int, message: RoomCommand, clock: Clock) -> object:
    service.control_room(session, service.ControlRoom(seat_id, RoomControl(message.step)), clock=clock)
    return None


def _caucus_invite(
    session: Session,
    seat_id: int,
    message: CaucusInvite,
    clock: Clock,
    within: timedelta = timedelta(seconds=ANSWER_WITHIN_S),
) -> object:
    command = service.InviteApart(seat_id, message.seats, message.caucus, within)
    return service.invite_apart(session, command, clock=clock)


def _caucus_answer(session: Session, seat_id: int, message: CaucusAnswer, clock: Clock) -> object:
    command = service.AnswerInvitation(seat_id, message.caucus, message.accept)
    return service.answer_invitation(session, command, clock=clock)


def _caucus(session: Session, seat_id: int, message: CaucusCommand, clock: Clock) -> object:
    command = service.ControlCaucus(seat_id, CaucusStep(message.step), message.caucus)
    service.control_caucus(session, command, clock=clock)
    return None


def _come_together(session: Session, seat_id: int, _message: ComeTogether, clock: Clock) -> object:
    return service.come_together(session, seat_id, clock=clock)


def _minute(session: Session, seat_id: int, message: Minute, clock: Clock) -> object:
    return service.write_minute(session, service.WriteMinute(seat_id, message.stage, message.text), clock=clock)


def _note(session: Session, seat_id: int, message: Note, clock: Clock) -> object:
    return service.write_note(session, service.WriteNote(seat_id, message.tag, message.text), clock=clock)


def _paper(session: Session, seat_id: int, message: PaperCommand, clock: Clock) -> object:
    command = service.MovePaper(seat_id, PaperStep(message.step), message.page, message.x, message.y)
    return service.move_paper(session, command, clock=clock)


def _record(session: Session, seat_id: int, message: RecordCommand, clock: Clock) -> object:
    match message.step:
        case "ask":
            return service.ask_consent(session, service.AskConsent(seat_id, message.purpose), clock=clock)
        case "start":
            return service.start_recording(session, service.StartRecording(seat_id, message.purpose), clock=clock)
        case "pause" | "resume" | "stop":
            command = service.ControlRecording(seat_id, RecordingStep(message.step))
            return service.control_recording(session, command, clock=clock)


def _consent(session: Session, seat_id: int, message: ConsentAnswer, clock: Clock) -> object:
    command = service.AnswerConsent(seat_id, ConsentStep(message.step), message.purpose)
    return service.answer_consent(session, command, clock=clock)


COMMANDS: Final[Mapping[type[BaseModel], Command]] = {
    DeviceReport: _device_report,
    Recheck: _recheck,
    Switch: _switch,
    Hand: _hand,
    TakeChair: _take_chair,
    Signal: _signal,
    Say: _say,
    AnswerDesk: _answer_desk,
    KeepLine: _keep_line,
    Caption: _caption,
    Share: _share,
    Leave: _leave,
    HearingCommand: _hearing,
    SeatCommand: _seat,
    RoomCommand: _room,
    CaucusInvite: _caucus_invite,
    CaucusAnswer: _caucus_answer,
    CaucusCommand: _caucus,
    ComeTogether: _come_together,
    Minute: _minute,
    Note: _note,
    PaperCommand: _paper,
    RecordCommand: _record,
    ConsentAnswer: _consent,
}


def commands(*, answer_within: timedelta, countdown: timedelta) -> Mapping[type[BaseModel], Command]:
    """As this process runs them: with the times from the settings."""
    return {
        **COMMANDS,
        CaucusInvite: partial(_caucus_invite, within=answer_within),
        HearingCommand: partial(_hearing, countdown=countdown),
    }
