"""The staff's pages of a station: who comes today, and its screens."""

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission, holds
from mediation.kernel.errors import Invalid, Refused
from mediation.stations import policy, queries, service
from mediation.stations.service import CallVisit, CheckIn, SetUpScreen
from mediation.stations.views.blueprint import bp
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.get("/stations")
@needs(Permission.SET_UP_SCREEN)
def overview() -> ResponseReturnValue:
    """The stations of the actor's places; one alone is opened at once."""
    rows = policy.stations_of(reading(), current_actor(), Permission.SET_UP_SCREEN)
    receives = holds(current_actor(), Permission.RECEIVE_VISITORS)
    opened = "stations.today" if receives else "stations.screens"
    if len(rows) == 1:
        return redirect(url_for(opened, station=rows[0].public_id), 303)
    return render_template("stations/overview.html", rows=rows, opened=opened)


@bp.get("/stations/<station>")
@needs(Permission.RECEIVE_VISITORS)
def today(station: str) -> ResponseReturnValue:
    """Today's people of the station."""
    return _today(station), 200


def _today(station: str, problem: problems.Sentence | None = None, about: str = "") -> str:
    row = policy.station_for(reading(), current_actor(), station, Permission.RECEIVE_VISITORS)
    sittings, walked_in = queries.day_of(reading(), row, clock()())
    return render_template(
        "stations/today.html",
        station=row,
        now=clock()(),
        sittings=sittings,
        walked_in=walked_in,
        problem=problem,
        about=about,
    )


@bp.post("/stations/<station>/check-in")
@needs(Permission.RECEIVE_VISITORS)
def check_in(station: str) -> ResponseReturnValue:
    party = request.form.get("party", "")
    command = CheckIn(station, request.form.get("booking", ""), party, "identity_seen" in request.form)
    try:
        with write() as session:
            service.check_in(session, current_actor(), command, clock=clock())
    except (Invalid, Refused) as refusal:
        return _today(station, problems.sentence(refusal), party), refusal.status
    return redirect(url_for("stations.today", station=station), 303)


@bp.post("/stations/<station>/walk-in")
@needs(Permission.RECEIVE_VISITORS)
def walk_in(station: str) -> ResponseReturnValue:
    with write() as session:
        service.walk_in(session, current_actor(), station, clock=clock())
    return redirect(url_for("stations.today", station=station), 303)


@bp.post("/stations/<station>/visits/<visit>")
@needs(Permission.RECEIVE_VISITORS)
def steer(station: str, visit: str) -> ResponseReturnValue:
    """Call to the room of the pressed button, or end."""
    try:
        with write() as session:
            if "room" in request.form:
                service.call(session, current_actor(), CallVisit(visit, request.form["room"]), clock=clock())
            else:
                service.end_by_staff(session, current_actor(), visit, clock=clock())
    except Refused as refusal:
        return _today(station, problems.sentence(refusal), visit), refusal.status
    return redirect(url_for("stations.today", station=station), 303)


@bp.route("/stations/<station>/screens", methods=["GET", "POST"])
@needs(Permission.SET_UP_SCREEN)
def screens(station: str) -> ResponseReturnValue:
    """The screens in use; a code for a new one is shown once and kept nowhere."""
    row = policy.station_for(reading(), current_actor(), station, Permission.SET_UP_SCREEN)
    code = ""
    if request.method == "POST":
        command = SetUpScreen(station, request.form.get("room", ""))
        with write() as session:
            code = service.make_code(session, current_actor(), command, clock=clock())
    return render_template(
        "stations/screens.html",
        station=row,
        screens=queries.screens(reading(), row.id),
        code=f"{code[:4]} {code[4:]}" if code else "",
        address=url_for("stations.set_up", _external=True),
        picture=segno.make(url_for("stations.set_up", code=code, _external=True)).svg_data_uri(scale=5) if code else "",
        receives=holds(current_actor(), Permission.RECEIVE_VISITORS),
    )


@bp.post("/stations/<station>/screens/<screen>/revoke")
@needs(Permission.SET_UP_SCREEN)
def revoke(station: str, screen: str) -> ResponseReturnValue:
    with write() as session:
        service.revoke(session, current_actor(), screen, clock=clock())
    return redirect(url_for("stations.screens", station=station), 303)
