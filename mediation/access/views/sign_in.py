"""Signing in and out."""

from typing import cast

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from mediation.access import queries
from mediation.access.forms import SignInForm
from mediation.access.permissions import Permission, holds
from mediation.access.rules import DEMO_PASSWORD, STAFF_HOME, own_path
from mediation.access.service import sessions as staff_sessions
from mediation.access.service import sign_in as service
from mediation.access.views.blueprint import bp
from mediation.access.views.identity import SignedIn, browser_address, idle_limit, signed_in
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Limited, Refused
from mediation.settings import Settings
from mediation.web.actor import current_actor, forget_actor
from mediation.web.db import clock, reading, write
from mediation.web.security import needs_sign_in, open_to_all


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> ResponseReturnValue:
    form = SignInForm(username=request.args.get("as", ""))
    target = own_path(request.values.get("next"))
    if request.method == "GET" and signed_in():
        return redirect(_start_of(current_actor(), target), 303)
    if form.validate_on_submit():
        with form.shows(Refused, Limited):
            return redirect(_start_of(_admit(form), target), 303)
    status = 200 if request.method == "GET" else 422
    return render_template(
        "access/sign_in.html", form=form, next=target, demo=_demo_staff(), password=DEMO_PASSWORD
    ), status


def _admit(form: SignInForm) -> Actor:
    """The three steps of `service.sign_in`, then a new cookie: nothing of the one before is kept (fixation)."""
    command = form.command(address=browser_address(), agent=request.user_agent.string)
    with write() as database:
        service.attempt(database, command, clock=clock())
    account_id = service.authenticate(reading(), command).id
    with write() as database:
        token = service.admit(database, account_id, command, clock=clock())
    live = queries.live_session(reading(), staff_sessions.hash_of(token), now=clock()(), idle=idle_limit())
    if live is None:  # switched off in between
        raise Refused("sign_in_wrong", field="password")
    session.clear()
    login_user(SignedIn(token=token, live=live))
    forget_actor()
    return live.actor


def _start_of(actor: Actor, target: str) -> str:
    """Where to go: the page that was asked for; the desk, for those who have one."""
    if target == STAFF_HOME and not holds(actor, Permission.VIEW_DESK):
        return url_for("access.own_sessions")
    return target


def _demo_staff() -> list[queries.StaffRow]:
    """The people of the fictional district, to choose from; in development only."""
    settings = cast("Settings", current_app.extensions["settings"])
    if not settings.development:
        return []
    rows = {row.account_id: row for row in reversed(queries.staff(reading()))}
    return sorted(rows.values(), key=lambda row: row.account_id)


@bp.post("/sign-out")
@needs_sign_in
def sign_out() -> ResponseReturnValue:
    found = signed_in()
    if found:
        with write() as database:
            staff_sessions.end(database, found.live.actor, found.live.id, clock=clock())
    logout_user()
    session.clear()
    forget_actor()
    return redirect(url_for("access.sign_in"), 303)
