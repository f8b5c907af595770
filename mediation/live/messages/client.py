"""What a browser sends."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mediation.hearings.rules.codes import MinuteStage, NoteTag, RecordingPurpose
from mediation.hearings.rules.notes import NOTE_LIMIT
from mediation.live.messages.base import MAX_CHAT, MAX_SDP, Finding, Message


class Hello(Message):
    type: Literal["hello"]
    token: Annotated[str, StringConstraints(max_length=400)]


class _Command(Message):
    ref: Annotated[int, Field(ge=0, le=2**53)] | None = None


class ClientBeat(Message):
    type: Literal["beat"]
    n: Annotated[int, Field(ge=0, le=2**53)]
    seen: Annotated[int, Field(ge=0, le=2**53)] = 0
    loss: Annotated[float, Field(ge=0, le=1)] | None = None
    """Share of packets that did not arrive in the last 5 s, of all slots; null: no media."""
    rtt_ms: Annotated[int, Field(ge=0, le=60_000)] | None = None


class DeviceReport(_Command):
    """The device check is over (or was skipped): the seat goes from `checking` to `waiting`."""

    type: Literal["device_report"]
    camera: Finding
    microphone: Finding
    loudspeaker: Finding = "unchecked"
    media_route: Finding = "unchecked"
    browser: Annotated[str, StringConstraints(max_length=60)] = ""
    """Family and version, for the help desk ("Chrome 130 Android"); no identifier."""
    restricted_app: Literal["", "wechat", "qq", "alipay", "other"] = ""
    """A browser inside an app that may refuse the camera."""


class Recheck(_Command):
    """Back from `waiting` to `checking`: the person opens the device check again."""

    type: Literal["recheck"]


class Switch(_Command):
    """One's own microphone and camera; null leaves it. Refused `muted_by_neutral` for the microphone while locked."""

    type: Literal["switch"]
    microphone: bool | None = None
    camera: bool | None = None


class Hand(_Command):
    type: Literal["hand"]
    raised: bool


class TakeChair(_Command):
    """A co-mediator runs the hearing from now on; refused `chair_taken` while its mediator is on the line."""

    type: Literal["take_chair"]


class Signal(_Command):
    """Danger: told to the mediator and the staff only. Nothing about it is ever shown on this page."""

    type: Literal["signal"]


class Say(_Command):
    """A chat line to one's own room; in the waiting room it goes to the neutral only.

    `to`: for one reader alone, from any room: `mediator`, or from the mediator the id of a seat.
    """

    type: Literal["say"]
    text: Annotated[str, StringConstraints(max_length=4 * MAX_CHAT)]
    to: Annotated[str, StringConstraints(max_length=32)] | None = None


class AnswerDesk(_Command):
    """An answer to the staff on duty, who wrote to this person; nobody else reads it."""

    type: Literal["answer_desk"]
    text: Annotated[str, StringConstraints(max_length=4 * MAX_CHAT)]


class KeepLine(_Command):
    """The neutral puts a typed line of the common room on the record."""

    type: Literal["keep_line"]
    line: Annotated[int, Field(ge=0, le=2**53)]


class Caption(_Command):
    """Staff type what is being said; whoever is in the room reads it at once, nobody keeps it."""

    type: Literal["caption"]
    text: Annotated[str, StringConstraints(max_length=4 * MAX_CHAT)]


class Share(_Command):
    """One's own screen instead of one's own picture, in the same stream; one at a time in a room."""

    type: Literal["share"]
    on: bool


class Receive(_Command):
    """What this device wants of the others, for as long as its line lives: a slow or costly line is spared the rest."""

    type: Literal["receive"]
    what: Literal["all", "sound", "text"]


class Leave(_Command):
    type: Literal["leave"]


class HearingCommand(_Command):
    """The neutral's steps of the whole hearing."""

    type: Literal["hearing"]
    step: Literal["open", "start", "stop_count", "pause", "resume", "suspend", "close", "reopen"]
    """`start` lets the seconds run first (`hearing.begins_at`), `stop_count` stops them."""


