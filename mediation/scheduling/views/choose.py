"""Step 3 of a resident's booking: where to join, which day, which time."""

from datetime import datetime
from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import CaseKind
from mediation.disputes.service import drafts
from mediation.orgs import queries as orgs
from mediation.people.rules import Need
from mediation.scheduling import queries, service
from mediation.scheduling.forms import HOME, SlotForm
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import DraftRow
from mediation.scheduling.service import HoldTime, Wish
from mediation.scheduling.views import picking
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.picking import Lost
from mediation.web import own
from mediation.web.db import clock, reading
from mediation.web.security import open_to_all


def open_draft(session: Session, public_id: str, *, lock: bool = False) -> DraftRow:
    """The draft that this browser began. Raises: Missing `draft_unknown`."""
    own.check(public_id)
    return queries.draft_row(drafts.load(session, public_id, clock=clock(), lock=lock))


def elsewhere(draft: DraftRow) -> Response | None:
    """Where to go when the draft is not at this step: done already, or something is still missing."""
    if draft.case_id is not None:
        return _to("scheduling.done", draft)
    if not draft.what_good:
        return _to("disputes.intake_what", draft)
    if not draft.who_good:
        return _to("disputes.intake_who", draft)
    return None


def _to(endpoint: str, draft: DraftRow) -> Response:
    return redirect(url_for(endpoint, draft=draft.public_id), 303)


def wish_of(draft: DraftRow, at: str) -> Wish:
    """Raises: Missing `community_unknown`."""
    return Wish(
        kind=draft.kind,
        dispute_type=draft.dispute_type,
        place_path=orgs.community(reading(), draft.community).path,
        station=at,
        phone=draft.phone,
        person_ids=disputes.known_people(reading(), draft.public_id, clock=clock()),
    )


def held(draft: DraftRow) -> Booking | None:
    """The time that is kept for the draft, still or a little while ago."""
    return queries.by_key(reading(), draft.key)


@bp.get("/book/d/<draft>/time")
@open_to_all
def choose_time(draft: str) -> ResponseReturnValue:
    found = open_draft(reading(), draft)
    away = elsewhere(found)
    return away if away is not None else time_page(found, _at(found))


def _at(draft: DraftRow) -> str:
    """Where the address says; else as chosen before; else at the station for somebody who needs a lent device."""
    if "at" in request.args:
        return request.args["at"]
    booking = held(draft)
    if booking is not None and booking.room is not None:
        return booking.room.station.public_id
    if Need.LENT_DEVICE.value in draft.needs:
        near = orgs.stations(reading(), near=orgs.community(reading(), draft.community).path)
        return near[0].public_id if near else HOME
    return HOME


@bp.post("/book/d/<draft>/time")
@open_to_all
def choose_time_sent(draft: str) -> ResponseReturnValue:
    """Keep the chosen time for ten minutes and go on; when it was lost meanwhile, show the nearest ones."""
    away = elsewhere(open_draft(reading(), draft))
    if away is not None:
        return away
    at = picking.where_now(HOME)

    def hold(session: Session, starts_at: datetime, form: SlotForm) -> None:
        found = open_draft(session, draft, lock=True)
        command = HoldTime(found.key, wish_of(found, at), starts_at, reception=form.reception.data or "")
        service.hold(session, command, clock=clock())

    lost = picking.chosen(hold)
    if lost is not None:
        return time_page(open_draft(reading(), draft), at, lost), lost.problem.status
    return redirect(url_for("scheduling.confirm", draft=draft), 303)


def time_page(draft: DraftRow, at: str, lost: Lost | None = None) -> str:
    """The page of step 3. `lost`: a time that was not given; the three nearest to it stand on top then."""
    wish, now = wish_of(draft, at), clock()()
    find = service.times_for(reading(), wish, now=now, key=draft.key)
    href = partial(url_for, "scheduling.choose_time", draft=draft.public_id)
    booking = held(draft)
    return render_template(
        "scheduling/time.html",
        draft=draft,
        receptions=service.offered_days(reading(), find, now=now) if wish.kind is CaseKind.VIDEO_VISIT else (),
        booking=booking,
        kept=booking is not None and (booking.hold_expires_at or now) > now,
        **picking.values(find, href, at, lost, near=wish.place_path),
    )
