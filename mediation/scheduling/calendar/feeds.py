"""What stands at a private calendar address: bookings, busy times, hours (RFC 5545, 7953)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from icalendar import Availability, Available, FreeBusy, vCalAddress
from sqlalchemy.orm import Session

from mediation.kernel.clock import CHINA, local_date
from mediation.orgs import queries as orgs
from mediation.scheduling import queries
from mediation.scheduling.calendar import ics
from mediation.scheduling.calendar.words import Word
from mediation.scheduling.models import CalendarFeed
from mediation.scheduling.rules.hours import DayPlan, instant_of

RECEPTIONS_BACK: Final = timedelta(days=30)
RECEPTIONS_AHEAD: Final = timedelta(days=90)
"""How far reception days are told: a series has no end."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A text that was rendered just now and is worth keeping."""

    booking_id: int
    variant: str
    stamp: str
    body: str


def diary(session: Session, feed: CalendarFeed, *, site: str, now: datetime) -> tuple[bytes, list[Fresh]]:
    """The feed, and what of it had to be rendered: the caller keeps it for the next who asks."""
    variant = f"{feed.locale[:2]}.{'busy' if feed.busy_only else 'full'}"
    made_from = hashlib.sha256(f"{ics.EDITION} {site} {orgs.known_until(session)}".encode()).hexdigest()[:16]
    events = queries.feed_events(session, feed, variant, now=now)
    stamps = {event.booking_id: f"{event.version}.{made_from}" for event in events}
    stale = [event.booking_id for event in events if event.stamp != stamps[event.booking_id]]
    fresh = {
        row.id: Fresh(
            row.id,
            variant,
            stamps[row.id],
            ics.fragment(row, locale=feed.locale, site=site, busy_only=feed.busy_only),
        )
        for row in queries.booking_rows(session, stale).values()
    }
    texts = (fresh[event.booking_id].body if event.booking_id in fresh else event.body or "" for event in events)
    receptions = (
        ics.reception(day, locale=feed.locale, busy_only=feed.busy_only) for day in _reception_days(session, feed, now)
    )
    word = Word.BUSY_TIMES if feed.busy_only else Word.DIARY
    name = f"{word.label(feed.locale)} · {queries.feed_name(session, feed)}"
    return ics.feed(chain(texts, receptions), name=name), list(fresh.values())


def _reception_days(session: Session, feed: CalendarFeed, now: datetime) -> list[queries.ReceptionDay]:
    """Of the mediator, or at the station; a room's calendar has what is booked in it."""
    if feed.room_id is not None:
        return []
    today = local_date(now)
    return queries.reception_days(
        session,
        first=today - RECEPTIONS_BACK,
        last=today + RECEPTIONS_AHEAD,
        mediator_ids=[feed.mediator_id] if feed.mediator_id is not None else None,
        station_id=feed.station_id,
    )


def free_busy(
    busy: Iterable[tuple[datetime, datetime]], *, uid: str, organizer: str, from_at: datetime, to_at: datetime
) -> bytes:
    """Times taken between two instants (VFREEBUSY); no name, no place."""
    times = FreeBusy()
    _head(times, uid, from_at)
    times.add("ORGANIZER", vCalAddress(f"mailto:{organizer}"))
    times.add("DTSTART", ics.utc(from_at))
    times.add("DTEND", ics.utc(to_at))
    for starts_at, ends_at in busy:
        period = (ics.utc(max(starts_at, from_at)), ics.utc(min(ends_at, to_at)))
        times.add("FREEBUSY", [period], parameters={"FBTYPE": "BUSY"})
    return ics.published_component(times)


def availability(plans: Mapping[date, DayPlan], *, uid: str, organizer: str) -> bytes:
    """Hours day by day (VAVAILABILITY): no rule says what a holiday or a day worked to make up does to a week."""
    first, last = min(plans), max(plans)
    hours = Availability()
    _head(hours, uid, instant_of(first, 0))
    hours.add("ORGANIZER", vCalAddress(f"mailto:{organizer}"))
    hours.add("DTSTART", instant_of(first, 0).astimezone(CHINA))
    hours.add("DTEND", instant_of(last + timedelta(days=1), 0).astimezone(CHINA))
    hours.add("BUSYTYPE", "BUSY-UNAVAILABLE")
    for day, plan in sorted(plans.items()):
        for span in plan.spans:
            available = Available()
            _head(available, f"{day.isoformat()}-{span.from_minute}-{uid}", instant_of(first, 0))
            available.add("DTSTART", instant_of(day, span.from_minute).astimezone(CHINA))
            available.add("DTEND", instant_of(day, span.to_minute).astimezone(CHINA))
            hours.add_component(available)
    return ics.published_component(hours)


def _head(component: FreeBusy | Availability | Available, uid: str, at: datetime) -> None:
    component.add("UID", f"{uid}@{ics.DOMAIN}")
    component.add("DTSTAMP", ics.utc(at))


def today_from(now: datetime) -> datetime:
    """Midnight in the organisation's zone: what is told from it on is the same all day, so that phones get 304."""
    return instant_of(local_date(now), 0)
