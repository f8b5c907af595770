"""The lives of a hearing and of a seat, and the forwarding matrix, as tables and as machines."""

from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mediation.hearings.rules import controls, forwarding
from mediation.hearings.rules.caucus import CAUCUS_LIFE, CaucusFacts, CaucusStep
from mediation.hearings.rules.codes import CaucusState, HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import OwnControl, RoomControl, SeatControl, Signs
from mediation.hearings.rules.forwarding import Place
from mediation.hearings.rules.life import HEARING_LIFE, OPENS_BEFORE, REOPEN_WITHIN, HearingFacts, HearingStep
from mediation.hearings.rules.seats import SEAT_LIFE, SeatFacts, SeatStep
from mediation.kernel.errors import Refused
from tests.fixtures.golden import approve

STATES = Path(__file__).parents[2] / "docs" / "states"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEATS = st.builds(
    SeatFacts,
    state=st.sampled_from(SeatState),
    role=st.sampled_from(SeatRole),
    room=st.sampled_from(["waiting", "main", "caucus-1"]),
    checked=st.booleans(),
    hearing=st.sampled_from(HearingState),
    neutral_in_room=st.booleans(),
    protected_in_room=st.booleans(),
)


def test_the_tables_are_the_approved_ones() -> None:
    approve(STATES / "hearing_life.md", HEARING_LIFE.as_markdown("The life of a hearing"))
    approve(STATES / "seat_life.md", SEAT_LIFE.as_markdown("The life of a seat"))
    approve(STATES / "caucus_life.md", CAUCUS_LIFE.as_markdown("The life of a caucus"))


def test_every_state_can_be_reached() -> None:
    assert HEARING_LIFE.unreachable(HearingState.SCHEDULED, HearingState) == frozenset()
    assert SEAT_LIFE.unreachable(SeatState.EXPECTED, SeatState) == frozenset()
    assert CAUCUS_LIFE.unreachable(CaucusState.INVITING, CaucusState) == frozenset()


@given(
    st.builds(
        CaucusFacts,
        state=st.sampled_from(CaucusState),
        hearing=st.sampled_from(HearingState),
        locked=st.booleans(),
        n_asked=st.integers(0, 3),
        neutral_inside=st.booleans(),
        protected=st.booleans(),
    ),
    st.sampled_from(CaucusStep),
)
def test_no_room_opens_before_everybody_has_accepted_nor_for_a_protected_pair(
    now: CaucusFacts, step: CaucusStep
) -> None:
    try:
        target = CAUCUS_LIFE.decide(step, now).target
    except Refused:
        return
    if target is CaucusState.RUNNING and now.state is CaucusState.INVITING:
        assert (step, now.protected, now.hearing) == (CaucusStep.ACCEPT, False, HearingState.IN_SESSION)
        assert now.n_asked <= 1
    if step is CaucusStep.INVITE:
        assert not now.locked
        assert now.neutral_inside
        assert not now.protected


def facts(state: HearingState, **more: object) -> HearingFacts:
    return HearingFacts(state=state, now=NOW, starts_at=NOW, **more)  # type: ignore[arg-type]


def test_the_waiting_room_opens_half_an_hour_before() -> None:
    early = HearingFacts(HearingState.SCHEDULED, NOW, NOW + OPENS_BEFORE + timedelta(seconds=1))
    late = HearingFacts(HearingState.SCHEDULED, NOW, NOW + OPENS_BEFORE)
    assert HearingStep.OPEN not in HEARING_LIFE.offered(early)
    assert HearingStep.OPEN in HEARING_LIFE.offered(late)


def test_it_can_be_reopened_for_ten_minutes() -> None:
    just = facts(HearingState.CLOSED, closed_at=NOW - REOPEN_WITHIN)
    late = facts(HearingState.CLOSED, closed_at=NOW - REOPEN_WITHIN - timedelta(seconds=1))
    assert HEARING_LIFE.offered(just) == (HearingStep.REOPEN,)
    assert HEARING_LIFE.offered(late) == ()


