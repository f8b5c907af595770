"""The life of a seat: where a person is, whatever their sockets do. Pure; approved as docs/states/seat_life.md.

The room is kept beside the state and stays through a lost line: `disconnected` in `main` comes back to `main`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.kernel.statetable import StateTable, Transition, always

WAITING_ROOM: Final = "waiting"
MAIN_ROOM: Final = "main"


class SeatStep(StrEnum):
    COME = "come"
    """The person opens the hearing's page."""
    CHECKED = "checked"
    RECHECK = "recheck"
    TAKE_CHAIR = "take_chair"
    """The neutral goes into the main room."""
    ADMIT = "admit"
    DISMISS = "dismiss"
    GO_APART = "go_apart"
    """Into a caucus: one's own word, or the neutral's own going."""
    COME_TOGETHER = "come_together"
    """Back into the main room."""
    LOSE_LINE = "lose_line"
    COME_BACK = "come_back"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """What the table may look at."""

    state: SeatState
    role: SeatRole
    room: str
    checked: bool
    """A report of the device check is there."""
    hearing: HearingState
    neutral_in_room: bool = False
    neutral_on_line: bool = False
    """The neutral's own browser, in whichever room, also before they took their place."""
    screen_taken: bool = False
    """Somebody else of the same room shows their screen."""
    protected_in_room: bool = False
    """Somebody has been let in, into whichever room, who must not share one with this person."""


def hearing_takes_people(facts: SeatFacts) -> str | None:
    if facts.hearing is HearingState.CANCELLED:
        return "hearing_cancelled"
    if facts.hearing is HearingState.CLOSED and facts.role is not SeatRole.NEUTRAL:
        return "hearing_closed"
    return None


def is_the_neutral(facts: SeatFacts) -> str | None:
    if facts.role is not SeatRole.NEUTRAL:
        return "not_yours"
    return None if facts.hearing in GATHERING else "hearing_not_open"


def may_take_over(facts: SeatFacts) -> str | None:
    """A co-mediator takes the empty chair: nobody came to it, its holder left, or their line is lost."""
    if facts.role is not SeatRole.CO_MEDIATOR:
        return "not_yours"
    if facts.neutral_on_line:
        return "chair_taken"
    return "hearing_closed" if facts.hearing in OVER else None


def may_be_admitted(facts: SeatFacts) -> str | None:
    if facts.role is SeatRole.NEUTRAL:
        return "not_yours"
    if facts.hearing not in GATHERING:
        return "hearing_not_open"
    if not facts.neutral_in_room:
        return "neutral_absent"
    return "protected_pair" if facts.protected_in_room else None


def may_be_dismissed(facts: SeatFacts) -> str | None:
    """The neutral keeps the chair for as long as the hearing gathers."""
    return "not_yours" if facts.role is SeatRole.NEUTRAL and facts.hearing in GATHERING else None


def has_a_room(facts: SeatFacts) -> str | None:
    return may_be_dismissed(facts) if facts.room != WAITING_ROOM else "not_in_room"


def may_go_apart(facts: SeatFacts) -> str | None:
    return None if facts.room != WAITING_ROOM and facts.hearing is HearingState.IN_SESSION else "not_in_session"


def is_apart(facts: SeatFacts) -> str | None:
    return None if facts.room not in {WAITING_ROOM, MAIN_ROOM} else "not_in_room"


def was_in_a_room(facts: SeatFacts) -> str | None:
    """Back to where they were, unless the hearing has ended or broken off meanwhile."""
    return None if facts.room != WAITING_ROOM and facts.hearing in GATHERING else "not_in_room"


def was_waiting(facts: SeatFacts) -> str | None:
    if facts.hearing in OVER:
        return "hearing_closed"
    return None if facts.room == WAITING_ROOM and facts.checked else "not_waiting"


