"""A hearing for people whose network lets nothing through but the way to the TURN server."""

import json
from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from tests.fixtures.house import House, Person
from tests.fixtures.janus import janus_settings
from tests.fixtures.turn import SECRET, TurnServer
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.coturn, pytest.mark.timeout(300)]
RELAY_ONLY = """
{
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(how) {
      const reached = (urls) => urls.filter((url) => url.endsWith("TRANSPORT"));
      const iceServers = how.iceServers.map((one) => ({ ...one, urls: reached(one.urls) }));
      super({ ...how, iceServers, iceTransportPolicy: "relay" });
    }
  };
}
"""
_WAYS = """
async () => {
  const ways = [];
  for (const one of window.__connections) {
    const rows = [...(await one.getStats()).values()];
    const used = rows.find((row) => row.type === "candidate-pair" && row.nominated && row.state === "succeeded");
    const own = rows.find((row) => row.id === used?.localCandidateId);
    ways.push([own?.candidateType, own?.relayProtocol]);
  }
  return ways;
}
"""


@pytest.fixture(params=["embedded", pytest.param("janus", marks=pytest.mark.janus)])
def house_settings(coturn: TurnServer, request: pytest.FixtureRequest) -> dict[str, str]:
    engine = janus_settings(request.getfixturevalue("janus")(1)) if request.param == "janus" else {}
    return engine | {
        "TURN_URLS": json.dumps(coturn.urls("udp", "tcp")),
        "TURN_SECRET": SECRET,
        "MEDIA_ADDRESSES": json.dumps([coturn.host]),
    }


def test_they_see_each_other_through_the_relay_only(house: House, person: Callable[..., Person]) -> None:
    """The mediator and the applicant reach it by UDP and TCP, the respondent by UDP."""
    transports = cycle(("udp", "tcp"))

    def behind_a_firewall(**how: Any) -> Person:
        one = person(**how)
        one.context.add_init_script(RELAY_ONLY.replace("TRANSPORT", next(transports)))
        return one

    everybody = gather(house, behind_a_firewall)
    for one in everybody:
        one.moving_pictures(2)
    for one, transport in zip(everybody, ("udp", "tcp", "udp"), strict=True):
        ways = one.page.evaluate(_WAYS)
        assert ways
        assert all(way == ["relay", transport] for way in ways), ways
    assert [one.errors for one in everybody] == [[], [], []]
