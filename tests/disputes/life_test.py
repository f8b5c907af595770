"""The life of a case as a table: every state is reached, every refusal has its reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mediation.disputes.rules.codes import CaseState
from mediation.disputes.rules.life import CASE_LIFE, MAX_RETURNS, OPEN_STATES, CaseFacts, CaseStep
from mediation.kernel.errors import Refused
from tests.fixtures.golden import approve

STATES = Path(__file__).parents[2] / "docs" / "states"
FACTS = st.builds(
    CaseFacts,
    state=st.sampled_from(CaseState),
    party_refuses=st.booleans(),
    mediator_ready=st.booleans(),
    was_accepted=st.booleans(),
    returns=st.integers(0, 4),
)


def test_the_table_is_the_approved_one() -> None:
    approve(STATES / "case_life.md", CASE_LIFE.as_markdown("The life of a case"))


def test_every_state_can_be_reached() -> None:
    assert CASE_LIFE.unreachable(CaseState.RECEIVED, CaseState) == frozenset()


@given(FACTS)
def test_what_is_offered_is_exactly_what_is_let_through(facts: CaseFacts) -> None:
    let_through = set()
    for step in CaseStep:
        try:
            CASE_LIFE.decide(step, facts)
        except Refused:
            continue
        let_through.add(step)
    assert set(CASE_LIFE.offered(facts)) == let_through


@given(FACTS)
def test_nobody_is_mediated_against_an_express_refusal(facts: CaseFacts) -> None:
    """People's Mediation Law art. 17."""
    if facts.party_refuses:
        assert not {CaseStep.ACCEPT, CaseStep.START, CaseStep.TAKE_OVER} & set(CASE_LIFE.offered(facts))


@given(FACTS)
def test_whoever_applied_can_always_step_out_before_an_agreement(facts: CaseFacts) -> None:
    """People's Mediation Law art. 23."""
    before = OPEN_STATES - {CaseState.AGREED}
    assert (CaseStep.WITHDRAW in CASE_LIFE.offered(facts)) == (facts.state in before)


def test_a_mediation_without_a_mediator_does_not_start() -> None:
    facts = CaseFacts(state=CaseState.ACCEPTED, was_accepted=True)
    with pytest.raises(Refused, match="mediator_not_ready"):
        CASE_LIFE.decide(CaseStep.START, facts)


class Life(RuleBasedStateMachine):
    """Any steps in any order: what may not happen never does."""

    def __init__(self) -> None:
        super().__init__()
        self.state = CaseState.RECEIVED
        self.was_accepted = self.refuses = self.ready = False
        self.returns = 0

    @property
    def facts(self) -> CaseFacts:
        return CaseFacts(self.state, self.refuses, self.ready, self.was_accepted, self.returns)

    @rule(step=st.sampled_from(CaseStep))
    def take(self, step: CaseStep) -> None:
        try:
            arrow = CASE_LIFE.decide(step, self.facts)
        except Refused:
            return
        self.state = arrow.target
        self.was_accepted |= step in {CaseStep.ACCEPT, CaseStep.TAKE_OVER}
        self.returns += step is CaseStep.RETURN
        if step is CaseStep.TAKE_OVER:
            self.ready = False

    @rule(ready=st.booleans())
    def mediator(self, *, ready: bool) -> None:
        self.ready = ready

    @precondition(lambda self: self.state in OPEN_STATES)
    @rule(refuses=st.booleans())
    def party(self, *, refuses: bool) -> None:
        self.refuses = refuses

    @invariant()
    def an_agreement_had_an_accepted_case(self) -> None:
        assert self.state not in {CaseState.AGREED, CaseState.IN_MEDIATION} or self.was_accepted

    @invariant()
    def it_is_returned_at_most_twice(self) -> None:
        assert self.returns <= MAX_RETURNS


TestLife = Life.TestCase
