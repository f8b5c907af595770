"""Every message between a browser and `live`, both ways, as one JSON object per WebSocket text frame.

How a browser talks (the address is `<live_url>/ws`, no query, no token in it):

1. Open the socket; the first frame is `hello` with a fresh join token (from the page, later from POST
   `/hearings/<id>/token` or `/p/<token>/hearing/token`, which answer `{"token": "...", "live_url": "..."}`). A
   token opens one socket once, within 2 minutes. Answer: `welcome`, then `state`, then `chat` with `replace:
   true`.
2. Heartbeats both ways every `welcome.beat_every_s`: each side sends `beat` by its own timer with a growing
   `n`, and in `seen` the last `n` it got from the other. Any frame counts as a sign of life. After
   `welcome.lost_after_s` without one, a side takes the line for lost: **the browser stops its microphone and
   camera at the sender** (replaceTrack(null)), says so, closes, and opens a new socket with a new token; `live`
   cuts the seat's media.
3. Media: one RTCPeerConnection per browser, made after `welcome` (also in the waiting room), `iceServers` from
   `welcome.media`, bundlePolicy "max-bundle". Transceivers in this order: own audio (sendonly), own video
   (sendonly), then for each of `welcome.media.slots` one audio and one video (recvonly). A missing camera or
   microphone keeps its transceiver, without a track (replaceTrack later needs no new offer). Send `offer` at
   once, without waiting for candidates: the server is ICE-lite, its candidates are in the `answer`, and it
   needs none of the browser's. `generation` counts this browser's peer connections. The same generation again =
   ICE restart on the same connection; a higher one = a new connection, the old one is gone. `slots` says who is
   in which slot; it replaces the map before it and never needs a new offer. `media_wanted` asks for a new offer
   or an ICE restart. Where the slots come by a connection of their own, the answer refuses the receiving pairs and
   `media_offer` follows: a second RTCPeerConnection of the same generation takes it and answers by `media_answer`;
   the mids of `slots` are that connection's.
4. Every command may carry `ref` (any whole number); its answer is `done` or `problem` with the same `ref`. A
   refused command changes nothing. The page shows what `state` says, never what was clicked.
5. `state` is the whole picture for this seat and replaces the one before. `you.steps`, `seats[].steps` and
   `hearing.steps` are exactly the commands that would be let through now: the buttons.
6. `problem` carries a stable `code` and `params`; the page has the sentences (hearings/views.py registers them,
   same codes as on the web). `fatal: true` is followed by a close. Close codes: see CloseCode. Reconnect at
   once after a close that is not in {4001 replaced, 4002 ended, 4003 refused}, then after growing waits of at most
   2 s with jitter, with a fresh token; its answer says which process holds the hearing now (4006 moved). 4007 busy,
   or `live_full` in place of a token: no new hearing is taken now, try again after 10 s.

Codes of `problem` beside those of the services: see ProblemCode. Codes of the services that a page can meet:
`not_now` (params step, state), `hearing_unknown`, `seat_unknown`, `too_early` (params opens_at),
`protected_pair`, `muted_by_neutral`, `not_in_room`, `nobody_in_room`, `nobody_to_hear`, `chat_empty`,
`chat_too_long` (params limit), `not_yours`, `token_unknown`, `changed_meanwhile`, `hearing_closed`,
`caucus_unknown`, `caucus_locked`, `invitation_expired`, `already_asked`, `nobody_asked`, `not_in_session`.
"""

import json
from typing import Any, Final

from pydantic import TypeAdapter

from mediation.live.messages.base import (
    MAX_CHAT,
    MAX_FRAME_BYTES,
    MAX_SDP,
    CloseCode,
    Finding,
    ProblemCode,
)
from mediation.live.messages.client import (
    AnswerDesk,
    Caption,
    CaucusAnswer,
    CaucusCommand,
    CaucusInvite,
    ClientBeat,
    ClientMessage,
    ComeTogether,
    ConsentAnswer,
    DeviceReport,
    Hand,
    HearingCommand,
    Hello,
    KeepLine,
    Leave,
    MediaAnswer,
    Minute,
    Note,
    Offer,
    PaperCommand,
    Receive,
    Recheck,
    RecordCommand,
    Refresh,
    RoomCommand,
    Say,
    SeatCommand,
    Share,
    Signal,
    Switch,
    TakeChair,
)
from mediation.live.messages.server import (
    Answer,
    Bye,
    CaptionLine,
    CaucusView,
    Chat,
    ChatLineView,
    ConsentView,
    DeskLineView,
    Done,
    FromDesk,
    GuestView,
    HearingView,
    IceServer,
    MediaOffer,
    MediaSettings,
    MediaWanted,
    MinuteView,
    Notes,
    NoteView,
    PaperView,
    ProblemMessage,
    RecordingView,
    SeatView,
    ServerBeat,
    ServerMessage,
    Slots,
    SlotView,
    State,
    Welcome,
    YouView,
)

__all__ = [
    "CLIENT",
    "MAX_CHAT",
    "MAX_FRAME_BYTES",
    "MAX_SDP",
    "SERVER",
    "Answer",
    "AnswerDesk",
    "Bye",
    "Caption",
    "CaptionLine",
    "CaucusAnswer",
    "CaucusCommand",
    "CaucusInvite",
    "CaucusView",
    "Chat",
    "ChatLineView",
    "ClientBeat",
    "ClientMessage",
    "CloseCode",
    "ComeTogether",
    "ConsentAnswer",
    "ConsentView",
    "DeskLineView",
    "DeviceReport",
    "Done",
    "Finding",
    "FromDesk",
    "GuestView",
    "Hand",
    "HearingCommand",
    "HearingView",
    "Hello",
    "IceServer",
    "KeepLine",
    "Leave",
    "MediaAnswer",
    "MediaOffer",
    "MediaSettings",
    "MediaWanted",
    "Minute",
    "MinuteView",
    "Note",
    "NoteView",
    "Notes",
    "Offer",
    "PaperCommand",
    "PaperView",
    "ProblemCode",
    "ProblemMessage",
    "Receive",
    "Recheck",
    "RecordCommand",
    "RecordingView",
    "Refresh",
    "RoomCommand",
    "Say",
    "SeatCommand",
    "SeatView",
    "ServerBeat",
    "ServerMessage",
    "Share",
    "Signal",
    "SlotView",
    "Slots",
    "State",
    "Switch",
    "TakeChair",
    "Welcome",
    "YouView",
    "json_schema",
    "schema_text",
]

CLIENT: Final[TypeAdapter[ClientMessage]] = TypeAdapter(ClientMessage)
SERVER: Final[TypeAdapter[ServerMessage]] = TypeAdapter(ServerMessage)


def json_schema() -> dict[str, Any]:
    """Both directions as JSON Schema 2020-12; kept in tests/golden, and the source of static/src/messages.d.ts."""
    return {
        "client": CLIENT.json_schema(mode="validation"),
        "server": SERVER.json_schema(mode="serialization"),
        "close_codes": {code.name.lower(): int(code) for code in CloseCode},
        "problem_codes": sorted(code.value for code in ProblemCode),
    }


def schema_text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
