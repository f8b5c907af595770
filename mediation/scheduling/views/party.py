"""A party moves, cancels or books anew by the personal link."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes import policy as cases
from mediation.disputes.rules.codes import CaseKind
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.scheduling import calendar, policy, queries, service
from mediation.scheduling.forms import HOME, CancelForm, SlotForm
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import BookingRow
from mediation.scheduling.service import AnswerOffer, BookTime
from mediation.scheduling.views import picking
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.desk import move_values, moved, receptions_for
from mediation.scheduling.views.files import ics
from mediation.scheduling.views.picking import Lost
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.filters import instant
from mediation.web.i18n import locale
from mediation.web.security import needs_link


def _own() -> BookingRow:
    """The next booking of the link's case. Raises: Missing `booking_unknown`, `link_unknown`."""
    case, party = cases.party_case(reading(), current_actor())
    row = queries.next_living(reading(), case.id, now=clock()(), party_id=party.id)
    if row is None:
        raise Missing("booking_unknown")
    return row


def _to_page(token: str) -> ResponseReturnValue:
    return redirect(links.url_path(token), 303)


@bp.get("/p/<token>/booking")
@needs_link
def own_move(token: str) -> ResponseReturnValue:
    """Another time for the booking, or the first one when there is none."""
    return _page(token)


def _page(token: str, lost: Lost | None = None) -> str:
    case, party = cases.party_case(reading(), current_actor())
    row = queries.next_living(reading(), case.id, now=clock()(), party_id=party.id)
    href = partial(url_for, "scheduling.own_move", token=token)
    if row is None:
        at = picking.where_now(HOME)
        command = _command(case.id, at, clock()(), "")
        find = service.times_for_case(reading(), current_actor(), command, now=clock()())
        shown = picking.values(find, href, at, lost, near=case.place_path)
        shown["receptions"] = receptions_for(find, CaseKind.of(case.kind))
    else:
        at = picking.where_now(row.station_public_id)
        shown = move_values(_raw(row), at, href, lost)
    return render_template(
        "scheduling/own_move.html", token=token, personal=links.url_path(token), booking=row, **shown
    )


def _raw(row: BookingRow) -> Booking:
    return policy.booking_for(reading(), current_actor(), row.public_id)


def _command(case_id: int, at: str, starts_at: datetime, key: str) -> BookTime:
    return BookTime(
        case_id=case_id,
        starts_at=starts_at,
        idempotency_key=f"party:{case_id}:{key}",
        room_ids=service.rooms_of(reading(), at),
    )


@bp.post("/p/<token>/booking")
@needs_link
def own_move_sent(token: str) -> ResponseReturnValue:
    case, party = cases.party_case(reading(), current_actor())
    case_id = case.id
    row = queries.next_living(reading(), case_id, now=clock()(), party_id=party.id)

    def book(session: Session, starts_at: datetime, form: SlotForm) -> None:
        command = _command(case_id, form.at.data or HOME, starts_at, form.key.data or "")
        command = replace(command, reception=form.reception.data or "")
        service.book(session, current_actor(), command, clock=clock())

    lost = picking.chosen(book) if row is None else moved(row.public_id)
    if lost is not None:
        return _page(token, lost), lost.problem.status
    flash(_("Your time is now %(time)s. Everybody is told.", time=instant(_own().starts_at)), "success")
    return _to_page(token)


@bp.route("/p/<token>/booking/cancel", methods=["GET", "POST"])
@needs_link
def own_cancel(token: str) -> ResponseReturnValue:
    row = _own()
    form = CancelForm()
    if form.validate_on_submit():
        with form.shows(Refused):
            with write() as session:
                service.cancel(session, current_actor(), form.command(row.public_id), clock=clock())
            flash(_("The time is cancelled. Everybody is told. You can choose another one at any time."), "success")
            return _to_page(token)
    personal = links.url_path(token)
    page = render_template("scheduling/own_cancel.html", form=form, token=token, personal=personal, booking=row)
    return page, 200 if request.method == "GET" else 422


@bp.get("/p/<token>/booking.ics")
@needs_link
def own_calendar(token: str) -> ResponseReturnValue:
    """All coming sessions as one file for the phone's calendar; their link leads to the personal page."""
    case, party = cases.party_case(reading(), current_actor())
    rows = queries.coming(reading(), case.id, now=clock()(), party_id=party.id)
    if not rows:
        raise Missing("booking_unknown")
    link = request.url_root.rstrip("/") + links.url_path(token)
    return ics(calendar.published(*rows, locale=locale(), link=link), "hearing.ics")


@bp.post("/p/<token>/earlier")
@needs_link
def earlier(token: str) -> ResponseReturnValue:
    """Tell me if an earlier time becomes free; no more; take the one that is kept; let it go."""
    row, do = _own(), request.form.get("do", "")
    actor = current_actor()
    with write() as session:
        if do == "ask":
            service.ask_earlier(session, actor, row.public_id, clock=clock())
        elif do == "stop":
            service.stop_waiting(session, actor, row.public_id, clock=clock())
        elif do in {"accept", "decline"}:
            service.answer_offer(session, actor, AnswerOffer(row.public_id, do == "accept"), clock=clock())
        else:
            raise Invalid("bad_request")
    flash(_said(do), "success")
    return _to_page(token)


def _said(do: str) -> str:
    if do == "ask":
        return str(_("We send you a message when an earlier time becomes free."))
    if do == "accept":
        return str(_("Your time is now %(time)s. Everybody is told.", time=instant(_own().starts_at)))
    if do == "decline":
        return str(_("The time goes to somebody else. Yours stays as it is; we tell you of the next one."))
    return str(_("You are not told of earlier times any more."))
