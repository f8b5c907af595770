"""At the station: staff set a screen up, check somebody in and call them; the visitor begins, signs, and is gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import select

from mediation.access.models import Account
from mediation.access.queries import actor_of
from mediation.agreements import service as agreements
from mediation.agreements.models import Signature
from mediation.hearings.models import Hearing
from mediation.kernel.clock import system_clock
from mediation.kernel.db import make_engine, make_sessions, transaction
from mediation.scheduling.rules.codes import Attendance
from tests.cast import QIN, SHEN, ZHAO
from tests.factories.scheduling import station
from tests.factories.stations import station_row
from tests.fixtures.house import House, Person, Profile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
New = Callable[..., Person]
FACTS = "押金三千元未退,双方说清了原因。"
BEFORE = {"about:blank", "/kiosk/set-up", "/kiosk/devices", "/kiosk"}
"""Addresses that the history may hold: of the setting up, none of a visit."""
LEFT = """async () => ({
  stored: {...localStorage, ...sessionStorage},
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
})"""


def at_the_station(house: House) -> str:
    """The hearing is in the station's first room; the station's public id."""
    engine = make_engine(house.environment["DATABASE_URL"])
    with transaction(make_sessions(engine)) as session:
        booking = session.scalars(select(Hearing).where(Hearing.public_id == house.hearing)).one().booking
        booking.room_id, booking.attendance = station_row(session).rooms[0].id, Attendance.STATION
        found = station(session)
    engine.dispose()
    return found


def set_up(where: str, shen: Person, kiosk: Person) -> list[str]:
    """Staff get a code, the screen takes it; its camera and microphone are chosen once."""
    shen.sign_in(SHEN)
    found: list[str] = []
    shen.open(f"/stations/{where}/screens")
    shen.page.locator("main button[name=room]").first.click()
    code = shen.page.inner_text(".kiosk-code")
    found += shen.judged("k1 screens")
    kiosk.open("/kiosk")
    kiosk.page.fill("[name=code]", code)
    found += kiosk.judged("k2 set up")
    kiosk.page.click("main form button[type=submit]")
    kiosk.page.wait_for_function("() => document.querySelectorAll('#videoinput option').length > 1")
    found += kiosk.judged("k3 devices")
    kiosk.page.locator("main form button[type=submit]").click()
    kiosk.page.wait_for_url("**/kiosk")
    found += kiosk.judged("k4 welcome")
    return found


def begun(where: str, shen: Person, kiosk: Person) -> list[str]:
    """Checked in with the card, called, begun with one press."""
    found: list[str] = []
    shen.open(f"/stations/{where}")
    guest = shen.page.locator("li", has_text=ZHAO.name)
    guest.locator("input[name=identity_seen]").check()
    guest.get_by_role("button").click()
    found += shen.judged("k5 checked in")
    shen.page.locator("li", has_text=ZHAO.name).locator("button[name=room]").first.click()
    begin = kiosk.page.locator("form[data-begin] button", has_text="A001")
    begin.wait_for()
    assert ZHAO.name not in kiosk.page.content()
    found += kiosk.judged("k6 called")
    begin.click()
    kiosk.page.wait_for_url("**/kiosk/visit")
    return found + kiosk.judged("k7 visit")


def taken_part(kiosk: Person) -> list[str]:
    """Through the device check to the waiting room."""
    kiosk.page.locator("main .kiosk-do a[href$='/room']").click()
    kiosk.check_devices()
    kiosk.screen("waiting")
    return kiosk.judged("k8 waiting")


def to_be_signed(house: House) -> None:
    """The mediator has fixed the text."""
    engine = make_engine(house.environment["DATABASE_URL"])
    with transaction(make_sessions(engine)) as session:
        case_id = session.scalars(select(Hearing.case_id).where(Hearing.public_id == house.hearing)).one()
        qin = actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        draft = agreements.SaveDraft(case_id, FACTS, (agreements.NewClause("房东退还押金三千元"),))
        agreements.save_draft(session, qin, draft, clock=system_clock)
        agreements.fix(session, qin, case_id, clock=system_clock)
    engine.dispose()


def signatures(house: House) -> list[bool]:
    """Of each signature, whether it was drawn."""
    engine = make_engine(house.environment["DATABASE_URL"])
    with transaction(make_sessions(engine)) as session:
        found = [row.image_id is not None for row in session.scalars(select(Signature))]
    engine.dispose()
    return found


def draw(kiosk: Person) -> None:
    """One line with the finger, and the tick."""
    pad = kiosk.page.locator("main .signature__pad:visible")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    kiosk.page.mouse.move(box["x"] + 40, box["y"] + 40)
    kiosk.page.mouse.down()
    kiosk.page.mouse.move(box["x"] + 220, box["y"] + 90, steps=8)
    kiosk.page.mouse.up()
    kiosk.page.check("[name=agree]")


def signed(house: House, kiosk: Person) -> list[str]:
    """Read and signed by drawing, after one press too early."""
    kiosk.page.locator("main .kiosk-do a[href$='/sign']").click()
    kiosk.page.wait_for_selector("main .signature__pad:visible")
    assert FACTS in kiosk.page.inner_text("main")
    found = kiosk.judged("k10 sign")
    kiosk.page.locator("main form .kiosk-do .button--primary").click()
    kiosk.page.wait_for_selector("main .error-summary")
    found += kiosk.judged("k11 sign refused")
    sign_here = kiosk.page.locator("main form .kiosk-do .button--primary")
    draw(kiosk)
    sign_here.click()
    kiosk.page.wait_for_url("**/kiosk/visit")
    assert kiosk.page.is_visible("main .alert--success")
    assert kiosk.page.locator("main a[href$='/sign']").inner_text() == "查看已签署的协议"
    assert signatures(house) == [True]
    return found + kiosk.judged("k12 signed")


def is_gone(kiosk: Person) -> None:
    """Finished: nothing of them is left."""
    kiosk.page.click("form[data-finish] button:visible")
    kiosk.page.wait_for_url("**/kiosk")
    kiosk.photograph("k9 after")
    nothing_is_left(kiosk)


def nothing_is_left(kiosk: Person) -> None:
    """Nothing is stored, and no step back shows anything."""
    assert {one["name"] for one in kiosk.context.cookies()} == {"screen", "tiaohe"}
    left = kiosk.page.evaluate(LEFT)
    assert set(left["stored"].values()) <= {"/kiosk"}, "where this page is, and nothing of where one was"
    assert (left["databases"], left["caches"]) == (0, 0)
    walked = kiosk.context.new_cdp_session(kiosk.page).send("Page.getNavigationHistory")["entries"]
    assert {one["url"].removeprefix(kiosk.site) for one in walked} <= BEFORE
    for _step in range(len(walked)):
        kiosk.page.go_back()
        assert ZHAO.name not in kiosk.page.content()
        if kiosk.page.url == "about:blank":
            break
    kiosk.open("/kiosk/visit")
    assert kiosk.page.url.endswith("/kiosk")


def test_a_visitor_comes_is_called_begins_and_leaves_nothing(house: House, person: New) -> None:
    where = at_the_station(house)
    shen, kiosk = person(language="zh", width=1280), person(language="zh", width=1280)
    found = set_up(where, shen, kiosk) + begun(where, shen, kiosk) + taken_part(kiosk)
    is_gone(kiosk)
    assert found == []
    assert [one.errors for one in (shen, kiosk)] == [[], []]


@pytest.fixture
def profile(playwright: Playwright, tmp_path: Path) -> Iterator[Profile]:
    """A browser that keeps what it is told on a disk, as the station's does."""
    profile = Profile(playwright, tmp_path / "profile")
    yield profile
    profile.close()


def test_a_visitor_signs_on_the_screen_and_the_disk_knows_nothing_of_it(
    house: House, person: New, profile: Profile
) -> None:
    where = at_the_station(house)
    to_be_signed(house)
    shen, kiosk = person(language="zh", width=1280), person(profile, language="zh", width=1280)
    found = set_up(where, shen, kiosk) + begun(where, shen, kiosk) + signed(house, kiosk)
    is_gone(kiosk)
    assert found == []
    assert [one.errors for one in (shen, kiosk)] == [[], []]
    profile.close()
    for word in (ZHAO.name, ZHAO.phone, FACTS, "data:image/png"):
        assert profile.files_with(word) == [], word
