"""Who acts: the staff session by flask-login, the party by the personal link. Registered with `web`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from flask import current_app, request
from flask.blueprints import BlueprintSetupState
from flask_login import LoginManager, UserMixin, current_user

from mediation.access import links, queries
from mediation.access.permissions import Permission, holds
from mediation.access.service import rates
from mediation.access.service import sessions as staff_sessions
from mediation.access.views.blueprint import bp
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing
from mediation.settings import Settings
from mediation.web import actor as web_actor
from mediation.web import security
from mediation.web.db import clock, reading, write

login_manager = LoginManager()
# The session row is what protects: it is looked up at every request. flask-login's own check would sign a phone out
# each time its network changes.
login_manager.session_protection = None


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc] # flask-login has no types
    """What flask-login keeps: the session's token in the signed cookie, the rest from the database."""

    token: str
    live: queries.LiveSession

    def get_id(self) -> str:
        return self.token


@bp.record_once
def _init(state: BlueprintSetupState) -> None:
    login_manager.init_app(state.app)


def idle_limit() -> timedelta:
    settings = cast("Settings", current_app.extensions["settings"])
    return timedelta(minutes=settings.staff_idle_minutes)


def browser_address() -> str:
    """The network address that caps count by; right behind proxies too, see `trusted_proxies`."""
    return request.remote_addr or ""


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    hashed = staff_sessions.hash_of(token)
    live = queries.live_session(reading(), hashed, now=clock()(), idle=idle_limit())
    return None if live is None else SignedIn(token=token, live=live)


def signed_in() -> SignedIn | None:
    """The member of staff of this request."""
    return cast("SignedIn", current_user) if current_user.is_authenticated else None


@web_actor.resolver
def _staff() -> Actor | None:
    found = signed_in()
    return found.live.actor if found else None


@web_actor.link_opener
def _party(token: str) -> Actor:
    """The party whose link this is; trying links that do not open is counted, so that nobody tries them all."""
    try:
        link = links.open_link(reading(), token, clock=clock())
    except Missing:
        with write() as session:
            rates.spend(session, rates.LINK_UNKNOWN, browser_address(), clock()())
        raise
    return Actor(kind=ActorKind.PARTY, party_id=link.party_id, case_id=link.case_id)


@security.checker
def _may(actor: Actor, permission: str) -> bool:
    return holds(actor, Permission(permission))


@bp.before_app_request
def _touch() -> None:
    """Keep the session in use alive, at most once a minute; it runs after the guard, before the view writes."""
    found = signed_in()
    if found and staff_sessions.is_stale(found.live.seen_at, clock()()):
        with write() as session:
            staff_sessions.touch(session, found.live.id, clock=clock())


@bp.app_context_processor
def _who() -> dict[str, object]:
    """For the page's head: the name of whoever is signed in."""
    found = signed_in()
    return {"signed_in_name": found.live.actor.name if found else "", "is_staff": found is not None}
