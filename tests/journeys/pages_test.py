"""Every page that a link leads to, for each kind of person: whole, calm, fit for everybody, no way into nowhere."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from mediation.web.security import OPEN, declared
from tests.cast import GUO, HE, QIN, SHEN
from tests.fixtures.browser import LANGUAGES, NARROW, WIDE, Site, Visitor
from tests.journeys.booking_test import book

pytestmark = [pytest.mark.browser, pytest.mark.db, pytest.mark.timeout(300)]

NOT_PAGES = {
    *("web.health", "static", "scheduling.calendar_events", "hearings.signals", "hearings.duty_now"),
    *("hearings.lent_room", "hearings.lent_papers"),
    *("stations.current", "stations.devices"),
}
"""No page or a part of one; a room that only a seat's own address opens (tests/journeys/controls_test.py), a page that
only a station's screen has (station_test.py).
"""
EVERYWHERE = [(language, width) for language in LANGUAGES for width in (NARROW, WIDE)]
ONCE_EACH = [("zh", NARROW), ("en", WIDE)]


def pages(app: Flask, *, public: bool) -> Iterator[str]:
    """The addresses that take no parameter, out of the application's own list."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint in NOT_PAGES:
            continue
        if (declared(app.view_functions[rule.endpoint]) == OPEN) is public:
            yield rule.rule


def endpoint(site: Site, path: str) -> str:
    """Whose page it is; empty for an address that is no page of ours."""
    try:
        found, _arguments = site.app.url_map.bind("127.0.0.1").match(path, method="GET")
    except HTTPException:
        return ""
    return str(found)


def links(page: Page, site: Site) -> Iterator[str]:
    for href in page.locator("a[href]").evaluate_all("all => all.map(a => a.href)"):
        if href.startswith(site.address + "/"):
            parts = urlsplit(href)
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def follow(visitor: Visitor, start: Iterable[str], name: str) -> set[str]:
    """Look at each page that can be reached, once per endpoint; gives the endpoints. A dead link is a fault."""
    waiting, seen = list(start), set[str]()
    while waiting:
        path = waiting.pop(0)
        whose = endpoint(visitor.site, urlsplit(path).path)
        if whose in seen | NOT_PAGES:
            continue
        seen.add(whose)
        answer = visitor.page.request.get(visitor.site.address + path)
        if answer.status >= 400:
            visitor.faults.append(f"{visitor.page.url} leads to {path}: status {answer.status}")
        elif answer.headers.get("content-type", "").startswith("text/html"):
            visitor.goto(path)
            visitor.look(f"{name} {re.sub(r'[^a-z]+', '-', whose)}")
            waiting += links(visitor.page, visitor.site)
    return seen


@pytest.fixture(scope="module")
def booked(site: Site) -> dict[str, str]:
    """Where the link of the one booking of this file is kept."""
    return {}


@pytest.fixture
def link(visit: Callable[[str, int], Visitor], booked: dict[str, str]) -> str:
    """A personal link: somebody has booked a mediation in 桃溪社区."""
    if not booked:
        visitor = visit("zh", NARROW)
        visitor.refusals_are_fine = True
        booked["link"] = book(visitor, 99)
    return booked["link"]


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_what_anybody_may_open_is_fit_for_everybody(
    visit: Callable[[str, int], Visitor], language: str, width: int
) -> None:
    visitor = visit(language, width)
    for path in (*pages(visitor.site.app, public=True), "/book/mediation", "/book/video_visit"):
        visitor.goto(path)
        visitor.look(path)
    for path in ("/nowhere", f"/p/{'x' * 40}"):
        visitor.goto(path, 404)
        visitor.look(path)
    assert not visitor.faults, "\n".join(visitor.faults)


@pytest.mark.parametrize(("language", "width"), EVERYWHERE)
def test_every_way_from_a_personal_link_is_fit_for_everybody(
    visit: Callable[[str, int], Visitor], link: str, language: str, width: int
) -> None:
    visitor = visit(language, width)
    seen = follow(visitor, [link], "party")
    assert not visitor.faults, "\n".join(visitor.faults)
    assert len(seen) > 3


@pytest.mark.parametrize("username", [SHEN, QIN, HE, GUO])
@pytest.mark.parametrize(("language", "width"), ONCE_EACH)
def test_every_way_that_staff_can_go_is_fit_for_everybody(
    visit: Callable[[str, int], Visitor], link: str, language: str, width: int, username: str
) -> None:
    visitor = visit(language, width)
    visitor.sign_in(username)
    start = [path for path in pages(visitor.site.app, public=False) if may_open(visitor, path)]
    follow(visitor, start, username)
    assert not visitor.faults, "\n".join(visitor.faults)


def may_open(visitor: Visitor, path: str) -> bool:
    """What this person's role refuses is proved elsewhere."""
    return visitor.page.request.get(visitor.site.address + path).status != 403
