"""Every endpoint declares who may reach it; one that does not is refused. Headers, cookies, CSRF."""

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Denied, Invalid, Missing
from mediation.settings import Settings, live_path
from mediation.web import problems
from mediation.web.actor import current_actor, open_personal_link, open_visit

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Checker = Callable[[Actor, str], bool]

csrf = CSRFProtect()
SIGN_IN_ENDPOINT = "access.sign_in"
SCREEN_ENDPOINT = "stations.welcome"

_MARK = "_needs"
OPEN, LINK, STAFF, VISIT = "*open", "*link", "*staff", "*visit"


class _Registered:
    checker: Checker | None = None


def checker(check: Checker) -> Checker:
    """Register the check of a permission; access does it."""
    _Registered.checker = check
    return check


def needs(permission: StrEnum) -> Callable[[View], View]:
    """Staff who hold the permission somewhere; which rows they see, the capability's policy decides."""
    return lambda view: _marked(view, permission.value)


def open_to_all(view: View) -> View:
    """Anybody: the resident's pages before a link exists."""
    return _marked(view, OPEN)


def needs_link(view: View) -> View:
    """The holder of the personal link `token` in the path; the actor is that party."""
    return _marked(view, LINK)


def needs_visit(view: View) -> View:
    """The visitor at a station's screen; the actor is that party."""
    return _marked(view, VISIT)


def needs_sign_in(view: View) -> View:
    """Any member of staff, about their own account."""
    return _marked(view, STAFF)


def declared(view: object) -> str | None:
    """What an endpoint declares; None fails the suite and is refused."""
    return getattr(view, _MARK, None)


def _marked(view: View, mark: str) -> View:
    setattr(view, _MARK, mark)
    return view


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    mark = declared(current_app.view_functions[request.endpoint])
    if mark == OPEN:
        return None
    if mark == LINK:
        open_personal_link(str((request.view_args or {})["token"]))
        return None
    if mark == VISIT:
        return _at_the_screen()
    actor = current_actor()
    if actor.kind is not ActorKind.STAFF:
        return _to_sign_in()
    if not may_open(actor, request.endpoint):
        raise Denied("not_allowed")
    return None


def may_open(actor: Actor, endpoint: str) -> bool:
    """Whether this member of staff gets through the endpoint's door; for which rows, its policy says."""
    mark = declared(current_app.view_functions[endpoint])
    if mark in (OPEN, STAFF):
        return True
    return mark is not None and _Registered.checker is not None and _Registered.checker(actor, mark)


def _at_the_screen() -> ResponseReturnValue | None:
    """A page of a visit that is over leads to the screen's first page, whatever was asked for: Back shows nothing."""
    try:
        open_visit()
    except Missing:
        if request.method != "GET" or problems.wants_json():
            raise
        return redirect(url_for(SCREEN_ENDPOINT), 303)
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or problems.wants_json():
        raise Denied("sign_in_first")
    return redirect(url_for(SIGN_IN_ENDPOINT, next=request.full_path.rstrip("?")), 303)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast("str", g.csp_nonce)


def live_url(place: int) -> str:
    """How this page reaches the `live` process in this place: as set; with TLS through the proxy that carries the page,
    else on the process's own port.
    """
    settings = cast("Settings", current_app.extensions["settings"])
    if settings.live_url:
        return settings.live_url.rstrip("/") + live_path(place)
    if settings.secure or request.is_secure:
        return f"wss://{request.host}{live_path(place)}"
    return f"ws://{request.host.rsplit(':', 1)[0]}:{settings.live_ports[place].live}"


def _live_origins() -> str:
    """What a page may connect to, without paths: with one, a policy allows no address below it (CSP 3, 6.7.2.12)."""
    settings = cast("Settings", current_app.extensions["settings"])
    addresses = (urlsplit(live_url(place)) for place in range(settings.live_processes))
    return " ".join(dict.fromkeys(f"{address.scheme}://{address.netloc}" for address in addresses))


def _headers(response: Response) -> Response:
    settings = cast("Settings", current_app.extensions["settings"])
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self' 'nonce-{csp_nonce()}'; "
        "img-src 'self' data: blob:; media-src 'self' blob: data:; font-src 'self'; "
        f"connect-src 'self' {_live_origins()}; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; manifest-src 'self'"
    )
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if settings.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response


def allow_camera(response: Response) -> Response:
    """For the hearing's pages only: camera and microphone may be asked for."""
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=()"
    return response


def _csrf_failed(_error: CSRFError) -> ResponseReturnValue:
    return problems.render(Invalid("form_expired"))


def init_app(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.secure else ""
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=[old.get_secret_value() for old in settings.old_secret_keys],
        SESSION_COOKIE_NAME=f"{prefix}tiaohe",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=220 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=200,
    )
    csrf.init_app(app)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.before_request(_guard)
    app.after_request(_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
