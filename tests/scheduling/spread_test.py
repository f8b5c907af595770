"""Least-loaded, one booking after another, beside the best that a solver finds when it knows all of them at once."""

import random
from statistics import mean

from bench.spread import assigned, best_spread, made_up, spread

N_DISTRICTS = 40
MEAN, MOST = 1.5, 4
"""How much wider than the best the spread may be (most sessions of one mediator less the fewest, of 48 over 8). Who
assigns at once cannot know who comes next. Two hundred made-up districts: 1.1 on average, 4 at most
(bench/spread_bench.py).
"""


def test_the_spread_stays_near_the_best_there_is() -> None:
    wider = []
    for seed in range(N_DISTRICTS):
        day = made_up(random.Random(seed), mediators=8, sessions=48)
        placed = assigned(day)
        kept = day.only(placed)
        wider.append(spread(kept, placed.values()) - best_spread(kept, seconds=60))
    assert min(wider) >= 0, "better than the best: the model and the rule do not play the same game"
    assert max(wider) <= MOST
    assert mean(wider) <= MEAN


def test_everybody_gets_only_what_they_can_and_one_thing_at_a_time() -> None:
    day = made_up(random.Random(1), mediators=8, sessions=48)
    placed = assigned(day)
    assert all(mediator in day.able[number] for number, mediator in placed.items())
    taken = [(day.slots[number], mediator) for number, mediator in placed.items()]
    assert len(set(taken)) == len(taken)
