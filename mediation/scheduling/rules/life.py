"""The life of a booking: which step may follow, from which state, and why. Pure.

`docs/states/booking_life.md` is this table as people approve it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from mediation.kernel.statetable import StateTable, Transition, always
from mediation.scheduling.rules.codes import BookingState
from mediation.scheduling.rules.terms import MOVE_BEFORE


class BookingStep(StrEnum):
    BOOK = "book"
    BOOK_FIRMLY = "book_firmly"
    """The mediator has taken the case: their published hours need no second yes."""
    ACCEPT = "accept"
    DECLINE = "decline"
    MOVE = "move"
    HAND_OVER = "hand_over"
    """Another mediator takes the time."""
    CANCEL = "cancel"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class BookingFacts:
    state: BookingState
    starts_at: datetime
    now: datetime
    by_party: bool = False
    """A party acts by personal link, nobody of the staff."""


def not_begun(facts: BookingFacts) -> str | None:
    return None if facts.now < facts.starts_at else "booking_begun"


def in_time(facts: BookingFacts) -> str | None:
    """A party moves a booking no later than MOVE_BEFORE; staff until it begins."""
    if facts.by_party and facts.now > facts.starts_at - MOVE_BEFORE:
        return "too_late_to_move"
    return not_begun(facts)


_S, _B = BookingStep, BookingState
_LIVING: Final = frozenset({_B.PENDING, _B.CONFIRMED})
_HOUSE: Final = "house rule: rules/terms.py"
_ASSIGNMENT: Final = "People's Mediation Law art. 19"
_VOLUNTARY: Final = "People's Mediation Law art. 23"

BOOKING_LIFE: Final[StateTable[BookingStep, BookingState, BookingFacts]] = StateTable(
    (
        Transition(_S.BOOK, frozenset({_B.HELD}), _B.PENDING, not_begun, _ASSIGNMENT),
        Transition(_S.BOOK_FIRMLY, frozenset({_B.HELD}), _B.CONFIRMED, not_begun, _ASSIGNMENT),
        Transition(_S.ACCEPT, frozenset({_B.PENDING}), _B.CONFIRMED, not_begun, _ASSIGNMENT),
        Transition(_S.DECLINE, frozenset({_B.PENDING}), _B.CANCELLED, not_begun, _ASSIGNMENT),
        Transition(_S.MOVE, frozenset({_B.PENDING}), _B.PENDING, in_time, _HOUSE),
        Transition(_S.MOVE, frozenset({_B.CONFIRMED}), _B.CONFIRMED, in_time, _HOUSE),
        Transition(_S.HAND_OVER, _LIVING, _B.PENDING, not_begun, _ASSIGNMENT),
        Transition(_S.CANCEL, _LIVING, _B.CANCELLED, not_begun, _VOLUNTARY),
        Transition(_S.FINISH, _LIVING, _B.DONE, always, _HOUSE),
    ),
    state_of=lambda facts: facts.state,
)
