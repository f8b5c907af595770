"""At the station: staff set a screen up, check somebody in and call them; the visitor begins, finishes, and is gone."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from mediation.hearings.models import Hearing
from mediation.kernel.db import make_engine, make_sessions, transaction
from mediation.scheduling.rules.codes import Attendance
from tests.cast import SHEN, ZHAO
from tests.factories.scheduling import station
from tests.factories.stations import station_row
from tests.fixtures.house import House, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
New = Callable[..., Person]
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
    kiosk.page.get_by_role("button", name="保存").click()
    kiosk.page.wait_for_url("**/kiosk")
    found += kiosk.judged("k4 welcome")
    return found


def visited(where: str, shen: Person, kiosk: Person) -> list[str]:
    """Checked in with the card, called, begun with one press; up to the waiting room."""
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
    found += kiosk.judged("k7 visit")
    kiosk.page.click("main .kiosk-do a.button")
    kiosk.check_devices()
    kiosk.screen("waiting")
    found += kiosk.judged("k8 waiting")
    return found


def is_gone(kiosk: Person) -> None:
    """Finished: nothing is stored, and no step back shows anything."""
    kiosk.page.click("form[data-finish] button:visible")
    kiosk.page.wait_for_url("**/kiosk")
    kiosk.photograph("k9 after")
    assert {one["name"] for one in kiosk.context.cookies()} == {"screen", "tiaohe"}
    left = kiosk.page.evaluate(LEFT)
    assert set(left["stored"].values()) <= {"/kiosk"}, "where this page is, and nothing of where one was"
    assert (left["databases"], left["caches"]) == (0, 0)
    for _step in range(10):
        kiosk.page.go_back()
        assert ZHAO.name not in kiosk.page.content()
        if kiosk.page.url == "about:blank":
            break
    kiosk.open("/kiosk/visit")
    assert kiosk.page.url.endswith("/kiosk")


def test_a_visitor_comes_is_called_begins_and_leaves_nothing(house: House, person: New) -> None:
    where = at_the_station(house)
    shen, kiosk = person(language="zh", width=1280), person(language="zh", width=1280)
    found = set_up(where, shen, kiosk) + visited(where, shen, kiosk)
    is_gone(kiosk)
    assert found == []
    assert [one.errors for one in (shen, kiosk)] == [[], []]
