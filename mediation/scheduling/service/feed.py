"""Private calendar addresses: a mediator's own, and those of stations and rooms by who keeps them open."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Missing
from mediation.orgs import queries as orgs
from mediation.scheduling import policy, queries
from mediation.scheduling.calendar import Fresh
from mediation.scheduling.daybits import insert_of
from mediation.scheduling.events import FeedIssued, FeedRevoked
from mediation.scheduling.models import CalendarFeed, EventText


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """Which address is meant: of the actor's own diary, or of a station or room by its public id."""

    place: str = ""
    busy_only: bool = False


def issue_feed(session: Session, actor: Actor, which: FeedAddress, *, locale: str, clock: Clock) -> CalendarFeed:
    """The living address; a new one when there is none.

    Emits: FeedIssued. Raises: Denied `only_mediators`, `not_kept_by_you`; Missing `station_unknown`.
    """
    subject = _subject(session, actor, which)
    known = queries.feeds_of(session, **subject).get(which.busy_only)
    if known is not None:
        return known
    feed = CalendarFeed(**subject, busy_only=which.busy_only, locale=locale, created_at=clock())
    session.add(feed)
    session.flush()
    log.append(session, FeedIssued(feed_id=feed.id, **subject), actor=actor, at=clock())
    return feed


def revoke_feed(session: Session, actor: Actor, which: FeedAddress, *, clock: Clock) -> None:
    """The address ends at once: phones that ask for it get 410. Emits: FeedRevoked. Raises: as `issue_feed`."""
    subject = _subject(session, actor, which)
    feed = queries.feeds_of(session, **subject).get(which.busy_only)
    if feed is not None:
        feed.revoked_at = clock()
        session.flush()
        log.append(session, FeedRevoked(feed_id=feed.id, **subject), actor=actor, at=clock())


def _subject(session: Session, actor: Actor, which: FeedAddress) -> dict[str, int | None]:
    if not which.place:
        return {"mediator_id": policy.own_mediator(session, actor).id, "station_id": None, "room_id": None}
    for station in orgs.stations(session):
        subjects = {station.public_id: (station.id, None)} | {room.public_id: (None, room.id) for room in station.rooms}
        if which.place in subjects:
            if not policy.may_open_and_close(actor, station.org_path):
                raise Denied("not_kept_by_you")
            station_id, room_id = subjects[which.place]
            return {"mediator_id": None, "station_id": station_id, "room_id": room_id}
    raise Missing("station_unknown")


def keep_texts(session: Session, fresh: Sequence[Fresh]) -> None:
    """Keep what a feed had to render; a second reader who rendered the same meanwhile changes nothing."""
    keys = [EventText.booking_id, EventText.variant]
    for one in fresh:
        row = insert_of(session)(EventText).values({name: getattr(one, name) for name in Fresh.__slots__})
        newer = {"stamp": row.excluded.stamp, "body": row.excluded.body}
        session.execute(row.on_conflict_do_update(index_elements=keys, set_=newer))
