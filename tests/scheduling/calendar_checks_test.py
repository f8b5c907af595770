"""The checks of shared/SCHEDULING.md section 4 that need more than one file: a booking's life by mail, feeds, answers
of the server, free/busy and hours. For each a fixture that is broken in one way, which turns exactly that check red.

The checks of one invitation alone (zone, time, folding, characters, quotation marks, link) are in
`calendar_readers_test.py`; what we read of strangers' calendars is in `outside_test.py`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from functools import cache
from itertools import pairwise
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from mediation.kernel.actor import SYSTEM
from mediation.notices.channels import Parcel
from mediation.notices.channels.mail import compose
from mediation.scheduling import calendar, service
from mediation.scheduling.rules.codes import BookingState, CancelReason
from mediation.scheduling.rules.hours import DayPlan, Span, instant_of
from mediation.scheduling.service import MoveBooking
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.calendar_test import GUEST, HOST, LINK, ROW
from tests.scheduling.feeds_test import address
from tests.scheduling.readers import READERS, Reading
from tests.scheduling.staff_views_test import signed_in

HOSTILE = 'A"B;C,D\\n\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\r\nX-EVIL:1'
SITE = "https://tiaohe.example"
Read = Callable[[bytes], Reading]


@cache
def _read(reader: str, body: bytes) -> Reading:
    """Each file once by each program: most of a broken kit is as it was."""
    return READERS[reader](body)


def later(days: int) -> datetime:
    return ROW.changed_at + timedelta(days)


MOVED = replace(ROW, starts_at=at(25, 9), ends_at=at(25, 10), sequence=1, changed_at=later(1))
OFF = replace(MOVED, state=BookingState.CANCELLED, sequence=2, changed_at=later(2))


def mail_to_guest(row: Any) -> bytes:
    return calendar.invitation(row, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=GUEST)


def whole_mail(body: bytes) -> bytes:
    text = f"调解时间：2026年11月24日（星期二）09:00，桃溪社区视频接访站。{LINK}"
    return bytes(compose(Parcel("4f7k92qm", GUEST.email, "调解预约", text, body), HOST.email))


def in_feeds(row: Any, *, busy_only: bool) -> str:
    return calendar.fragment(row, locale="zh_Hans_CN", site=SITE, busy_only=busy_only)


@dataclass(frozen=True)
class Kit:
    """All that leaves the house about one booking, as bytes."""

    life: tuple[bytes, ...]
    """What one person gets: made, moved, cancelled."""
    release: bytes
    """What somebody gets who has no part any more."""
    file: bytes
    """What is downloaded."""
    hostile: bytes
    """An invitation whose names and places try to smuggle lines in."""
    mail: bytes
    feed: bytes
    busy_feed: bytes
    free_busy: bytes
    hours: bytes


BUSY = [(at(24, 9), at(24, 10)), (at(25, 14), at(25, 15))]
PLANS = {date(2026, 11, 24): DayPlan((Span(540, 720), Span(840, 1050))), date(2026, 11, 25): DayPlan(())}
_ROWS = (ROW, replace(OFF, public_id="ba9876543210"))
KIT = Kit(
    life=tuple(mail_to_guest(row) for row in (ROW, MOVED, OFF)),
    release=calendar.release(ROW, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=GUEST),
    file=calendar.published(ROW, locale="zh_Hans_CN", link=LINK),
    hostile=mail_to_guest(replace(ROW, station=HOSTILE, room=HOSTILE, station_address=HOSTILE, mediator=HOSTILE)),
    mail=whole_mail(mail_to_guest(ROW)),
    feed=calendar.feed([in_feeds(row, busy_only=False) for row in _ROWS], name="调解日程 · 秦海燕"),
    busy_feed=calendar.feed([in_feeds(row, busy_only=True) for row in _ROWS], name="忙闲 · 秦海燕"),
    free_busy=calendar.free_busy(BUSY, uid="fb", organizer=HOST.email, from_at=at(24, 0), to_at=at(26, 0)),
    hours=calendar.availability(PLANS, uid="av", organizer=HOST.email),
)


def lines(body: bytes) -> list[str]:
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def value(body: bytes, name: str) -> str:
    return next((line.partition(":")[2] for line in lines(body) if re.match(rf"{name}[:;]", line)), "")


def shape(part: Message) -> Any:
    if part.is_multipart():
        return [part.get_content_type(), *(shape(child) for child in cast("list[Message]", part.get_payload()))]
    return part.get_content_type()


def mail_of(kit: Kit) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(kit.mail, policy=policy.SMTP))


def calendar_part(kit: Kit) -> EmailMessage:
    parts = [part for part in mail_of(kit).walk() if part.get_content_type() == "text/calendar"]
    return cast("EmailMessage", parts[0])


def plain_text(kit: Kit) -> str:
    body = mail_of(kit).get_body(("plain",))
    return body.get_content() if body is not None else ""


def spans_of(plans: Mapping[date, DayPlan]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (int(instant_of(day, span.from_minute).timestamp()), int(instant_of(day, span.to_minute).timestamp()))
        for day, plan in plans.items()
        for span in plan.spans
    )


UID = f"booking-{ROW.public_id}@tiaohe.invalid"
NAMES = {"attendee", "organizer", "description", "location", "url", "conference"}

CHECKS: dict[str, Callable[[Kit, Read], bool]] = {
    "UID stable from mail to download to feed": lambda kit, read: (
        {read(body).events[0].uid for body in (*kit.life, kit.release, kit.file, kit.feed, kit.busy_feed)} == {UID}
    ),
    "SEQUENCE grows with each change": lambda kit, read: (
        [read(body).events[0].sequence for body in kit.life] == [0, 1, 2]
    ),
    "DTSTAMP never decreases": lambda kit, read: all(
        one.events[0].stamp <= two.events[0].stamp for one, two in pairwise(read(body) for body in kit.life)
    ),
    "METHOD asks, asks again, cancels": lambda kit, read: (
        [read(body).method for body in kit.life] == ["REQUEST", "REQUEST", "CANCEL"]
    ),
    "STATUS cancelled with CANCEL": lambda kit, read: read(kit.life[-1]).events[0].status == "CANCELLED",
    "no CONFERENCE once cancelled": lambda kit, read: "conference" not in read(kit.life[-1]).events[0].names,
    "release without STATUS and for one alone": lambda kit, read: (
        (read(kit.release).method, read(kit.release).events[0].status, len(read(kit.release).events[0].attendees))
        == ("CANCEL", "", 1)
    ),
    "CONFERENCE is a video address": lambda kit, _: any(
        line.startswith("CONFERENCE;") and {"VALUE=URI", "FEATURE=VIDEO"} <= set(re.split("[;:]", line))
        for line in lines(kit.life[0])
    ),
    "fallbacks of CONFERENCE": lambda kit, read: (
        LINK in read(kit.life[0]).events[0].description and "url" in read(kit.life[0]).events[0].names
    ),
    "no quotation mark in CN": lambda kit, _: (
        not [line for line in lines(kit.life[0]) if line.startswith("ATTENDEE") and "^'" in line]
    ),
    "no line is smuggled in": lambda kit, read: (
        len(read(kit.hostile).events) == 1
        and len(read(kit.hostile).events[0].attendees) == 1
        and "x-evil" not in read(kit.hostile).events[0].names
    ),
    "MIME tree with the calendar in the first child": lambda kit, _: (
        shape(mail_of(kit))
        == [
            "multipart/mixed",
            ["multipart/alternative", "text/plain", "text/html", "text/calendar"],
            "application/ics",
        ]
    ),
    "method of the part is the method of the body": lambda kit, read: (
        calendar_part(kit).get_param("method") == read(calendar_part(kit).get_payload(decode=True)).method
    ),
    "date, time, place and link in the text too": lambda kit, _: all(
        word in plain_text(kit) for word in ("2026年11月24日", "09:00", "桃溪社区视频接访站", LINK)
    ),
    "feeds are published": lambda kit, read: read(kit.feed).method == read(kit.busy_feed).method == "PUBLISH",
    "feeds have a name, old and new": lambda kit, _: all(
        value(body, "NAME") == value(body, "X-WR-CALNAME") != "" for body in (kit.feed, kit.busy_feed)
    ),
    "feeds say when to come again": lambda kit, _: all(
        value(body, "REFRESH-INTERVAL") == "PT1H" for body in (kit.feed, kit.busy_feed)
    ),
    "cancelled items stay in feeds as cancelled": lambda kit, read: (
        [event.status for event in read(kit.feed).events] == ["CONFIRMED", "CANCELLED"]
    ),
    "no join link in a feed": lambda kit, _: not any(b"/p/" in b"".join(body.split(b"\r\n ")) for body in (kit.feed,)),
    "busy times say when and nothing else": lambda kit, read: (
        not any(event.names & NAMES for event in read(kit.busy_feed).events)
        and {event.summary for event in read(kit.busy_feed).events} == {"忙"}
    ),
    "VFREEBUSY has the taken times": lambda kit, read: (
        read(kit.free_busy).busy == tuple((int(one.timestamp()), int(two.timestamp())) for one, two in BUSY)
    ),
    "VAVAILABILITY has the hours": lambda kit, read: read(kit.hours).open == spans_of(PLANS),
    "outside the hours nobody is there": lambda kit, read: read(kit.hours).otherwise == ("BUSY-UNAVAILABLE",),
}


def red(kit: Kit, reader: str) -> set[str]:
    return {name for name, holds in CHECKS.items() if not holds(kit, lambda body: _read(reader, body))}


@pytest.mark.parametrize("reader", READERS)
def test_all_that_leaves_the_house_passes_every_check(reader: str) -> None:
    assert red(KIT, reader) == set()


def _swap(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old.encode(), new.encode(), 1)


def _cut(name: str) -> Callable[[bytes], bytes]:
    return lambda body: re.sub(rb"\r\n" + name.encode() + rb"[:;][^\r]*(\r\n [^\r]*)*", b"", body, count=1)


def _add(line: str, last: str = "END:VEVENT") -> Callable[[bytes], bytes]:
    return _swap(f"\r\n{last}", f"\r\n{line}\r\n{last}")


def _life(which: int, change: Callable[[bytes], bytes]) -> Callable[[Kit], Kit]:
    def broken(kit: Kit) -> Kit:
        life = list(kit.life)
        life[which] = change(life[which])
        return replace(kit, life=tuple(life))

    return broken


def _part(name: str, change: Callable[[bytes], bytes]) -> Callable[[Kit], Kit]:
    return lambda kit: replace(kit, **{name: change(getattr(kit, name))})


def _only_a_file(_: bytes) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content(plain_text(KIT))
    mail.add_attachment(KIT.life[0].decode(), subtype="calendar", params={"method": "REQUEST"})
    return bytes(mail)


BROKEN: dict[str, Callable[[Kit], Kit]] = {
    "UID stable from mail to download to feed": _part("file", _swap("UID:booking-", "UID:file-")),
    "SEQUENCE grows with each change": _life(1, _swap("SEQUENCE:1", "SEQUENCE:0")),
    "DTSTAMP never decreases": _life(2, _swap("DTSTAMP:20261125", "DTSTAMP:20261122")),
    "METHOD asks, asks again, cancels": _life(1, _swap("METHOD:REQUEST", "METHOD:PUBLISH")),
    "STATUS cancelled with CANCEL": _life(2, _swap("STATUS:CANCELLED", "STATUS:CONFIRMED")),
    "no CONFERENCE once cancelled": _life(2, _add(f"CONFERENCE;VALUE=URI:{LINK}")),
    "release without STATUS and for one alone": _part("release", _add("STATUS:CANCELLED")),
    "CONFERENCE is a video address": _life(0, _swap("FEATURE=VIDEO", "FEATURE=PHONE")),
    "fallbacks of CONFERENCE": _life(0, _cut("URL")),
    "no quotation mark in CN": _life(0, _swap("赵'晓'明", "赵^'晓^'明")),
    "no line is smuggled in": _part("hostile", _add("X-EVIL:1")),
    "MIME tree with the calendar in the first child": _part("mail", _only_a_file),
    "method of the part is the method of the body": _part(
        "mail", lambda mail: re.sub(rb"method=\"?REQUEST\"?", b"method=CANCEL", mail)
    ),
    "date, time, place and link in the text too": _part(
        "mail", lambda _: bytes(compose(Parcel("a", GUEST.email, "s", "见附件。", KIT.life[0]), HOST.email))
    ),
    "feeds are published": _part("feed", _swap("METHOD:PUBLISH", "METHOD:REQUEST")),
    "feeds have a name, old and new": _part("feed", _cut("X-WR-CALNAME")),
    "feeds say when to come again": _part("busy_feed", _cut("REFRESH-INTERVAL")),
    "cancelled items stay in feeds as cancelled": _part("feed", _swap("STATUS:CANCELLED", "STATUS:CONFIRMED")),
    "no join link in a feed": _part("feed", _add(f"COMMENT:{LINK}")),
    "busy times say when and nothing else": _part("busy_feed", _add("ATTENDEE:mailto:zhao@taoxi.example")),
    "VFREEBUSY has the taken times": _part("free_busy", _cut("FREEBUSY")),
    "VAVAILABILITY has the hours": _part("hours", _swap("20261124T120000", "20261124T123000")),
    "outside the hours nobody is there": _part("hours", _swap("BUSY-UNAVAILABLE", "BUSY-TENTATIVE")),
}


def test_each_check_has_a_fixture_that_breaks_it() -> None:
    assert set(BROKEN) == set(CHECKS)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_broken_in_one_way_turns_exactly_its_check_red(fault: str, reader: str) -> None:
    broken = BROKEN[fault](KIT)
    assert broken != KIT
    assert red(broken, reader) == {fault}


@dataclass(frozen=True)
class Answers:
    """What a phone hears from a feed's address."""

    first: TestResponse
    again: TestResponse
    """Asked with the tag of the first answer."""
    head: TestResponse
    after_a_move: TestResponse
    off: tuple[int, int]
    """How many cancelled items 29 and 31 days after a cancellation."""
    ended: tuple[int, int]
    """GET and HEAD of an address that was ended."""


