"""Who must not mediate this case. Pure.

Working rules of people's mediation (SF/T 0083-2020): a mediator who is a relative of a party, has an interest in the
dispute or another relation that may affect fairness steps back; parties may ask for it. People's Mediation Law art. 23:
a party may choose the mediator or accept the one who is assigned, so on the people's track nobody is mediated by
somebody they do not accept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mediation.disputes.rules.codes import DeclineGround, LeftOutReason, RecusalState, Track, WishKind


@dataclass(frozen=True, slots=True)
class Ties:
    """What is known of the mediators and this case, by mediator id."""

    declined: Mapping[int, DeclineGround | None] = field(default_factory=dict)
    related: frozenset[int] = frozenset()
    """Staff recorded a relation, or granted a recusal."""
    unwanted: frozenset[int] = frozenset()
    """A party does not accept them."""
    parties: frozenset[int] = frozenset()
    """Are themselves a party, or represent one here."""
    agents_before: frozenset[int] = frozenset()
    """Represented one of these parties in another case."""


def excluded(ties: Ties, mediator_id: int) -> LeftOutReason | None:
    """Why a mediator may not take the case; None when nothing stands in the way."""
    if mediator_id in ties.parties:
        return LeftOutReason.PARTY
    if mediator_id in ties.declined:
        ground = ties.declined[mediator_id]
        return LeftOutReason.RECUSED if ground is not None and ground.is_recusal else LeftOutReason.DECLINED
    if mediator_id in ties.related:
        return LeftOutReason.RELATED
    if mediator_id in ties.agents_before:
        return LeftOutReason.AGENT_BEFORE
    return LeftOutReason.UNWANTED if mediator_id in ties.unwanted else None


def counts(kind: WishKind, recusal: RecusalState | None, track: Track) -> bool:
    """Whether what a party said keeps the mediator away.

    On the people's track a refusal needs no ground and stands until it is taken back. Elsewhere it is a request for
    recusal: it keeps the mediator away until it was decided that there is nothing in it.
    """
    return kind is WishKind.REFUSES and (track is Track.PEOPLE or recusal is not RecusalState.REJECTED)
