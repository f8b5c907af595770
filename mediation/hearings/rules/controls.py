"""What may be done with a seat besides moving it: hand, microphone, mute, words. Pure.

`refusal` decides; `offered` lists exactly what it lets through: the buttons of the page.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import (
    BESIDE,
    CONNECTED,
    HEARD,
    MAIN_ROOM,
    SEAT_LIFE,
    SeatFacts,
    SeatStep,
    may_take_over,
)
from mediation.kernel.errors import Invalid, Refused

WRITERS: Final = BESIDE | {SeatRole.CLERK}
"""Who types captions."""
CHAT_LIMIT: Final = 500
"""Characters of one line."""


class OwnControl(StrEnum):
    """What a person does with their own seat."""

    DEVICE_REPORT = "device_report"
    RECHECK = "recheck"
    SWITCH = "switch"
    SHARE = "share"
    """One's own screen instead of one's own picture."""
    CAPTION = "caption"
    """Staff type what is being said, for those who cannot hear it."""
    TAKE_CHAIR = "take_chair"
    """A co-mediator, where the neutral is not on the line."""
    SIGNAL = "signal"
    """Danger, unseen by the others."""
    HAND = "hand"
    SAY = "say"
    LEAVE = "leave"


class SeatControl(StrEnum):
    """What the neutral does with another's seat."""

    ADMIT = "admit"
    DISMISS = "dismiss"
    MUTE = "mute"
    """The person may switch on again, when it is their turn."""
    LOCK_MUTE = "lock_mute"
    """Muted until the neutral lets them speak again."""
    UNMUTE = "unmute"
    LOWER_HAND = "lower_hand"
    SPOTLIGHT = "spotlight"
    """This one large on every screen."""
    UNSPOTLIGHT = "unspotlight"
    STOP_SHARE = "stop_share"
    LET_SHOW = "let_show"
    """Papers of their own, to everybody in the room."""
    STOP_SHOW = "stop_show"
    SEEN_SIGNAL = "seen_signal"
    """The neutral has seen the quiet signal and looks after it."""


class RoomControl(StrEnum):
    """What the neutral does with everybody of their own room at once."""

    MUTE_ALL = "mute_all"
    LOCK_ALL = "lock_all"
    UNMUTE_ALL = "unmute_all"
    LOWER_HANDS = "lower_hands"


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands beside a seat's name."""

    muted: bool = False
    mute_locked: bool = False
    hand_raised: bool = False
    spotlit: bool = False
    signals: bool = False
    sharing: bool = False
    may_show: bool = False


_OWN_MOVES: Final = {
    OwnControl.DEVICE_REPORT: SeatStep.CHECKED,
    OwnControl.RECHECK: SeatStep.RECHECK,
    OwnControl.LEAVE: SeatStep.LEAVE,
}
_NEUTRALS_MOVES: Final = {SeatControl.ADMIT: SeatStep.ADMIT, SeatControl.DISMISS: SeatStep.DISMISS}


def may_raise_hand(facts: SeatFacts) -> str | None:
    return None if facts.state is SeatState.IN_ROOM else "not_in_room"


def may_share(facts: SeatFacts) -> str | None:
    """One screen at a time in a room, while it is heard and seen."""
    if facts.state is not SeatState.IN_ROOM:
        return "not_in_room"
    if facts.hearing is not HearingState.IN_SESSION:
        return "not_in_session"
    return "screen_taken" if facts.screen_taken else None


def may_caption(facts: SeatFacts) -> str | None:
    if facts.role not in WRITERS:
        return "not_yours"
    if facts.state is not SeatState.IN_ROOM:
        return "not_in_room"
    return None if facts.hearing is HearingState.IN_SESSION else "not_in_session"


def may_signal(facts: SeatFacts) -> str | None:
    """Anybody but those who answer it, at any time: in the waiting room, in a caucus, at the check."""
    return "not_yours" if facts.role in BESIDE else None


_OWN_RULES: Final[Mapping[OwnControl, Callable[[SeatFacts], str | None]]] = {
    OwnControl.HAND: may_raise_hand,
    OwnControl.SHARE: may_share,
    OwnControl.CAPTION: may_caption,
    OwnControl.TAKE_CHAIR: may_take_over,
    OwnControl.SIGNAL: may_signal,
}


