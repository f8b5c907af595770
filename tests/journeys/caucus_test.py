"""Talking apart in real browsers: nothing is heard outside, also after a reload and kill -9 of live; then the proof."""

import re
from collections.abc import Callable

import pytest

from mediation.disputes.rules.codes import PartyRole
from tests.cast import QIN, ZHAO, ZHOU
from tests.fixtures.house import House, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(500)]
New = Callable[..., Person]

WATCH = """
const Real = RTCPeerConnection;
window.__peers = [];
window.RTCPeerConnection = class extends Real {
  constructor(...how) { super(...how); window.__peers.push(this); }
};
"""
RECEIVED = """async () => {
  let n = 0;
  for (const peer of window.__peers.filter((one) => one.connectionState === "connected"))
    for (const row of (await peer.getStats()).values()) if (row.type === "inbound-rtp") n += row.packetsReceived;
  return n;
}"""


def received(one: Person) -> int:
    """Packets of sound and picture that reached this browser since its connection began."""
    return int(one.page.evaluate(RECEIVED))


def gather(house: House, person: New) -> dict[str, Person]:
    """The mediator at a desk, two parties with phones, in the running session."""
    qin = person(language="zh", width=1280)
    parties = {ZHAO.name: person(language="zh", width=360), ZHOU.name: person(language="en", width=360)}
    for one in (qin, *parties.values()):
        one.page.add_init_script(WATCH)
    qin.sign_in(QIN)
    qin.open(f"/hearings/{house.hearing}")
    qin.check_devices()
    qin.page.click("[data-hearing-steps] button:visible")  # open the waiting room
    qin.screen("call")
    for role, party in zip((PartyRole.APPLICANT, PartyRole.RESPONDENT), parties.values(), strict=True):
        party.open(house.party_paths[role] + "/hearing")
        party.check_devices()
        party.screen("waiting")
        qin.page.click("[data-seats] .button--primary:visible")  # let in
        party.screen("call")
    qin.page.click("[data-hearing-steps] .button--primary:visible")  # begin
    return {"qin": qin, **parties}


def truth(one: Person, words: str) -> None:
    """Wait until the sentence above the faces says this."""
    one.page.locator("[data-truth-text]").filter(has_text=re.compile(words)).wait_for()


def move(one: Person, expected: str, name: str) -> None:
    """Read the confirmation, which names who it is about, then press its first button, by keyboard."""
    dialog = one.page.locator("dialog[data-move-dialog][open]")
    dialog.wait_for()
    assert name in dialog.inner_text()
    one.photograph(f"apart {expected}")
    dialog.locator("[data-confirm]").focus()
    one.page.keyboard.press("Enter")


def moves_again(*everybody: Person, n: int) -> None:
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(n)


def talk_apart(qin: Person, name: str, party: Person, other: Person) -> None:
    qin.page.locator("[data-seats] .seat", has_text=name).get_by_role("button", name=re.compile("单独谈")).click()
    move(qin, f"1 ask {party.width}", name)
    party.page.wait_for_selector("[data-apart][data-tone=question]")
    party.photograph("apart 2 asked")
    assert party.page.evaluate("document.activeElement.hasAttribute('data-title')"), "the question has the focus"
    party.page.keyboard.press("Tab")
    party.page.keyboard.press("Enter")
    truth(party, "只有这些人听到您|Only these hear you")
    truth(other, "另一个房间|in another room")


def write_down(qin: Person) -> None:
    """An entry of the minutes out of the template, and a note for herself."""
    notes = qin.page.locator("[data-notes]")
    notes.locator("summary").first.click()
    notes.locator("[data-do-template]").click()
    notes.locator("[data-minute-form] [type=submit]").click()
    notes.locator("[data-minute-lines] li", has_text="权利义务").wait_for()
    notes.locator("summary").last.click()
    notes.locator("#note-text").fill("他愿意先付一半，别说。")
    notes.locator("[data-note-form] [type=submit]").click()
    notes.locator("[data-note-lines] li", has_text="先付一半").wait_for()
    assert not notes.locator("#note-text").input_value()
    notes.scroll_into_view_if_needed()
    qin.photograph("notes")


def survives_reload_and_crash(house: House, qin: Person, zhao: Person, zhou: Person) -> None:
    """Inside, Zhao reloads and `live` is killed; outside, Zhou gets not one packet."""
    moves_again(zhao, qin, n=1)
    outside, inside = received(zhou), received(zhao)
    assert outside > 0, "he received while all were together"
    zhao.page.reload()
    zhao.screen("call")
    truth(zhao, "只有这些人听到您")
    moves_again(zhao, qin, n=1)
    assert received(zhao) > 0
    assert inside > 0
    assert received(zhou) == outside, "not one packet more"
    house.kill("mediation.live")
    truth(zhao, "断")
    house.start("mediation.live")
    for one in (zhao, qin):
        truth(one, "只有这些人听到您")
    truth(zhou, "in another room")
    moves_again(zhao, qin, n=1)
    assert received(zhou) == 0, "nothing on his new connection"


def is_certified(house: House, qin: Person, zhao: Person) -> None:
    """Zhao reads of his own rooms, staff of everybody's."""
    zhao.open(house.party_paths[PartyRole.APPLICANT])
    card = zhao.page.locator("section", has=zhao.page.locator("h2", has_text="单独谈话证明"))
    assert "跨房间0个" in card.inner_text()
    apart = card.locator("li", has_text="单独谈话")
    assert apart.count() == 1
    assert ZHOU.name not in apart.inner_text()
    card.scroll_into_view_if_needed()
    zhao.photograph("apart 5 certificate")
    zhao.page.locator("a[href$='/minutes']").click()
    zhao.page.wait_for_selector("text=权利义务")
    assert "先付一半" not in zhao.page.content()
    zhao.photograph("minutes")
    qin.open(f"/cases/{house.case}")
    whole = qin.page.locator("section", has=qin.page.locator("h2", has_text="单独谈话证明"))
    assert "单独谈话室2" in whole.inner_text()
    whole.scroll_into_view_if_needed()
    qin.photograph("apart 6 case")


def test_apart_means_apart_through_reload_and_crash_and_the_certificate_says_so(house: House, person: New) -> None:
    people = gather(house, person)
    qin, zhao, zhou = people["qin"], people[ZHAO.name], people[ZHOU.name]
    moves_again(*people.values(), n=2)
    write_down(qin)
    talk_apart(qin, ZHAO.name, zhao, zhou)
    for one in people.values():
        one.photograph("apart 3 inside")
    survives_reload_and_crash(house, qin, zhao, zhou)
    qin.page.locator("[data-caucuses]").get_by_role("button", name=re.compile("请回来")).click()
    move(qin, "4 bring back", ZHAO.name)
    moves_again(*people.values(), n=2)

    talk_apart(qin, ZHOU.name, zhou, zhao)
    moves_again(zhou, qin, n=1)
    outside = received(zhao)
    moves_again(zhou, qin, n=1)
    assert received(zhao) == outside
    zhou.page.click("[data-back]:visible")  # by himself
    moves_again(*people.values(), n=2)

    qin.page.locator("[data-hearing-steps] .button--danger").click()
    qin.page.click("dialog[open] [data-do=really-close]")
    zhao.screen("over")
    is_certified(house, qin, zhao)
    assert [one.errors for one in people.values()] == [[], [], []]