def test_a_supervisor_reopens_also_later() -> None:
    late = facts(HearingState.CLOSED, closed_at=NOW - timedelta(days=2), by_supervisor=True)
    assert HEARING_LIFE.offered(late) == (HearingStep.REOPEN,)


def test_the_seconds_run_once_and_can_be_stopped() -> None:
    there = {"neutral_in_room": True, "n_parties_in_room": 1}
    ready = facts(HearingState.OPEN, **there)
    counting = facts(HearingState.OPEN, begins_at=NOW + timedelta(seconds=1), **there)
    over = facts(HearingState.OPEN, begins_at=NOW, **there)
    assert {HearingStep.COUNT_DOWN, HearingStep.START} <= set(HEARING_LIFE.offered(ready))
    assert HearingStep.STOP_COUNT not in HEARING_LIFE.offered(ready)
    assert not {HearingStep.COUNT_DOWN, HearingStep.START} & set(HEARING_LIFE.offered(counting))
    assert HearingStep.STOP_COUNT in HEARING_LIFE.offered(counting)
    assert HearingStep.START in HEARING_LIFE.offered(over)
    gone = facts(HearingState.OPEN, begins_at=NOW, neutral_in_room=False, n_parties_in_room=1)
    assert HearingStep.START not in HEARING_LIFE.offered(gone)


@given(SEATS, st.lists(st.builds(Signs, st.booleans(), st.booleans(), st.booleans()), max_size=4))
def test_a_control_of_the_whole_room_is_offered_only_where_it_changes_something(
    seat: SeatFacts, others: list[Signs]
) -> None:
    for control in RoomControl:
        if controls.refuse_room(control, seat, others) is None:
            assert seat.role is SeatRole.NEUTRAL
            assert any(controls.changes(control, one) for one in others)


@given(SEATS)
def test_nobody_is_let_in_beside_somebody_they_are_protected_from(seat: SeatFacts) -> None:
    if seat.protected_in_room:
        assert SeatStep.ADMIT not in SEAT_LIFE.offered(seat)


@given(SEATS)
def test_the_buttons_are_exactly_what_is_let_through(seat: SeatFacts) -> None:
    for control in OwnControl:
        assert (control in controls.offered_own(seat)) == (controls.refuse_own(control, seat) is None)
    for four in product((True, False), repeat=4):
        signs = Signs(*four)
        offered = controls.offered_neutrals(seat, signs)
        for what in SeatControl:
            refused = controls.refuse_neutrals(what, seat, signs)
            assert (what in offered) == (refused is None)


@given(SEATS)
def test_a_lost_line_never_loses_the_room(seat: SeatFacts) -> None:
    """Back in the same room, or still waiting: never somewhere else, never admitted by losing the line."""
    if SeatStep.LOSE_LINE not in SEAT_LIFE.offered(seat):
        return
    lost = SeatFacts(SeatState.DISCONNECTED, seat.role, seat.room, seat.checked, seat.hearing, seat.neutral_in_room)
    try:
        back = SEAT_LIFE.decide(SeatStep.COME_BACK, lost).target
    except Refused:
        return
    assert (back is SeatState.IN_ROOM) == (seat.room != "waiting")


PLACES = st.lists(
    st.builds(
        Place,
        seat=st.sampled_from("abcdef"),
        state=st.sampled_from(SeatState),
        room=st.sampled_from(["waiting", "main", "caucus-1"]),
        muted=st.booleans(),
        mic_on=st.booleans(),
        camera_on=st.booleans(),
        apart=st.frozensets(st.sampled_from("abcdef"), max_size=2),
    ),
    max_size=6,
    unique_by=lambda place: place.seat,
)


