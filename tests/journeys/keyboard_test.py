"""The hearing without a mouse: Tab, Enter and Space alone, and one always sees where one is."""

from collections.abc import Callable

import pytest

from mediation.disputes.rules.codes import PartyRole
from tests.cast import QIN, ZHAO
from tests.fixtures.house import House, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]

MOST_TABS = 80
STANDS_ON = """
(wanted) => {
  const on = document.activeElement;
  const style = getComputedStyle(on);
  const box = on.getBoundingClientRect();
  return {
    nowhere: on === document.body || !on.checkVisibility(),
    here: on.matches(wanted) && on.checkVisibility(),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    what: on.outerHTML.slice(0, 160),
  };
}
"""


def press(one: Person, wanted: str, key: str = "Enter") -> None:
    """Go on with Tab until the keyboard stands on `wanted`; every stop on the way can be seen."""
    for _ in range(MOST_TABS):
        stands = one.page.evaluate(STANDS_ON, wanted)
        if not stands["nowhere"] and not stands["here"]:
            assert stands["inside"], stands
        if stands["here"]:
            assert stands["seen"], stands
            assert stands["inside"], stands
            one.page.keyboard.press(key)
            return
        one.page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {wanted}; stands on {stands['what']}")


def not_lost(one: Person) -> None:
    """What was pressed is gone from the page; the keyboard is not."""
    stands = one.page.evaluate(STANDS_ON, "*")
    assert not stands["nowhere"], "the keyboard stands nowhere"


def test_mediator_and_party_without_a_mouse(house: House, person: New) -> None:
    qin = person(language="zh", width=1280)
    zhao = person(language="zh", width=360)
    come_in(house, qin, zhao)
    talk(qin, zhao)
    part(qin, zhao)
    assert [one.errors for one in (qin, zhao)] == [[], []]


def come_in(house: House, qin: Person, zhao: Person) -> None:
    """The waiting room opened, the party let in."""
    qin.sign_in(QIN)
    qin.open(f"/hearings/{house.hearing}")
    qin.page.wait_for_selector("[data-do=enter]:visible")
    press(qin, "[data-do=enter]")
    press(qin, "[data-hearing-steps] button")
    qin.screen("call")
    not_lost(qin)
    zhao.open(house.party_paths[PartyRole.APPLICANT])
    press(zhao, "main a[href$='/hearing']")
    zhao.page.wait_for_selector("[data-do=enter]:visible")
    press(zhao, "[data-do=enter]", "Space")
    zhao.screen("waiting")
    not_lost(zhao)
    qin.page.wait_for_selector("[data-seats] .seat[data-state=waiting]")
    press(qin, "[data-seats] .button--primary")
    zhao.screen("call")
    not_lost(zhao)
    qin.page.wait_for_selector(f"[data-seats] .seat[data-state=in_room]:has-text('{ZHAO.name}')")
    not_lost(qin)


def talk(qin: Person, zhao: Person) -> None:
    """Begun, muted, typed, a hand raised."""
    press(qin, "[data-hearing-steps] .button--primary", "Space")
    zhao.page.wait_for_selector("[data-truth-text]:has-text('现在能听到您的人')")
    qin.page.wait_for_selector("[data-hearing-steps] :text('暂停')")
    not_lost(qin)
    qin.photograph("8 keyboard")
    press(qin, "[data-seats] [data-key=mute]")
    zhao.page.wait_for_selector("[data-truth-text]:has-text('静音')")
    not_lost(qin)
    press(zhao, "[data-screen=call] [data-do=chat]")
    zhao.page.keyboard.type("同意")
    zhao.page.keyboard.press("Enter")
    zhao.page.wait_for_selector("[data-lines]:has-text('同意')")
    press(zhao, "[data-do=close-chat]")
    not_lost(zhao)
    press(zhao, "[data-screen=call] [data-do=hand]", "Space")
    qin.page.wait_for_selector("[data-seats] [data-hand]:visible")


def part(qin: Person, zhao: Person) -> None:
    """Paused, left, ended."""
    press(qin, "[data-hearing-steps] [data-key=pause]")
    zhao.page.wait_for_selector("[data-paused]:visible")
    not_lost(qin)
    press(zhao, "[data-screen=call] [data-do=leave]")
    press(zhao, "dialog[open] [data-do=really-leave]")
    zhao.screen("over")
    not_lost(zhao)
    press(qin, "[data-hearing-steps] .button--danger")
    press(qin, "dialog[open] [data-do=really-close]", "Space")
    qin.page.wait_for_selector("[data-hearing-steps] button:has-text('重新')")
    not_lost(qin)
