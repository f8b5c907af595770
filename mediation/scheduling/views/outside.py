"""A mediator's outside calendars on their hours page."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.kernel.errors import Invalid, Refused
from mediation.scheduling import policy, service
from mediation.scheduling.calendar import outside
from mediation.scheduling.forms import OutsideForm
from mediation.scheduling.rules.outside import MOST_BYTES
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.hours import page
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.post("/hours/outside")
@needs(Permission.KEEP_AVAILABILITY)
def add_outside() -> ResponseReturnValue:
    """One more calendar. What is refused is shown again with all that was typed; a browser gives a file only once."""
    mediator = policy.own_mediator(reading(), current_actor())
    form = OutsideForm()
    if not form.validate_on_submit():
        return page(mediator, own=True, outside=form), Invalid.status
    try:
        flash(_add(form), "success")
    except (Invalid, Refused) as problem:
        form.show(problem)
        return page(mediator, own=True, outside=form), problem.status
    return redirect(url_for("scheduling.availability") + "#outside", 303)


def _add(form: OutsideForm) -> str:
    """What to say to it. Raises: Invalid, Refused as the service."""
    given, name = request.files.get("file"), form.name.data or ""
    if given is not None and given.filename:
        found = outside.read(now=clock()(), body=given.stream.read(MOST_BYTES + 1))
        with write() as session:
            service.add_calendar_file(session, current_actor(), found, name=name or _("A file"), clock=clock())
        return str(_("The times of this calendar are not offered any more."))
    with write() as session:
        service.add_calendar_address(
            session,
            current_actor(),
            name=name or _("My other calendar"),
            address=form.address.data or "",
            clock=clock(),
        )
    return str(_("The calendar is being read. Look again in a minute."))


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