@given(st.sampled_from(HearingState), PLACES)
def test_a_packet_flows_only_between_two_who_are_in_one_room(hearing: HearingState, places: list[Place]) -> None:
    by_seat = {place.seat: place for place in places}
    for link in forwarding.matrix(hearing, places):
        speaker, listener = by_seat[link.speaker], by_seat[link.listener]
        assert hearing is HearingState.IN_SESSION
        assert speaker.room == listener.room != "waiting"
        assert speaker.state is listener.state is SeatState.IN_ROOM
        assert listener.seat not in speaker.apart
        assert speaker.seat not in listener.apart
        assert link.audio <= (speaker.mic_on and not speaker.muted)
        assert link.video <= speaker.camera_on


@given(PLACES)
def test_everybody_in_the_room_hears_everybody_who_speaks_there(places: list[Place]) -> None:
    links = {(link.speaker, link.listener) for link in forwarding.matrix(HearingState.IN_SESSION, places) if link.audio}
    for speaker, listener in product(places, repeat=2):
        there = speaker.state is listener.state is SeatState.IN_ROOM and speaker.room == listener.room != "waiting"
        apart = listener.seat in speaker.apart or speaker.seat in listener.apart
        speaks = speaker.mic_on and not speaker.muted
        expected = speaker.seat != listener.seat and there and speaks and not apart
        assert ((speaker.seat, listener.seat) in links) == expected


class Sitting(RuleBasedStateMachine):
    """Three seats, any steps in any order: who hears whom follows the rooms, always."""

    NAMES = ("neutral", "zhao", "zhou")

    def __init__(self) -> None:
        super().__init__()
        self.hearing = HearingState.OPEN
        self.state = dict.fromkeys(self.NAMES, SeatState.EXPECTED)
        self.room = dict.fromkeys(self.NAMES, "waiting")
        self.checked = dict.fromkeys(self.NAMES, False)

    def _facts(self, name: str) -> SeatFacts:
        role = SeatRole.NEUTRAL if name == "neutral" else SeatRole.PARTY
        there = self.state["neutral"] is SeatState.IN_ROOM
        return SeatFacts(self.state[name], role, self.room[name], self.checked[name], self.hearing, there)

    @rule(name=st.sampled_from(NAMES), step=st.sampled_from(SeatStep))
    def step(self, name: str, step: SeatStep) -> None:
        try:
            arrow = SEAT_LIFE.decide(step, self._facts(name))
        except Refused:
            return
        self.state[name] = arrow.target
        self.checked[name] = step is SeatStep.CHECKED or (self.checked[name] and step is not SeatStep.COME)
        if step in {SeatStep.ADMIT, SeatStep.TAKE_CHAIR}:
            self.room[name] = "main"
        elif step is SeatStep.GO_APART:
            self.room[name] = "caucus-1"
        elif step is SeatStep.COME_TOGETHER:
            self.room[name] = "main"
        elif step in {SeatStep.DISMISS, SeatStep.LEAVE, SeatStep.COME}:
            self.room[name] = "waiting"

    @rule(step=st.sampled_from(HearingStep))
    def hearing_step(self, step: HearingStep) -> None:
        parties = sum(self.state[name] is SeatState.IN_ROOM for name in ("zhao", "zhou"))
        now = facts(
            self.hearing,
            closed_at=NOW,
            neutral_in_room=self.state["neutral"] is SeatState.IN_ROOM,
            n_parties_in_room=parties,
        )
        if step in HEARING_LIFE.offered(now):
            self.hearing = HEARING_LIFE.decide(step, now).target

    @invariant()
    def in_the_room_means_in_a_room(self) -> None:
        for name in self.NAMES:
            assert self.state[name] is not SeatState.IN_ROOM or self.room[name] != "waiting"
            assert self.state[name] not in {SeatState.WAITING, SeatState.CHECKING} or self.room[name] == "waiting"

    @invariant()
    def the_waiting_hear_nothing(self) -> None:
        places = [Place(name, self.state[name], self.room[name]) for name in self.NAMES]
        for link in forwarding.matrix(self.hearing, places):
            assert self.room[link.listener] == self.room[link.speaker] != "waiting"


TestSitting = Sitting.TestCase
