"""One decision about a case: its page, its form, back to the case."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mediation.disputes import queries
from mediation.disputes.models import Case
from mediation.kernel.errors import Denied, Invalid, Missing, Refused, Stale, Taken
from mediation.web.actor import current_actor
from mediation.web.db import reading, write
from mediation.web.forms import Form

_PROBLEMS = (Refused, Invalid, Missing, Denied, Taken, Stale)


def decide(
    case: Case,
    form: Form,
    run: Callable[[Session], object],
    *,
    done: str,
    template: str = "disputes/decide.html",
    **texts: Any,
) -> ResponseReturnValue:
    """Show the form, or run it and go back to the case with `done` said; a refusal stands at its field."""
    if form.validate_on_submit():
        with form.shows(*_PROBLEMS):
            with write() as session:
                run(session)
            flash(done, "success")
            return redirect(url_for("supervision.case", public_id=case.public_id), 303)
    panel = queries.case_panel(reading(), case.id, current_actor())
    page = render_template(template, form=form, case=panel, **texts)
    return page, 200 if request.method == "GET" else 422
