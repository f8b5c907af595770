"""Who acts in this request. Access, which stands higher, registers how to find out."""

from collections.abc import Callable

from flask import g

from mediation.kernel.actor import VISITOR, Actor

Resolver = Callable[[], Actor | None]
LinkOpener = Callable[[str], Actor]
VisitOpener = Callable[[], tuple[Actor, str]]
"""Gives the party, and what names the visit while it is under way."""


class _Registered:
    staff: Resolver | None = None
    link: LinkOpener | None = None
    visit: VisitOpener | None = None


def resolver(resolve: Resolver) -> Resolver:
    """Register how the signed-in member of staff is found."""
    _Registered.staff = resolve
    return resolve


def link_opener(open_link: LinkOpener) -> LinkOpener:
    """Register how a personal link's token becomes a party; it raises Missing for any that does not open."""
    _Registered.link = open_link
    return open_link


def current_actor() -> Actor:
    """The party of the personal link, else the member of staff, else a visitor."""
    if "actor" not in g:
        found = _Registered.staff() if _Registered.staff else None
        g.actor = found or VISITOR
    actor: Actor = g.actor
    return actor


def open_personal_link(token: str) -> Actor:
    """Raises: Missing, the same for unknown, altered, revoked and expired links."""
    if _Registered.link is None:
        msg = "no link opener registered"
        raise RuntimeError(msg)
    g.actor = _Registered.link(token)
    return current_actor()


def visit_opener(open_one: VisitOpener) -> VisitOpener:
    """Register how the visitor at a station's screen is found; it raises Missing when no visit is under way."""
    _Registered.visit = open_one
    return open_one


def open_visit() -> Actor:
    """The visitor at this screen acts in this request. Raises: Missing, the same whatever ended the visit."""
    if _Registered.visit is None:
        msg = "no visit opener registered"
        raise RuntimeError(msg)
    g.actor, g.door = _Registered.visit()
    return current_actor()


def current_door() -> str:
    """What names the visit at this screen while it is under way; empty elsewhere."""
    door: str = g.get("door", "")
    return door


def forget_actor() -> None:
    """After sign-in or sign-out the next question is asked anew."""
    g.pop("actor", None)
