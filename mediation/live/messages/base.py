"""What both directions share: bounds, close codes, what `live` itself refuses."""

from enum import IntEnum, StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

MAX_FRAME_BYTES: Final = 64 * 1024
MAX_CHAT: Final = 500
"""Characters of one chat line."""
MAX_SDP: Final = 48 * 1024


class CloseCode(IntEnum):
    """RFC 6455 section 7.4.2: 4000-4999 are ours."""

    DRAIN = 1012
    """The process restarts: reconnect."""
    TOO_BIG = 1009
    REPLACED = 4001
    """The same seat was opened elsewhere: do not reconnect by yourself."""
    ENDED = 4002
    """The hearing is closed or you left it: do not reconnect."""
    REFUSED = 4003
    """The token was not accepted: get a new one, but after a person's click or at most 3 times."""
    SILENT = 4004
    """No sign of life for `lost_after_s`: reconnect."""
    FLOOD = 4005
    """Too many messages: reconnect after 5 s."""
    MOVED = 4006
    """Another process holds the hearing: reconnect with a new token, whose answer says where."""
    BUSY = 4007
    """No new hearing is taken now: reconnect after 10 s."""


class ProblemCode(StrEnum):
    """What `live` itself refuses."""

    NOT_JSON = "not_json"
    UNKNOWN_MESSAGE = "unknown_message"
    BAD_MESSAGE = "bad_message"
    TOO_BIG = "message_too_big"
    TOO_MANY = "too_many_messages"
    HELLO_FIRST = "hello_first"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105 - a code, not a secret
    TOKEN_USED = "token_used"  # noqa: S105
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    BAD_SDP = "bad_sdp"
    MEDIA_FAILED = "media_failed"
    """Media could not be set up; the seat goes on with text."""
    FULL = "server_full"
    INTERNAL = "internal"


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Finding = Literal["ok", "denied", "missing", "busy", "failed", "off", "unchecked"]
"""What the check found: `off` = the person chose to do without."""
