"""Filling several places at once against trying everything; why AND alone is not enough."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from mediation.scheduling.rules.match import at_least, filled, matchable

N_BITS = 12
people = st.dictionaries(st.integers(1, 5), st.integers(0, 2**N_BITS - 1), min_size=1)


def test_one_person_does_not_fill_two_places() -> None:
    free = {1: 0b111, 2: 0b010}
    assert matchable([(1, 2), (1,)], free) == 0b010
    assert (free[1] | free[2]) & free[1] == 0b111, "what AND alone would offer"


@given(st.data())
def test_a_time_is_matchable_when_trying_everything_finds_a_way(data: st.DataObject) -> None:
    free = data.draw(people)
    one = st.lists(st.sampled_from(sorted(free)), min_size=1, unique=True).map(tuple)
    places = data.draw(st.lists(one, min_size=1, max_size=3))
    found = matchable(places, free)
    for bit in range(N_BITS):
        present = [who for who, bits in free.items() if bits >> bit & 1]
        ways = [
            way
            for way in permutations(present, len(places))
            if all(who in place for who, place in zip(way, places, strict=True))
        ]
        assert bool(found >> bit & 1) == bool(ways)
        chosen = filled(places, present)
        assert (chosen in ways) if ways else chosen is None


@given(st.lists(st.integers(0, 2**N_BITS - 1), max_size=6), st.integers(1, 4))
def test_at_least_counts(many: list[int], n: int) -> None:
    expected = sum(1 << bit for bit in range(N_BITS) if sum(bits >> bit & 1 for bits in many) >= n)
    assert at_least(n, many) == expected