ANSWERS: dict[str, Callable[[Answers], bool]] = {
    "type and characters": lambda heard: heard.first.content_type == "text/calendar; charset=utf-8",
    "an unchanged feed is 304 without a body": lambda heard: (heard.again.status_code, heard.again.data) == (304, b""),
    "HEAD is GET without a body": lambda heard: (
        (heard.head.status_code, heard.head.data, heard.head.headers["ETag"])
        == (200, b"", heard.first.headers.get("ETag"))
    ),
    "a changed feed has another tag": lambda heard: (
        heard.after_a_move.headers["ETag"] not in {heard.first.headers["ETag"], heard.again.headers["ETag"]}
    ),
    "cancelled items stay 30 days": lambda heard: heard.off == (1, 0),
    "an ended address is 410": lambda heard: heard.ended == (410, 410),
}


def _other(status: int = 200, body: bytes = b"x", **headers: str) -> TestResponse:
    return cast(
        "TestResponse", TestResponse(iter([body]), f"{status} -", Headers(headers), EnvironBuilder().get_request())
    )


WRONG: dict[str, Callable[[Answers], Answers]] = {
    "type and characters": lambda heard: replace(
        heard, first=_other(ETag=heard.first.headers["ETag"], **{"Content-Type": "text/plain"})
    ),
    "an unchanged feed is 304 without a body": lambda heard: replace(
        heard, again=_other(ETag=heard.first.headers["ETag"])
    ),
    "HEAD is GET without a body": lambda heard: replace(heard, head=_other(405, b"", ETag="")),
    "a changed feed has another tag": lambda heard: replace(heard, after_a_move=heard.first),
    "cancelled items stay 30 days": lambda heard: replace(heard, off=(0, 0)),
    "an ended address is 410": lambda heard: replace(heard, ended=(404, 410)),
}


