"""Let in: from the mediator's press until the admitted person hears and sees somebody.

Three real Chromium pages with a camera and a microphone that are not real, web, live and worker as processes of their
own, the embedded engine. The mediator and one party are in the session; the other party is let in, measured, and sent
back to the waiting room. Heard and seen is what the browser played (RTCRtpReceiver.getSynchronizationSources), looked
at every 5 ms. Prints one line; the control is a bare pair of connections in the admitted page, from its offer, in
each round:

    <name> | <figure> | control: <figure>
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from pydantic import SecretStr

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mediation import wiring  # noqa: E402 - the tests' helpers are found from here
from mediation.kernel import logging  # noqa: E402
from mediation.settings import Settings  # noqa: E402
from tests.cast import ZHOU  # noqa: E402
from tests.fixtures.db import SECRET, build, load_district  # noqa: E402
from tests.fixtures.house import CAMERA, PROCESSES, House, Person, chromium_with, furnished, hum  # noqa: E402
from tests.fixtures.servers import free_port  # noqa: E402
from tests.journeys.hearing_test import gather  # noqa: E402

ROUNDS = 20
PORTS = ("WEB_PORT", "LIVE_PORT", "MEDIA_PORT", "WORKER_PORT", "LIVE_WAKE_PORT")

PRESSED = """
() => addEventListener("click", () => { window.__pressed = performance.timeOrigin + performance.now(); }, true)
"""
FIRST = """
const now = () => performance.timeOrigin + performance.now();
const first = (connection) => new Promise((found) => {
  const played = (receiver) => receiver.getSynchronizationSources()[0]?.rtpTimestamp;
  const before = new Map(connection.getReceivers().map((receiver) => [receiver, played(receiver)]));
  const at = {};
  const looking = setInterval(() => {
    for (const receiver of connection.getReceivers()) {
      const kind = receiver.track.kind;
      if (!at[kind] && played(receiver) !== before.get(receiver)) at[kind] = now();
    }
    if (!at.audio || !at.video) return;
    clearInterval(looking);
    found(at);
  }, 5);
});
"""
WATCH = f"() => {{ {FIRST} window.__first = first(window.__connections.at(-1)); }}"
BARE = f"""
async () => {{
  {FIRST}
  const own = await navigator.mediaDevices.getUserMedia({{ audio: true, video: {{ width: 640, height: 360 }} }});
  const Bare = Object.getPrototypeOf(window.RTCPeerConnection);
  const [one, other] = [new Bare(), new Bare()];
  one.onicecandidate = (found) => void (found.candidate && other.addIceCandidate(found.candidate));
  other.onicecandidate = (found) => void (found.candidate && one.addIceCandidate(found.candidate));
  other.ontrack = (told) => {{
    const element = document.createElement(told.track.kind);
    element.srcObject = new MediaStream([told.track]);
    void element.play();
  }};
  for (const track of own.getTracks()) one.addTrack(track);
  const began = now();
  const offer = await one.createOffer();
  await one.setLocalDescription(offer);
  await other.setRemoteDescription(offer);
  const seen = first(other);
  const answer = await other.createAnswer();
  await other.setLocalDescription(answer);
  await one.setRemoteDescription(answer);
  const at = await seen;
  for (const connection of [one, other]) connection.close();
  for (const track of own.getTracks()) track.stop();
  return [at.audio - began, at.video - began];
}}
"""


def spread(milliseconds: list[float]) -> str:
    ordered = sorted(milliseconds)
    return f"p50 {ordered[len(ordered) // 2]:.0f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1]:.0f} ms"


def admitted(qin: Page, zhou: Page) -> tuple[float, float]:
    """Milliseconds until sound and until picture."""
    seat = qin.locator("[data-seats] .seat", has_text=ZHOU.name)
    zhou.evaluate(WATCH)
    seat.locator(".button--primary").click()
    pressed = qin.evaluate("window.__pressed")
    at = zhou.evaluate("window.__first")
    seat.get_by_role("button", name="请回等候室").click()
    zhou.wait_for_selector("[data-screen=waiting]:visible")
    return at["audio"] - pressed, at["video"] - pressed


def measure(house: House, folder: Path) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    voice = hum(folder / "voice.wav")
    arguments = (*CAMERA, f"--use-file-for-fake-audio-capture={voice}")
    with sync_playwright() as playwright, chromium_with(playwright, arguments) as browser:
        qin, _zhao, zhou = gather(house, lambda **how: Person(browser, house, **how))
        zhou.moving_pictures(2)
        qin.page.evaluate(PRESSED)
        qin.page.locator("[data-seats] .seat", has_text=ZHOU.name).get_by_role("button", name="请回等候室").click()
        zhou.screen("waiting")
        rounds, bare = [], []
        for _ in range(ROUNDS):
            rounds.append(admitted(qin.page, zhou.page))
            bare.append(tuple(zhou.page.evaluate(BARE)))
    return rounds, bare


def main() -> None:
    ports = {name: str(free_port()) for name in PORTS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = {"INSTANCE": name, "DATABASE_URL": f"sqlite:///{folder}/tiaohe.sqlite3", "SECRET_KEY": SECRET}
        environment = os.environ | ports | own | {"LOG_LEVEL": "ERROR", "START_COUNTDOWN_S": "0"}
        settings = Settings(
            instance=folder, database_url=own["DATABASE_URL"], secret_key=SecretStr(SECRET), log_level="ERROR"
        )
        logging.configure(json=False, level="ERROR")
        wiring.configure(settings)
        build(settings.database, folder)
        load_district(settings.database)
        house = furnished(environment)
        try:
            for module in PROCESSES:
                house.start(module)
            rounds, bare = measure(house, folder)
        finally:
            house.stop()
    figures = [spread([pair[kind] for pair in pairs]) for pairs in (rounds, bare) for kind in (0, 1)]
    print(
        f"let in until heard and seen, Chromium, {ROUNDS} admissions | sound {figures[0]}; picture {figures[1]}"
        f" | control: a bare pair in the same page, from its offer: sound {figures[2]}; picture {figures[3]}"
    )


if __name__ == "__main__":
    main()
