"""What the desk keeps open and closed: closures of places, stations and rooms; whose hours it keeps."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Invalid
from mediation.orgs import service as orgs
from mediation.scheduling import policy, queries, service
from mediation.scheduling.forms import ClosureForm, RoomHoursForm, text_of
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.service import SetRoomUnits
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.hours import told
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.i18n import locale
from mediation.web.security import needs


@bp.route("/opening", methods=["GET", "POST"])
@needs(Permission.MANAGE_OPENING)
def opening() -> ResponseReturnValue:
    """Closures from today on, one more, and the mediators whose hours are kept here."""
    form = ClosureForm()
    subjects = queries.closable(reading(), current_actor())
    form.offer(subjects, locale())
    if form.validate_on_submit():
        with form.shows(Invalid):
            with write() as session:
                told(service.close(session, current_actor(), form.command(), clock=clock()))
            return redirect(url_for("scheduling.opening"), 303)
    kept = policy.stations_kept(reading(), current_actor())
    page = render_template(
        "scheduling/opening.html",
        form=form,
        closures=queries.closures(reading(), current_actor(), local_date(clock()())),
        stations=kept,
        rooms={room.id: text_of([Span(room.open_minute, room.close_minute)]) for row in kept for room in row.rooms},
        units=queries.units_of(reading(), ResourceKind.ROOM, [room.id for row in kept for room in row.rooms]),
        mediators=policy.mediators_kept(reading(), current_actor()),
    )
    return page, 200 if request.method == "GET" else 422


@bp.route("/opening/rooms/<room>", methods=["GET", "POST"])
@needs(Permission.MANAGE_OPENING)
def room_hours(room: str) -> ResponseReturnValue:
    """Between which hours a room is open, and for how many sessions at once."""
    station, row = policy.room_for(reading(), current_actor(), room)
    shown = text_of([Span(row.open_minute, row.close_minute)])
    units = queries.units_of(reading(), ResourceKind.ROOM, [row.id]).get(row.id, 1)
    form = RoomHoursForm(data={"hours": shown, "units": units} if request.method == "GET" else None)
    if form.validate_on_submit():
        with form.shows(Invalid):
            with write() as session:
                n_before = len(queries.open_orphans(session, current_actor(), now=clock()()))
                wanted = SetRoomUnits(room, form.units.data or 0)
                service.set_room_units(session, current_actor(), wanted, clock=clock())
                orgs.set_room_hours(session, current_actor(), form.command(room), clock=clock())
                told(len(queries.open_orphans(session, current_actor(), now=clock()())) - n_before)
            return redirect(url_for("scheduling.opening"), 303)
    page = render_template("scheduling/room.html", form=form, station=station, room=row)
    return page, 200 if request.method == "GET" else 422


@bp.post("/opening/closures/<closure>/end")
@needs(Permission.MANAGE_OPENING)
def reopen(closure: str) -> ResponseReturnValue:
    with write() as session:
        told(service.reopen(session, current_actor(), closure, clock=clock()))
    return redirect(url_for("scheduling.opening"), 303)
