"""Who is proposed as mediator: the parties' joint choice first, nobody excluded ever, else the least loaded share."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mediation.disputes.rules.choose import Candidate, Wish, joint, nearness, propose
from mediation.disputes.rules.codes import (
    DeclineGround,
    LeftOutReason,
    NotProposed,
    RecusalState,
    Track,
    WishKind,
)
from mediation.disputes.rules.recusal import Ties, counts, excluded
from mediation.scheduling.rules.choose import least_loaded

IDS = st.integers(1, 12)
CANDIDATES = st.lists(
    st.builds(Candidate, IDS, st.integers(0, 30), st.integers(1, 100), st.integers(0, 4)),
    unique_by=lambda one: one.mediator_id,
    max_size=12,
)
WISHES = st.lists(st.builds(Wish, IDS, st.booleans()), max_size=6)
OUT = st.sets(IDS)


@given(CANDIDATES, OUT, WISHES)
def test_nobody_excluded_is_ever_proposed_whoever_wishes_for_them(candidates, out, wishes) -> None:
    proposal = propose(candidates, out, wishes)
    placed = [one.candidate.mediator_id for one in proposal.placed]
    assert sorted(placed) == sorted({one.mediator_id for one in candidates} - out)
    assert proposal.joint not in out


@given(CANDIDATES, OUT, IDS)
def test_the_joint_choice_comes_first_when_it_may(candidates, out, wanted: int) -> None:
    proposal = propose(candidates, out, [Wish(wanted, applies=True), Wish(wanted, applies=False)])
    may = wanted in {one.mediator_id for one in candidates} - out
    assert proposal.joint == (wanted if may else None)
    if may:
        assert proposal.first.mediator_id == wanted
        assert {one.why_not for one in proposal.placed[1:]} <= {NotProposed.NOT_CHOSEN}


@given(CANDIDATES, OUT, st.lists(st.builds(Wish, IDS, st.just(value=True)), max_size=6))
def test_one_sides_wishes_alone_change_nothing(candidates, out, wishes) -> None:
    assert propose(candidates, out, wishes) == propose(candidates, out, ())


@given(CANDIDATES, OUT)
def test_without_a_joint_choice_the_first_is_the_least_loaded_for_their_share(candidates, out) -> None:
    proposal = propose(candidates, out, ())
    if proposal.first is not None:
        assert proposal.first.burden == min(one.candidate.burden for one in proposal.placed)
        assert proposal.placed[0].why_not is None
        assert all(one.why_not is not None for one in proposal.placed[1:])


@given(CANDIDATES.filter(bool))
def test_bookings_choose_by_the_same_order(candidates) -> None:
    first = propose(candidates, (), ()).first
    assert first is not None
    assert least_loaded(candidates).mediator_id == first.mediator_id


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8), st.integers(0, 200))
def test_work_is_spread_by_the_shares(shares, n_cases: int) -> None:
    """Given out one by one, nobody has more than their part by more than one case."""
    loads = dict.fromkeys(range(len(shares)), 0)
    for _ in range(n_cases):
        first = propose([Candidate(one, loads[one], shares[one]) for one in loads], (), ()).first
        assert first is not None
        loads[first.mediator_id] += 1
    for one, load in loads.items():
        for other, more in loads.items():
            assert Fraction(load, shares[one]) <= Fraction(more + 1, shares[other])


def test_a_side_that_is_silent_or_of_two_minds_makes_no_joint_choice() -> None:
    assert joint([]) is None
    assert joint([Wish(1, applies=True), Wish(1, applies=True)]) is None
    assert joint([Wish(1, applies=True), Wish(2, applies=False)]) is None
    assert joint([Wish(1, applies=True), Wish(2, applies=True), Wish(1, applies=False)]) is None
    assert joint([Wish(1, applies=True), Wish(1, applies=True), Wish(1, applies=False)]) == 1


def test_every_reason_against_a_mediator_has_its_name() -> None:
    ties = Ties(
        declined={1: DeclineGround.RELATIVE, 2: DeclineGround.BUSY},
        related=frozenset({3}),
        unwanted=frozenset({3, 4}),
        parties=frozenset({5}),
        agents_before=frozenset({6}),
    )
    assert [excluded(ties, one) for one in range(1, 8)] == [
        LeftOutReason.RECUSED,
        LeftOutReason.DECLINED,
        LeftOutReason.RELATED,
        LeftOutReason.UNWANTED,
        LeftOutReason.PARTY,
        LeftOutReason.AGENT_BEFORE,
        None,
    ]


def test_a_refusal_counts_on_the_peoples_track_even_when_the_recusal_was_not_granted() -> None:
    """Art. 23: no party is mediated by somebody they do not accept; elsewhere the decision on the recusal stands."""
    assert counts(WishKind.REFUSES, RecusalState.REJECTED, Track.PEOPLE)
    assert counts(WishKind.REFUSES, RecusalState.OPEN, Track.ADMINISTRATIVE)
    assert not counts(WishKind.REFUSES, RecusalState.REJECTED, Track.ADMINISTRATIVE)
    assert not counts(WishKind.WANTS, None, Track.PEOPLE)


def test_nearness_counts_the_levels_in_common() -> None:
    assert nearness("/1/3/7/9/", "/1/3/7/") == 3
    assert nearness("/1/4/", "/1/3/7/") == 1
