"""Who has no camera or no microphone, or closed the tab: everybody takes part, and the page says how."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, WebSocketRoute

from mediation.disputes.rules.codes import PartyRole
from tests.cast import ZHAO, ZHOU
from tests.fixtures.house import House, Person
from tests.fixtures.rtc import listen
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


def tile(one: Person, name: str) -> str:
    """Selector of the place of `name` on somebody's page."""
    return f"[data-tiles] > li:has-text('{name}')"


def overlap(one: Person, selector: str, other: str) -> bool:
    """Whether two boxes cover each other; what is not shown covers nothing."""
    upper, lower = (one.page.locator(each).bounding_box() for each in (selector, other))
    return bool(upper and lower) and not (
        upper["y"] + upper["height"] <= lower["y"] or lower["y"] + lower["height"] <= upper["y"]
    )


def test_without_a_camera_by_voice_without_a_microphone_by_typing(
    house: House, person: New, bare_chromium: Browser
) -> None:
    refused = {"language": "zh", "width": 360, "devices": ["microphone"]}
    bare = {"language": "en", "width": 360, "browser": bare_chromium}
    qin, zhao, zhou = gather(house, person, [refused, bare])
    zhao.page.wait_for_selector("[data-truth-text]:has-text('现在能听到您的人')")
    zhou.page.wait_for_selector("[data-truth-text]:has-text('You can listen and type')")
    for one in (qin, zhao, zhou):
        one.photograph("4 devices")
    for one in (zhao, zhou):
        one.page.wait_for_selector("[data-own] [data-no-picture]:visible")
        one.moving_pictures(1)
    flows = listen([one.media for one in (qin, zhao, zhou)], 2)
    assert [(flow.pictures, flow.voices) for flow in flows] == [(0, 1), (1, 1), (1, 2)]
    for one in (qin, zhou):
        one.page.wait_for_selector(f"{tile(one, ZHAO.name)} [data-no-picture]:visible")
    for one in (qin, zhao):
        one.page.wait_for_selector(f"{tile(one, ZHOU.name)} [data-muted]:visible")
    zhou.page.click("[data-do=chat]:visible")
    zhou.page.fill("#chat-text", "I agree with the refund.")
    zhou.page.keyboard.press("Enter")
    for one in (qin, zhao):
        one.page.wait_for_selector("[data-unread]:visible")
        one.page.wait_for_selector("[data-toast]:has-text('I agree with the refund.')")
        one.photograph("5 unread")
        one.page.click("[data-do=chat]:visible")
        one.page.wait_for_selector("[data-lines]:has-text('I agree with the refund.')")
        assert not overlap(one, "[data-toast]", "#chat-text")
        one.photograph("5 chat")
    assert [one.errors for one in (qin, zhao, zhou)] == [[], [], []]


def called_lost_at_first(socket: WebSocketRoute) -> None:
    """A reload so fast that the old line is written off after the new one came: the first state calls the seat lost."""
    server = socket.connect_to_server()
    called: list[str] = []

    def hear(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "state" and not called:
            called.append(message["you"]["seat"])
            socket.send(json.dumps(message | {"you": message["you"] | {"state": "disconnected"}}))
        socket.send(frame)

    server.on_message(hear)


def test_a_closed_tab_opens_again_in_the_same_seat(house: House, person: New) -> None:
    qin, zhao, zhou = gather(house, person)
    zhao.moving_pictures(2)
    zhou.page.click("[data-do=camera]:visible")
    zhao.page.wait_for_selector(f"{tile(zhao, ZHOU.name)} [data-no-picture]:visible")
    zhou.media.end_tracks()
    zhou.page.close()
    zhao.page.wait_for_selector(f"{tile(zhao, ZHOU.name)} [data-lost]:visible")
    zhou.context.route_web_socket("**/ws", called_lost_at_first)
    zhou.reopen(house.party_paths[PartyRole.RESPONDENT])
    zhou.page.click("main a[href$='/hearing']")
    zhou.screen("call")
    zhou.page.wait_for_selector("[data-truth-text]:has-text('You are heard by')")
    zhou.moving_pictures(2)
    flows = listen([one.media for one in (qin, zhao, zhou)], 2)
    assert [(flow.pictures, flow.voices) for flow in flows] == [(1, 2), (1, 2), (2, 2)]
    assert zhou.media.asked_for() == {"audio"}, "the camera was off and stays off"
    assert qin.page.locator("[data-seats] > li").count() == 2
    assert [one.errors for one in (qin, zhao, zhou)] == [[], [], []]
