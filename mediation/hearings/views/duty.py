"""The staff desk of live hearings: who is where, what calls for somebody, a call to a person."""

from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.hearings import queries, service
from mediation.hearings.forms import AlertForm, CallForm, DeskLineForm
from mediation.hearings.models import Seat
from mediation.hearings.rules.lines import LineReading
from mediation.hearings.views.blueprint import bp
from mediation.kernel.errors import Invalid, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

DEVICES: Final = {
    "camera": _l("Camera"),
    "microphone": _l("Microphone"),
    "loudspeaker": _l("Loudspeaker"),
    "media_route": _l("Sound and picture on the network"),
}
FINDINGS: Final = {
    "denied": _l("not allowed"),
    "missing": _l("not found"),
    "busy": _l("used by another program"),
    "failed": _l("does not work"),
    "off": _l("switched off"),
}
LINES: Final = {
    "good": _l("Line good"),
    "good_again": _l("Line good again"),
    "weak": _l("Line weak now: %(percent)s %% lost"),
    "poor": _l("Line poor now: %(percent)s %% lost"),
    "unmeasured": _l("Line there, not measured"),
    "just_gone": _l("No line since less than a minute"),
    "gone": _l("No line for %(minutes)s min"),
}
"""By `rules.lines.WORDS`."""


def _line(reading: LineReading) -> str:
    """One sentence: what the drawing shows, in words."""
    said = str(LINES[reading.word] % {"percent": reading.percent, "minutes": reading.minutes})
    if reading.rtt_ms is None:
        return said
    delayed: str = _("%(line)s, %(seconds)s s of delay", line=said, seconds=f"{reading.rtt_ms / 1000:.1f}")
    return delayed


def _board(template: str) -> str:
    board = queries.duty(reading(), current_actor(), now=clock()())
    return render_template(template, board=board, devices=DEVICES, findings=FINDINGS, in_words=_line)


@bp.get("/desk/hearings")
@needs(Permission.ANSWER_SIGNAL)
def duty() -> ResponseReturnValue:
    """Today's hearings of the actor's places."""
    return _board("hearings/duty.html")


@bp.get("/desk/hearings/now")
@needs(Permission.ANSWER_SIGNAL)
def duty_now() -> ResponseReturnValue:
    """The same board without the page around it, asked for again and again by the open page."""
    return _board("hearings/_duty.html")


@bp.post("/desk/hearings/<public_id>/alerts/<alert>/take")
@needs(Permission.ANSWER_SIGNAL)
def take_alert(public_id: str, alert: str) -> ResponseReturnValue:
    with write() as session:
        service.take_alert(session, current_actor(), public_id, alert, clock=clock())
    return redirect(url_for("hearings.duty"), 303)


@bp.route("/desk/hearings/<public_id>/alerts/<alert>", methods=["GET", "POST"])
@needs(Permission.ANSWER_SIGNAL)
def finish_alert(public_id: str, alert: str) -> ResponseReturnValue:
    """What came of it."""
    form = AlertForm()
    hearing, row = service.alert_now(reading(), current_actor(), public_id, alert)
    if form.validate_on_submit():
        with form.shows(Refused), write() as session:
            service.finish_alert(session, current_actor(), form.command(public_id, alert), clock=clock())
            flash(_("Noted."), "success")
            return redirect(url_for("hearings.duty"), 303)
    name = row.seat.name if row.seat is not None else ""
    page = render_template("hearings/duty_alert.html", form=form, row=row, name=name, number=hearing.case.number)
    return page, 422 if form.is_submitted() else 200


@bp.route("/desk/hearings/<public_id>/seats/<seat>/call", methods=["GET", "POST"])
@needs(Permission.ANSWER_SIGNAL)
def call(public_id: str, seat: str) -> ResponseReturnValue:
    """The number of one person, whose showing is written down, and what came of the call."""
    form = CallForm()
    with write() as session:
        if form.validate_on_submit():
            row = service.note_call(session, current_actor(), form.command(public_id, seat), clock=clock())
            flash(_("Noted: the call to %(name)s.", name=row.seat.name), "success")
            return redirect(url_for("hearings.duty"), 303)
        callee = service.show_number(session, current_actor(), public_id, seat, clock=clock())
    page = render_template("hearings/duty_call.html", form=form, callee=callee)
    return page, 422 if form.is_submitted() else 200


@bp.route("/desk/hearings/<public_id>/seats/<seat>/words", methods=["GET", "POST"])
@needs(Permission.ANSWER_SIGNAL)
def words_to_seat(public_id: str, seat: str) -> ResponseReturnValue:
    """What the desk and one person wrote to each other; opening it reads the person's answers."""
    form = DeskLineForm()
    if form.validate_on_submit():
        with form.shows(Invalid, Refused), write() as session:
            service.write_to_seat(session, current_actor(), form.command(public_id, seat), clock=clock())
            return redirect(url_for("hearings.words_to_seat", public_id=public_id, seat=seat), 303)
    page = render_template("hearings/duty_words.html", form=form, **_thread(public_id, seat))
    return page, 422 if form.is_submitted() else 200


@bp.get("/desk/hearings/<public_id>/seats/<seat>/words/now")
@needs(Permission.ANSWER_SIGNAL)
def words_to_seat_now(public_id: str, seat: str) -> ResponseReturnValue:
    """The same lines without the page around them."""
    return render_template("hearings/_duty_words.html", **_thread(public_id, seat))


def _thread(public_id: str, seat: str) -> dict[str, Seat | tuple[queries.DeskLineRow, ...]]:
    with write() as session:
        row = service.read_answers(session, current_actor(), public_id, seat, clock=clock())
    return {"seat": row, "lines": queries.desk_lines(reading(), [row.id]).get(row.id, ())}
