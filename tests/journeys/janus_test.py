"""The hearing on Janus: three real browsers, two Janus servers, one of them drained and ended while in use."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.cast import ZHOU
from tests.fixtures.browser import ROOT
from tests.fixtures.house import House, Person
from tests.fixtures.janus import JanusServer, janus_settings
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.janus, pytest.mark.timeout(300)]


@pytest.fixture
def servers(janus: Callable[[int], list[JanusServer]]) -> list[JanusServer]:
    return janus(2)


@pytest.fixture
def house_settings(servers: list[JanusServer]) -> dict[str, str]:
    return janus_settings(servers)


def test_they_go_on_when_their_janus_is_drained_and_when_live_forwards_again_itself(
    house: House, person: Callable[..., Person], servers: list[JanusServer]
) -> None:
    everybody = qin, _zhao, zhou = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
        one.photograph("4 session on Janus")
    before = [one.page.evaluate("window.__connections.length") for one in everybody]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "media", "drain", servers[0].admin_url]
    subprocess.run(command, cwd=ROOT, env=house.environment, check=True)  # the first has the hearing
    for one, n in zip(everybody, before, strict=True):
        one.page.wait_for_function("(n) => window.__connections.length >= n + 2", arg=n)
    servers[0].kill()
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(2)
        one.screen("call")
    his = qin.page.locator("[data-seats] .seat", has_text=ZHOU.name)
    his.get_by_role("button", name=re.compile("静音并锁定|Mute and lock")).click()
    zhou.page.wait_for_selector("[data-truth-text]:has-text('The mediator has muted you')")
    embedded = {name: "" for name in house.environment if name.startswith("JANUS_")}
    house.restart(
        "mediation.live", embedded | {"MEDIA_ENGINE": "embedded", "JANUS_URLS": "[]", "JANUS_ADMIN_URLS": "[]"}
    )
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(2)
        one.screen("call")
    assert [one.errors for one in everybody] == [[], [], []]
