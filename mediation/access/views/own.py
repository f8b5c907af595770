"""One's own sessions and password."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mediation.access import queries
from mediation.access.forms import PasswordForm
from mediation.access.service import accounts
from mediation.access.service import sessions as staff_sessions
from mediation.access.views.blueprint import bp
from mediation.access.views.identity import SignedIn, idle_limit, signed_in
from mediation.kernel.errors import Invalid, Limited, Refused
from mediation.web.db import clock, reading, write
from mediation.web.security import needs_sign_in


def _me() -> SignedIn:
    return signed_in() or abort(403)


@bp.get("/account/sessions")
@needs_sign_in
def own_sessions() -> ResponseReturnValue:
    me = _me()
    rows = queries.own_sessions(reading(), me.live.account_id, now=clock()(), idle=idle_limit())
    return render_template("access/sessions.html", rows=rows, here=me.live.id)


@bp.post("/account/sessions/<int:session_id>/end")
@needs_sign_in
def end_session(session_id: int) -> ResponseReturnValue:
    me = _me()
    with write() as database:
        staff_sessions.end(database, me.live.actor, session_id, clock=clock())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("access.own_sessions"), 303)


@bp.post("/account/sessions/end-others")
@needs_sign_in
def end_other_sessions() -> ResponseReturnValue:
    me = _me()
    with write() as database:
        staff_sessions.end_all(database, me.live.actor, me.live.account_id, but=me.live.id, clock=clock())
    flash(_("All other browsers are signed out."), "success")
    return redirect(url_for("access.own_sessions"), 303)


@bp.route("/account/password", methods=["GET", "POST"])
@needs_sign_in
def password() -> ResponseReturnValue:
    me, form = _me(), PasswordForm()
    if form.validate_on_submit():
        with form.shows(Refused, Invalid, Limited), write() as database:
            accounts.change_password(database, me.live.actor, form.command(), keep_session=me.live.id, clock=clock())
            flash(_("Your password is changed. All other browsers are signed out."), "success")
            return redirect(url_for("access.own_sessions"), 303)
    return render_template("access/password.html", form=form), 200 if request.method == "GET" else 422
