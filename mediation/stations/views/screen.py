"""A screen that nobody uses: set up, the first page, the board, the beginning of a visit. No names here."""

from typing import Final

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from mediation.kernel.errors import Limited, Missing, Refused
from mediation.stations import queries, service
from mediation.stations.forms import NumberForm, SetUpForm
from mediation.stations.models import Screen
from mediation.stations.rules import DEVICES_LIFETIME
from mediation.stations.service.screens import SEEN_EVERY
from mediation.stations.views.blueprint import (
    SCREEN_AGE_S,
    bp,
    drop_cookie,
    has_visit_cookie,
    keep_cookie,
    this_screen,
    wiped,
)
from mediation.web.db import clock, reading, write
from mediation.web.security import allow_camera, open_to_all

_DEVICES: Final = "devices"
"""In the browser's signed session: at which screen staff showed a code, and until when that holds."""


@bp.route("/kiosk/set-up", methods=["GET", "POST"])
@open_to_all
def set_up() -> ResponseReturnValue:
    """Makes this browser a screen of the station, with the code that staff see."""
    form = SetUpForm(code=request.args.get("code", ""))
    if form.validate_on_submit():
        with form.shows(Limited, Refused):
            with write() as session:
                service.count_code(session, request.remote_addr or "", clock=clock())
            with write() as session:
                token = service.enrol(session, form.code.data or "", clock=clock())
                screen = service.screen_of(session, token)
                is_board, public_id = screen.room_id is None, screen.public_id
            home = "stations.welcome" if is_board else "stations.devices"
            browser.clear()  # a sign-in of staff does not stay at the screen
            _open_devices(public_id)
            response = make_response(redirect(url_for(home), 303))
            keep_cookie(response, "screen", token, max_age=SCREEN_AGE_S)
            return response
    return render_template("stations/set_up.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/kiosk")
@open_to_all
def welcome() -> ResponseReturnValue:
    """What the next person sees. Whoever comes here leaves the visit that was open: also by Back or a new start."""
    try:
        screen = this_screen()
    except Missing:
        response = make_response(redirect(url_for("stations.set_up"), 303))
        drop_cookie(response, "screen")
        return wiped(response) if has_visit_cookie() else response
    browser.pop(_DEVICES, None)
    with write() as session:
        n_left = service.leave(session, screen, clock=clock())
        service.note_seen(session, screen.id, clock=clock())
    if n_left or has_visit_cookie():
        return wiped(make_response(redirect(url_for("stations.welcome"), 303)))
    return _first_page(NumberForm(formdata=None))


def _first_page(form: NumberForm) -> ResponseReturnValue:
    screen = this_screen()
    template = "stations/board.html" if screen.room_id is None else "stations/welcome.html"
    page = render_template(template, form=form, **_shown(screen))
    return page, 422 if form.is_submitted() else 200


def _shown(screen: Screen) -> dict[str, object]:
    return {
        "station": screen.station,
        "room": screen.room,
        "now": clock()(),
        "called": queries.called_now(reading(), screen, clock()()),
        "waiting": queries.waiting_now(reading(), screen, clock()()),
    }


@bp.get("/kiosk/now")
@open_to_all
def current() -> ResponseReturnValue:
    """The part of the first page that changes."""
    screen = this_screen()
    if clock()() - screen.seen_at >= SEEN_EVERY:
        with write() as session:
            service.note_seen(session, screen.id, clock=clock())
    response = make_response(render_template("stations/_now.html", **_shown(this_screen())))
    response.headers["X-Station-Time"] = clock()().isoformat()
    return response


@bp.post("/kiosk/begin")
@open_to_all
def begin() -> ResponseReturnValue:
    """The called person presses the button."""
    with write() as session:
        token = service.begin(session, this_screen(), request.form.get("visit", ""), clock=clock())
    return _begun(token)


@bp.post("/kiosk/number")
@open_to_all
def begin_by_number() -> ResponseReturnValue:
    """The number and four digits of the phone."""
    form = NumberForm()
    if form.validate_on_submit():
        number, digits = form.number.data or "", form.digits.data or ""
        with form.shows(Limited, Refused):
            with write() as session:
                service.attempt(session, this_screen(), number, clock=clock())
            with write() as session:
                token = service.begin_by_number(session, this_screen(), number, digits, clock=clock())
            return _begun(token)
    return _first_page(form)


def _begun(token: str) -> Response:
    response = make_response(redirect(url_for("stations.visit"), 303))
    keep_cookie(response, "visit", token)
    return response


@bp.route("/kiosk/devices", methods=["GET", "POST"])
@open_to_all
def devices() -> ResponseReturnValue:
    """Staff choose the room's camera, microphone and loudspeaker once; visitors are never asked."""
    screen = this_screen()
    if not _devices_open(screen):
        return _ask_for_code(screen)
    if request.method == "POST":
        chosen = {
            kind: (request.form.get(kind, ""), request.form.get(f"{kind}-label", ""))
            for kind in ("videoinput", "audioinput", "audiooutput")
        }
        with write() as session:
            service.choose_media(session, screen.id, chosen)
        if request.headers.get("Accept") == "application/json":
            return jsonify(ok=True)
        return redirect(url_for("stations.welcome"), 303)
    page = render_template("stations/devices.html", station=screen.station, room=screen.room, media=screen.media)
    return allow_camera(make_response(page))


def _open_devices(screen: str) -> None:
    """Staff showed by a code that they are here."""
    browser[_DEVICES] = [screen, int((clock()() + DEVICES_LIFETIME).timestamp())]


def _devices_open(screen: Screen) -> bool:
    kept, until = browser.get(_DEVICES, ("", 0))
    return bool(kept == screen.public_id and clock()().timestamp() < until)


def _ask_for_code(screen: Screen) -> ResponseReturnValue:
    form = SetUpForm()
    if form.validate_on_submit():
        with form.shows(Limited, Refused):
            with write() as session:
                service.count_code(session, request.remote_addr or "", clock=clock())
            with write() as session:
                service.open_devices(session, screen, form.code.data or "", clock=clock())
            _open_devices(screen.public_id)
            return redirect(url_for("stations.devices"), 303)
    page = render_template("stations/devices_code.html", station=screen.station, room=screen.room, form=form)
    return page, 422 if form.is_submitted() else 200