@pytest.fixture
def qin(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "qin")


@pytest.mark.db
def test_a_feed_answers_as_phones_ask_and_each_wrong_answer_is_seen(
    app: Flask, qin: FlaskClient, session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    feed, phone = address(qin, "/hours/feed", {"busy": "on"}), app.test_client()
    first, head = phone.get(feed), phone.head(feed)
    again = phone.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(25, 10)), clock=clock)
    session.commit()
    moved = phone.get(feed)
    service.cancel_of_case(session, SYSTEM, booking.case_id, CancelReason.CASE_ENDED, now=clock())
    session.commit()
    n_off = []
    for days in (29, 2):
        clock.at += timedelta(days=days)
        n_off.append(phone.get(feed).data.count(b"STATUS:CANCELLED"))
    qin = signed_in(app, "qin")
    qin.post("/hours/feed", data={"step": "end", "busy": "on"})
    ended = (phone.get(feed).status_code, phone.head(feed).status_code)
    heard = Answers(first, again, head, moved, (n_off[0], n_off[1]), ended)
    assert {name for name, holds in ANSWERS.items() if not holds(heard)} == set()
    assert set(WRONG) == set(ANSWERS)
    for fault, wrong in WRONG.items():
        assert {name for name, holds in ANSWERS.items() if not holds(wrong(heard))} == {fault}
