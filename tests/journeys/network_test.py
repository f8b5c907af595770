"""Bad networks between real browsers and the house: lost packets, a line lost for ten seconds."""

import time
from collections.abc import Callable, Sequence

import pytest

from tests.cast import ZHOU
from tests.fixtures.house import House, Person
from tests.fixtures.network import GOOD, Network, Quality
from tests.fixtures.rtc import listen
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]
LOSSY = Quality(loss=0.1, delay_s=0.3)
NARROW = Quality(loss=0.1, delay_s=0.15, kbps=150)
WHOLE = 0.05


def test_five_per_cent_loss_each_way_costs_neither_picture_nor_voice(
    network: Network, house: House, person: New
) -> None:
    everybody = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
    network.loss = 0.05
    for flow in listen([one.media for one in everybody], 10):
        assert (flow.pictures, flow.voices) == (2, 2), flow
        assert flow.fps > 15, flow
        assert flow.frozen_s < 1, flow
        assert flow.concealed < 0.03, flow
        assert flow.asked > 0, flow
        assert flow.repeated > 0, flow
    for direction in ("down", "up"):  # the control: what was lost stays lost where it cannot be asked for
        network.loses_requests = direction
        worst = min(flow.fps for flow in listen([one.media for one in everybody], 8))
        assert worst < 10, direction
        network.loses_requests = ""
        for one in everybody:
            one.forget_frames()
            one.moving_pictures(2)


def test_ten_seconds_without_network_and_back_in_place_without_a_click(
    network: Network, house: House, person: New
) -> None:
    everybody = qin, zhao, zhou = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
    zhou.lose_line(10)
    zhou.page.wait_for_selector("[data-truth-text]:has-text('Line lost')")
    his = qin.page.locator("[data-seats] .seat", has_text=ZHOU.name)
    his.get_by_text("掉线").wait_for()
    zhao.page.wait_for_selector("[data-tiles] [data-lost]:visible")
    for one in (zhao, zhou):
        one.photograph("6 network lost")
    zhou.page.wait_for_selector("[data-truth-text]:has-text('You are heard by')")
    assert zhou.way is not None
    assert time.monotonic() - zhou.way.healed_at < 10
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(2)
    for flow in listen([one.media for one in everybody], 1):
        assert (flow.pictures, flow.voices) == (2, 2), flow
    assert [one.errors for one in everybody] == [[], [], []]


def made_up(everybody: Sequence[Person]) -> list[float]:
    """Share of the sound of five seconds that each of three browsers made up, because packets were missing."""
    flows = listen([one.media for one in everybody], 5)
    assert [flow.voices for flow in flows] == [2] * len(flows)
    return [flow.concealed for flow in flows]


def words_are_whole(everybody: Sequence[Person], within: int = 8) -> bool:
    """Five seconds in which nobody missed more than one sound of twenty, and soon."""
    return any(max(made_up(everybody)) < WHOLE for _ in range(within))


def test_a_poor_line_keeps_the_words_and_gives_up_the_pictures_until_it_is_better(
    network: Network, house: House, person: New
) -> None:
    everybody = qin, zhao, zhou = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
    network.becomes(zhou.way, zhou.media.ufrags(), LOSSY)
    assert words_are_whole(everybody)
    network.loses_requests = "down"  # the control: words of Zhou's that were lost are lost
    made_up((qin, zhao))
    assert max(made_up((qin, zhao))) > WHOLE
    network.loses_requests = ""

    network.becomes(zhou.way, zhou.media.ufrags(), NARROW)
    zhou.page.wait_for_selector("[data-spared]:has-text('sound first')", timeout=60_000)
    zhou.page.wait_for_selector("[data-spared]:has-text('not seen')", timeout=60_000)
    qin.page.wait_for_selector("[data-seats] .seat:has-text('网络慢，画面已停')")
    zhao.page.wait_for_selector(f"[data-tiles] > li:has-text('{ZHOU.name}') [data-line]:visible")
    for one in everybody:
        one.photograph("6 slow line")
    assert words_are_whole(everybody)
    for one in (qin, zhao):  # one slow line lowers nothing for the others
        one.forget_frames()
        one.moving_pictures(1)

    network.becomes(zhou.way, zhou.media.ufrags(), GOOD)
    zhou.page.wait_for_selector("[data-spared]", state="hidden", timeout=120_000)
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(2)
    assert [one.errors for one in everybody] == [[], [], []]
