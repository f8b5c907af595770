"""Five at once from the check-in to the signed agreement: apart twice, a reload each, a crash, a recorded read-back.

Two parties, a representative, an interpreter and the mediator; on each engine, the second time through the relay alone.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright
from sqlalchemy import select

from mediation.access import links
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import PartyRole
from mediation.kernel.clock import system_clock
from mediation.kernel.db import make_engine, make_sessions, transaction
from tests.cast import QIN, SHEN, ZHAO, ZHOU
from tests.fixtures.house import PLAIN, House, Person, chromium_with, hum
from tests.fixtures.janus import janus_settings
from tests.fixtures.turn import SECRET, TurnServer
from tests.journeys.caucus_test import WATCH, move, moves_again, received, truth
from tests.journeys.controls_test import draw
from tests.journeys.recording_test import watched
from tests.journeys.turn_test import RELAY_ONLY

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
New = Callable[..., Person]
AGENT, INTERPRETER = "孙律师", "马老师"


@pytest.fixture(params=["embedded", pytest.param("relay_janus", marks=[pytest.mark.janus, pytest.mark.coturn])])
def relayed(request: pytest.FixtureRequest) -> bool:
    """On the embedded engine; then on Janus, through coturn alone."""
    return bool(request.param == "relay_janus")


@pytest.fixture
def house_settings(*, relayed: bool, request: pytest.FixtureRequest) -> dict[str, str]:
    if not relayed:
        return {}
    coturn: TurnServer = request.getfixturevalue("coturn")
    return janus_settings(request.getfixturevalue("janus")(1)) | {
        "TURN_URLS": json.dumps(coturn.urls("udp", "tcp")),
        "TURN_SECRET": SECRET,
        "MEDIA_ADDRESSES": json.dumps([coturn.host]),
    }


@pytest.fixture(scope="module")
def slow_cameras(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Five pictures a second: five people's twenty pictures at full speed leave two cores nothing for the product."""
    voice = hum(tmp_path_factory.mktemp("voice") / "voice.wav")
    devices = "--use-fake-device-for-media-stream=fps=5", f"--use-file-for-fake-audio-capture={voice}"
    with chromium_with(playwright, (*PLAIN, *devices)) as browser:
        yield browser


@dataclass(frozen=True)
class Five:
    qin: Person
    zhao: Person
    agent: Person
    interpreter: Person
    zhou: Person

    @property
    def guests(self) -> tuple[Person, ...]:
        """All but the mediator."""
        return self.zhao, self.agent, self.interpreter, self.zhou

    @property
    def all(self) -> tuple[Person, ...]:
        return (self.qin, *self.guests)


def named_by_the_desk(house: House, shen: Person) -> tuple[str, str]:
    """The clerk adds a representative and an interpreter; the paths of both."""
    shen.sign_in(SHEN)
    shen.open(f"/cases/{house.case}/parties/new")
    shen.page.check("input[name=role][value=agent]")
    shen.page.select_option("[name=represents]", label=ZHAO.name)
    shen.page.fill("[name=name]", AGENT)
    shen.page.fill("[name=phone]", "13800000077")
    with shen.page.expect_navigation():
        shen.page.click("main form button[type=submit]")
    shen.open(f"/hearings/{house.hearing}/guests")
    shen.page.check("input[name=role][value=interpreter]")
    shen.page.fill("[name=name]", INTERPRETER)
    with shen.page.expect_navigation():
        shen.page.click("main form button[type=submit]:has-text('生成链接')")
    shen.photograph("w1 guests")
    address = shen.page.input_value(".copy-link__value")
    return link_of_the_agent(house), address.removeprefix(shen.site)


def link_of_the_agent(house: House) -> str:
    """As the message to the representative's phone has it."""
    engine = make_engine(house.environment["DATABASE_URL"])
    with transaction(make_sessions(engine)) as session:
        agent = session.scalars(
            select(Party).join(Case).where(Case.public_id == house.case, Party.role == PartyRole.AGENT)
        ).one()
        path = links.url_path(links.issue(session, party_id=agent.id, case_id=agent.case_id, clock=system_clock))
    engine.dispose()
    return path


