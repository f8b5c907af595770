"""Which mediator is proposed for a case. Pure.

The parties' joint choice comes first (People's Mediation Law art. 19: the committee assigns a mediator, or the parties
choose; art. 23: a party may choose or accept the mediator). Else the least loaded for their share of work.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from mediation.disputes.rules.codes import NotProposed, Risk

FULL_SHARE: Final = 100
CASE_WEIGHT: Final[Mapping[Risk, int]] = MappingProxyType(
    {Risk.ORDINARY: 1, Risk.MAJOR: 2, Risk.COLLECTIVE: 3, Risk.ESCALATING: 2}
)
"""How many ordinary cases an open case counts for (house rule: a collective one takes several days of talks)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator who may take it. `load`: weighted work in hand.

    `weight`: share of full-time work in percent, 1 to 100.
    `nearness`: how many levels of the tree the mediator's body shares with the place of the dispute.
    """

    mediator_id: int
    load: int
    weight: int = FULL_SHARE
    nearness: int = 0

    @property
    def burden(self) -> Fraction:
        """The work in hand with this one, as a full-time mediator would have it: 3 cases at half a share are 6."""
        return Fraction((self.load + 1) * FULL_SHARE, self.weight)


@dataclass(frozen=True, slots=True)
class Wish:
    """A party of one side wishes for this mediator."""

    mediator_id: int
    applies: bool
    """Of the applicants' side; else of the respondents'."""


def joint(wishes: Iterable[Wish]) -> int | None:
    """Whom both sides chose: each side has spoken, and all who spoke named the same one."""
    said = list(wishes)
    named = {wish.mediator_id for wish in said}
    both = {wish.applies for wish in said} == {True, False}
    return named.pop() if both and len(named) == 1 else None


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The least loaded first. Ties: the nearer body, then the lower id: the same question has the same answer."""
    return sorted(candidates, key=lambda one: (one.burden, -one.nearness, one.mediator_id))


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate in the order of the proposal; `why_not` is None for the one proposed."""

    candidate: Candidate
    why_not: NotProposed | None


@dataclass(frozen=True, slots=True)
class Proposal:
    placed: tuple[Placed, ...]
    joint: int | None
    """Whom the parties chose together, when that mediator may take it."""

    @property
    def first(self) -> Candidate | None:
        return self.placed[0].candidate if self.placed else None


def propose(candidates: Iterable[Candidate], excluded: Collection[int], wishes: Iterable[Wish]) -> Proposal:
    """The order in which those who may are asked, and why each other one is not the first.

    Who is excluded stands nowhere in it, whoever wishes for them.
    """
    able = ranked(one for one in candidates if one.mediator_id not in excluded)
    chosen = joint(wishes)
    if chosen not in {one.mediator_id for one in able}:
        chosen = None
    if chosen is not None:
        able.sort(key=lambda one: one.mediator_id != chosen)
    return Proposal(tuple(Placed(one, _why_not(one, able, chosen)) for one in able), chosen)


def _why_not(one: Candidate, able: Sequence[Candidate], chosen: int | None) -> NotProposed | None:
    first = able[0]
    if one is first:
        return None
    if chosen is not None:
        return NotProposed.NOT_CHOSEN
    if one.burden > first.burden:
        return NotProposed.MORE_LOADED
    return NotProposed.FARTHER if one.nearness < first.nearness else NotProposed.LATER


def nearness(body_path: str, place_path: str) -> int:
    """How many levels of the tree a body shares with a place."""
    ours, place = body_path.strip("/").split("/"), place_path.strip("/").split("/")
    shared = 0
    while shared < min(len(ours), len(place)) and ours[shared] == place[shared]:
        shared += 1
    return shared
