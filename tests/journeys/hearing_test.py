"""Three people meet by video in real browsers, lose the server and get it back, agree and sign."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from mediation.disputes.rules.codes import PartyRole
from tests.cast import QIN, WU, ZHAO, ZHOU
from tests.fixtures.house import House, Person
from tests.fixtures.servers import missing

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


PHONES: tuple[dict[str, Any], ...] = ({"language": "zh", "width": 360}, {"language": "en", "width": 360})


def gather(house: House, person: New, phones: Sequence[dict[str, Any]] = PHONES) -> tuple[Person, Person, Person]:
    """The mediator at a desk, two parties with phones: from the link to the running session."""
    qin = person(language="zh", width=1280)
    qin.sign_in(QIN)
    qin.open(f"/hearings/{house.hearing}")
    qin.check_devices()
    qin.page.click("[data-hearing-steps] button:visible")  # open the waiting room
    qin.screen("call")
    parties = []
    for role, phone in zip((PartyRole.APPLICANT, PartyRole.RESPONDENT), phones, strict=True):
        party = person(**phone)
        party.open(house.party_paths[role] + "/hearing")
        party.check_devices()
        party.screen("waiting")
        party.photograph("2 waiting")
        qin.page.click("[data-seats] .button--primary:visible")  # let in
        party.screen("call")
        parties.append(party)
    qin.photograph("3 desk")
    qin.page.click("[data-hearing-steps] .button--primary:visible")  # begin
    return qin, parties[0], parties[1]


def test_they_see_each_other_lose_the_server_and_go_on(house: House, person: New) -> None:
    everybody = qin, _zhao, zhou = gather(house, person)
    for one in everybody:
        one.moving_pictures(2)
        one.photograph("4 session")
    his = qin.page.locator("[data-seats] .seat", has_text=ZHOU.name)
    his.get_by_role("button", name=re.compile("静音并锁定|Mute and lock")).click()
    zhou.page.wait_for_selector("[data-truth-text]:has-text('The mediator has muted you')")
    zhou.photograph("5 muted")
    house.kill("mediation.live")
    zhou.page.wait_for_selector("[data-truth-text]:has-text('Line lost')")
    zhou.photograph("6 line lost")
    house.start("mediation.live")
    for one in everybody:
        one.forget_frames()
        one.moving_pictures(2)
        one.screen("call")
    zhou.page.reload()
    zhou.screen("call")
    zhou.moving_pictures(2)
    qin.page.locator("[data-hearing-steps] .button--danger").click()
    qin.page.click("dialog[open] [data-do=really-close]")
    zhou.screen("over")
    assert zhou.page.inner_text("[data-over-title]") in ("The hearing is over", "调解已结束")
    assert not zhou.page.is_visible("[data-do=return]")
    zhou.photograph("7 over")
    assert [one.errors for one in everybody] == [[], [], []]


def sign(one: Person, name: str) -> None:
    """Read, tick, sign: on the phone by drawing, else by writing the name."""
    pad = one.page.locator(".signature__pad:visible")
    if pad.count():
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        one.page.mouse.move(box["x"] + 40, box["y"] + 40)
        one.page.mouse.down()
        one.page.mouse.move(box["x"] + 120, box["y"] + 90, steps=8)
        one.page.mouse.up()
    else:
        one.page.fill("[name=typed_name]", name)
    one.page.check("[name=agree]")
    one.photograph("8 signing")
    with one.page.expect_navigation():
        one.page.locator("main form .button--primary").first.click()


def test_they_agree_sign_and_the_paper_can_be_read(house: House, person: New, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        missing("pdftotext")
    qin = person(width=1280)
    qin.sign_in(QIN)
    qin.open(f"/cases/{house.case}/agreement")
    qin.page.fill("[name=facts]", "押金三千元未退。")
    qin.page.fill("[name='clauses-0-text']", "房东退还押金三千元")
    qin.page.fill("[name='clauses-0-amount']", "3000")
    with qin.page.expect_navigation():
        qin.page.click("button[name=fix]")
    for role, name in ((PartyRole.APPLICANT, ZHAO.name), (PartyRole.RESPONDENT, ZHOU.name)):
        party = person(width=360)
        party.open(house.party_paths[role])
        party.photograph("personal")
        party.page.click("main .card--accent .button--primary")
        sign(party, name)
    sign(qin, "秦海燕")
    wu = person(width=1280)
    wu.sign_in(WU)
    wu.open(f"/cases/{house.case}/agreement/sign")
    with wu.page.expect_navigation():
        wu.page.locator("form[action$='/seal'] button").click()
    wu.open(f"/cases/{house.case}")
    paper = wu.page.locator("a[href^='/documents/']")
    while not paper.count():  # the worker is making it
        wu.page.wait_for_load_state("networkidle")
        wu.page.reload()
    wu.photograph("9 case")
    answer = wu.page.request.get(house.site() + (paper.first.get_attribute("href") or ""))
    assert answer.headers["content-type"] == "application/pdf", (answer.status, answer.text())
    (tmp_path / "agreement.pdf").write_bytes(answer.body())
    wu.open("/desk")
    wu.page.wait_for_selector("text=共同申请司法确认")
    wu.photograph("10 desk")
    read = subprocess.run(["pdftotext", tmp_path / "agreement.pdf", "-"], capture_output=True, check=True)
    text = "".join(read.stdout.decode().split())
    assert "房东退还押金三千元" in text
    assert "叁仟元整" in text