def was_checking(facts: SeatFacts) -> str | None:
    return None if facts.room == WAITING_ROOM and not facts.checked and facts.hearing not in OVER else "not_checking"


_S = SeatState
_HERE = frozenset({_S.CHECKING, _S.WAITING, _S.IN_ROOM})
_DESIGN = "shared/HEARINGS.md section 1"
_WAITING = "shared/HEARINGS.md section 5 no. 2: a waiting person is not lost"
_RETURN = "shared/HEARINGS.md section 5 no. 3: back in the same room"
_APART = "shared/HEARINGS.md section 6: caucus"
_PROTECTED = "Anti-Domestic Violence Law arts 23-32; shared/HEARINGS.md section 1"


def _arrow(
    step: SeatStep,
    sources: set[SeatState] | frozenset[SeatState],
    target: SeatState,
    guard: object = always,
    basis: str = _DESIGN,
) -> Transition[SeatStep, SeatState, SeatFacts]:
    return Transition(step, frozenset(sources), target, guard, basis)  # type: ignore[arg-type]


SEAT_LIFE: Final[StateTable[SeatStep, SeatState, SeatFacts]] = StateTable(
    (
        _arrow(SeatStep.COME, {_S.EXPECTED, _S.LEFT}, _S.CHECKING, hearing_takes_people),
        _arrow(SeatStep.CHECKED, {_S.CHECKING}, _S.WAITING),
        _arrow(SeatStep.RECHECK, {_S.WAITING}, _S.CHECKING),
        _arrow(SeatStep.TAKE_CHAIR, {_S.CHECKING, _S.WAITING}, _S.IN_ROOM, is_the_neutral),
        _arrow(SeatStep.ADMIT, {_S.WAITING}, _S.IN_ROOM, may_be_admitted, _PROTECTED),
        _arrow(SeatStep.DISMISS, {_S.IN_ROOM}, _S.WAITING, may_be_dismissed),
        _arrow(SeatStep.DISMISS, {_S.DISCONNECTED}, _S.DISCONNECTED, has_a_room),
        _arrow(SeatStep.GO_APART, {_S.IN_ROOM}, _S.IN_ROOM, may_go_apart, _APART),
        _arrow(SeatStep.GO_APART, {_S.DISCONNECTED}, _S.DISCONNECTED, may_go_apart, _APART),
        _arrow(SeatStep.COME_TOGETHER, {_S.IN_ROOM}, _S.IN_ROOM, is_apart, _APART),
        _arrow(SeatStep.COME_TOGETHER, {_S.DISCONNECTED}, _S.DISCONNECTED, is_apart, _APART),
        _arrow(SeatStep.LOSE_LINE, _HERE, _S.DISCONNECTED, basis=_WAITING),
        _arrow(SeatStep.COME_BACK, {_S.DISCONNECTED}, _S.IN_ROOM, was_in_a_room, _RETURN),
        _arrow(SeatStep.COME_BACK, {_S.DISCONNECTED}, _S.WAITING, was_waiting, _WAITING),
        _arrow(SeatStep.COME_BACK, {_S.DISCONNECTED}, _S.CHECKING, was_checking, _WAITING),
        _arrow(SeatStep.LEAVE, _HERE | {_S.DISCONNECTED}, _S.LEFT),
    ),
    state_of=lambda facts: facts.state,
)

BESIDE: Final = frozenset({SeatRole.NEUTRAL, SeatRole.CO_MEDIATOR})
"""Those who are there for the others: a room with nobody else in it is empty."""
GUESTS: Final = frozenset({SeatRole.WITNESS, SeatRole.INTERPRETER})
"""No parties of the case: they come by an address that opens their seat alone (decision 0077)."""
HEARD: Final = frozenset({SeatRole.PARTY, SeatRole.AGENT})
"""Without one of these there is nothing to mediate: a witness or an interpreter alone begins no session."""
CONNECTED: Final = _HERE
"""The person's browser is on the line."""
