"""Which mediator gets a booking: the least loaded among those who may and can. Pure.

The parties' own choice of a mediator comes first (People's Mediation Law art. 19): then there is one candidate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediation.scheduling.rules.codes import ChoiceReason


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator who is eligible and free. `weight`: share of full-time work in percent, 1 to 100.

    `nearness`: how many levels of the tree the mediator's body shares with the place of the dispute.
    """

    mediator_id: int
    load: int
    weight: int = 100
    nearness: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    mediator_id: int
    reason: ChoiceReason


def least_loaded(candidates: Sequence[Candidate]) -> Choice:
    """The candidate whose load, this booking counted, is the smallest part of what their share allows.

    Ties: the nearer committee, then the lower id, so that the same question has the same answer.
    Raises: ValueError without candidates.
    """
    if not candidates:
        raise ValueError("nobody to choose from")
    ranked = sorted(candidates, key=lambda one: (_burden(one), -one.nearness, one.mediator_id))
    first = ranked[0]
    if len(ranked) == 1:
        return Choice(first.mediator_id, ChoiceReason.ONLY_ONE)
    tied = _burden(first) == _burden(ranked[1])
    return Choice(first.mediator_id, ChoiceReason.NEAREST if tied else ChoiceReason.LEAST_LOADED)


def _burden(candidate: Candidate) -> Fraction:
    return Fraction(candidate.load + 1, candidate.weight)
