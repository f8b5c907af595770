"""Nothing is recorded without everybody's consent: the rules."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mediation.hearings.rules import consent
from mediation.hearings.rules.codes import ConsentState, HearingState, RecordingState, SeatRole, SeatState
from mediation.hearings.rules.consent import (
    CONSENT_LIFE,
    RECORDING_LIFE,
    ConsentFacts,
    ConsentStep,
    RecordingFacts,
    RecordingStep,
    RoomFacts,
)
from mediation.hearings.rules.forwarding import Place
from mediation.kernel.errors import Refused
from tests.fixtures.golden import approve

STATES = Path(__file__).parents[2] / "docs" / "states"
ROOMS = st.builds(
    RoomFacts,
    hearing=st.sampled_from(HearingState),
    neutral_in_room=st.booleans(),
    consents=st.lists(st.sampled_from(ConsentState), max_size=4).map(tuple),
)
PLACES = st.lists(
    st.builds(
        Place,
        seat=st.uuids().map(str),
        state=st.sampled_from(SeatState),
        room=st.sampled_from(["waiting", "main", "caucus-1"]),
        muted=st.booleans(),
        mic_on=st.booleans(),
        camera_on=st.booleans(),
    ),
    max_size=5,
)


def test_the_tables_are_the_approved_ones() -> None:
    approve(STATES / "consent_life.md", CONSENT_LIFE.as_markdown("The consent to be recorded"))
    approve(STATES / "recording_life.md", RECORDING_LIFE.as_markdown("The life of a recording"))


def test_every_state_can_be_reached() -> None:
    assert CONSENT_LIFE.unreachable(ConsentState.UNASKED, ConsentState) == frozenset()
    assert RECORDING_LIFE.unreachable(RecordingState.RUNNING, RecordingState) == frozenset()


@given(ROOMS, PLACES, st.booleans())
def test_what_is_recorded_was_agreed_to_by_everybody_and_can_be_heard_in_the_main_room(room, places, running) -> None:
    taken = consent.recorded(room, places, running=running)
    if taken:
        assert running
        assert room.hearing is HearingState.IN_SESSION
        assert room.neutral_in_room
        assert set(room.consents) == {ConsentState.GIVEN}
    by_seat = {place.seat: place for place in places}
    for one in taken:
        place = by_seat[one.seat]
        assert (place.room, place.state) == ("main", SeatState.IN_ROOM)
        assert one.audio is (place.mic_on and not place.muted)
        assert one.video is place.camera_on


@given(ROOMS)
def test_one_person_who_has_not_said_yes_keeps_everything_off(room: RoomFacts) -> None:
    refusal = consent.refuse_recording(room)
    if any(state is not ConsentState.GIVEN for state in room.consents):
        assert refusal is not None
        with pytest.raises(Refused):
            RECORDING_LIFE.decide(RecordingStep.RESUME, RecordingFacts(RecordingState.PAUSED, room))
    stopped = RECORDING_LIFE.decide(RecordingStep.STOP, RecordingFacts(RecordingState.RUNNING, room))
    assert stopped.target is RecordingState.ENDED, "stopping needs nothing and nobody"


@given(st.sampled_from(SeatRole), st.sampled_from(HearingState))
def test_consent_is_taken_back_at_any_time(role: SeatRole, hearing: HearingState) -> None:
    facts = ConsentFacts(ConsentState.GIVEN, role, hearing)
    assert ConsentStep.WITHDRAW in CONSENT_LIFE.offered(facts)


@given(
    st.sampled_from([ConsentState.REFUSED, ConsentState.WITHDRAWN, ConsentState.GIVEN]), st.sampled_from(HearingState)
)
def test_who_has_answered_is_not_asked_again(state: ConsentState, hearing: HearingState) -> None:
    assert ConsentStep.ASK not in CONSENT_LIFE.offered(ConsentFacts(state, SeatRole.PARTY, hearing))


def test_who_was_never_asked_has_not_consented() -> None:
    given_ = consent.consents_of({"zhao", "zhou"}, {"zhao": ConsentState.GIVEN})
    assert consent.refuse_recording(RoomFacts(HearingState.IN_SESSION, True, given_)) == "recording_not_agreed"


class Sitting(RuleBasedStateMachine):
    """Two people in a running session say what they like, the neutral presses what they like."""

    def __init__(self) -> None:
        super().__init__()
        self.said = dict.fromkeys(("zhao", "zhou"), ConsentState.UNASKED)
        self.own_yes: set[str] = set()
        self.state: RecordingState | None = None

    @property
    def room(self) -> RoomFacts:
        return RoomFacts(HearingState.IN_SESSION, True, consent.consents_of(self.said, self.said))

    @rule(who=st.sampled_from(("zhao", "zhou")), step=st.sampled_from(ConsentStep))
    def says(self, who: str, step: ConsentStep) -> None:
        try:
            arrow = CONSENT_LIFE.decide(step, ConsentFacts(self.said[who], SeatRole.PARTY, HearingState.IN_SESSION))
        except Refused:
            return
        self.said[who] = arrow.target
        if step is ConsentStep.GIVE:
            self.own_yes.add(who)
        elif step is not ConsentStep.ASK:
            self.own_yes.discard(who)

    @rule()
    def start(self) -> None:
        if self.state not in consent.ACTIVE and consent.refuse_recording(self.room) is None:
            self.state = RecordingState.RUNNING

    @rule(step=st.sampled_from(RecordingStep))
    def press(self, step: RecordingStep) -> None:
        if self.state is not None:
            try:
                self.state = RECORDING_LIFE.decide(step, RecordingFacts(self.state, self.room)).target
            except Refused:
                return

    @invariant()
    def nobody_is_recorded_whose_last_word_was_not_yes(self) -> None:
        places = [Place(seat, SeatState.IN_ROOM, "main") for seat in self.said]
        if consent.recorded(self.room, places, running=self.state is RecordingState.RUNNING):
            assert self.own_yes == {"zhao", "zhou"}


TestSitting = Sitting.TestCase
