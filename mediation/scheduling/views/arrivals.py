"""Who came: staff at the station or the desk tick people off."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Invalid
from mediation.scheduling import policy, queries, service
from mediation.scheduling.rules.codes import Arrival
from mediation.scheduling.service import MarkArrival
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.get("/bookings/<public_id>/arrivals")
@needs(Permission.BOOK_HEARING)
def arrivals(public_id: str) -> ResponseReturnValue:
    booking = policy.booking_for(reading(), current_actor(), public_id)
    row = queries.booking_row(reading(), booking.id)
    return render_template(
        "scheduling/arrivals.html",
        booking=row,
        case=disputes.case_panel(reading(), row.case_id, current_actor()),
        expected=queries.arrivals(reading(), row),
        begun=clock()() >= row.starts_at,
    )


@bp.post("/bookings/<public_id>/arrivals")
@needs(Permission.BOOK_HEARING)
def arrivals_sent(public_id: str) -> ResponseReturnValue:
    policy.booking_for(reading(), current_actor(), public_id)
    said = request.form.get("arrival", "")
    if said not in {one.value for one in Arrival}:
        raise Invalid("bad_request")
    command = MarkArrival(public_id, request.form.get("party", ""), Arrival.of(said))
    with write() as session:
        service.mark_arrival(session, current_actor(), command, clock=clock())
    return redirect(url_for("scheduling.arrivals", public_id=public_id), 303)
