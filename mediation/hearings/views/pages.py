"""The room for each kind of person, and the token that opens its socket. Thin: `live` holds the room itself."""

import segno
from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access import links
from mediation.access.permissions import Permission, holds
from mediation.hearings import policy, queries, service
from mediation.hearings.models import Seat
from mediation.hearings.queries import HearingRow
from mediation.hearings.rules.codes import MinuteStage, NoteTag, RecordingPurpose
from mediation.hearings.rules.seats import BESIDE
from mediation.hearings.storage import recordings
from mediation.hearings.views.blueprint import bp
from mediation.hearings.views.words import words
from mediation.kernel.errors import Missing
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading
from mediation.web.security import allow_camera, live_url, needs, needs_link

APPS = {"micromessenger": "wechat", "qq/": "qq", "alipayclient": "alipay"}
"""Browsers inside apps that may refuse the camera, by what their user agent says."""


@bp.get("/p/<token>/hearing")
@needs_link
def join(token: str) -> ResponseReturnValue:
    """A party's room."""
    row = own_hearing()
    return show_room(
        row.number,
        part="party",
        token_url=url_for("hearings.party_token", token=token),
        home_url=links.url_path(token),
        own_url=url_for("hearings.join", token=token, _external=True),
        device_url=url_for("hearings.party_device", token=token),
        papers_url=url_for("hearings.party_papers", token=token),
        agreement_url=url_for("agreements.own_talk", token=token),
    )


@bp.post("/p/<token>/hearing/token")
@needs_link
def party_token(token: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    """A join token for the party's seat, once, for two minutes."""
    return way_in(policy.own_seat(reading(), current_actor(), own_party_seat()))


def own_party_seat() -> str:
    """Public id of the party's hearing. Raises: Missing `no_hearing`."""
    return own_hearing().public_id


def own_hearing() -> HearingRow:
    """The party's hearing. Raises: Missing `no_hearing`."""
    row = queries.personal(reading(), current_actor(), now=clock()())
    if row is None:
        raise Missing("no_hearing")
    return row


@bp.get("/hearings/<public_id>")
@needs(Permission.JOIN_HEARING)
def room(public_id: str) -> ResponseReturnValue:
    """The room of staff: the mediator's with the controls."""
    seat = policy.own_seat(reading(), current_actor(), public_id)
    snapshot = queries.snapshot(reading(), seat.hearing_id)
    return show_room(
        snapshot.case_number,
        part="neutral" if seat.role in BESIDE else "party",
        token_url=url_for("hearings.staff_token", public_id=public_id),
        home_url=url_for("supervision.case", public_id=snapshot.case_public_id),
        device_url=url_for("hearings.staff_device", public_id=public_id),
        papers_url=url_for("hearings.papers", public_id=public_id),
        agreement_url=url_for("agreements.talk", public_id=snapshot.case_public_id)
        if holds(current_actor(), Permission.DRAFT_AGREEMENT)
        else "",
    )


@bp.post("/hearings/<public_id>/token")
@needs(Permission.JOIN_HEARING)
def staff_token(public_id: str) -> ResponseReturnValue:
    return way_in(policy.own_seat(reading(), current_actor(), public_id))


def way_in(seat: Seat, *, door: str = "") -> ResponseReturnValue:
    """A token for the seat, and the address where it opens. Raises: Busy, Refused `hearing_closed`."""
    token = service.token_for(seat, clock=clock(), door=door)
    return jsonify(token=token, live_url=live_url(queries.live_place(reading(), seat.hearing, clock()())))


def show_room(
    number: str,
    *,
    part: str,
    token_url: str,
    home_url: str,
    papers_url: str,
    own_url: str = "",
    device_url: str = "",
    agreement_url: str = "",
    template: str = "hearings/room.html",
) -> Response:
    """The page of one seat; `device_url` gives codes for a second device, `papers_url` lists papers and holds the pages
    of the one on the table, `agreement_url` is the agreement's panel. `template` extends the room's.
    """
    page = render_template(
        template,
        title=_("Hearing"),
        case_number=number,
        part=part,
        app=_app(),
        words=words(),
        stages=tuple(MinuteStage),
        tags=tuple(NoteTag),
        purposes=tuple(RecordingPurpose),
        keep_days=recordings().keep.days,
        token_url=token_url,
        home_url=home_url,
        device_url=device_url,
        papers_url=papers_url,
        agreement_url=agreement_url,
        qr_url=segno.make(own_url).svg_data_uri(scale=4) if own_url else "",
    )
    return allow_camera(make_response(page))


def _app() -> str:
    agent = request.user_agent.string.lower()
    return next((app for sign, app in APPS.items() if sign in agent), "")
