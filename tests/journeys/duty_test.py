"""The duty desk: a refused camera calls the staff, somebody takes it, telephones, and says what came of it."""

from collections.abc import Callable

import pytest

from mediation.disputes.rules.codes import PartyRole
from tests.cast import SHEN, ZHAO
from tests.fixtures.house import House, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_a_refused_camera_calls_the_desk(house: House, person: New, language: str, width: int) -> None:
    shen = person(language=language, width=width)
    shen.sign_in(SHEN)
    shen.open("/desk/hearings")
    zhao = person(language="zh", width=360, devices=["microphone"])
    zhao.open(house.party_paths[PartyRole.APPLICANT] + "/hearing")
    zhao.check_devices()
    zhao.screen("waiting")
    alert = shen.page.locator("#duty-alerts > li", has_text=ZHAO.name)  # it appears by itself
    alert.wait_for()
    assert shen.judged("8 duty desk") == []
    alert.locator("form button").focus()
    shen.page.keyboard.press("Enter")
    alert.locator("[id^=finish-] a").wait_for()
    seat = shen.page.locator(".duty__seats > li", has_text=ZHAO.name)
    seat.locator("a[href$='/call']").click()
    shen.page.wait_for_selector(f"a[href='tel:{ZHAO.phone}']")
    assert shen.judged("8 call") == []
    shen.page.click("main form button[type=submit]")
    shen.page.wait_for_selector(".error-summary, [role=alert]")
    shen.page.check("input[name=result][value=reached]")
    shen.page.fill("textarea[name=note]", "已说明如何允许摄像头")
    shen.page.click("main form button[type=submit]")
    seat.get_by_text("已说明如何允许摄像头").wait_for()
    alert.locator("[id^=finish-] a").click()
    shen.page.check("input[name=outcome][value=helped]")
    assert shen.judged("8 alert") == []
    shen.page.click("main form button[type=submit]")
    shen.page.wait_for_selector("#duty-nothing")
    assert shen.errors == []


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1280)])
def test_the_desk_and_a_waiting_person_write_to_each_other(
    house: House, person: New, language: str, width: int
) -> None:
    zhao = person(language=language, width=width)
    zhao.open(house.party_paths[PartyRole.APPLICANT] + "/hearing")
    zhao.check_devices()
    zhao.screen("waiting")
    shen = person(language=language, width=width)
    shen.sign_in(SHEN)
    shen.open("/desk/hearings")
    seat = shen.page.locator(".duty__seats > li", has_text=ZHAO.name)
    seat.locator("a[href$='/words']").click()
    shen.page.fill("textarea[name=text]", "您好，调解员会晚到十分钟，请您稍等。")
    shen.page.click("main form button[type=submit]")
    shen.page.locator(".desk-lines__ours").wait_for()
    card = zhao.page.locator("[data-from-desk]")
    card.get_by_text("晚到十分钟").wait_for()  # by itself
    zhao.page.focus("#from-desk-text")
    zhao.page.keyboard.type("好的，我等着。")
    assert zhao.judged("8 from the desk") == []
    zhao.page.keyboard.press("Tab")
    zhao.page.keyboard.press("Enter")
    card.locator("[data-own=true]", has_text="我等着").wait_for()
    shen.page.locator(".desk-lines__theirs", has_text="我等着").wait_for()  # the open page reads it by itself
    assert shen.judged("8 words to a person") == []
    shen.open("/desk/hearings")
    zhao.page.fill("#from-desk-text", "还要多久？")
    zhao.page.press("#from-desk-text", "Tab")
    zhao.page.keyboard.press("Enter")
    shen.page.locator("#duty-answers > li", has_text="还要多久").wait_for()
    seat.locator("[id$=-line] svg").wait_for()  # how their line has been
    assert shen.judged("8 an answer at the desk") == []
    assert shen.errors == zhao.errors == []
