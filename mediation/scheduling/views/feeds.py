"""Private calendar addresses: what phones read there, and who makes and ends them."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Final

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mediation.access.permissions import Permission
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Missing
from mediation.orgs import queries as orgs
from mediation.scheduling import calendar as calendars
from mediation.scheduling import links, policy, queries, service
from mediation.scheduling.models import CalendarFeed
from mediation.scheduling.service import FeedAddress
from mediation.scheduling.views import files
from mediation.scheduling.views.blueprint import bp
from mediation.web.actor import current_actor
from mediation.web.db import clock, reading, write
from mediation.web.i18n import locale
from mediation.web.security import needs, open_to_all

_AHEAD: Final = timedelta(days=28)
"""How far busy times and hours are told."""


@dataclass(frozen=True, slots=True)
class Address:
    """One of the two addresses of a subject, as the pages show it; empty `url`: not made yet."""

    busy_only: bool
    url: str
    free_busy: str = ""
    availability: str = ""


def addresses(
    *, mediator_id: int | None = None, station_id: int | None = None, room_id: int | None = None
) -> tuple[Address, Address]:
    """The full and the busy-only address of a mediator, a station or a room."""
    found = queries.feeds_of(reading(), mediator_id=mediator_id, station_id=station_id, room_id=room_id)
    return _address(found.get(False), busy_only=False), _address(found.get(True), busy_only=True)


def _address(feed: CalendarFeed | None, *, busy_only: bool) -> Address:
    if feed is None:
        return Address(busy_only, "")
    token = links.token_of(feed)
    url = url_for("scheduling.feed", token=token, _external=True)
    if feed.mediator_id is None:
        return Address(busy_only, url)
    free_busy = url_for("scheduling.free_busy", token=token, _external=True)
    return Address(busy_only, url, free_busy, url_for("scheduling.availability_feed", token=token, _external=True))


@bp.post("/hours/feed")
@needs(Permission.KEEP_AVAILABILITY)
def issue_feed() -> ResponseReturnValue:
    """Make one of the mediator's two addresses; `anew` ends the old one first, `end` makes none."""
    _keep(FeedAddress(busy_only="busy" in request.form))
    return redirect(url_for("scheduling.availability") + "#feed", 303)


@bp.get("/opening/calendars")
@needs(Permission.MANAGE_OPENING)
def place_feeds() -> ResponseReturnValue:
    """The addresses of the stations and rooms that the actor keeps."""
    places = []
    for station in orgs.stations(reading()):
        if policy.may_open_and_close(current_actor(), station.org_path):
            name = station.label(locale())
            places.append((station.public_id, name, addresses(station_id=station.id)))
            rooms = [(room.public_id, f"{name} · {room.label(locale())}", room.id) for room in station.rooms]
            places += [(public_id, label, addresses(room_id=room_id)) for public_id, label, room_id in rooms]
    return render_template("scheduling/place_feeds.html", places=places)


@bp.post("/opening/calendars")
@needs(Permission.MANAGE_OPENING)
def issue_place_feed() -> ResponseReturnValue:
    place = request.form.get("place", "")
    if not place:
        raise Missing("station_unknown")
    _keep(FeedAddress(place=place, busy_only="busy" in request.form))
    return redirect(url_for("scheduling.place_feeds") + f"#{place}", 303)


def _keep(which: FeedAddress) -> None:
    step = request.form.get("step")
    with write() as session:
        if step in {"anew", "end"}:
            service.revoke_feed(session, current_actor(), which, clock=clock())
        if step != "end":
            service.issue_feed(session, current_actor(), which, locale=locale(), clock=clock())


@bp.get("/feeds/<token>.ics")
@open_to_all
def feed(token: str) -> ResponseReturnValue:
    """A diary for a phone: whoever has the address reads it, so it names no party and opens no hearing."""
    found = links.open_feed(reading(), token)
    body, fresh = calendars.diary(reading(), found, site=current_app.extensions["settings"].site, now=clock()())
    if fresh:
        with write() as session:
            service.keep_texts(session, fresh)
    return files.feed(body)


@bp.get("/feeds/<token>/free-busy.ifb")
@open_to_all
def free_busy(token: str) -> Response:
    """A mediator's taken times of the next weeks, for programs that look for a common time."""
    found, mediator_id = _of_mediator(token)
    start = calendars.today_from(clock()())
    busy = queries.busy_of(reading(), mediator_id, start, start + _AHEAD)
    uid = f"free-busy-{found.public_id}"
    return files.feed(calendars.free_busy(busy, uid=uid, organizer=_organizer(), from_at=start, to_at=start + _AHEAD))


@bp.get("/feeds/<token>/availability.ics")
@open_to_all
def availability_feed(token: str) -> Response:
    """A mediator's working hours of the next weeks (RFC 7953)."""
    found, mediator_id = _of_mediator(token)
    today = local_date(clock()())
    plans = queries.hours_of(reading(), mediator_id, today, today + _AHEAD - timedelta(days=1))
    return files.feed(calendars.availability(plans, uid=f"availability-{found.public_id}", organizer=_organizer()))


def _organizer() -> str:
    return parseaddr(current_app.extensions["settings"].mail_from)[1]


def _of_mediator(token: str) -> tuple[CalendarFeed, int]:
    found = links.open_feed(reading(), token)
    if found.mediator_id is None:
        raise Missing("feed_unknown")
    return found, found.mediator_id
