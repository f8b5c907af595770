"""The seat on another device, and the seat of a guest: pages that need neither link nor sign-in, but a pass."""

import segno
from flask import Response, jsonify, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.hearings import policy, queries, service
from mediation.hearings.forms import GuestForm
from mediation.hearings.models import Seat
from mediation.hearings.rules.seats import BESIDE
from mediation.hearings.service.passes import DEVICE_LIFETIME
from mediation.hearings.views.blueprint import bp
from mediation.hearings.views.pages import own_party_seat, show_room, way_in
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs, needs_link, open_to_all

_PASS = "seat_pass"  # noqa: S105 - the name of a place in the session


@bp.get("/seat/<pass_token>")
@open_to_all
def seat_pass(pass_token: str) -> ResponseReturnValue:
    """Asks before it opens: whoever only looks at the address takes no seat from anybody."""
    found = service.look_at_pass(reading(), pass_token, clock=clock())
    return render_template("hearings/pass.html", kind=found.kind, name=found.seat.name, token=pass_token)


@bp.post("/seat/<pass_token>")
@open_to_all
def open_seat(pass_token: str) -> ResponseReturnValue:
    with write() as database:
        session[_PASS] = service.open_pass(database, pass_token, clock=clock()).public_id
    return redirect(url_for("hearings.lent_room"), 303)


def lent_seat() -> Seat:
    """The seat that was opened in this browser. Raises: Missing `pass_unknown`."""
    return service.seat_of_pass(reading(), str(session.get(_PASS, "")))


@bp.get("/seat")
@open_to_all
def lent_room() -> ResponseReturnValue:
    """The room of the seat that was opened here."""
    seat = lent_seat()
    snapshot = queries.snapshot(reading(), seat.hearing_id)
    return show_room(
        snapshot.case_number,
        part="neutral" if seat.role in BESIDE else "party",
        token_url=url_for("hearings.lent_token"),
        papers_url=url_for("hearings.lent_papers"),
        home_url=url_for("web.home"),
    )


@bp.post("/seat/token")
@open_to_all
def lent_token() -> ResponseReturnValue:
    return way_in(lent_seat())


@bp.post("/p/<token>/hearing/device")
@needs_link
def party_device(token: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    """A code for the party's own second device."""
    return _code(own_party_seat())


@bp.post("/hearings/<public_id>/device")
@needs(Permission.JOIN_HEARING)
def staff_device(public_id: str) -> ResponseReturnValue:
    return _code(public_id)


def _code(hearing: str) -> Response:
    with write() as database:
        seat = policy.own_seat(database, current_actor(), hearing)
        token = service.lend_seat(database, seat, clock=clock())
    address = url_for("hearings.seat_pass", pass_token=token, _external=True)
    minutes = int(DEVICE_LIFETIME.total_seconds() // 60)
    return jsonify(
        code=segno.make(address).svg_data_uri(scale=4), text=_("The code works once, for %(n)s minutes.", n=minutes)
    )


@bp.route("/hearings/<public_id>/guests", methods=["GET", "POST"])
@needs(Permission.BOOK_HEARING)
def guests(public_id: str) -> ResponseReturnValue:
    """Witnesses and interpreters: name one, pass the address on."""
    form = GuestForm()
    hearing = policy.hearing_for(reading(), current_actor(), public_id, Permission.BOOK_HEARING)
    if form.validate_on_submit():
        with form.shows(Invalid, Refused, Missing), write() as database:
            service.name_guest(database, current_actor(), form.command(public_id), clock=clock())
            return redirect(url_for("hearings.guests", public_id=public_id), 303)
    rows = [
        (row, row.pass_id and url_for("hearings.seat_pass", pass_token=service.pass_token(row.pass_id), _external=True))
        for row in queries.guests(reading(), hearing.id, now=clock()())
    ]
    page = render_template("hearings/guests.html", form=form, rows=rows, hearing=hearing)
    return page, 422 if form.is_submitted() else 200


@bp.post("/hearings/<public_id>/guests/<seat>/withdraw")
@needs(Permission.BOOK_HEARING)
def withdraw_guest(public_id: str, seat: str) -> ResponseReturnValue:
    with write() as database:
        service.withdraw_guest(database, current_actor(), service.WithdrawGuest(public_id, seat), clock=clock())
    return redirect(url_for("hearings.guests", public_id=public_id), 303)