def gather(house: House, person: New, browser: Browser, *, relayed: bool) -> Five:
    def new(**how: object) -> Person:
        one = person(browser, **how)
        one.context.add_init_script(WATCH)
        if relayed:
            one.context.add_init_script(RELAY_ONLY.replace("TRANSPORT", "udp"))
        return one

    agents_path, interpreters_path = named_by_the_desk(house, person(language="zh", width=1280))
    qin = new(language="zh", width=1280)
    qin.sign_in(QIN)
    qin.open(f"/hearings/{house.hearing}")
    qin.check_devices()
    qin.page.click("[data-hearing-steps] button:visible")  # open the waiting room
    qin.screen("call")
    five = Five(
        qin,
        zhao=new(language="zh", width=360),
        agent=new(language="zh", width=1280),
        interpreter=new(language="en", width=1280),
        zhou=new(language="en", width=360),
    )
    five.zhao.open(house.party_paths[PartyRole.APPLICANT] + "/hearing")
    five.agent.open(agents_path + "/hearing")
    five.interpreter.open(interpreters_path)
    with five.interpreter.page.expect_navigation():
        five.interpreter.page.click("main form button[type=submit]")
    five.zhou.open(house.party_paths[PartyRole.RESPONDENT] + "/hearing")
    for one in five.guests:
        one.check_devices()
        one.screen("waiting")
        qin.page.click("[data-seats] .button--primary:visible")  # let in
        one.screen("call")
    qin.page.click("[data-hearing-steps] .button--primary:visible")  # begin
    return five


def ask_apart(five: Five, name: str, *more: str) -> None:
    """The mediator asks one person, and with them whoever is ticked in the question."""
    qin = five.qin
    qin.page.locator("[data-seats] .seat", has_text=name).get_by_role("button", name=re.compile("单独谈")).click()
    for other in more:
        qin.page.locator("dialog[data-move-dialog][open] li", has_text=other).locator("input").check()
    move(qin, "w2 ask", name)


def says_yes(one: Person) -> None:
    one.page.wait_for_selector("[data-apart][data-tone=question]")
    one.page.click("[data-apart] [data-answer=yes]:visible")


def apart_with_the_interpreter(house: House, five: Five) -> None:
    """Zhao, her representative and the interpreter: the room opens with the last yes. They reload; `live` is killed."""
    qin, zhao, agent, interpreter, zhou = five.all
    ask_apart(five, ZHAO.name, AGENT, INTERPRETER)
    for one in (zhao, agent):
        says_yes(one)
        truth(zhou, "heard by")  # not yet: the interpreter must say yes too
    says_yes(interpreter)
    inside = qin, zhao, agent, interpreter
    truth(zhou, "in another room")
    outside = received(zhou)
    moves_again(*inside, n=3)
    for one in (zhao, agent, interpreter):
        one.page.reload()
        one.screen("call")
    moves_again(*inside, n=3)
    assert received(zhou) == outside, "not one packet more"
    house.kill("mediation.live")
    truth(zhao, "断")
    house.start("mediation.live")
    truth(zhou, "in another room")
    moves_again(*inside, n=3)
    assert received(zhou) == 0, "nothing on his new connection"
    for one in five.all:
        one.photograph("w3 apart")
    qin.page.locator("[data-caucuses]").get_by_role("button", name=re.compile("请回来")).click()
    move(qin, "w4 back", ZHAO.name)
    moves_again(*five.all, n=4)


