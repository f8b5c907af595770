"""Staff book at a time that is taken: who has it, and why it has to be all the same."""

from dataclasses import replace
from datetime import timedelta

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.kernel.errors import Invalid, Refused, Taken
from mediation.kernel.ids import idempotency_key
from mediation.people import queries as people
from mediation.scheduling import queries, service
from mediation.scheduling.forms import OverrideForm, slot_of
from mediation.scheduling.queries import Owner
from mediation.scheduling.service import BookTime
from mediation.scheduling.views.blueprint import bp
from mediation.scheduling.views.desk import command_of, to_case
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs


@bp.route("/cases/<public_id>/book/beside", methods=["GET", "POST"])
@needs(Permission.OVERRIDE_TIME)
def beside(public_id: str) -> ResponseReturnValue:
    """Who has the time; booked beside them only with a reason, which stays with the booking and in the log.

    Raises: Invalid `slot_unreadable`; Missing; Refused `mediator_unsuited`.
    """
    case = cases.case_for(reading(), current_actor(), public_id, Permission.OVERRIDE_TIME)
    form = OverrideForm(request.values)
    command = _command(form, case.id, case.mediator_id)
    if form.validate_on_submit():
        with form.shows(Taken, Refused, Invalid):
            with write() as session:
                booking = service.book(session, current_actor(), command, clock=clock())
                beside_another = booking.override_why is not None
            told = _("The time is booked beside another session. Everybody is told.")
            flash(told if beside_another else _("The time is booked. Everybody is told."), "success")
            return to_case(public_id)
    form.key.data = form.key.data or idempotency_key()
    page = render_template(
        "scheduling/beside.html",
        form=form,
        case=disputes.case_panel(reading(), case.id, current_actor()),
        starts_at=command.starts_at,
        mediator=people.mediator(reading(), command.mediator_id or 0),
        owners=_owners(command),
    )
    return page, 200 if request.method == "GET" else 422


def _command(form: OverrideForm, case_id: int, of_case: int | None) -> BookTime:
    starts_at = slot_of(form.slot.data or "")
    values = form.mediator.data or "", form.at.data or "", form.who.data or ""
    found = command_of(case_id, *values, starts_at, form.key.data or "")
    mediator_id = found.mediator_id or of_case
    if mediator_id is None:
        raise Refused("mediator_unsuited", field="mediator")
    return replace(found, mediator_id=mediator_id, override=form.why.data or "")


def _owners(command: BookTime) -> list[Owner]:
    find = service.times_for_case(reading(), current_actor(), command, now=clock()())
    end = command.starts_at + timedelta(minutes=find.minutes + find.buffer_min)
    return queries.owners(
        reading(),
        current_actor(),
        subjects=(find.mediator_ids, find.room_ids or ()),
        begin=command.starts_at,
        end=end,
        now=clock()(),
    )
