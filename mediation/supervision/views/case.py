"""One case: the panels of each capability in the order of the work, its limits, its trail."""

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.agreements import queries as agreements
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.documents import queries as documents
from mediation.hearings import queries as hearings
from mediation.kernel.actor import Actor
from mediation.kernel.clock import local_date
from mediation.scheduling import queries as scheduling
from mediation.supervision import queries, service
from mediation.supervision.views.blueprint import bp
from mediation.supervision.views.trail import sentence
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs

Panel = Callable[[Session, int, Actor], Any]
PANELS: Final[tuple[tuple[str, Panel], ...]] = (
    ("disputes/_case_panel.html", disputes.case_panel),
    ("hearings/_case_panel.html", hearings.case_panel),
    ("hearings/_case_certificate.html", hearings.certificates),
    ("hearings/_case_minutes.html", hearings.minutes),
    ("hearings/_case_recordings.html", hearings.recordings),
    (
        "scheduling/_case_panel.html",
        lambda session, case_id, actor: scheduling.case_panel(session, case_id, actor, now=clock()()),
    ),
    ("agreements/_case_panel.html", agreements.case_panel),
    ("documents/_case_panel.html", documents.case_panel),
)
"""Template and query of each panel; a capability that is added to the case adds its line here."""
LATEST: Final = 6


@bp.get("/cases/<public_id>")
@needs(Permission.VIEW_CASE)
def case(public_id: str) -> ResponseReturnValue:
    actor, session = current_actor(), reading()
    found = policy.case_for(session, actor, public_id, Permission.VIEW_CASE)
    panels = [(template, query(session, found.id, actor)) for template, query in PANELS]
    signals = policy.may(session, actor, found, Permission.ANSWER_SIGNAL)
    may_read = policy.may(session, actor, found, Permission.VIEW_TRAIL)
    whole = queries.trail(session, found.id, signals=signals) if may_read else None
    return render_template(
        "supervision/case.html",
        case=panels[0][1],
        panels=panels,
        timers=queries.timers_of(session, found.id, today=local_date(clock()())),
        trail=whole,
        latest=whole.rows[-LATEST:][::-1] if whole is not None else (),
        sentence=sentence,
    )


@bp.get("/cases/<public_id>/trail")
@needs(Permission.VIEW_TRAIL)
def trail(public_id: str) -> ResponseReturnValue:
    """The whole chain, with the proof."""
    found = policy.case_for(reading(), current_actor(), public_id, Permission.VIEW_TRAIL)
    panel = disputes.case_panel(reading(), found.id, current_actor())
    signals = policy.may(reading(), current_actor(), found, Permission.ANSWER_SIGNAL)
    whole = queries.trail(reading(), found.id, signals=signals)
    return render_template("supervision/trail.html", case=panel, trail=whole, sentence=sentence)


@bp.post("/cases/<public_id>/timers/<int:timer_id>/done")
@needs(Permission.RECORD_OUTCOME)
def timer_done(public_id: str, timer_id: int) -> ResponseReturnValue:
    """Confirmed, performed, visited: a person says so."""
    with write() as session:
        service.finish(session, current_actor(), service.FinishTimer(timer_id), clock=clock())
    flash(_("Noted as done."), "success")
    return redirect(url_for("supervision.case", public_id=public_id), 303)