def apart_with_the_other_side(five: Five) -> None:
    """Zhou alone, who reloads and comes back into the room apart."""
    qin, zhao, agent, _interpreter, zhou = five.all
    ask_apart(five, ZHOU.name)
    says_yes(zhou)
    truth(zhou, "Only these hear you")
    moves_again(zhou, qin, n=1)
    zhou.page.reload()
    zhou.screen("call")
    truth(zhou, "Only these hear you")
    moves_again(zhou, qin, n=1)
    for one in (zhao, agent):  # they stay together, without the two
        assert ZHOU.name not in one.page.inner_text("[data-tiles]")
        assert "秦海燕" not in one.page.inner_text("[data-tiles]")
    zhou.page.click("[data-back]:visible")  # by himself
    qin.page.reload()
    qin.screen("call")
    moves_again(*five.all, n=4)


def recorded_read_back(house: House, five: Five, tmp_path: Path) -> None:
    five.qin.page.get_by_role("button", name="询问所有人").click()
    for one in five.guests:
        one.page.wait_for_selector("[data-consent]:visible")
        one.page.click("[data-consent] [data-consent-step=give]")
        one.page.wait_for_selector("[data-consent]", state="hidden")
    five.qin.page.get_by_role("button", name="开始录制").click()
    for one in five.all:
        one.page.wait_for_selector("[data-recording]:visible")
    for _seconds in range(2):
        moves_again(*five.all, n=4)
    five.qin.photograph("w6 recording")
    five.qin.page.get_by_role("button", name="停止录制").click()
    for one in five.all:
        one.page.wait_for_selector("[data-recording]", state="hidden")
    reader = five.zhao.page
    five.zhao.page = five.zhao.new_page()
    watched(house, five.zhao, tmp_path, (1248, 468))
    five.zhao.page.close()
    five.zhao.page = reader


def agreement_signed(house: House, five: Five) -> None:
    """Shown clause by clause, agreed to, fixed, read, signed by each on the phone without leaving the room."""
    qin = five.qin
    desk = qin.new_page()
    desk.goto(f"{qin.site}/cases/{house.case}/agreement")
    desk.fill("[name=facts]", "押金三千元未退。")
    desk.fill("[name='clauses-0-text']", "房东退还押金三千元")
    with desk.expect_navigation():
        desk.click("main form .actions button[name=save]")
    desk.close()
    qin.page.click("[data-do=agreement]:visible")
    qin.page.click("[data-agreement] button[value=show]")
    signers = (five.zhao, five.zhou)
    for one in signers:
        one.page.click("[data-do=agreement]:visible")
        one.page.click("[data-agreement] button[value=agree]")
        one.page.wait_for_selector("[data-agreement] button[value=agree][aria-pressed=true]")
    qin.page.click("[data-agreement] button[value=fix]")
    for one in signers:
        one.page.click("[data-agreement] button[value=read]")
        one.page.wait_for_selector("[data-agreement] .signature__pad:visible")
        draw(one)
        one.page.check("[data-agreement] [name=agree]")
        one.photograph("w5 signing")
        one.page.click("[data-agreement] form.stack button[type=submit]:visible")
        one.page.wait_for_selector("[data-agreement] .alert--success")
        one.page.click("[data-do=close-agreement]")
        one.screen("call")
    moves_again(*five.all, n=4)


def test_the_whole_hearing(house: House, person: New, slow_cameras: Browser, relayed: bool, tmp_path: Path) -> None:
    five = gather(house, person, slow_cameras, relayed=relayed)
    moves_again(*five.all, n=4)
    for one in five.all:
        one.photograph("w2 session")
    apart_with_the_interpreter(house, five)
    apart_with_the_other_side(five)
    recorded_read_back(house, five, tmp_path)
    agreement_signed(house, five)
    five.qin.page.locator("[data-hearing-steps] .button--danger").click()
    five.qin.page.click("dialog[open] [data-do=really-close]")
    for one in five.guests:
        one.screen("over")
    five.zhao.open(house.party_paths[PartyRole.APPLICANT])
    card = five.zhao.page.locator("section", has=five.zhao.page.locator("h2", has_text="单独谈话证明"))
    assert "跨房间0个" in card.inner_text()
    assert [one.errors for one in five.all] == [[], [], [], [], []]
