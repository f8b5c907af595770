"""Who must not mediate this case. Pure.

Working rules of people's mediation (SF/T 0083-2020): a mediator who is a relative of a party, has an interest in the
dispute or another relation that may affect fairness steps back; parties may ask for it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mediation.disputes.rules.codes import AssignmentState, DeclineGround, LeftOutReason


@dataclass(frozen=True, slots=True)
class Asked:
    mediator_id: int
    state: AssignmentState


def excluded(asked: Iterable[Asked], parties_phones: frozenset[str], mediators: dict[int, str]) -> frozenset[int]:
    """Mediators who declined this case before, and those who are themselves a party to it (the same phone)."""
    declined = {row.mediator_id for row in asked if row.state is AssignmentState.DECLINED}
    parties = {mediator_id for mediator_id, phone in mediators.items() if phone and phone in parties_phones}
    return frozenset(declined | parties)


def left_out(mediator_id: int, declined: Mapping[int, DeclineGround | None], skilled: Collection[int]) -> LeftOutReason:
    """Why this mediator, who may not be asked, may not."""
    if mediator_id in declined:
        ground = declined[mediator_id]
        return LeftOutReason.RECUSED if ground is not None and ground.is_recusal else LeftOutReason.DECLINED
    return LeftOutReason.PARTY if mediator_id in skilled else LeftOutReason.UNSKILLED
