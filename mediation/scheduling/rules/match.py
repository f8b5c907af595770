"""Several places to fill from several people at once, nobody in two of them. Pure.

A mediator and a second one, or a judge: where one person could fill two places, "somebody is free for each" is not
enough. By Hall's theorem all places can be filled when every set of k places has at least k different people.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations


def at_least(n: int, many: Iterable[int]) -> int:
    """The bits that are set in at least `n` of the bitmaps."""
    reached = [0] * n
    for bits in many:
        for level in range(n - 1, 0, -1):
            reached[level] |= reached[level - 1] & bits
        reached[0] |= bits
    return reached[-1]


def matchable(places: Sequence[Collection[int]], free: Mapping[int, int]) -> int:
    """The bits at which every place has a person of its own; `places`: who could fill each, `free`: person -> bits."""
    found = at_least(1, (free[one] for one in places[0]))
    for n in range(1, len(places) + 1):
        for some in combinations(places, n):
            if n > 1 or some[0] is not places[0]:
                found &= at_least(n, (free[one] for one in set().union(*some)))
    return found


def filled(places: Sequence[Collection[int]], present: Collection[int]) -> tuple[int, ...] | None:
    """One of those present for each place, nobody twice, those named earlier preferred; None: it cannot be done."""
    if not places:
        return ()
    for one in places[0]:
        if one in present:
            rest = filled(places[1:], [other for other in present if other != one])
            if rest is not None:
                return (one, *rest)
    return None
