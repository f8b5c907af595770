"""Sessions to be given to mediators: one by one as the product does it, and all at once by an OR-Tools model."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ortools.sat.python import cp_model

from mediation.scheduling.rules.choose import Candidate, least_loaded


@dataclass(frozen=True)
class Day:
    """Sessions in the order in which they are booked: when each is, and which mediators are able to take it."""

    mediators: tuple[int, ...]
    slots: Mapping[int, int]
    able: Mapping[int, tuple[int, ...]]

    def only(self, numbers: Collection[int]) -> "Day":
        """The same without the sessions for which nobody was free."""
        return Day(
            self.mediators,
            {one: self.slots[one] for one in self.slots if one in numbers},
            {one: self.able[one] for one in self.able if one in numbers},
        )


def made_up(rng: random.Random, *, mediators: int, sessions: int) -> Day:
    """Each mediator knows some of five kinds of dispute; a time is asked for more often the earlier it is."""
    everybody = tuple(range(1, mediators + 1))
    skills = {kind: tuple(one for one in everybody if rng.random() < 0.5) for kind in range(5)}
    n_slots = max(2, sessions * 2 // mediators)
    kinds = [rng.choice([kind for kind in skills if skills[kind]]) for _ in range(sessions)]
    slots = {number: min(rng.randrange(n_slots), rng.randrange(n_slots)) for number in range(sessions)}
    return Day(everybody, slots, {number: skills[kind] for number, kind in enumerate(kinds)})


Chooser = Callable[[list[Candidate]], int]
"""Of those who are able and free, in the order of their ids."""


def by_load(free: list[Candidate]) -> int:
    """The rule of the product."""
    return least_loaded(free).mediator_id


def first_fit(free: list[Candidate]) -> int:
    return free[0].mediator_id


def in_turn() -> Chooser:
    """Whoever has waited longest in the list, whatever they have in hand."""
    last: dict[int, int] = {}

    def choose(free: list[Candidate]) -> int:
        chosen = min(free, key=lambda one: (last.get(one.mediator_id, -1), one.mediator_id)).mediator_id
        last[chosen] = len(last) and max(last.values()) + 1
        return chosen

    return choose


def assigned(day: Day, choose: Chooser = by_load) -> dict[int, int]:
    """Session -> mediator, one after the other; a session for which nobody is free is not booked."""
    loads = dict.fromkeys(day.mediators, 0)
    taken: set[tuple[int, int]] = set()
    placed: dict[int, int] = {}
    for number, slot in day.slots.items():
        free = [Candidate(one, loads[one]) for one in day.able[number] if (slot, one) not in taken]
        if free:
            placed[number] = chosen = choose(free)
            loads[chosen] += 1
            taken.add((slot, chosen))
    return placed


def spread(day: Day, chosen: Iterable[int]) -> int:
    """The most sessions of one mediator less the fewest, of those who are able to take any."""
    loads = dict.fromkeys({one for able in day.able.values() for one in able}, 0)
    for one in chosen:
        loads[one] += 1
    return max(loads.values()) - min(loads.values())


def best_spread(day: Day, *, seconds: float) -> int:
    """The smallest spread there is when all sessions are known beforehand.

    Raises: RuntimeError when the solver did not prove it in time.
    """
    model = cp_model.CpModel()
    has = {(n, one): model.new_bool_var(f"{n}:{one}") for n, able in day.able.items() for one in able}
    for number, able in day.able.items():
        model.add_exactly_one(has[number, one] for one in able)
    by_place: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    loads: dict[int, list[cp_model.IntVar]] = {}
    for (number, one), var in has.items():
        by_place.setdefault((day.slots[number], one), []).append(var)
        loads.setdefault(one, []).append(var)
    for some in by_place.values():
        model.add_at_most_one(some)
    most, fewest = (model.new_int_var(0, len(day.slots), name) for name in ("most", "fewest"))
    for some in loads.values():
        model.add(sum(some) <= most)
        model.add(sum(some) >= fewest)
    model.minimize(most - fewest)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    if solver.solve(model) != cp_model.OPTIMAL:
        raise RuntimeError("no proof of the best spread in time")
    return round(solver.objective_value)
