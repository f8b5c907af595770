"""The mediator's controls in real browsers, each state judged by axe: seconds, hands, muted, large, suspended."""

import re
from collections.abc import Callable

import pytest

from tests.cast import SHEN, ZHAO, ZHOU
from tests.fixtures.house import House, Person
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


@pytest.fixture
def house_settings() -> dict[str, str]:
    return {"START_COUNTDOWN_S": "5"}


def press(one: Person, name: str, within: str = "body") -> None:
    one.page.locator(within).get_by_role("button", name=re.compile(name)).first.click()


SCREEN = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext("2d");
  let n = 0;
  setInterval(() => { pen.fillStyle = `hsl(${n++ % 360} 80% 50%)`; pen.fillRect(0, 0, 640, 360); }, 100);
  return canvas.captureStream(10);
};
"""
"""A screen to show; which one, no browser lets a test choose."""


def sits_in(house: House, person: New, qin: Person) -> Person:
    """The clerk comes as co-mediator and is let in."""
    shen = person(language="en", width=1280)
    shen.page.add_init_script(SCREEN)
    shen.sign_in(SHEN)
    shen.open(f"/cases/{house.case}")
    with shen.page.expect_navigation():
        press(shen, "^Sit in$")
    shen.check_devices()
    shen.screen("waiting")
    qin.page.click("[data-seats] .button--primary:visible")  # let in
    shen.screen("call")
    shen.moving_pictures(3)
    return shen


def test_words_screen_captions_and_the_empty_chair(house: House, person: New) -> None:
    qin, zhao, zhou = everybody = gather(house, person)
    found: list[str] = []
    for one in everybody:
        one.moving_pictures(2)
    shen = sits_in(house, person, qin)
    shen.page.click("[data-do=share]")
    zhao.page.wait_for_selector(".tile[data-sharing=true][data-size=large]:has-text('沈')")
    zhao.forget_frames()
    zhao.moving_pictures(3)
    qin.page.fill("#caption-text", "押金三千元，去年五月付清。")
    qin.page.press("#caption-text", "Enter")
    zhou.page.wait_for_selector("[data-captions]:has-text('押金三千元')")
    zhao.page.click("[data-do=chat]:visible")
    zhao.page.select_option("#chat-to", "mediator")
    zhao.page.fill("#chat-text", "我想单独说一句")
    zhao.page.press("#chat-text", "Enter")
    found += zhao.judged("c4 words")
    qin.page.click("[data-do=chat]:visible")
    qin.page.wait_for_selector("[data-lines]:has-text('我想单独说一句')")
    found += [problem for one in (qin, zhou, shen) for problem in one.judged("c4 words")]
    zhou.page.click("[data-do=help]")
    found += zhou.judged("c5 help")
    zhou.page.click("[data-do=signal]")
    qin.page.wait_for_selector(f"[data-seats] .seat:has-text('{ZHOU.name}') [data-signal]:visible")
    found += [problem for one in (qin, zhou) for problem in one.judged("c6 signal")]
    zhao.page.click("[data-do=close-chat]")
    qin.page.close()
    shen.page.click("[data-do=take_chair]:visible")
    shen.page.wait_for_selector("[data-hearing-steps] button:visible")
    found += [problem for one in (zhao, shen) for problem in one.judged("c7 chair")]
    assert found == []
    assert [one.errors for one in (*everybody, shen)] == [[], [], [], []]


def test_they_talk_about_the_clauses_and_sign_without_leaving_the_room(house: House, person: New) -> None:
    qin, zhao, _zhou = everybody = gather(house, person)
    desk = qin.new_page()
    desk.goto(f"{qin.site}/cases/{house.case}/agreement")
    desk.fill("[name=facts]", "押金三千元未退。")
    desk.fill("[name='clauses-0-text']", "房东退还押金三千元")
    with desk.expect_navigation():
        desk.click("main form .actions button[name=save]")
    desk.close()
    qin.page.click("[data-do=agreement]:visible")
    qin.page.click("[data-agreement] button[value=show]")
    zhao.page.click("[data-do=agreement]:visible")
    zhao.page.click("[data-agreement] button[value=agree]")
    zhao.page.wait_for_selector("[data-agreement] button[value=agree][aria-pressed=true]")
    qin.page.wait_for_selector("[data-agreement] .talk__stances:has-text('同意')")
    found = [problem for one in (qin, zhao) for problem in one.judged("c8 clauses")]
    qin.page.click("[data-agreement] button[value=fix]")
    zhao.page.click("[data-agreement] button[value=read]")
    zhao.page.wait_for_selector("[data-agreement] .signature__pad:visible")
    found += zhao.judged("c9 signing")
    draw(zhao)
    zhao.page.check("[data-agreement] [name=agree]")
    zhao.page.click("[data-agreement] form .button--primary:has-text('签')")
    zhao.page.wait_for_selector("[data-agreement] .alert")
    qin.page.wait_for_selector("[data-agreement] .status--success")
    zhao.page.click("[data-do=close-agreement]")
    zhao.screen("call")
    assert found == []
    assert [one.errors for one in everybody] == [[], [], []]


def draw(one: Person) -> None:
    pad = one.page.locator("[data-agreement] .signature__pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    one.page.mouse.move(box["x"] + 40, box["y"] + 30)
    one.page.mouse.down()
    one.page.mouse.move(box["x"] + 120, box["y"] + 60, steps=8)
    one.page.mouse.up()


def test_what_the_mediator_does_with_the_room(house: House, person: New) -> None:
    qin, zhao, zhou = everybody = gather(house, person)
    found: list[str] = []
    zhou.page.wait_for_selector("[data-countdown]:visible:has-text('begins in')")
    found += [problem for one in everybody for problem in one.judged("c1 seconds")]
    zhou.page.locator("[data-truth-text]").filter(has_text=re.compile("heard by")).wait_for()
    for one in everybody:
        one.moving_pictures(2)
    zhou.page.click("[data-do=hand]")
    zhao.page.click("[data-do=hand]")
    zhao.page.locator("[data-own] [data-hand-place]").filter(has_text="2").wait_for()
    seat = f"[data-seats] .seat:has-text('{ZHOU.name}')"
    press(qin, "^静音并锁定", seat)
    zhou.page.locator("[data-do=microphone][aria-disabled=true]").wait_for()
    press(qin, "^放大给全员看", seat)
    zhao.page.wait_for_selector(f".tile[data-size=large]:has-text('{ZHOU.name}')")
    found += [problem for one in everybody for problem in one.judged("c2 large")]
    press(qin, "^取消大画面", seat)
    zhao.page.check("input[name=layout][value=speaker]")
    zhao.page.wait_for_selector(".tile[data-size=large]")
    press(qin, "^中止", "[data-hearing-steps]")
    press(qin, "^中止$", "dialog[open]")
    for one in (zhao, zhou):
        one.screen("waiting")
    zhou.page.locator("[data-truth-text]").filter(has_text="suspended").wait_for()
    found += [problem for one in everybody for problem in one.judged("c3 suspended")]
    assert found == []
    assert qin.page.locator(f"[data-seats] .seat:has-text('{ZHAO.name}')").count() == 1
    assert [one.errors for one in everybody] == [[], [], []]
