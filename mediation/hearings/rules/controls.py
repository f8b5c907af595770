"""What may be done with a seat besides moving it: hand, microphone, mute, words. Pure.

`refusal` decides; `offered` lists exactly what it lets through: the buttons of the page.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import OVER
from mediation.hearings.rules.seats import CONNECTED, SEAT_LIFE, SeatFacts, SeatStep
from mediation.kernel.errors import Invalid, Refused

CHAT_LIMIT: Final = 500
"""Characters of one line."""


class OwnControl(StrEnum):
    """What a person does with their own seat."""

    DEVICE_REPORT = "device_report"
    RECHECK = "recheck"
    SWITCH = "switch"
    HAND = "hand"
    SAY = "say"
    LEAVE = "leave"


class SeatControl(StrEnum):
    """What the neutral does with another's seat."""

    ADMIT = "admit"
    DISMISS = "dismiss"
    MUTE = "mute"
    UNMUTE = "unmute"
    LOWER_HAND = "lower_hand"


class RoomControl(StrEnum):
    """What the neutral does with everybody of their own room at once."""

    MUTE_ALL = "mute_all"
    UNMUTE_ALL = "unmute_all"


_OWN_MOVES: Final = {
    OwnControl.DEVICE_REPORT: SeatStep.CHECKED,
    OwnControl.RECHECK: SeatStep.RECHECK,
    OwnControl.LEAVE: SeatStep.LEAVE,
}
_NEUTRALS_MOVES: Final = {SeatControl.ADMIT: SeatStep.ADMIT, SeatControl.DISMISS: SeatStep.DISMISS}


def refuse_own(control: OwnControl, facts: SeatFacts) -> str | None:
    """Why a person may not use `control` of their own seat now; None when they may."""
    if facts.state not in CONNECTED:
        return "not_now"
    if control in _OWN_MOVES:
        return _refused(_OWN_MOVES[control], facts)
    if control is OwnControl.HAND:
        return None if facts.state is SeatState.IN_ROOM else "not_in_room"
    if facts.hearing in OVER:
        return "hearing_closed"
    if control is OwnControl.SAY and facts.state is SeatState.CHECKING:
        return "not_in_room"
    return None


def refuse_neutrals(control: SeatControl, facts: SeatFacts, *, muted: bool, hand_raised: bool) -> str | None:
    """Why the neutral may not use `control` with the seat of `facts` now; None when they may."""
    if control in _NEUTRALS_MOVES:
        return _refused(_NEUTRALS_MOVES[control], facts)
    if facts.role is SeatRole.NEUTRAL:
        return "not_yours"
    if facts.hearing in OVER or facts.state in {SeatState.EXPECTED, SeatState.LEFT}:
        return "not_now"
    already = {
        SeatControl.MUTE: muted,
        SeatControl.UNMUTE: not muted,
        SeatControl.LOWER_HAND: not hand_raised,
    }
    return "not_now" if already[control] else None


def refuse_room(control: RoomControl, neutral: SeatFacts, muted: Iterable[bool]) -> str | None:
    """Why the neutral may not mute or unmute the room now; `muted`: of each other person in it."""
    if neutral.role is not SeatRole.NEUTRAL:
        return "not_yours"
    if neutral.state is not SeatState.IN_ROOM or neutral.hearing in OVER:
        return "not_now"
    wanted = control is RoomControl.MUTE_ALL
    return None if any(one is not wanted for one in muted) else "not_now"


def offered_own(facts: SeatFacts) -> tuple[OwnControl, ...]:
    return tuple(control for control in OwnControl if refuse_own(control, facts) is None)


def offered_neutrals(facts: SeatFacts, *, muted: bool, hand_raised: bool) -> tuple[SeatControl, ...]:
    return tuple(
        control
        for control in SeatControl
        if refuse_neutrals(control, facts, muted=muted, hand_raised=hand_raised) is None
    )


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
