"""How evenly sessions are assigned one by one, beside the optimum of an OR-Tools model that knows all beforehand.

200 made-up districts of 8 mediators, 5 kinds of dispute and 48 sessions. The spread is the most sessions of one
mediator less the fewest; the figure, how much wider it is than the best that there is for the same sessions. The
controls, on the same districts: whoever waited longest in the list, and the first in the list who is free.

    <name> | <figure> | control: <figure>
"""

import random
from collections.abc import Callable
from statistics import mean

from bench.spread import Chooser, Day, assigned, best_spread, by_load, first_fit, in_turn, made_up, spread

N_DISTRICTS, MEDIATORS, SESSIONS = 200, 8, 48


def wider(day: Day, choose: Chooser) -> int:
    placed = assigned(day, choose)
    kept = day.only(placed)
    return spread(kept, placed.values()) - best_spread(kept, seconds=60)


def line(make: Callable[[], Chooser]) -> str:
    days = [made_up(random.Random(seed), mediators=MEDIATORS, sessions=SESSIONS) for seed in range(N_DISTRICTS)]
    found = [wider(day, make()) for day in days]
    return f"{mean(found):.2f} wider than the optimum, {max(found)} at most"


def main() -> None:
    in_order, first = line(in_turn), line(lambda: first_fit)
    name = f"assignment spread, {SESSIONS} sessions over {MEDIATORS} mediators"
    print(f"{name} | {line(lambda: by_load)} | control: rotation {in_order}; first fit {first}", flush=True)


if __name__ == "__main__":
    main()
