"""A mediator's share of work; sentences of what is refused about people, whose data are shown with their cases."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.kernel.errors import Invalid
from mediation.people import policy, queries, service
from mediation.people.forms import ShareForm
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

bp = Blueprint("people", __name__)

_id_card = _l("Compare it with the card, digit by digit. You may also leave it empty.")

problems.sentences(
    {
        "name_missing": (_l("The name is missing."), _l("Write the name as on the identity card.")),
        "phone_shape": (
            _l("This is not a mobile number."),
            _l("A mobile number has 11 digits and begins with 1, such as 13812345678."),
        ),
        "id_number_shape": (
            _l("An identity number has 18 digits; the last one may be an X."),
            _id_card,
        ),
        "id_number_region": (_l("The first digits of this identity number are no region."), _id_card),
        "id_number_birth": (_l("The date of birth in this identity number cannot be right."), _id_card),
        "id_number_check": (_l("A digit of this identity number is wrong."), _id_card),
        "id_number_of_another": (
            _l("This identity number is recorded for another person."),
            _l("Compare it with the card. If it is right, ask your supervisor to merge the records."),
        ),
        "credit_code_shape": (
            _l("A unified social credit code has 18 digits and capital letters."),
            _l("Copy it from the business licence."),
        ),
        "credit_code_check": (
            _l("A sign of this credit code is wrong."),
            _l("Compare it with the business licence, sign by sign."),
        ),
        "person_unknown": (_l("This person is not recorded."), _l("Reload the page.")),
        "may_not_reveal": (
            _l("You may not see this in full."),
            _l("Ask the mediator or the clerk of the case."),
        ),
        "purpose_missing": (_l("Say what you need it for."), _l("It is written to the case's trail.")),
        "field_unknown": (_l("There is no such field."), _l("Reload the page.")),
        "same_person": (_l("These are one and the same person."), _l("Choose two different people.")),
        "mediator_unknown": (_l("This mediator is not in the list."), _l("Choose one from the list.")),
        "share_not_kept_by_you": (
            _l("This mediator's share of work is not kept by you."),
            _l("Ask the desk of the place where they work."),
        ),
        "weight": (_l("The share of work is between 1 and 100 percent."), _l("Correct the number.")),
    }
)


@bp.route("/mediators/<mediator>/share", methods=["GET", "POST"])
@needs(Permission.MANAGE_OPENING)
def share(mediator: str) -> ResponseReturnValue:
    """How much of a full-time mediator's work somebody does."""
    row = policy.share_for(reading(), current_actor(), mediator)
    form = ShareForm(percent=row.weight)
    if form.validate_on_submit():
        with form.shows(Invalid):
            with write() as session:
                command = service.SetShare(mediator, form.percent.data or 0)
                service.set_share(session, current_actor(), command, clock=clock())
            flash(_("Saved. New cases are spread by it from now on."), "success")
            return redirect(url_for("scheduling.opening"), 303)
    page = render_template("people/share.html", form=form, mediator=queries.mediator(reading(), row.id))
    return page, 200 if request.method == "GET" else 422
