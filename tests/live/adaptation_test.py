"""A slow line is spared pictures before words, and gets them back: seconds of a made-up clock."""

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from mediation.hearings.rules.forwarding import (
    EVERYTHING,
    MOST_HELD_MS,
    Carried,
    Link,
    Reception,
    held_ms,
    is_heard,
    narrowed,
)
from mediation.live.adaptation import PROOF_S, WAIT_AT_MOST_S, WAIT_S, Adaptation, Measured

EVERY_S = 2.0
GOOD = Measured(loss=0.01, rtt_ms=40, allowed_kbps=800)
POOR = Measured(loss=0.2, rtt_ms=40, allowed_kbps=800)
SEATS = ("qin", "zhao", "zhou")
carried = st.builds(
    Carried,
    receives=st.sampled_from(Reception),
    sends_picture=st.booleans(),
    repair_to_ms=st.integers(0, 3000),
    repair_from_ms=st.integers(0, 3000),
)


class Clock:
    def __init__(self) -> None:
        self.line, self.now = Adaptation(), 1000.0

    def see(self, measured: Measured, seconds: float = EVERY_S) -> Carried:
        for _ in range(round(seconds / EVERY_S)):
            self.now += EVERY_S
            self.line.look(measured, self.now)
        return self.line.carried


@given(st.lists(st.floats(0, 0.149), min_size=1, max_size=60))
def test_a_line_that_is_not_poor_loses_nothing(losses: list[float]) -> None:
    clock = Clock()
    for loss in losses:
        now = clock.see(Measured(loss=loss, rtt_ms=600, allowed_kbps=400))
        assert (now.receives, now.sends_picture) == (Reception.ALL, True)


def test_once_is_chance_twice_is_poor_and_a_third_lost_is_believed_at_once() -> None:
    clock = Clock()
    assert clock.see(POOR).receives is Reception.ALL
    assert clock.see(POOR).receives is Reception.SOUND
    assert Clock().see(Measured(loss=0.4)).receives is Reception.SOUND
    late = Clock()
    assert late.see(Measured(loss=0.0, rtt_ms=2500), 4).receives is Reception.SOUND


def test_pictures_come_back_by_themselves_and_later_each_time_it_was_too_early() -> None:
    clock = Clock()
    clock.see(POOR, 4)
    waits = []
    for _ in range(5):
        began = clock.now
        while clock.see(GOOD).receives is Reception.SOUND:
            pass
        waits.append(clock.now - began)
        clock.see(POOR)
    assert waits[0] == WAIT_S
    assert all(later <= 2 * earlier + EVERY_S for earlier, later in pairwise(waits))
    assert waits[-1] == WAIT_AT_MOST_S
    while clock.see(GOOD).receives is Reception.SOUND:
        pass
    clock.see(GOOD, PROOF_S + 2)
    clock.see(POOR, 4)
    clock.see(GOOD, WAIT_S)
    assert clock.line.carried.receives is Reception.ALL  # what held for a while is trusted as at first


def test_while_the_line_is_poor_with_sound_alone_nothing_is_tried() -> None:
    clock = Clock()
    assert clock.see(POOR, 600).receives is Reception.SOUND


def test_who_cannot_send_a_picture_is_asked_for_none_and_sees_the_others() -> None:
    clock = Clock()
    now = clock.see(Measured(loss=0.0, rtt_ms=40, allowed_kbps=120), 4)
    assert (now.receives, now.sends_picture) == (Reception.ALL, False)
    assert clock.see(GOOD, WAIT_S).sends_picture


def test_ones_own_choice_stands_whatever_the_line() -> None:
    for wanted, measured in product((Reception.SOUND, Reception.TEXT), (GOOD, POOR)):
        clock = Clock()
        clock.line.wanted = wanted
        assert clock.see(measured, 60).receives is wanted


def test_sound_waits_for_what_is_sent_again_and_no_longer_than_the_line_is_lossy() -> None:
    clock = Clock()
    lossy = Measured(loss=0.01, rtt_ms=300, missed_to=0.1, missed_from=0.0)
    assert clock.see(GOOD).repair_to_ms == 0
    assert clock.see(lossy).repair_to_ms in range(300, 500)
    assert clock.line.carried.repair_from_ms == 0
    assert clock.see(GOOD, 10).repair_to_ms > 0
    assert clock.see(GOOD, 10).repair_to_ms == 0
    clock.see(Measured(loss=0.01, rtt_ms=900, missed_to=0.1))
    assert clock.see(lossy, 20).repair_to_ms in range(300, 500)


def test_a_line_that_was_full_for_a_moment_is_held_back_by_its_usual_round_trip() -> None:
    """Pictures that did not fit fill the queue: the round trip is longer until they are taken out."""
    usual = Measured(loss=0.01, rtt_ms=300, missed_to=0.1)
    full = Measured(loss=0.2, rtt_ms=900, missed_to=0.4)
    clock = Clock()
    held = clock.see(usual, 10).repair_to_ms
    assert clock.see(full, 6).repair_to_ms == held
    assert clock.see(usual, 2).repair_to_ms == held
    assert clock.see(full, 20).repair_to_ms > MOST_HELD_MS  # so it is for good
    other = Clock()
    other.see(full)
    assert other.see(usual).repair_to_ms == held  # what nobody waits for anyway is forgotten at once


@given(carried, carried)
def test_nobody_waits_longer_than_people_can_bear(speaker: Carried, listener: Carried) -> None:
    held = held_ms(speaker, listener)
    assert 0 <= held <= MOST_HELD_MS
    assert held in {0, speaker.repair_from_ms, listener.repair_to_ms, speaker.repair_from_ms + listener.repair_to_ms}


@given(
    st.frozensets(
        st.builds(Link, st.sampled_from(SEATS), st.sampled_from(SEATS), st.booleans(), st.booleans()), max_size=9
    ),
    st.dictionaries(st.sampled_from(SEATS), carried),
)
def test_a_line_never_carries_what_the_matrix_did_not_give(links: frozenset[Link], lines: dict[str, Carried]) -> None:
    for link in narrowed(links, lines):
        given_ = [one for one in links if (one.speaker, one.listener) == (link.speaker, link.listener)]
        assert any((not link.audio or one.audio) and (not link.video or one.video) for one in given_)
        assert link.audio or link.video
        if lines.get(link.listener, EVERYTHING).receives is Reception.TEXT:
            raise AssertionError("who reads only is sent something")
    assert narrowed(links, {}) == {link for link in links if link.audio or link.video}


def test_who_only_reads_hears_nobody() -> None:
    links = {Link("zhao", "zhou", audio=True, video=True)}
    assert is_heard("zhao", narrowed(links, {"zhou": Carried(receives=Reception.SOUND)}))
    assert not is_heard("zhao", narrowed(links, {"zhou": Carried(receives=Reception.TEXT)}))
