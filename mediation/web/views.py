"""Language, print size, health: pages that belong to no capability."""

from typing import cast

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from mediation.kernel.errors import Missing
from mediation.settings import Settings
from mediation.web import styleguide as sample
from mediation.web.db import reading
from mediation.web.i18n import LOCALE_COOKIE, LOCALES, PRINT_COOKIE
from mediation.web.security import open_to_all

bp = Blueprint("web", __name__)
_YEAR_S = 365 * 24 * 3600


@bp.get("/")
@open_to_all
def home() -> ResponseReturnValue:
    """Where residents begin."""
    return render_template("home.html")


@bp.post("/locale")
@open_to_all
def locale() -> ResponseReturnValue:
    """Remember the reader's language and go back."""
    chosen = request.form.get("locale", "")
    response = _back()
    if chosen in LOCALES:
        response.set_cookie(LOCALE_COOKIE, chosen, max_age=_YEAR_S, httponly=True, samesite="Lax")
    return response


@bp.post("/print-size")
@open_to_all
def print_size() -> ResponseReturnValue:
    """Large print on or off, and go back."""
    size = "large" if request.form.get("size") == "large" else "normal"
    response = _back()
    response.set_cookie(PRINT_COOKIE, size, max_age=_YEAR_S, httponly=True, samesite="Lax")
    return response


@bp.get("/health")
@open_to_all
def health() -> ResponseReturnValue:
    """200 when the database answers."""
    reading().execute(text("SELECT 1"))
    return jsonify(ok=True)


@bp.get("/dev/styleguide")
@open_to_all
def styleguide() -> ResponseReturnValue:
    """Every component on one page; in development only."""
    if not cast("Settings", current_app.extensions["settings"]).development:
        raise Missing("not_found")
    return render_template("styleguide.html", **sample.values())


def _back() -> Response:
    """To the path the form names; only a path of ours, never another site."""
    path = request.form.get("next", "/")
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path and "\r" not in path
    return redirect(path if safe else "/", 303)  # type: ignore[return-value]
