"""What `live` sends."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from mediation.hearings.rules.codes import (
    CaucusState,
    ConsentState,
    GuestAnswer,
    HearingState,
    MinuteStage,
    NoteTag,
    RecordingPurpose,
    SeatRole,
    SeatState,
)
from mediation.hearings.rules.forwarding import Reception
from mediation.live.messages.base import Finding, Message


class IceServer(Message):
    """A TURN server, and what opens it for this seat for some hours."""

    urls: tuple[str, ...]
    username: str
    credential: str


class MediaSettings(Message):
    slots: int
    """How many others can be received: one audio and one video transceiver for each."""
    ice_servers: tuple[IceServer, ...] = ()
    max_video_kbps: int = 600
    max_audio_kbps: int = 40


class Welcome(Message):
    type: Literal["welcome"] = "welcome"
    seat: str
    hearing: str
    role: SeatRole
    beat_every_s: float
    lost_after_s: float
    media: MediaSettings


class HearingView(Message):
    id: str
    case_number: str
    state: HearingState
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    """From when the neutral may open the waiting room."""
    started_at: datetime | None
    closed_at: datetime | None
    begins_at: datetime | None
    """When the seconds before the beginning have run out; None: they do not run."""
    steps: tuple[str, ...] = ()
    """HearingCommand.step values that this seat may take now."""
    room_steps: tuple[str, ...] = ()
    """RoomCommand.step values that this seat may take now."""


class SeatView(Message):
    """What this recipient may know of a seat. A protected person's seat is not in the list at all."""

    id: str
    name: str
    role: SeatRole
    part: str
    """applicant, respondent, agent, third; empty for the neutral."""
    state: SeatState
    room: str | None
    """waiting, main, caucus-<n>; None: not for this recipient to know."""
    same_room: bool
    """Hears and is heard by this recipient as far as the hearing's state lets."""
    muted: bool
    """By the neutral."""
    mute_locked: bool
    """The person cannot undo it."""
    spotlit: bool
    """To be shown large, as the neutral wants it."""
    mic_on: bool
    camera_on: bool
    hand_raised_at: datetime | None
    hand_place: int | None
    """Which of the raised hands of the room, from 1 on."""
    arrived_at: datetime | None
    camera: Finding
    microphone: Finding
    line: Literal["good", "fair", "poor", "unknown"]
    """Loss under 10 %, 10-15 %, 15 % and more."""
    receives: Reception = Reception.ALL
    sends_picture: bool = True
    """False: their line is too slow for it now."""
    hold_ms: int = 0
    """How long to hold this person's sound back, so that what is sent again still arrives."""
    steps: tuple[str, ...] = ()
    """SeatCommand.step values that this recipient may take with it now; empty for parties."""
    may_be_asked: bool = False
    """To talk apart, by this recipient, now."""
    sharing: bool = False
    """The picture is this person's screen."""
    may_show: bool = False
    """Papers of their own, by the mediator's leave; told to the mediator only."""
    signalled_at: datetime | None = None
    """A quiet signal of danger that nobody has seen; told to the mediator only."""


class YouView(Message):
    seat: str
    role: SeatRole
    state: SeatState
    room: str
    muted: bool
    mute_locked: bool
    """One cannot switch the microphone on oneself."""
    spotlit: bool
    sharing: bool
    """One's own screen is what the others see."""
    mic_on: bool
    camera_on: bool
    hand_raised_at: datetime | None
    hand_place: int | None
    heard: bool
    """Whether somebody hears this seat now: the banner "you are heard" (fed by the forwarding matrix)."""
    n_ahead: int
    """Waiting people who came earlier."""
    steps: tuple[str, ...] = ()
    """OwnControl values, and come_together."""
    may_show: bool = False
    """You may lay a paper on the table now."""
    wants: Reception = Reception.ALL
    """Your own choice."""
    receives: Reception = Reception.ALL
    """Less than `wants` while your line is too slow."""
    sends_picture: bool = True
    """False: your line is too slow for it now, send none."""


class GuestView(Message):
    seat: str
    name: str
    answer: GuestAnswer


class CaucusView(Message):
    """A room apart: the neutral knows of all, a party of the one they are asked into or in."""

    id: str
    room: str
    state: CaucusState
    locked: bool
    asked: bool
    """You have not answered yet."""
    inside: bool
    """You are in it."""
    expires_at: datetime | None
    """When the question ends."""
    guests: tuple[GuestView, ...]
    steps: tuple[str, ...] = ()
    """CaucusCommand.step values of the neutral; `invite` means that more people may be asked in."""


class ConsentView(Message):
    seat: str
    name: str
    consent: ConsentState


