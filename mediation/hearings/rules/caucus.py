"""The life of a caucus (背对背): who is asked, who must agree, who comes back. Pure; docs/states/caucus_life.md.

A caucus is a room of its own. Everybody who is asked must accept, an interpreter too; nobody is moved by another's
word alone. Who is in the room is read from the seats, never from the answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mediation.hearings.rules.codes import CaucusState, HearingState, SeatState
from mediation.hearings.rules.seats import MAIN_ROOM, SeatFacts
from mediation.kernel.statetable import StateTable, Transition, always

ANSWER_WITHIN_S: Final = 60
"""Default time for an answer (BigBlueButton #16844: an invitation that nobody answers)."""


class CaucusStep(StrEnum):
    INVITE = "invite"
    """One more person into a room that runs."""
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    """The neutral takes the question back."""
    ENTER = "enter"
    """The neutral goes into the room."""
    LOCK = "lock"
    UNLOCK = "unlock"
    END = "end"


@dataclass(frozen=True, slots=True)
class CaucusFacts:
    """What the table may look at."""

    state: CaucusState
    hearing: HearingState
    locked: bool = True
    n_asked: int = 0
    """People who have not answered yet, with the one who answers now."""
    neutral_inside: bool = False
    protected: bool = False
    """Two of those who would be in the room must not meet."""


def in_session(facts: CaucusFacts) -> str | None:
    return None if facts.hearing is HearingState.IN_SESSION else "not_in_session"


def others_still_asked(facts: CaucusFacts) -> str | None:
    return in_session(facts) if facts.n_asked > 1 else "not_now"


def all_accepted(facts: CaucusFacts) -> str | None:
    """The last one says yes: the room opens."""
    return ("protected_pair" if facts.protected else in_session(facts)) if facts.n_asked <= 1 else "not_now"


def may_join(facts: CaucusFacts) -> str | None:
    """Somebody who was asked into a room that runs."""
    return "protected_pair" if facts.protected else in_session(facts)


def may_take_more(facts: CaucusFacts) -> str | None:
    """Only the neutral who is inside an unlocked room asks one more person in."""
    if facts.locked:
        return "caucus_locked"
    if not facts.neutral_inside:
        return "neutral_absent"
    return may_join(facts)


def neutral_is_outside(facts: CaucusFacts) -> str | None:
    return "not_now" if facts.neutral_inside else None


def is_locked(facts: CaucusFacts) -> str | None:
    return None if facts.locked else "not_now"


def is_unlocked(facts: CaucusFacts) -> str | None:
    return "not_now" if facts.locked else None


def somebody_is_asked(facts: CaucusFacts) -> str | None:
    return None if facts.n_asked else "not_now"


_S = CaucusState
_DESIGN = "shared/HEARINGS.md section 6"
_FREE = "People's Mediation Law arts 3, 23: of free will"
_EXPIRES = "shared/HEARINGS.md section 5 no. 10"
_PROTECTED = "Anti-Domestic Violence Law arts 23-32; shared/HEARINGS.md section 1"


def _arrow(
    step: CaucusStep, source: CaucusState, target: CaucusState, guard: object = always, basis: str = _DESIGN
) -> Transition[CaucusStep, CaucusState, CaucusFacts]:
    return Transition(step, frozenset({source}), target, guard, basis)  # type: ignore[arg-type]


CAUCUS_LIFE: Final[StateTable[CaucusStep, CaucusState, CaucusFacts]] = StateTable(
    (
        _arrow(CaucusStep.ACCEPT, _S.INVITING, _S.RUNNING, all_accepted, _FREE),
        _arrow(CaucusStep.ACCEPT, _S.INVITING, _S.INVITING, others_still_asked, _FREE),
        _arrow(CaucusStep.DECLINE, _S.INVITING, _S.DECLINED, basis=_FREE),
        _arrow(CaucusStep.EXPIRE, _S.INVITING, _S.EXPIRED, basis=_EXPIRES),
        _arrow(CaucusStep.WITHDRAW, _S.INVITING, _S.WITHDRAWN),
        _arrow(CaucusStep.INVITE, _S.RUNNING, _S.RUNNING, may_take_more, _PROTECTED),
        _arrow(CaucusStep.ACCEPT, _S.RUNNING, _S.RUNNING, may_join, _FREE),
        _arrow(CaucusStep.DECLINE, _S.RUNNING, _S.RUNNING, basis=_FREE),
        _arrow(CaucusStep.EXPIRE, _S.RUNNING, _S.RUNNING, basis=_EXPIRES),
        _arrow(CaucusStep.WITHDRAW, _S.RUNNING, _S.RUNNING, somebody_is_asked),
        _arrow(CaucusStep.ENTER, _S.RUNNING, _S.RUNNING, neutral_is_outside),
        _arrow(CaucusStep.LOCK, _S.RUNNING, _S.RUNNING, is_unlocked),
        _arrow(CaucusStep.UNLOCK, _S.RUNNING, _S.RUNNING, is_locked),
        _arrow(CaucusStep.END, _S.RUNNING, _S.ENDED),
    ),
    state_of=lambda facts: facts.state,
)

NEUTRALS_STEPS: Final = frozenset(
    {CaucusStep.ENTER, CaucusStep.LOCK, CaucusStep.UNLOCK, CaucusStep.WITHDRAW, CaucusStep.END}
)
"""The steps with one caucus that are the neutral's buttons."""
OPEN: Final = frozenset({_S.INVITING, _S.RUNNING})
"""A caucus that somebody still has to do with."""


def room_name(number: int) -> str:
    return f"caucus-{number}"


def refuse_guest(facts: SeatFacts, *, taken: bool) -> str | None:
    """Why this person may not be asked to talk apart now; None when they may. `taken`: asked elsewhere already."""
    if facts.hearing is not HearingState.IN_SESSION:
        return "not_in_session"
    if facts.state is not SeatState.IN_ROOM or facts.room != MAIN_ROOM:
        return "not_in_room"
    return "already_asked" if taken else None


def protected_among(seats: Iterable[str], apart: Mapping[str, frozenset[str]]) -> bool:
    """Whether two of them must not meet."""
    together = frozenset(seats)
    return any(apart[seat] & together for seat in together)
