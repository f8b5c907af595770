"""Papers as downloads."""

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.documents import queries, service
from mediation.web import problems
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.downloads import named
from mediation.web.security import needs, needs_link

bp = Blueprint("documents", __name__)

problems.sentences(
    {
        "document_unknown": (_l("This paper is not here."), _l("Look on the page of the case which papers there are.")),
        "document_not_ready": (_l("This paper is still being made."), _l("Try again in a minute.")),
    }
)


@bp.get("/documents/<public_id>")
@needs(Permission.VIEW_CASE)
def show(public_id: str) -> ResponseReturnValue:
    return _served(public_id)


@bp.get("/p/<token>/papers")
@needs_link
def own_papers(token: str) -> ResponseReturnValue:
    """A party's copies."""
    case, _party = policy.party_case(reading(), current_actor())
    rows = queries.case_panel(reading(), case.id, current_actor())
    return render_template("documents/own.html", rows=rows, token=token)


@bp.get("/p/<token>/documents/<public_id>")
@needs_link
def show_to_party(token: str, public_id: str) -> ResponseReturnValue:  # noqa: ARG001 - read by the guard
    return _served(public_id)


def _served(public_id: str) -> ResponseReturnValue:
    with write() as session:
        name, content = service.read(session, current_actor(), public_id, clock=clock())
    response = named(make_response(content), name)
    response.mimetype = "application/pdf"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox allow-downloads; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
