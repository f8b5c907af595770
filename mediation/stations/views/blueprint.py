"""The blueprint, the sentences of a station's refusals, and the two doors: the screen's cookie, the visit's cookie."""

from typing import Final

from flask import Blueprint, Response, current_app, request, session
from flask_babel import lazy_gettext as _l

from mediation.settings import Settings
from mediation.stations import service
from mediation.stations.models import Screen, Visit
from mediation.web import problems
from mediation.web.db import clock, reading
from mediation.web.i18n import LOCALE_COOKIE, PRINT_COOKIE

bp = Blueprint("stations", __name__)

WIPE: Final = '"cache", "prefetchCache", "prerenderCache", "storage"'
"""Clear-Site-Data without "cookies": the screen stays the station's. Cookies of the visit are deleted by name."""
SCREEN_AGE_S: Final = 400 * 24 * 3600
"""As long as browsers keep a cookie (RFC 6265bis)."""


def cookie(name: str) -> str:
    settings: Settings = current_app.extensions["settings"]
    return f"__Host-{name}" if settings.secure else name


def keep_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    settings: Settings = current_app.extensions["settings"]
    response.set_cookie(
        cookie(name), value, max_age=max_age, httponly=True, samesite="Strict", secure=settings.secure, path="/"
    )


def drop_cookie(response: Response, name: str) -> None:
    settings: Settings = current_app.extensions["settings"]
    response.delete_cookie(cookie(name), httponly=True, samesite="Strict", secure=settings.secure, path="/")


def this_screen() -> Screen:
    """The station's screen that asks. Raises: Missing `screen_unknown`."""
    return service.screen_of(reading(), request.cookies.get(cookie("screen"), ""))


def this_visit() -> Visit:
    """The visit at this screen; its party acts from here on. Raises: Missing `screen_unknown`, `visit_over`."""
    return service.visit_of(reading(), this_screen(), request.cookies.get(cookie("visit"), ""), clock=clock())


def wiped(response: Response) -> Response:
    """Nothing of the visitor stays in the browser: neither session nor language, neither stored nor cached."""
    session.clear()
    drop_cookie(response, "visit")
    for name in (LOCALE_COOKIE, PRINT_COOKIE):
        response.delete_cookie(name, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = WIPE
    return response


def has_visit_cookie() -> bool:
    return cookie("visit") in request.cookies


problems.sentences(
    {
        "visit_unknown": (_l("This number is not here."), _l("Reload the page.")),
        "visit_over": (_l("This visit is over."), _l("Ask the staff if you need more time.")),
        "visit_not_called": (_l("This number is not called here now."), _l("Ask the staff to call it again.")),
        "visit_not_today": (_l("This number is of another day."), _l("Check the person in again today.")),
        "visit_under_way": (_l("This person is at the screen already."), _l("End the visit first.")),
        "room_in_use": (_l("Somebody is in this room."), _l("Choose another room, or end that visit first.")),
        "identity_not_seen": (
            _l("Look at the identity card first."),
            _l("Tick it when the card belongs to the person before you."),
        ),
        "screen_unknown": (_l("This screen does not belong to a station."), _l("Ask the staff to set it up.")),
        "screen_code_wrong": (
            _l("This code opens nothing."),
            _l("It works once, for 10 minutes. Make a new one on the station's page."),
        ),
        "station_tries": (_l("There were too many tries."), _l("Please ask the staff, or wait %(minutes)s minutes.")),
        "number_or_digits": (
            _l("Number and digits do not belong together, or it is not your turn here."),
            _l("Look at your slip once more, or ask the staff."),
        ),
    }
)
