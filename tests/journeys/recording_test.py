"""The agreement is read aloud and recorded: asked, agreed, filmed, put together, watched on a phone, taken back."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mediation.disputes.rules.codes import PartyRole
from tests.fixtures.house import House, Person
from tests.fixtures.janus import JanusServer, janus_settings
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
New = Callable[..., Person]


@pytest.fixture(params=["embedded", pytest.param("janus", marks=pytest.mark.janus)])
def house_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """The same on either engine."""
    if request.param == "embedded":
        return {}
    start: Callable[[int], list[JanusServer]] = request.getfixturevalue("janus")
    return janus_settings(start(1))


DECODE = """
import json, sys
import av
with av.open(sys.argv[1]) as film:
    video, audio = film.streams.video[0], film.streams.audio[0]
    bright = [max(bytes(frame.to_rgb().planes[0])[::997]) for frame in film.decode(video)]
    film.seek(0)
    loud = [max(abs(one) for one in memoryview(frame.planes[0]).cast("f")) for frame in film.decode(audio)]
    print(json.dumps([video.codec_context.name, audio.codec_context.name, video.width, video.height,
                      len(bright), max(bright), max(loud), float(film.duration / 1e6)]))
"""


def banner(one: Person, text: str) -> None:
    one.page.wait_for_selector(f"[data-recording]:visible:has-text('{text}')")


def agree(qin: Person, zhao: Person, zhou: Person) -> None:
    """The mediator asks; each party reads what for, how long, and by which law, and says yes."""
    qin.page.get_by_role("button", name="询问所有人").click()
    for party, title in ((zhao, "宣读协议时可以录音录像吗"), (zhou, "May it be recorded")):
        party.page.wait_for_selector(f"[data-consent]:visible:has-text('{title}')")
        party.photograph("11 consent")
        assert not party.page.is_visible("[data-recording]"), "nothing is recorded before everybody has agreed"
        party.page.click("[data-consent] [data-consent-step=give]")
        party.page.wait_for_selector("[data-consent]", state="hidden")


def test_the_read_back_is_recorded_put_together_and_watched(house: House, person: New, tmp_path: Path) -> None:
    everybody = qin, zhao, zhou = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
    agree(qin, zhao, zhou)
    qin.page.get_by_role("button", name="开始录制").click()
    for one, text in ((qin, "正在录制"), (zhao, "正在录制"), (zhou, "Recording")):
        banner(one, text)
        one.photograph("12 recording")
    for one in everybody:  # some seconds of everybody's picture
        one.forget_frames()
        one.moving_pictures(2)
        one.forget_frames()
        one.moving_pictures(2)
    qin.page.get_by_role("button", name="停止录制").click()
    for one in everybody:
        one.page.wait_for_selector("[data-recording]", state="hidden")
    watched(house, zhao, tmp_path)
    zhou.page.click("[data-take-back]")
    zhou.photograph("14 take back")
    zhou.page.click("dialog[open] [data-consent-step=withdraw]")
    zhou.page.wait_for_selector("[data-own-consent]:has-text('You have taken your consent back')")
    zhao.page.reload()
    zhao.page.wait_for_selector("text=这份录像现在不能播放")
    assert [one.errors for one in everybody] == [[], [], []]


def watched(house: House, zhao: Person, tmp_path: Path, size: tuple[int, int] = (1280, 720)) -> None:
    """The party plays it on the phone; another process decodes what was fetched."""
    zhao.reopen(house.party_paths[PartyRole.APPLICANT] + "/recordings")
    watch = zhao.page.get_by_role("link", name="观看")
    while not watch.count():  # the worker is putting it together
        zhao.page.wait_for_load_state("networkidle")
        zhao.page.reload()
    zhao.photograph("13 recordings")
    watch.click()
    zhao.page.wait_for_selector("video.player")
    zhao.page.evaluate("() => document.querySelector('video').play()")
    zhao.page.wait_for_function("() => document.querySelector('video').currentTime > 0.5")
    zhao.photograph("13 watch")
    film = zhao.page.get_attribute("video.player", "src") or ""
    answer = zhao.page.request.get(zhao.site + film)
    (tmp_path / "film.mp4").write_bytes(answer.body())
    command = [sys.executable, "-c", DECODE, str(tmp_path / "film.mp4")]
    video, audio, width, height, n_pictures, bright, loud, seconds = json.loads(
        subprocess.run(command, capture_output=True, check=True, text=True).stdout
    )
    assert (video, audio, width, height) == ("h264", "aac", *size)
    assert n_pictures >= 15
    assert bright > 100
    assert loud > 0.01
    assert seconds > 1
