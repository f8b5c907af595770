"""What staff do with a hearing from the case's page and the desk."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.hearings import queries, service
from mediation.hearings.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.post("/hearings/<public_id>/reopen")
@needs(Permission.REOPEN_HEARING)
def reopen(public_id: str) -> ResponseReturnValue:
    """A supervisor opens again what was closed by mistake."""
    with write() as session:
        hearing = service.reopen(session, current_actor(), public_id, clock=clock())
        case = hearing.case.public_id
    flash(_("The hearing is open again: everybody can come back by the same link."), "success")
    return redirect(url_for("supervision.case", public_id=case), 303)


@bp.post("/hearings/<public_id>/sit-in")
@needs(Permission.JOIN_HEARING)
def sit_in(public_id: str) -> ResponseReturnValue:
    """Staff of the place get a seat as co-mediator: to help, or to take the chair that nobody sits in."""
    with write() as session:
        service.sit_in(session, current_actor(), public_id)
    return redirect(url_for("hearings.room", public_id=public_id), 303)


@bp.get("/desk/signals")
@needs(Permission.ANSWER_SIGNAL)
def signals() -> ResponseReturnValue:
    """The desk's quiet signals, asked again and again by the open page."""
    return render_template("hearings/_signals.html", panel=queries.open_signals(reading(), current_actor()))


@bp.post("/desk/signals/<signal>/seen")
@needs(Permission.ANSWER_SIGNAL)
def signal_seen(signal: str) -> ResponseReturnValue:
    """A member of staff looks after it."""
    with write() as session:
        hearing = service.see_signal(session, current_actor(), signal, clock=clock())
        case = hearing.case.public_id
    flash(_("Noted: you look after it. Do not speak of the signal in the hearing."), "success")
    return redirect(url_for("supervision.case", public_id=case), 303)
