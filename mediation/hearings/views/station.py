"""The room at a station's screen: the same seat by another door, with the room's own devices."""

from flask import url_for
from flask.typing import ResponseReturnValue

from mediation.hearings import policy
from mediation.hearings.models import Seat
from mediation.hearings.views.blueprint import bp
from mediation.hearings.views.pages import own_hearing, own_party_seat, show_room, way_in
from mediation.hearings.views.papers import list_for, page_for
from mediation.web.actor import current_actor, current_door
from mediation.web.db import reading
from mediation.web.security import needs_visit


@bp.get("/kiosk/visit/room")
@needs_visit
def station_room() -> ResponseReturnValue:
    return show_room(
        own_hearing().number,
        part="party",
        token_url=url_for("hearings.station_token"),
        home_url=url_for("stations.visit"),
        papers_url=url_for("hearings.station_papers"),
        template="hearings/station_room.html",
    )


def _seat() -> Seat:
    return policy.own_seat(reading(), current_actor(), own_party_seat())


@bp.post("/kiosk/visit/room/token")
@needs_visit
def station_token() -> ResponseReturnValue:
    return way_in(_seat(), door=current_door())


@bp.route("/kiosk/visit/room/papers", methods=["GET", "POST"])
@needs_visit
def station_papers() -> ResponseReturnValue:
    return list_for(_seat())


@bp.get("/kiosk/visit/room/papers/<paper>/<int:page>/<size>")
@needs_visit
def station_paper_page(paper: str, page: int, size: str) -> ResponseReturnValue:
    return page_for(_seat(), paper, page, size)