class RecordingView(Message):
    """Whether it is being recorded: `on` is what the engine does, never what was pressed."""

    on: bool
    """Somebody's sound or picture is handed to the recorder at this moment."""
    state: Literal["off", "running", "paused"]
    """What the mediator wants."""
    purpose: RecordingPurpose
    held: str = ""
    """Running but not recorded, rightly: the rule's code (recording_not_agreed, neutral_absent, not_in_session …)."""
    alarm: str = ""
    """Running but not recorded, wrongly: disk_full, write_failed, not_written, no_media."""
    consent: ConsentState
    """Your own, for this purpose."""
    consents: tuple[ConsentView, ...] = ()
    """For the neutral: of each person in the room."""
    steps: tuple[str, ...] = ()
    """RecordCommand.step values of the neutral; ConsentAnswer.step values of everybody else."""


class PaperView(Message):
    """A paper that lies on the table of your room. Pages come by HTTP, asked anew for each viewer."""

    id: str
    presenter: str
    """Seat."""
    name: str
    """Of the presenter."""
    own: bool
    """You laid it there."""
    may_see: bool
    """False: it is not for you; then nothing else of it is told."""
    title: str = ""
    page: int = 0
    n_pages: int = 0
    mark_x: int | None = None
    mark_y: int | None = None
    """Where the presenter points, in thousandths of the page."""
    pages: tuple[int, ...] = ()
    """Those you may turn to by yourself."""
    blind: tuple[str, ...] = ()
    """Names of those in the room who do not see it; told to the presenter and the neutral."""
    steps: tuple[str, ...] = ()
    """PaperCommand.step values."""


class State(Message):
    type: Literal["state"] = "state"
    revision: int
    now: datetime
    hearing: HearingView
    you: YouView
    seats: tuple[SeatView, ...]
    """The others, without oneself: first the neutral, then by part."""
    caucuses: tuple[CaucusView, ...] = ()
    recording: RecordingView
    paper: PaperView | None = None
    """On the table of your room."""


class ChatLineView(Message):
    id: int
    seat: str
    name: str
    room: str
    text: str
    said_at: datetime
    own: bool
    to: str | None
    """Name of the one who reads it beside its writer; None: the room."""
    kept: bool
    """It stands in the minutes."""
    may_keep: bool


class Chat(Message):
    type: Literal["chat"] = "chat"
    replace: bool
    """True: these are all the lines of your present room; False: add them."""
    lines: tuple[ChatLineView, ...]


class DeskLineView(Message):
    id: int
    name: str
    """Of the staff who wrote it; empty: oneself."""
    text: str
    said_at: datetime


class FromDesk(Message):
    """What the staff on duty and this person wrote to each other: all of it. Sent where there is any."""

    type: Literal["from_desk"] = "from_desk"
    lines: tuple[DeskLineView, ...]
    may_answer: bool


class CaptionLine(Message):
    """What is being said, typed by staff; kept nowhere."""

    type: Literal["caption"] = "caption"
    text: str


class MinuteView(Message):
    id: int
    stage: MinuteStage
    text: str
    written_at: datetime


class NoteView(Message):
    id: int
    tag: NoteTag
    text: str
    written_at: datetime


class Notes(Message):
    """For the neutral only: the minutes so far, and the neutral's own notes."""

    type: Literal["notes"] = "notes"
    minutes: tuple[MinuteView, ...]
    own: tuple[NoteView, ...]


class ServerBeat(Message):
    type: Literal["beat"] = "beat"
    n: int
    seen: int
    now: datetime


class Done(Message):
    type: Literal["done"] = "done"
    ref: int | None


class ProblemMessage(Message):
    type: Literal["problem"] = "problem"
    code: str
    params: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    field: str | None = None
    about: str = ""
    """Type of the message that was refused."""
    ref: int | None = None
    fatal: bool = False


class Answer(Message):
    type: Literal["answer"] = "answer"
    generation: int
    sdp: str


class MediaOffer(Message):
    """The slots come by a second connection: answer it with `media_answer`. Again for the same generation: a change."""

    type: Literal["media_offer"] = "media_offer"
    generation: int
    sdp: str


class SlotView(Message):
    slot: int
    audio_mid: str
    video_mid: str
    seat: str | None
    """None: the slot is empty."""
    audio: bool
    """Sound is forwarded to you now."""
    video: bool


class Slots(Message):
    type: Literal["slots"] = "slots"
    generation: int
    slots: tuple[SlotView, ...]


class MediaWanted(Message):
    type: Literal["media_wanted"] = "media_wanted"
    what: Literal["offer", "ice_restart"]
    why: str = ""


class Bye(Message):
    """The last message before a close by `live`."""

    type: Literal["bye"] = "bye"
    reason: Literal["replaced", "closed", "left", "drain", "moved"]
    reconnect: bool


ServerMessage = Annotated[
    Welcome
    | State
    | Chat
    | FromDesk
    | CaptionLine
    | Notes
    | ServerBeat
    | Done
    | ProblemMessage
    | Answer
    | MediaOffer
    | Slots
    | MediaWanted
    | Bye,
    Field(discriminator="type"),
]
