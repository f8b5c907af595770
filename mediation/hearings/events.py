"""What happens in a hearing. Ids and codes only: no names, no words that were said."""

from dataclasses import dataclass
from datetime import datetime

from mediation.hearings.rules.codes import (
    AlertKind,
    AlertOutcome,
    CallResult,
    CaucusState,
    ConsentState,
    GuestAnswer,
    HearingState,
    RecordingPurpose,
    RecordingState,
    SeatState,
)
from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingEvent(Event):
    """Base: which hearing."""

    hearing_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatEvent(HearingEvent):
    """Base: whose seat."""

    seat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPrepared(HearingEvent):
    booking_id: int
    starts_at: datetime
    seat_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairHandedOver(SeatEvent):
    """Another mediator sits in the neutral's chair; whoever sat in it is out."""

    from_account_id: int | None
    account_id: int
    was: SeatState


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingMoved(HearingEvent):
    """A step of the hearing's life was taken: opened, started, paused, resumed, suspended, closed, reopened."""

    step: str
    source: HearingState
    target: HearingState


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingStarted(HearingEvent):
    """The first time that the session began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingClosed(HearingEvent):
    """The session is over; the outcome can be recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMoved(SeatEvent):
    """A step of the seat's life was taken: came, checked, admitted, dismissed, lost the line, came back, left."""

    step: str
    source: SeatState
    target: SeatState
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMuted(SeatEvent):
    """By the neutral; or the person switched on again where that was not locked."""

    muted: bool
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSpotlit(SeatEvent):
    """Large on every screen, or not any more."""

    spotlit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSwitched(SeatEvent):
    """The person turned their own microphone or camera on or off."""

    mic_on: bool
    camera_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandMoved(SeatEvent):
    raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChairTaken(SeatEvent):
    """A co-mediator runs the hearing now; whoever did has their seat."""

    from_seat_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetySignalled(HearingEvent):
    """Somebody signalled danger; who reads it: `Permission.ANSWER_SIGNAL`."""

    signal_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetySeen(HearingEvent):
    """Somebody looks after the signal."""

    signal_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenShared(SeatEvent):
    """The person's screen is shown instead of their picture, or not any more."""

    sharing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowingAllowed(SeatEvent):
    """The mediator lets this person show papers of their own, or not any more."""

    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEvent(SeatEvent):
    """Base: which paper, which time that it lay on the table."""

    paper_id: int
    file_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperShown(PaperEvent):
    """The seat laid it on the table of this room."""

    room: str
    n_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSeen(PaperEvent):
    """The seat has looked at it, for the first time since it was laid there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTakenAway(PaperEvent):
    """It lies there no more; which pages of it were shown."""

    room: str
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestNamed(SeatEvent):
    """A seat and an address for a witness or an interpreter; the name is not in the log."""

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestWithdrawn(SeatEvent):
    """The address opens nothing any more."""

    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOpened(SeatEvent):
    """A seat was opened on another device, or by a guest, with an address for this seat alone."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSaid(SeatEvent):
    """A line was typed; its words are not in the log."""

    line_id: int
    room: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTaken(SeatEvent):
    """The line of a seat was opened on another socket, and the old one told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaucusMoved(HearingEvent):
    """A step of a caucus's life was taken: asked, accepted, declined, expired, begun, locked, ended."""

    caucus_id: int
    number: int
    step: str
    source: CaucusState
    target: CaucusState


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestAnswered(SeatEvent):
    """Somebody who was asked to talk apart said yes, said no, or said nothing in time."""

    caucus_id: int
    answer: GuestAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaucusCertified(HearingEvent):
    """At the hearing's end: what was forwarded within rooms, and from one room into another."""

    n_caucuses: int
    n_within: int
    n_across: int
    n_restarts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteWritten(HearingEvent):
    """An entry of the minutes; its words are not in the log."""

    line_id: int
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesAnswered(SeatEvent):
    """A party read the minutes and says that they are right, or that something is not."""

    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentMoved(SeatEvent):
    """Somebody was asked whether they may be recorded, agreed, did not, or took it back."""

    purpose: RecordingPurpose
    step: str
    source: ConsentState
    target: ConsentState
    place: str
    """room, or page: the personal page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingEvent(HearingEvent):
    """Base: which recording."""

    recording_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(RecordingEvent):
    purpose: RecordingPurpose
    seat_ids: tuple[int, ...]
    """Who was in the room and had agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingMoved(RecordingEvent):
    """A step of the recording's life was taken: paused, resumed, stopped, put together or not, tried again."""

    step: str
    source: RecordingState
    target: RecordingState
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAlarmed(RecordingEvent):
    """It should have been recording and was not. The hearing goes on."""

    why: str
    ended: bool
    """It was stopped; else it goes on by itself when sound and picture come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingComposed(RecordingEvent):
    """The file that can be played; the hash is of its plain bytes."""

    sha256: str
    n_bytes: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingViewed(RecordingEvent):
    """Somebody opened it to watch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDeleted(RecordingEvent):
    """Files and keys are gone. why: expired, withdrawn, asked, empty."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent(HearingEvent):
    """Base: which alert of the desk, about whom; None: about the hearing."""

    alert_id: int
    kind: AlertKind
    about_seat_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertOpened(AlertEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(AlertEvent):
    """Its cause is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTaken(AlertEvent):
    """A member of staff looks after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDone(AlertEvent):
    outcome: AlertOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCalled(SeatEvent):
    """Staff telephoned them; the note is read on the desk only."""

    call_id: int
    result: CallResult


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskWrote(SeatEvent):
    """Staff on duty wrote to them; the words are not in the log."""

    line_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAnswered(SeatEvent):
    """They answered the staff on duty."""

    line_id: int