class SeatCommand(_Command):
    """The neutral's steps with one seat (`seat` is its id); `mute` is the neutral's, not one's own switch."""

    type: Literal["seat"]
    step: Literal[
        "admit",
        "dismiss",
        "mute",
        "lock_mute",
        "unmute",
        "lower_hand",
        "spotlight",
        "unspotlight",
        "seen_signal",
        "stop_share",
        "let_show",
        "stop_show",
    ]
    seat: Annotated[str, StringConstraints(max_length=32)]


class RoomCommand(_Command):
    """The neutral's steps with everybody in their own room."""

    type: Literal["room"]
    step: Literal["mute_all", "lock_all", "unmute_all", "lower_hands"]


class CaucusInvite(_Command):
    """The neutral asks people to talk apart; all of them must accept. `caucus`: into a room that runs already."""

    type: Literal["caucus_invite"]
    seats: Annotated[tuple[Annotated[str, StringConstraints(max_length=32)], ...], Field(min_length=1, max_length=6)]
    caucus: Annotated[str, StringConstraints(max_length=32)] | None = None


class CaucusAnswer(_Command):
    """Yes or no to talking apart."""

    type: Literal["caucus_answer"]
    caucus: Annotated[str, StringConstraints(max_length=32)]
    accept: bool


class CaucusCommand(_Command):
    """The neutral's steps with a caucus. Without one: `enter` the main room, `end` all of them."""

    type: Literal["caucus"]
    step: Literal["enter", "lock", "unlock", "withdraw", "end"]
    caucus: Annotated[str, StringConstraints(max_length=32)] | None = None


class ComeTogether(_Command):
    """A party goes back to the main room by themselves."""

    type: Literal["come_together"]


class Minute(_Command):
    """The neutral writes one entry of the minutes, which the parties read after the hearing."""

    type: Literal["minute"]
    stage: MinuteStage
    text: Annotated[str, StringConstraints(max_length=4 * NOTE_LIMIT)]


class Note(_Command):
    """The neutral writes a note that nobody else reads."""

    type: Literal["note"]
    tag: NoteTag
    text: Annotated[str, StringConstraints(max_length=4 * NOTE_LIMIT)]


class PaperCommand(_Command):
    """The paper on the table of one's room: who laid it there turns it (`page`) and points (`x`, `y`, in thousandths).

    Laid there it is by POST to the page's own list of papers, which draws the first page and counts them.
    """

    type: Literal["paper"]
    step: Literal["turn", "mark", "unmark", "close"]
    page: Annotated[int, Field(ge=1, le=10_000)] | None = None
    x: Annotated[int, Field(ge=0, le=1000)] | None = None
    y: Annotated[int, Field(ge=0, le=1000)] | None = None


class RecordCommand(_Command):
    """The neutral asks everybody in the room whether they may be recorded, and starts, pauses and stops."""

    type: Literal["record"]
    step: Literal["ask", "start", "pause", "resume", "stop"]
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK


class ConsentAnswer(_Command):
    """One's own word on being recorded; `withdraw` takes a yes back: recording stops and is deleted."""

    type: Literal["consent"]
    step: Literal["give", "refuse", "withdraw"]
    purpose: RecordingPurpose = RecordingPurpose.READ_BACK


class Offer(_Command):
    type: Literal["offer"]
    generation: Annotated[int, Field(ge=1, le=1_000_000)]
    sdp: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SDP)]


class MediaAnswer(_Command):
    """To `media_offer`."""

    type: Literal["media_answer"]
    generation: Annotated[int, Field(ge=1, le=1_000_000)]
    sdp: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SDP)]


class Refresh(_Command):
    """Send `state`, `chat` and `slots` again."""

    type: Literal["refresh"]


ClientMessage = Annotated[
    Hello
    | ClientBeat
    | DeviceReport
    | Recheck
    | Switch
    | Hand
    | TakeChair
    | Signal
    | Say
    | AnswerDesk
    | KeepLine
    | Caption
    | Share
    | Leave
    | HearingCommand
    | SeatCommand
    | RoomCommand
    | CaucusInvite
    | CaucusAnswer
    | CaucusCommand
    | ComeTogether
    | Minute
    | Note
    | PaperCommand
    | RecordCommand
    | ConsentAnswer
    | Offer
    | MediaAnswer
    | Refresh
    | Receive,
    Field(discriminator="type"),
]
