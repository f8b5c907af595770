"""Bookings that no longer lie in working hours: the list, and the decision about one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Invalid, Refused
from mediation.kernel.ids import idempotency_key
from mediation.scheduling import policy, queries, search, service
from mediation.scheduling.forms import HOME, KeepForm, SlotForm
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import OrphanState
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.slots import buttons
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.get("/orphans")
@needs(Permission.BOOK_HEARING)
def orphans() -> ResponseReturnValue:
    """What waits for a decision, the nearest first, and what was decided of late."""
    found = queries.orphans(reading(), current_actor(), now=clock()())
    return render_template(
        "scheduling/orphans.html",
        waiting=[row for row in found if row.state is OrphanState.OPEN],
        decided=[row for row in found if row.state is not OrphanState.OPEN],
    )


@bp.route("/bookings/<public_id>/decide", methods=["GET", "POST"])
@needs(Permission.BOOK_HEARING)
def decide(public_id: str) -> ResponseReturnValue:
    """Keep it with a reason; move it to one of the nearest free times or another; cancel it with a reason."""
    form = KeepForm()
    if form.validate_on_submit():
        with form.shows(Invalid, Refused):
            with write() as session:
                service.keep(session, current_actor(), form.command(public_id), clock=clock())
            flash(_("The booking is kept."), "success")
            return redirect(url_for("scheduling.orphans"), 303)
    found = policy.orphan_for(reading(), current_actor(), public_id)
    row = queries.booking_row(reading(), found.booking_id)
    page = render_template(
        "scheduling/orphan.html",
        form=form,
        orphan=found,
        booking=row,
        case=disputes.case_panel(reading(), row.case_id, current_actor()),
        slot_form=SlotForm(formdata=None, at=row.station_public_id or HOME, key=idempotency_key()),
        nearest=_nearest(found.booking) if found.ended_at is None else [],
    )
    return page, 200 if request.method == "GET" else 422


def _nearest(booking: Booking) -> list[object]:
    rooms = service.rooms_of(reading(), booking.room.station.public_id if booking.room is not None else HOME)
    now = clock()()
    find = service.times_to_move(reading(), current_actor(), booking, rooms, now=now)
    return [*buttons(reading(), search.nearest(reading(), find, booking.starts_at, now=now), with_day=True)]
