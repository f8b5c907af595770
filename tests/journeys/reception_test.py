"""Sound alone, text alone, by one's own choice: what it says to oneself and to the others, by keyboard."""

from collections.abc import Callable

import pytest

from tests.cast import ZHOU
from tests.fixtures.house import House, Person
from tests.fixtures.rtc import listen
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


def choose(one: Person, what: str) -> None:
    one.page.locator("[data-do=receive]").focus()
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("[data-receive-dialog][open]")
    assert one.judged("7 slow line") == []
    one.page.locator(f"[data-receive-dialog] [data-receive={what}]").focus()
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("[data-receive-dialog]", state="hidden")


def test_sound_alone_then_text_alone_then_all_again(house: House, person: New) -> None:
    qin, zhao, zhou = everybody = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
    choose(zhou, "sound")
    zhou.page.wait_for_selector("[data-spared]:has-text('You chose sound only.')")
    qin.page.wait_for_selector("[data-seats] .seat:has-text('只收到声音')")
    flows = listen([one.media for one in everybody], 2)
    assert [(flow.pictures, flow.voices) for flow in flows] == [(1, 2), (1, 2), (0, 2)]
    for one in everybody:
        assert one.judged("7 sound only") == []

    qin.page.locator("[data-seats] .seat", has_text=ZHOU.name).get_by_role(
        "button", name="静音", exact=False
    ).first.click()
    zhou.page.wait_for_selector("[data-truth-text]:has-text('The mediator has muted you')")
    choose(zhou, "text")
    zhao.page.wait_for_selector(f"[data-tiles] > li:has-text('{ZHOU.name}') [data-reads]:visible")
    zhao.page.wait_for_selector(f"[data-tiles] > li:has-text('{ZHOU.name}') [data-muted]:visible")
    zhao.page.wait_for_function(f"!document.querySelector('[data-truth-text]').textContent.includes('{ZHOU.name}')")
    zhao.media.listen(1)  # the last word fades out
    flows = listen([one.media for one in (qin, zhao)], 2)
    assert [(flow.pictures, flow.voices) for flow in flows] == [(1, 1), (1, 1)]
    assert qin.page.locator("[data-seats] .seat:has-text('已静音，可自行打开')").count() == 1, (
        "the choice unmutes nobody"
    )
    zhou.page.reload()
    zhou.page.wait_for_selector("[data-spared]:has-text('You chose text only')")
    for one in everybody:
        assert one.judged("7 text only") == []

    zhou.page.click("[data-spared] [data-receive=all]")
    zhou.page.wait_for_selector("[data-spared]", state="hidden")
    zhou.moving_pictures(2)
    assert [one.errors for one in everybody] == [[], [], []]
