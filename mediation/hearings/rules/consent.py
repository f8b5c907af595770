"""What recording needs: the consent of everybody in the room. Pure; docs/states/consent_life.md, recording_life.md.

Nothing is recorded by default. A consent is for one purpose, and the default purpose is only the read-back of the
agreement. It is taken back at any time: recording stops at once, and what was recorded on it is deleted.
Source: Personal Information Protection Law arts 13-15 (free, informed, taken back as easily as given), 19 (kept no
longer than needed), 47 (deleted when consent is taken back); Online Mediation Rules of the People's Courts,
Fashi (2021) 23 (the platform alone records, private recording is forbidden).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import ConsentState, HearingState, RecordingState, SeatRole, SeatState
from mediation.hearings.rules.forwarding import FLOWING, Place
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.hearings.rules.seats import MAIN_ROOM
from mediation.kernel.statetable import StateTable, Transition, always


class ConsentStep(StrEnum):
    ASK = "ask"
    """The neutral asks."""
    GIVE = "give"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """What the table may look at."""

    state: ConsentState
    role: SeatRole
    hearing: HearingState


def may_be_asked(facts: ConsentFacts) -> str | None:
    if facts.role is SeatRole.NEUTRAL:
        return "not_yours"
    return None if facts.hearing in GATHERING else "hearing_not_open"


def before_its_end(facts: ConsentFacts) -> str | None:
    if facts.role is SeatRole.NEUTRAL:
        return "not_yours"
    return "hearing_closed" if facts.hearing in OVER else None


_C = ConsentState
_FREE = "PIPL arts 13-14: free, informed, by an act of one's own"
_BACK = "PIPL arts 15, 47: at any time, as easily as it was given"
_ONCE = "shared/HEARINGS.md section 4; nobody is asked twice who said no"


def _consent(
    step: ConsentStep, sources: set[ConsentState], target: ConsentState, guard: object, basis: str
) -> Transition[ConsentStep, ConsentState, ConsentFacts]:
    return Transition(step, frozenset(sources), target, guard, basis)  # type: ignore[arg-type]


CONSENT_LIFE: Final[StateTable[ConsentStep, ConsentState, ConsentFacts]] = StateTable(
    (
        _consent(ConsentStep.ASK, {_C.UNASKED}, _C.ASKED, may_be_asked, _ONCE),
        _consent(ConsentStep.GIVE, {_C.UNASKED, _C.ASKED, _C.REFUSED, _C.WITHDRAWN}, _C.GIVEN, before_its_end, _FREE),
        _consent(ConsentStep.REFUSE, {_C.UNASKED, _C.ASKED}, _C.REFUSED, before_its_end, _FREE),
        _consent(ConsentStep.WITHDRAW, {_C.GIVEN}, _C.WITHDRAWN, always, _BACK),
    ),
    state_of=lambda facts: facts.state,
)


class RecordingStep(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    """By the neutral, by the hearing's end, by an alarm, or because somebody took their consent back."""
    FINISH = "finish"
    """The worker has composed the file."""
    BREAK = "break"
    RETRY = "retry"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """The main room, before anything of it is recorded."""

    hearing: HearingState
    neutral_in_room: bool
    consents: tuple[ConsentState, ...] = ()
    """Of each person who has a place in the main room, also of one whose line is lost; not of the neutral."""


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What the table may look at."""

    state: RecordingState
    room: RoomFacts


def refuse_recording(room: RoomFacts) -> str | None:
    """Why nothing may be recorded now; None when everybody who would be recorded has agreed."""
    if room.hearing not in FLOWING:
        return "not_in_session"
    if not room.neutral_in_room:
        return "neutral_absent"
    if not room.consents:
        return "nobody_in_room"
    return None if all(state is ConsentState.GIVEN for state in room.consents) else "recording_not_agreed"


def everybody_agrees(facts: RecordingFacts) -> str | None:
    return refuse_recording(facts.room)


_R = RecordingState
_ALL = "PIPL arts 13-14: the consent of everybody in the room"
_DESIGN = "shared/HEARINGS.md section 4"


def _arrow(
    step: RecordingStep,
    sources: set[RecordingState],
    target: RecordingState,
    guard: object = always,
    basis: str = _DESIGN,
) -> Transition[RecordingStep, RecordingState, RecordingFacts]:
    return Transition(step, frozenset(sources), target, guard, basis)  # type: ignore[arg-type]


RECORDING_LIFE: Final[StateTable[RecordingStep, RecordingState, RecordingFacts]] = StateTable(
    (
        _arrow(RecordingStep.PAUSE, {_R.RUNNING}, _R.PAUSED),
        _arrow(RecordingStep.RESUME, {_R.PAUSED}, _R.RUNNING, everybody_agrees, _ALL),
        _arrow(RecordingStep.STOP, {_R.RUNNING, _R.PAUSED}, _R.ENDED, basis="PIPL art. 15; " + _DESIGN),
        _arrow(RecordingStep.FINISH, {_R.ENDED}, _R.READY),
        _arrow(RecordingStep.BREAK, {_R.ENDED}, _R.BROKEN),
        _arrow(RecordingStep.RETRY, {_R.BROKEN}, _R.ENDED),
        _arrow(RecordingStep.DELETE, {_R.ENDED, _R.READY, _R.BROKEN}, _R.DELETED, basis="PIPL arts 19, 47"),
    ),
    state_of=lambda facts: facts.state,
)

ACTIVE: Final = frozenset({_R.RUNNING, _R.PAUSED})
"""A recording that the mediator still has to do with."""
ALARMS: Final = ("disk_full", "write_failed", "not_written", "no_media")
"""Why a recording ended that should have gone on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is recorded of a seat."""

    seat: str
    audio: bool
    video: bool


def recorded(room: RoomFacts, places: Iterable[Place], *, running: bool) -> frozenset[Taken]:
    """What is to be recorded now: of the main room, what the others there hear and see, or nothing at all."""
    if not running or refuse_recording(room) is not None:
        return frozenset()
    return frozenset(
        Taken(place.seat, audio=place.mic_on and not place.muted, video=place.camera_on)
        for place in places
        if place.state is SeatState.IN_ROOM
        and place.room == MAIN_ROOM
        and (place.camera_on or (place.mic_on and not place.muted))
    )


def consents_of(present: Iterable[str], given: Mapping[str, ConsentState]) -> tuple[ConsentState, ...]:
    """Of each seat in the room; who was never asked has not consented."""
    return tuple(given.get(seat, ConsentState.UNASKED) for seat in sorted(present))
