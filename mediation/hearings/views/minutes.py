"""A party reads the minutes and says whether they are right."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access import links
from mediation.hearings import queries, service
from mediation.hearings.forms import MinutesForm
from mediation.hearings.views.blueprint import bp
from mediation.kernel.errors import Invalid, Refused
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs_link


@bp.route("/p/<token>/minutes", methods=["GET", "POST"])
@needs_link
def own_minutes(token: str) -> ResponseReturnValue:
    """The minutes of the party's ended hearings, each with its answer."""
    form, actor = MinutesForm(), current_actor()
    if form.validate_on_submit():
        with form.shows(Invalid, Refused), write() as session:
            service.answer_minutes(session, actor, form.command(), clock=clock())
            flash(_("Thank you. Your answer is in the file."), "success")
            return redirect(links.url_path(token), 303)
    rows = queries.minutes(reading(), actor.case_id or 0, actor)
    page = render_template("hearings/minutes.html", form=form, rows=rows, token=token)
    return page, 422 if form.is_submitted() else 200
