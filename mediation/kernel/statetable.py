"""State tables as data: what may follow what, under which condition, by which law."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from mediation.kernel.errors import Refused

StateT = TypeVar("StateT", bound=StrEnum)
StepT = TypeVar("StepT", bound=StrEnum)


FactsT = TypeVar("FactsT")


@dataclass(frozen=True, slots=True)
class Transition(Generic[StepT, StateT, FactsT]):
    """One arrow. `guard` returns the code of the refusal, or None when the step may be taken."""

    step: StepT
    sources: frozenset[StateT]
    target: StateT
    guard: Callable[[FactsT], str | None]
    basis: str
    """Law and article, or the decision that allowed it."""


def always(_facts: object) -> str | None:
    """The guard of an arrow without condition."""
    return None


class StateTable(Generic[StepT, StateT, FactsT]):
    """The arrows of one life. `state_of` reads the present state from the facts."""

    def __init__(
        self,
        transitions: Sequence[Transition[StepT, StateT, FactsT]],
        *,
        state_of: Callable[[FactsT], StateT],
    ) -> None:
        self.transitions = tuple(transitions)
        self._state_of = state_of
        self._by_step: dict[StepT, list[Transition[StepT, StateT, FactsT]]] = {}
        for transition in self.transitions:
            self._by_step.setdefault(transition.step, []).append(transition)

    def decide(self, step: StepT, facts: FactsT) -> Transition[StepT, StateT, FactsT]:
        """The arrow that `step` takes now.

        Raises: Refused, code `not_now` when no arrow starts here, else the guard's code.
        """
        state = self._state_of(facts)
        refusal: str | None = None
        basis = ""
        for transition in self._by_step.get(step, ()):
            if state not in transition.sources:
                continue
            code = transition.guard(facts)
            if code is None:
                return transition
            refusal, basis = refusal or code, basis or transition.basis
        raise Refused(refusal or "not_now", basis=basis, step=step.value, state=state.value)

    def offered(self, facts: FactsT) -> tuple[StepT, ...]:
        """Exactly the steps that `decide` lets through: the page's buttons."""
        state = self._state_of(facts)
        steps = [t.step for t in self.transitions if state in t.sources and t.guard(facts) is None]
        return tuple(dict.fromkeys(steps))

    def as_markdown(self, title: str) -> str:
        """The table as a person approves it; kept in docs/states."""
        rows = [
            f"| {t.step} | {', '.join(sorted(t.sources))} | {t.target} | {_guard_name(t)} | {t.basis} |"
            for t in self.transitions
        ]
        head = ["| step | from | to | guard | basis |", "| --- | --- | --- | --- | --- |"]
        return "\n".join([f"# {title}", "", *head, *rows, ""])

    def unreachable(self, start: StateT, states: Iterable[StateT]) -> frozenset[StateT]:
        """The states that no chain of arrows reaches from `start`, guards left out."""
        seen = {start}
        while True:
            more = {t.target for t in self.transitions if t.sources & seen} - seen
            if not more:
                return frozenset(states) - seen
            seen |= more


def _guard_name(transition: Transition[StepT, StateT, FactsT]) -> str:
    return "" if transition.guard is always else transition.guard.__name__
