"""A visitor at the screen: what there is to do, whether somebody is there, the end."""

from flask import g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.agreements import queries as agreements
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Missing
from mediation.stations import queries, service
from mediation.stations.caps import quiet
from mediation.stations.models import Visit
from mediation.stations.rules import VisitEnd, ticket
from mediation.stations.views.blueprint import bp, this_screen, this_visit, wiped
from mediation.web.actor import current_actor, visit_opener
from mediation.web.db import clock, reading, write
from mediation.web.security import needs_visit, open_to_all


@visit_opener
def _open() -> tuple[Actor, str]:
    g.station_visit = this_visit()
    return queries.visitor(g.station_visit), queries.door(g.station_visit)


@bp.app_context_processor
def _on_each_page() -> dict[str, object]:
    """`station_visit()`: what the way out and the countdown need on each page of a visit; none elsewhere."""
    return {"station_visit": lambda: _guard(g.station_visit) if "station_visit" in g else None}


def _guard(visit: Visit) -> dict[str, object]:
    facts = queries.facts(reading(), visit)
    return {
        "ticket": ticket(visit.number),
        "quiet_s": int(quiet().limit(in_room=facts.in_room).total_seconds()),
        "warning_s": int(quiet().warning.total_seconds()),
        "media": this_screen().media,
    }


@bp.get("/kiosk/visit")
@needs_visit
def visit() -> ResponseReturnValue:
    """What there is to do: the hearing, the signing, the end."""
    here: Visit = g.station_visit
    agreement = agreements.to_sign(reading(), current_actor())
    signers = agreement.signers if agreement else ()
    return render_template(
        "stations/visit.html",
        visitor=here.party.person.name if here.party else "",
        starts_at=here.booking.starts_at if here.booking else None,
        seat=queries.seat_of(reading(), here),
        agreement=agreement,
        signed=any(signer.party_id == here.party_id and signer.signed_at for signer in signers),
        room=here.room,
        station=here.station,
    )


@bp.post("/kiosk/visit/still")
@needs_visit
def still() -> ResponseReturnValue:
    """Whether the visit goes on, asked every few seconds; `touched` says that somebody is there."""
    here: Visit = g.station_visit
    if request.form.get("touched") == "1":
        with write() as session:
            service.note_touch(session, here.id, clock=clock())
    facts = queries.facts(reading(), here)
    return jsonify(quiet=int(quiet().limit(in_room=facts.in_room).total_seconds()))


@bp.post("/kiosk/finish")
@open_to_all
def finish() -> ResponseReturnValue:
    """The visit is over on the server and in the browser; asked twice it is fine."""
    why = VisitEnd.QUIET if request.form.get("why") == VisitEnd.QUIET else VisitEnd.FINISHED
    try:
        with write() as session:
            service.leave(session, this_screen(), clock=clock(), why=why)
    except Missing:  # the screen was taken back: its visits are over by that
        pass
    quick = request.headers.get("Accept") == "application/json"
    return wiped(make_response("", 204) if quick else make_response(redirect(url_for("stations.welcome"), 303)))
