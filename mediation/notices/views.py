"""The messages page: on a developer's machine for everybody, elsewhere for staff, with what was given up."""

from typing import cast

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access.permissions import Permission
from mediation.kernel import outbox
from mediation.kernel.errors import Missing
from mediation.notices import queries
from mediation.notices.catalogue import NoticeKind
from mediation.settings import Settings
from mediation.web.db import clock, reading, write
from mediation.web.security import needs, open_to_all

bp = Blueprint("notices", __name__)

REFRESH_S = 5


@bp.get("/dev/messages")
@open_to_all
def dev_messages() -> ResponseReturnValue:
    """What would have gone out; only in development, where it also shows one-time codes."""
    if not cast("Settings", current_app.extensions["settings"]).development:
        raise Missing("not_found")
    return _page(staff=False)


@bp.get("/messages")
@needs(Permission.VIEW_MESSAGES)
def messages() -> ResponseReturnValue:
    return _page(staff=True)


@bp.post("/messages/given-up/<int:row>")
@needs(Permission.VIEW_MESSAGES)
def try_again(row: int) -> ResponseReturnValue:
    """What was given up goes out once more: somebody has mended what stood in the way."""
    with write() as session:
        found = outbox.try_again(session, row, clock()())
    if found:
        flash(_("It is tried again now."), "success")
    else:
        flash(_("It is not given up any more."), "info")
    return redirect(url_for("notices.messages"), 303)


@bp.get("/dev/messages/<public_id>.ics")
@open_to_all
def dev_calendar(public_id: str) -> ResponseReturnValue:
    if not cast("Settings", current_app.extensions["settings"]).development:
        raise Missing("not_found")
    calendar = queries.attachment(reading(), public_id)
    if calendar is None:
        raise Missing("not_found")
    headers = {"Content-Disposition": "attachment; filename=hearing.ics"}
    return Response(calendar, mimetype="text/calendar", headers=headers)


def _page(*, staff: bool) -> str:
    address = request.args.get("to", "").strip()[:100]
    rows = queries.messages(reading(), address=address)
    if staff:
        rows = [row for row in rows if row.kind != NoticeKind.CODE]
    refresh = REFRESH_S if request.args.get("refresh") == "on" and not staff else None
    return render_template(
        "notices/messages.html",
        messages=rows,
        to=address,
        refresh=refresh,
        staff=staff,
        given_up=outbox.given_up(reading()) if staff else (),
    )
