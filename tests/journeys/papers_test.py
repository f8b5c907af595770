"""A paper on the table in real browsers: one page for all, by oneself and back, a room apart, reload, kill -9."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from mediation.disputes import service as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.disputes.service import FileEvidence
from mediation.files import storage
from mediation.hearings.models import ShownPaper
from mediation.kernel.clock import system_clock
from mediation.kernel.db import make_engine, make_sessions, transaction
from tests.cast import ZHAO, ZHOU
from tests.factories import files
from tests.factories.disputes import as_party
from tests.fixtures.house import House, Person
from tests.journeys.hearing_test import gather

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
New = Callable[..., Person]


@pytest.fixture
def filed(house: House) -> House:
    """Zhao has filed a contract of three pages, Zhou a photo."""
    engine = make_engine(house.environment["DATABASE_URL"])
    assert storage.storage()
    with transaction(make_sessions(engine)) as session:
        case = session.scalars(select(Case).where(Case.public_id == house.case)).one()
        for role, name, content in (
            (PartyRole.APPLICANT, "租房合同.pdf", files.pdf(3)),
            (PartyRole.RESPONDENT, "墙面照片.jpg", files.picture(size=(1200, 900), colour="tan")),
        ):
            command = FileEvidence(case.id, name, content)
            disputes.file_evidence(session, as_party(case, role), command, clock=system_clock)
    engine.dispose()
    return house


def show(one: Person, name: str) -> None:
    one.page.click("[data-do=papers]:visible")
    one.page.locator("[data-papers-dialog] .offer", has_text=name).get_by_role("button").click()
    one.page.wait_for_selector("[data-papers-dialog]:not([open])", state="attached")


def sees(one: Person, page: int) -> None:
    """The picture of this page is there, not only its number."""
    one.page.wait_for_selector(f"[data-paper][data-page-here='{page}'] [data-paper-picture]:visible")
    assert one.page.evaluate("document.querySelector('[data-paper-picture]').naturalWidth") >= 800


def press(one: Person, what: str) -> None:
    one.page.click(f"[data-paper-do={what}]:visible")


def test_they_look_at_a_paper_together(filed: House, person: New) -> None:
    everybody = qin, zhao, zhou = gather(filed, person)
    found = not_for_all(qin, zhao, zhou)
    his = qin.page.locator("[data-seats] .seat", has_text=ZHAO.name)
    his.get_by_role("button", name=re.compile("允许出示材料")).click()
    found += together(qin, zhao, zhou)
    found += by_oneself(qin, zhao, zhou)
    zhou.page.reload()
    sees(zhou, 3)
    filed.kill("mediation.live")
    for one in everybody:
        one.page.wait_for_selector(".room[data-line=lost]", state="attached")
    filed.start("mediation.live")
    for one in everybody:
        one.page.wait_for_selector(".room[data-line=open]", state="attached")
        sees(one, 3)
    press(zhao, "back")
    for one in everybody:
        sees(one, 2)
    apart(qin, zhao, zhou)
    assert found == []
    assert [one.errors for one in everybody] == [[], [], []]
    assert on_tables(filed) == ["caucus-1"]


def not_for_all(qin: Person, zhao: Person, zhou: Person) -> list[str]:
    """The mediator opens Zhao's contract: Zhou is told that it is not for them, the mediator who does not see it."""
    qin.page.click("[data-do=papers]:visible")
    qin.page.wait_for_selector(f".offer:has-text('租房合同') .offer__blind:has-text('{ZHOU.name}')")
    found = qin.judged("20 papers to show")
    qin.page.locator(".offer", has_text="租房合同").get_by_role("button").click()
    for one in (qin, zhao):
        sees(one, 1)
    qin.page.wait_for_selector(f"[data-paper-blind]:visible:has-text('{ZHOU.name}')")
    zhou.page.wait_for_selector("[data-paper-title]:has-text('not for you to see')")
    assert not zhou.page.is_visible("[data-paper-picture]")
    assert "租房合同" not in zhou.page.inner_text("[data-room]")
    found += [problem for one in (qin, zhao, zhou) for problem in one.judged("21 not for all")]
    press(qin, "close")
    for one in (qin, zhao, zhou):
        one.page.wait_for_selector("[data-paper]", state="hidden")
    return found


def together(qin: Person, zhao: Person, zhou: Person) -> list[str]:
    """Whose paper it is shows it: everybody sees it, turns with them, and where they point; its words can be read."""
    show(zhao, "租房合同")
    for one in (qin, zhao, zhou):
        sees(one, 1)
    press(zhao, "next")
    sees(zhao, 2)
    zhao.page.click("[data-paper-picture]", position={"x": 60, "y": 60})
    for one in (qin, zhao, zhou):
        sees(one, 2)
        one.page.wait_for_selector("[data-paper-mark]:visible")
    zhou.page.click("[data-paper-words] summary")
    zhou.page.wait_for_selector("[data-words]:has-text('Page 2')")
    return [problem for one in (qin, zhao, zhou) for problem in one.judged("22 together")]


def by_oneself(qin: Person, zhao: Person, zhou: Person) -> list[str]:
    """Zhou looks at another page, closer, by keyboard; Zhao turns on; Zhou comes back."""
    zhou.page.focus("[data-paper-view]")
    zhou.page.keyboard.press("PageUp")
    sees(zhou, 1)
    zhou.page.keyboard.press("+")
    press(zhao, "next")
    sees(qin, 3)
    zhou.page.wait_for_selector("[data-paper-alone-words]:has-text('Page 3 is being shown')")
    sees(zhou, 1)
    found = zhou.judged("23 by oneself")
    press(zhou, "follow")
    sees(zhou, 3)
    return found


def apart(qin: Person, zhao: Person, zhou: Person) -> None:
    """Zhao goes apart with the mediator and takes the paper along; what is shown there nobody else sees."""
    qin.page.locator("[data-seats] .seat", has_text=ZHAO.name).get_by_role("button", name=re.compile("单独谈")).click()
    qin.page.click("dialog[data-move-dialog][open] [data-confirm]")
    zhao.page.click("[data-apart] .button--primary:visible")
    zhou.page.wait_for_selector("[data-paper]", state="hidden")
    show(zhao, "租房合同")
    for one in (qin, zhao):
        sees(one, 1)
    zhou.page.wait_for_selector("[data-truth-text]:has-text('in another room')")
    assert not zhou.page.is_visible("[data-paper]")
    shown = zhao.page.get_attribute("[data-paper-picture]", "src") or ""
    _, found, rest = shown.partition("/hearing/papers/")
    assert found
    stolen = zhou.site + zhou.house.party_paths[PartyRole.RESPONDENT] + found + rest
    assert zhou.page.request.get(stolen).status == 404


def on_tables(house: House) -> list[str]:
    engine = make_engine(house.environment["DATABASE_URL"])
    with make_sessions(engine)() as session:
        rooms = list(session.scalars(select(ShownPaper.room).where(ShownPaper.closed_at.is_(None))))
    engine.dispose()
    return rooms
