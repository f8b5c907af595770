"""Which mediator gets a booking: the least loaded among those who may and can. Pure.

Who may is `disputes.rules.choose`: the parties' joint choice comes first there, then there is one candidate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mediation.disputes.rules.choose import Candidate, ranked
from mediation.scheduling.rules.codes import ChoiceReason

__all__ = ["Candidate", "Choice", "least_loaded"]


@dataclass(frozen=True, slots=True)
class Choice:
    mediator_id: int
    reason: ChoiceReason


def least_loaded(candidates: Sequence[Candidate]) -> Choice:
    """The candidate whose load, this booking counted, is the smallest part of what their share allows.

    Ties as `disputes.rules.choose.ranked`. Raises: ValueError without candidates.
    """
    if not candidates:
        raise ValueError("nobody to choose from")
    first, *others = ranked(candidates)
    if not others:
        return Choice(first.mediator_id, ChoiceReason.ONLY_ONE)
    tied = first.burden == others[0].burden
    return Choice(first.mediator_id, ChoiceReason.NEAREST if tied else ChoiceReason.LEAST_LOADED)
