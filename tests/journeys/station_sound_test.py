"""Sound at a station comes out of the loudspeaker that staff chose, in tones and in voices."""

import pytest

from tests.cast import SHEN
from tests.fixtures.house import House
from tests.journeys.station_test import New, at_the_station, begun, taken_part

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
KEEP_CONTEXTS = """
const Real = AudioContext;
window.sounds = [];
window.AudioContext = class extends Real { constructor(...how) { super(...how); sounds.push(this); } };
"""
PLAY = """async () => {
  const sound = new Audio();
  sound.srcObject = new AudioContext().createMediaStreamDestination().stream;
  document.body.append(sound);
  window.voice = sound;
  await sound.play();
}"""


def test_tones_and_voices_use_the_loudspeaker_of_the_room(house: House, person: New) -> None:
    where = at_the_station(house)
    shen, kiosk = person(language="zh", width=1280), person(language="zh", width=1280)
    kiosk.context.add_init_script(KEEP_CONTEXTS)
    shen.sign_in(SHEN)
    shen.open(f"/stations/{where}/screens")
    shen.page.locator("main button[name=room]").first.click()
    kiosk.open("/kiosk/set-up")
    kiosk.page.fill("[name=code]", shen.page.inner_text(".kiosk-code"))
    kiosk.page.click("main form button[type=submit]")
    kiosk.page.wait_for_function("() => document.querySelectorAll('#audiooutput option').length > 2")
    kiosk.page.select_option("#audiooutput", index=2)
    chosen = kiosk.page.input_value("#audiooutput")
    kiosk.page.click("[data-tone]")
    kiosk.page.wait_for_function("(id) => sounds.at(-1).sinkId === id", arg=chosen)
    kiosk.page.locator("main form button[type=submit]").click()
    kiosk.page.wait_for_url("**/kiosk")
    begun(where, shen, kiosk)
    taken_part(kiosk)
    kiosk.page.evaluate(PLAY)
    kiosk.page.wait_for_function("(id) => voice.sinkId === id", arg=chosen)
    assert kiosk.errors == []