def refuse_own(control: OwnControl, facts: SeatFacts) -> str | None:
    """Why a person may not use `control` of their own seat now; None when they may."""
    if facts.state not in CONNECTED:
        return "not_now"
    if control in _OWN_MOVES:
        return _refused(_OWN_MOVES[control], facts)
    if control in _OWN_RULES:
        return _OWN_RULES[control](facts)
    if facts.hearing in OVER:
        return "hearing_closed"
    if control is OwnControl.SAY and facts.state is SeatState.CHECKING:
        return "not_in_room"
    return None


def refuse_neutrals(control: SeatControl, facts: SeatFacts, signs: Signs) -> str | None:
    """Why the neutral may not use `control` with the seat of `facts` now; None when they may."""
    if facts.role is SeatRole.NEUTRAL:
        return "not_yours"
    if control in _NEUTRALS_MOVES:
        return _refused(_NEUTRALS_MOVES[control], facts)
    if facts.hearing in OVER or facts.state in {SeatState.EXPECTED, SeatState.LEFT}:
        return "not_now"
    already = {
        SeatControl.MUTE: signs.muted,
        SeatControl.LOCK_MUTE: signs.mute_locked,
        SeatControl.UNMUTE: not signs.muted,
        SeatControl.LOWER_HAND: not signs.hand_raised,
        SeatControl.SPOTLIGHT: signs.spotlit or facts.room != MAIN_ROOM,
        SeatControl.UNSPOTLIGHT: not signs.spotlit,
        SeatControl.SEEN_SIGNAL: not signs.signals,
        SeatControl.STOP_SHARE: not signs.sharing,
        SeatControl.LET_SHOW: signs.may_show or facts.role not in HEARD or facts.state is not SeatState.IN_ROOM,
        SeatControl.STOP_SHOW: not signs.may_show,
    }
    return "not_now" if already[control] else None


_CHANGES: Final[Mapping[RoomControl, Callable[[Signs], bool]]] = {
    RoomControl.MUTE_ALL: lambda one: not one.muted,
    RoomControl.LOCK_ALL: lambda one: not one.mute_locked,
    RoomControl.UNMUTE_ALL: lambda one: one.muted,
    RoomControl.LOWER_HANDS: lambda one: one.hand_raised,
}


def changes(control: RoomControl, signs: Signs) -> bool:
    """Whether the control of the whole room does anything with this one."""
    return _CHANGES[control](signs)


def refuse_room(control: RoomControl, neutral: SeatFacts, others: Iterable[Signs]) -> str | None:
    """Why the neutral may not do this with the room now; `others`: each other person in it."""
    if neutral.role is not SeatRole.NEUTRAL:
        return "not_yours"
    if neutral.state is not SeatState.IN_ROOM or neutral.hearing in OVER:
        return "not_now"
    return None if any(changes(control, one) for one in others) else "not_now"


def offered_own(facts: SeatFacts) -> tuple[OwnControl, ...]:
    return tuple(control for control in OwnControl if refuse_own(control, facts) is None)


def offered_neutrals(facts: SeatFacts, signs: Signs) -> tuple[SeatControl, ...]:
    return tuple(control for control in SeatControl if refuse_neutrals(control, facts, signs) is None)


def refuse_private(sender: SeatRole, reader: SeatFacts | None) -> str | None:
    """Why a line for one reader alone cannot be sent: it goes to the neutral, or from the neutral to one person."""
    if reader is None or reader.state in {SeatState.EXPECTED, SeatState.LEFT}:
        return "nobody_to_hear"
    if SeatRole.NEUTRAL in {sender, reader.role}:
        return "nobody_to_hear" if sender is reader.role else None
    return "not_yours"


def checked_line(text: str) -> str:
    """A chat line as it is kept: without control characters and marks that turn the writing direction.

    Raises: Invalid `chat_empty` or `chat_too_long`.
    """
    line = " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in text).split())
    if not line:
        raise Invalid("chat_empty", field="text")
    if len(line) > CHAT_LIMIT:
        raise Invalid("chat_too_long", field="text", limit=CHAT_LIMIT)
    return line


def _refused(step: SeatStep, facts: SeatFacts) -> str | None:
    try:
        SEAT_LIFE.decide(step, facts)
    except Refused as refusal:
        return refusal.code
    return None


def is_running(state: HearingState) -> bool:
    """Whether anybody may be on the line."""
    return state not in OVER
