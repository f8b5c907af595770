"""The ten minutes for which a chosen time is kept: longer by one press, and what comes after them."""

from datetime import datetime
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from mediation.scheduling import search, service
from mediation.scheduling.forms import HOME, SlotForm
from mediation.scheduling.models import Booking
from mediation.scheduling.queries import DraftRow
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.choose import elsewhere, held, open_draft, time_page, wish_of
from mediation.scheduling.views.picking import NOT_GIVEN, Lost
from mediation.scheduling.views.slots import buttons
from mediation.web.db import clock, reading, write
from mediation.web.security import open_to_all


@bp.post("/book/d/<draft>/keep")
@open_to_all
def keep(draft: str) -> ResponseReturnValue:
    """Keep the chosen time for another ten minutes; when somebody else has it now, show the nearest ones."""
    found = open_draft(reading(), draft)
    away, booking = elsewhere(found), held(found)
    if away is not None or booking is None:
        return away or redirect(url_for("scheduling.choose_time", draft=draft), 303)
    around, at = booking.starts_at, where(booking)
    try:
        with write() as session:
            service.keep_longer(session, open_draft(session, draft, lock=True).key, clock=clock())
    except NOT_GIVEN as problem:
        return time_page(found, at, Lost(problem, around)), problem.status
    return redirect(url_for("scheduling.confirm", draft=draft, _anchor="kept"), 303)


def where(booking: Booking) -> str:
    """Public id of the station of a held time."""
    return booking.room.station.public_id if booking.room is not None else HOME


def values(draft: DraftRow, booking: Booking) -> dict[str, Any]:
    """What `_kept.html` shows. Other times are looked for only when this one is no longer kept."""
    now = clock()()
    if is_kept(booking, now):
        return {"booking": booking, "kept": True}
    find = service.times_for(reading(), wish_of(draft, where(booking)), now=now, key=draft.key)
    near = search.nearest(reading(), find, booking.starts_at, now=now, n=search.NEAREST + 1)
    others = sorted(near, key=lambda one: abs(one.starts_at - booking.starts_at))
    others = [one for one in others if one.starts_at != booking.starts_at][: search.NEAREST]
    return {
        "booking": booking,
        "kept": False,
        "free": booking.starts_at > now and _is_free(booking, find, now),
        "form_near": SlotForm(formdata=None, at=where(booking)),
        "nearest": buttons(reading(), sorted(others, key=lambda one: one.starts_at), with_day=True),
    }


def is_kept(booking: Booking, now: datetime) -> bool:
    return booking.hold_expires_at is not None and booking.hold_expires_at > now


def _is_free(booking: Booking, find: search.FindTimes, now: datetime) -> bool:
    """With the same mediator, as a booking would be made of it."""
    free = search.free_at(reading(), find, booking.starts_at, now=now)
    return free is not None and booking.mediator_id in free.mediator_ids
