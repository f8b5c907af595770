"""The clock in the head of a station's screen goes on by itself, by the server's time."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.factories.stations import screen_token
from tests.fixtures.browser import Site, Visitor

pytestmark = pytest.mark.browser


def shows(page, time: str) -> None:
    page.wait_for_function("(time) => document.querySelector('.kiosk-head time')?.innerText === time", arg=time)


@pytest.mark.parametrize("board", [False, True])
def test_the_clock_follows_the_server_and_goes_on_without_it(
    site: Site, visit: Callable[..., Visitor], board: bool
) -> None:
    with site.writing() as session:
        assert isinstance(session, Session)
        token = screen_token(session, site.clock, board=board)
    visitor = visit("zh", 1280)
    page = visitor.page
    page.context.add_cookies([{"name": "screen", "value": token, "url": site.address}])
    visitor.goto("/kiosk")
    begins = site.clock()
    shows(page, f"{begins.hour + 8:02d}:{begins.minute:02d}")
    site.clock.pass_(minutes=7)
    shows(page, f"{begins.hour + 8:02d}:{begins.minute + 7:02d}")
    page.context.set_offline(True)
    page.wait_for_selector("[data-offline]:visible")
    page.clock.fast_forward("02:00")
    shows(page, f"{begins.hour + 8:02d}:{begins.minute + 9:02d}")
    page.context.set_offline(False)
