"""Bookings as iCalendar objects (RFC 5545, 5546, 7986), in the shape that the phones of our tests understand.

The UID of a booking never changes; SEQUENCE grows with its time, place and state; DTSTAMP is its last change. The zone
block is the smallest that is true: one STANDARD, +0800 (shared/SCHEDULING.md section 4, measured).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard, vCalAddress, vText, vUri
from icalendar.prop import vDuration

from mediation.kernel.clock import CHINA
from mediation.scheduling.calendar.words import Word
from mediation.scheduling.queries import BookingRow, ReceptionDay
from mediation.scheduling.rules.codes import BookingState

PRODUCT: Final = "-//Tiaohe//Mediation//ZH"
DOMAIN: Final = "tiaohe.invalid"
"""Of the UID only: a name that no other calendar makes (RFC 2606)."""
EDITION: Final = "1"
"""Of the texts in feeds: another one, and all are rendered anew."""
REFRESH: Final = timedelta(hours=1)
_TIME_ZONE: Final = "Asia/Shanghai"
_STATUS: Final = {
    BookingState.PENDING: "TENTATIVE",
    BookingState.CONFIRMED: "CONFIRMED",
    BookingState.DONE: "CONFIRMED",
    BookingState.CANCELLED: "CANCELLED",
}


class _Installed:
    wants_answers = False


def ask_for_answers(*, wanted: bool) -> None:
    """Whether programs shall send answers: only when somebody reads them."""
    _Installed.wants_answers = wanted


@dataclass(frozen=True, slots=True)
class Attendee:
    name: str
    email: str


def published(*rows: BookingRow, locale: str, link: str = "") -> bytes:
    """Bookings as a file to keep, each an event of its own: the sessions of a mediation are moved one by one.

    `link`: whole address of the reader's page.
    """
    return _calendar("PUBLISH", [_event(row, locale=locale, link=link) for row in rows])


def invitation(row: BookingRow, *, locale: str, link: str = "", organizer: Attendee, attendee: Attendee) -> bytes:
    """For a mail to one person: REQUEST while the booking stands, CANCEL when it does not (RFC 5546)."""
    event = _event(row, locale=locale, link=link)
    _between(event, organizer, attendee)
    return _calendar("CANCEL" if row.state is BookingState.CANCELLED else "REQUEST", [event])


def release(row: BookingRow, *, locale: str, link: str = "", organizer: Attendee, attendee: Attendee) -> bytes:
    """For a mail to one person who has no part in it any more, while the booking stands: a CANCEL that lists nobody
    else and has no STATUS, which would cancel it for all (RFC 5546 3.2.5).
    """
    event = _event(row, locale=locale, link=link)
    del event["STATUS"]
    _between(event, organizer, attendee)
    return _calendar("CANCEL", [event])


def _between(event: Event, organizer: Attendee, attendee: Attendee) -> None:
    event["ORGANIZER"] = _address(organizer)
    who = _address(attendee)
    who.params["ROLE"] = vText("REQ-PARTICIPANT")
    who.params["PARTSTAT"] = vText("NEEDS-ACTION")
    who.params["RSVP"] = vText("TRUE" if _Installed.wants_answers else "FALSE")
    event.add("ATTENDEE", who, encode=False)


def fragment(row: BookingRow, *, locale: str, site: str, busy_only: bool) -> str:
    """One booking as it stands in feeds. No name of a party and no way into a hearing is in it: a feed's address is
    easily passed on. `busy_only`: the time and nothing else.
    """
    event = _times(row)
    if busy_only:
        event.add("SUMMARY", Word.BUSY.label(locale))
    else:
        _tell(event, row, locale=locale, link=f"{site}/cases/{row.case_public_id}", diary=True)
    return bytes(event.to_ical()).decode()


def reception(day: ReceptionDay, *, locale: str, busy_only: bool) -> str:
    """One reception day as it stands in feeds: an event of its own, whose UID is the day it was planned for, so that a
    day that is moved or called off stays the same event for every program, and no program expands a rule.
    """
    event, one = Event(), day.occurrence
    event.add("UID", f"reception-{day.reception}-{one.on:%Y%m%d}@{DOMAIN}")
    event.add("SEQUENCE", one.sequence)
    event.add("DTSTAMP", day.changed_at.astimezone(UTC))
    event.add("DTSTART", one.starts_at.astimezone(CHINA))
    event.add("DTEND", one.ends_at.astimezone(CHINA))
    event.add("STATUS", "CONFIRMED" if one.takes_place else "CANCELLED")
    event.add("TRANSP", "OPAQUE" if one.takes_place else "TRANSPARENT")
    event.add("CLASS", "PRIVATE")
    if busy_only:
        event.add("SUMMARY", Word.BUSY.label(locale))
    else:
        event.add("SUMMARY", f"{Word.RECEPTION.label(locale)} · {day.mediator}")
        place = day.station.label(locale)
        event.add("LOCATION", f"{place}, {day.station.address}" if day.station.address else place)
    return bytes(event.to_ical()).decode()


def feed(fragments: Iterable[str], *, name: str) -> bytes:
    """Fragments as one calendar to subscribe to."""
    head, end, _ = _calendar("PUBLISH", [], name=name).partition(b"END:VCALENDAR")
    return head + "".join(fragments).encode() + end + b"\r\n"


def published_component(component: Component) -> bytes:
    return _calendar("PUBLISH", [component])


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _calendar(method: str, events: Iterable[Component], *, name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    if name:
        calendar.add("NAME", name)
        calendar.add("X-WR-CALNAME", name)
        calendar.add("X-WR-TIMEZONE", _TIME_ZONE)
        calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    calendar.add_component(_zone())
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _zone() -> Timezone:
    zone = Timezone()
    zone.add("TZID", _TIME_ZONE)
    standard = TimezoneStandard()
    standard.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001 - the block says from when on, in its own time
    standard.add("TZOFFSETFROM", timedelta(hours=8))
    standard.add("TZOFFSETTO", timedelta(hours=8))
    standard.add("TZNAME", "CST")
    zone.add_component(standard)
    return zone


def _event(row: BookingRow, *, locale: str, link: str) -> Event:
    event = _times(row)
    _tell(event, row, locale=locale, link=link, diary=False)
    return event


def _times(row: BookingRow) -> Event:
    event = Event()
    event.add("UID", f"booking-{row.public_id}@{DOMAIN}")
    event.add("SEQUENCE", row.sequence)
    event.add("DTSTAMP", row.changed_at.astimezone(UTC))
    event.add("LAST-MODIFIED", row.changed_at.astimezone(UTC))
    event.add("CREATED", row.created_at.astimezone(UTC))
    event.add("DTSTART", row.starts_at.astimezone(CHINA))
    event.add("DTEND", row.ends_at.astimezone(CHINA))
    event.add("STATUS", _STATUS[row.state])
    event.add("TRANSP", "TRANSPARENT" if row.state is BookingState.CANCELLED else "OPAQUE")
    event.add("CLASS", "PRIVATE")
    return event


def _tell(event: Event, row: BookingRow, *, locale: str, link: str, diary: bool) -> None:
    event.add("SUMMARY", _summary(row, locale))
    event.add("LOCATION", _location(row, locale))
    event.add("DESCRIPTION", _description(row, locale, link, diary=diary))
    if link:
        event.add("URL", vUri(link))
    if link and not diary and row.state is not BookingState.CANCELLED:
        # RFC 7986; programs that do not know it have URL and DESCRIPTION. Never in a feed, which is passed on easily.
        event.add("CONFERENCE", vUri(link), parameters=_conference(locale))


def _conference(locale: str) -> dict[str, str]:
    return {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": Word.JOIN.label(locale)}


def _summary(row: BookingRow, locale: str) -> str:
    return f"{row.kind.label(locale)} · {row.case_number}"


def _location(row: BookingRow, locale: str) -> str:
    if not row.station:
        return Word.AT_HOME.label(locale)
    place = f"{row.station_label(locale)} {row.room_label(locale)}"
    return f"{place}, {row.station_address}" if row.station_address else place


def _description(row: BookingRow, locale: str, link: str, *, diary: bool) -> str:
    lines = [f"{Word.NUMBER.label(locale)}: {row.case_number}"]
    lines.append(f"{Word.HOSTED.label(locale)}: {row.mediator}, {row.body_label(locale)}")
    if row.state is BookingState.PENDING:
        lines.append(Word.PENDING.label(locale))
    if row.provisional:
        lines.append(Word.PROVISIONAL.label(locale))
    if row.station_phone:
        lines.append(f"{Word.PHONE.label(locale)}: {row.station_phone}")
    if link:
        page = Word.STAFF_PAGE if diary else Word.OPEN
        lines.append(f"{page.label(locale)}: {link}")
    return "\n".join(lines)


def _address(who: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{who.email}")
    # Some readers turn a quotation mark in CN into ^'.
    address.params["CN"] = vText(who.name.replace('"', "'"))
    return address
