"""Staff book, move and cancel for a case; whatever they do, they come back to the case's page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.disputes.rules.codes import CaseKind
from mediation.kernel.errors import Refused
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import calendar, policy, queries, service
from mediation.scheduling.forms import HOME, SlotForm, StaffCancelForm, WhoWhereForm, series_of
from mediation.scheduling.models import Booking
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import BookSeries, BookTime, MoveBooking, OfferedDay
from mediation.scheduling.views import picking
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.files import ics
from mediation.scheduling.views.picking import Lost
from mediation.scheduling.views.slots import value_of
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.filters import instant
from mediation.web.i18n import locale
from mediation.web.security import needs


def to_case(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("supervision.case", public_id=public_id), 303)


@bp.get("/cases/<public_id>/book")
@needs(Permission.BOOK_HEARING)
def book(public_id: str) -> ResponseReturnValue:
    """Who leads, where, which day, which time."""
    return _book_page(public_id)


def _book_page(public_id: str, lost: Lost | None = None) -> str:
    session, actor = reading(), current_actor()
    case = cases.case_for(session, actor, public_id, Permission.BOOK_HEARING)
    choices = disputes.mediators_to_choose(session, case)
    present = people.mediator(session, case.mediator_id).public_id if case.mediator_id is not None else ""
    form = WhoWhereForm(request.values, mediator=present)
    form.offer(choices, orgs.stations(session, near=case.place_path), disputes.parties(session, case.id), present)
    mediator, at = form.mediator.data or "", form.at.data or HOME
    who = form.who.data or request.form.get("who", "").split()
    series = request.values.get("series", "")
    command = command_of(case.id, mediator, at, " ".join(who), clock()(), "")
    find = service.times_for_case(session, actor, command, now=clock()(), choices=choices)
    href = partial(url_for, "scheduling.book", public_id=public_id, mediator=mediator, who=who, series=series)
    panel = disputes.case_panel(session, case.id, actor)
    shown = picking.values(find, href, at, lost, near=case.place_path, mediator=mediator, who=" ".join(who))
    shown["form"].series.data = series
    may = bool(mediator or present) and cases.may(session, actor, case, Permission.OVERRIDE_TIME)
    chosen: Any = {"public_id": public_id, "mediator": mediator or present, "at": at, "who": " ".join(who)}
    return render_template(
        "scheduling/book.html",
        case=panel,
        who_where=form,
        receptions=receptions_for(find, panel.kind),
        beside_href=url_for("scheduling.beside", slot=_taken(lost), **chosen) if may and _taken(lost) else "",
        **shown,
    )


def receptions_for(find: FindTimes, kind: CaseKind) -> Sequence[OfferedDay]:
    """A visit can have a talk of a reception day too, at its station."""
    if kind is not CaseKind.VIDEO_VISIT:
        return ()
    now = clock()()
    return service.offered_days(reading(), find, now=now, notice=service.notice_for(current_actor()))


def _taken(lost: Lost | None) -> str:
    """The time that somebody else has, as buttons name it; empty when that is not why it was lost."""
    if lost is None or lost.around is None or lost.problem.code != "time_taken":
        return ""
    return value_of(lost.around)


def command_of(case_id: int, mediator: str, at: str, who: str, starts_at: datetime, key: str) -> BookTime:  # noqa: PLR0917
    """Raises: Missing `mediator_unknown`, `station_unknown`."""
    asked = who.split()
    parties = disputes.parties(reading(), case_id)
    return BookTime(
        case_id=case_id,
        starts_at=starts_at,
        idempotency_key=f"desk:{case_id}:{key}",
        mediator_id=people.mediator_by_public_id(reading(), mediator).id if mediator else None,
        room_ids=service.rooms_of(reading(), at),
        left_out=tuple(party.id for party in parties if party.public_id not in asked) if asked else (),
    )


@bp.post("/cases/<public_id>/book")
@needs(Permission.BOOK_HEARING)
def book_sent(public_id: str) -> ResponseReturnValue:
    case = cases.case_for(reading(), current_actor(), public_id, Permission.BOOK_HEARING)
    case_id = case.id

    def run(session: Session, starts_at: datetime, form: SlotForm) -> None:
        mediator, at, who = form.mediator.data or "", form.at.data or HOME, form.who.data or ""
        command = command_of(case_id, mediator, at, who, starts_at, form.key.data or "")
        if form.reception.data:
            service.book(session, current_actor(), replace(command, reception=form.reception.data), clock=clock())
            return
        several = BookSeries(command, *series_of(form.series.data or ""))
        service.book_series(session, current_actor(), several, clock=clock())

    lost = picking.chosen(run)
    if lost is not None:
        return _book_page(public_id, lost), lost.problem.status
    flash(_("The time is booked. Everybody is told."), "success")
    return to_case(public_id)


def _booking(public_id: str, permission: Permission = Permission.BOOK_HEARING) -> Booking:
    return policy.booking_for(reading(), current_actor(), public_id, permission)


@bp.get("/bookings/<public_id>/move")
@needs(Permission.BOOK_HEARING)
def move(public_id: str) -> ResponseReturnValue:
    return _move_page(_booking(public_id))


def _move_page(booking: Booking, lost: Lost | None = None) -> str:
    at = picking.where_now(booking.room.station.public_id if booking.room is not None else HOME)
    href = partial(url_for, "scheduling.move", public_id=booking.public_id)
    row = queries.booking_row(reading(), booking.id)
    panel = disputes.case_panel(reading(), row.case_id, current_actor())
    return render_template("scheduling/move.html", case=panel, booking=row, **move_values(booking, at, href, lost))


def move_values(booking: Booking, at: str, href: Any, lost: Lost | None) -> dict[str, Any]:
    """What the page offers for another time of a booking. Raises: Missing `station_unknown`."""
    rooms = service.rooms_of(reading(), at)
    find = service.times_to_move(reading(), current_actor(), booking, rooms, now=clock()())
    near = booking.room.station.org.path if booking.room is not None else "/"
    assert booking.case is not None
    offered = receptions_for(find, CaseKind.of(booking.case.kind))
    return picking.values(find, href, at, lost, near=near) | {"receptions": offered}


@bp.post("/bookings/<public_id>/move")
@needs(Permission.BOOK_HEARING)
def move_sent(public_id: str) -> ResponseReturnValue:
    lost = moved(public_id)
    booking = _booking(public_id)
    if lost is not None:
        return _move_page(booking, lost), lost.problem.status
    row = queries.booking_row(reading(), booking.id)
    flash(_("The new time is %(time)s. Everybody is told.", time=instant(row.starts_at)), "success")
    return to_case(row.case_public_id)


def moved(public_id: str) -> Lost | None:
    """Move the booking to the time and place that the form names."""

    def run(session: Session, starts_at: datetime, form: SlotForm) -> None:
        rooms = service.rooms_of(session, form.at.data or HOME)
        move = MoveBooking(public_id, starts_at, rooms, reception=form.reception.data or "")
        service.reschedule(session, current_actor(), move, clock=clock())

    return picking.chosen(run)


@bp.route("/bookings/<public_id>/cancel", methods=["GET", "POST"])
@needs(Permission.BOOK_HEARING)
def cancel(public_id: str) -> ResponseReturnValue:
    booking = _booking(public_id)
    row = queries.booking_row(reading(), booking.id)
    form = StaffCancelForm()
    if form.validate_on_submit():
        with form.shows(Refused):
            with write() as session:
                service.cancel(session, current_actor(), form.command(public_id), clock=clock())
            flash(_("The booking is cancelled. Everybody is told."), "success")
            return to_case(row.case_public_id)
    panel = disputes.case_panel(reading(), row.case_id, current_actor())
    page = render_template("scheduling/cancel.html", form=form, case=panel, booking=row)
    return page, 200 if request.method == "GET" else 422


@bp.get("/bookings/<public_id>.ics")
@needs(Permission.VIEW_CASE)
def booking_calendar(public_id: str) -> ResponseReturnValue:
    """The booking as a file for staff's own calendar; its link leads to the case's page."""
    row = queries.booking_row(reading(), _booking(public_id, Permission.VIEW_CASE).id)
    link = url_for("supervision.case", public_id=row.case_public_id, _external=True)
    return ics(calendar.published(row, locale=locale(), link=link), "hearing.ics")
