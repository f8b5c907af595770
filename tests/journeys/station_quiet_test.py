"""At the station nobody touches the screen any more, or the network is away: the screen is cleared all the same."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.cast import ZHAO
from tests.fixtures.house import House
from tests.journeys.station_test import New, at_the_station, begun, nothing_is_left, set_up

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
CLEARED_MS = 40_000


@pytest.fixture
def house_settings() -> dict[str, str]:
    """As short as the settings allow."""
    return {"STATION_QUIET_S": "10", "STATION_WARNING_S": "20"}


def test_nobody_touches_the_screen_it_asks_and_is_cleared(house: House, person: New) -> None:
    where = at_the_station(house)
    shen, kiosk = person(language="zh", width=1280), person(language="en", width=1280)
    found = set_up(where, shen, kiosk) + begun(where, shen, kiosk)
    here = kiosk.page.locator("[data-ask] [data-here]")
    here.wait_for()
    found += kiosk.judged("k13 asked")
    here.click()
    here.wait_for(state="hidden")
    assert kiosk.page.url.endswith("/kiosk/visit")
    here.wait_for()
    kiosk.page.wait_for_url("**/kiosk", timeout=CLEARED_MS)
    nothing_is_left(kiosk)
    assert found == []
    assert kiosk.errors == []


def test_without_a_network_it_says_so_and_is_cleared_from_the_screen(house: House, person: New) -> None:
    where = at_the_station(house)
    shen, kiosk = person(language="zh", width=1280), person(language="zh", width=1280)
    found = set_up(where, shen, kiosk) + begun(where, shen, kiosk)
    kiosk.context.set_offline(True)
    kiosk.page.wait_for_selector(".kiosk-head [data-offline]:visible")
    found += kiosk.judged("k14 offline")
    kiosk.page.locator("main .kiosk-do a").first.click()
    assert kiosk.page.is_visible(".kiosk-head"), "the countdown runs on"
    kiosk.page.wait_for_selector(".kiosk-bye [data-offline]:visible", timeout=CLEARED_MS)
    found += kiosk.judged("k15 cleared offline")
    assert ZHAO.name not in kiosk.page.content()
    kiosk.context.set_offline(False)
    kiosk.page.wait_for_url("**/kiosk")
    kiosk.context.set_offline(True)
    with suppress(Error):  # the browser's own page without a network
        kiosk.page.go_back()
    assert ZHAO.name not in kiosk.page.locator("body").inner_text()
    kiosk.context.set_offline(False)
    kiosk.open("/kiosk")
    nothing_is_left(kiosk)
    assert found == []
    assert kiosk.errors == []
