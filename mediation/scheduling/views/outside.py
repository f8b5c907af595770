"""A mediator's outside calendars on their hours page."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.kernel.errors import Invalid
from mediation.scheduling import policy, service
from mediation.scheduling.calendar import outside
from mediation.scheduling.rules.outside import MOST_BYTES
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

_LONGEST_NAME = 80


@bp.post("/hours/outside")
@needs(Permission.KEEP_AVAILABILITY)
def add_outside() -> ResponseReturnValue:
    """One more calendar: a file when one is given, else an address."""
    policy.own_mediator(reading(), current_actor())
    given, name = request.files.get("file"), request.form.get("name", "").strip()[:_LONGEST_NAME]
    if given is not None and given.filename:
        found = outside.read(now=clock()(), body=given.stream.read(MOST_BYTES + 1))
        with write() as session:
            service.add_calendar_file(session, current_actor(), found, name=name or _("A file"), clock=clock())
        flash(_("The times of this calendar are not offered any more."), "success")
    else:
        address = request.form.get("address", "").strip()
        if not address:
            raise Invalid("address_bad", field="address")
        with write() as session:
            service.add_calendar_address(
                session, current_actor(), name=name or _("My other calendar"), address=address, clock=clock()
            )
        flash(_("The calendar is being read. Look again in a minute."), "success")
    return redirect(url_for("scheduling.availability") + "#outside", 303)


@bp.post("/hours/outside/change")
@needs(Permission.KEEP_AVAILABILITY)
def change_outside() -> ResponseReturnValue:
    """Read one again, or take it out."""
    calendar = request.form.get("what", "")
    with write() as session:
        if request.form.get("do") == "read":
            service.read_calendar_now(session, current_actor(), calendar, clock=clock())
        else:
            service.remove_calendar(session, current_actor(), calendar, clock=clock())
    return redirect(url_for("scheduling.availability") + "#outside", 303)
