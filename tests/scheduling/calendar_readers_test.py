"""Our calendars as three other programs understand them; a fixture that is broken in one way turns one check red."""

import re
import subprocess
import sys
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from mediation.scheduling import calendar
from mediation.scheduling.rules.codes import BookingState
from tests.fixtures.servers import free_port
from tests.scheduling.calendar_test import GUEST, HOST, LINK, ROW
from tests.scheduling.readers import READERS, Reading

UID = f"booking-{ROW.public_id}@tiaohe.invalid"
INVITATION = calendar.invitation(ROW, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=GUEST)
Check = Callable[[bytes, Reading], bool]


def _lines(body: bytes) -> list[bytes]:
    return body.replace(b"\r\n ", b"").split(b"\r\n")


def _characters_whole(body: bytes) -> bool:
    try:
        [line.decode() for line in body.split(b"\r\n")]
    except UnicodeDecodeError:
        return False
    return True


CHECKS: dict[str, Check] = {
    "uid": lambda _, read: [one.uid for one in read.events] == [UID],
    "time": lambda _, read: (
        (read.events[0].starts, read.events[0].ends) == (int(ROW.starts_at.timestamp()), int(ROW.ends_at.timestamp()))
    ),
    "stamp": lambda _, read: read.events[0].stamp == int(ROW.changed_at.timestamp()),
    "method": lambda body, read: read.method == "REQUEST" and b"METHOD:REQUEST" in _lines(body),
    "status": lambda _, read: read.events[0].status == "CONFIRMED",
    "place": lambda _, read: ROW.room in read.events[0].location and ROW.station_address in read.events[0].location,
    "link": lambda _, read: LINK in read.events[0].description and {"url", "conference"} <= read.events[0].names,
    "attendee": lambda _, read: read.events[0].attendees == (("mailto:zhao@taoxi.example", "赵'晓'明"),),
    "lines": lambda body, _: max(len(line) for line in body.splitlines()) <= 75,
    "line ends": lambda body, _: body.count(b"\n") == body.count(b"\r\n"),
    "whole characters": lambda body, _: _characters_whole(body),
    "no mark": lambda body, _: not body.startswith(b"\xef\xbb\xbf"),
    "small zone": lambda body, _: (
        body.count(b"BEGIN:STANDARD") == 1 and not re.search(rb"^(RDATE|BEGIN:DAYLIGHT)", body, re.MULTILINE)
    ),
}


def red(body: bytes, reader: Callable[[bytes], Reading]) -> set[str]:
    """The checks that fail for one reader."""
    read = reader(body)
    return {name for name, holds in CHECKS.items() if not holds(body, read)}


@pytest.mark.parametrize("reader", READERS)
def test_an_invitation_means_the_same_to_every_reader(reader: str) -> None:
    assert red(INVITATION, READERS[reader]) == set()


def _cut(line: bytes) -> Callable[[bytes], bytes]:
    return lambda body: re.sub(rb"\r\n" + line + rb"[^\r]*(\r\n [^\r]*)*", b"", body, count=1)


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old, new, 1)


def _unfold_one(body: bytes) -> bytes:
    return re.sub(rb"(\r\nDESCRIPTION[^\r]*)\r\n ", rb"\1", body, count=1)


def _fold_inside_a_character(body: bytes) -> bytes:
    return body.replace("调解 · ".encode(), b"\xe8\xb0\r\n \x83" + "解 · ".encode(), 1)


def _second_rule(body: bytes) -> bytes:
    """As `add_missing_timezones()` writes it: history by RDATE, which Outlook ignores."""
    offsets = b"TZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\n"
    rule = b"BEGIN:STANDARD\r\nDTSTART:19910915T020000\r\n" + offsets + b"RDATE:19920915T020000\r\nEND:STANDARD\r\n"
    return body.replace(b"END:VTIMEZONE", rule + b"END:VTIMEZONE", 1)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "uid": _swap(b"UID:booking-", b"UID:other-"),
    "time": _swap(b"DTEND;TZID=Asia/Shanghai:20261124T100000", b"DTEND:20261124T100000Z"),
    "stamp": _swap(b"DTSTAMP:20261123", b"DTSTAMP:20261122"),
    "method": _swap(b"METHOD:REQUEST", b"METHOD:PUBLISH"),
    "status": _cut(b"STATUS"),
    "place": _cut(b"LOCATION"),
    "link": _cut(b"CONFERENCE"),
    "attendee": _cut(b"ATTENDEE"),
    "lines": _unfold_one,
    "line ends": _swap(b"SEQUENCE:0\r\n", b"SEQUENCE:0\n"),
    "small zone": _second_rule,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_invitation_turns_exactly_its_check_red(fault: str, reader: str) -> None:
    broken = BROKEN[fault](INVITATION)
    assert broken != INVITATION
    assert red(broken, READERS[reader]) == {fault}


def test_faults_of_the_bytes_that_readers_forgive_are_seen_too() -> None:
    """A mark in front and a character cut in two: some readers mend them, some phones do not."""
    for fault, broken in {
        "no mark": b"\xef\xbb\xbf" + INVITATION,
        "whole characters": _fold_inside_a_character(INVITATION),
    }.items():
        assert not CHECKS[fault](broken, Reading("", ()))
        assert CHECKS[fault](INVITATION, Reading("", ()))


@pytest.mark.parametrize("reader", READERS)
def test_a_cancelled_booking_is_taken_out(reader: str) -> None:
    off = replace(ROW, state=BookingState.CANCELLED, sequence=2)
    read = READERS[reader](calendar.invitation(off, locale="en", link=LINK, organizer=HOST, attendee=GUEST))
    (event,) = read.events
    assert (read.method, event.status, event.uid, event.sequence) == ("CANCEL", "CANCELLED", UID, 2)
    assert "conference" not in event.names


@pytest.mark.parametrize("reader", READERS)
def test_who_has_no_part_any_more_is_released_alone(reader: str) -> None:
    """RFC 5546 3.2.5: without STATUS, which would cancel it for everybody, and with nobody else listed."""
    read = READERS[reader](calendar.release(ROW, locale="en", link=LINK, organizer=HOST, attendee=GUEST))
    (event,) = read.events
    assert (read.method, event.status) == ("CANCEL", "")
    assert [address for address, _ in event.attendees] == ["mailto:zhao@taoxi.example"]


HOSTILE = 'A"B;C,D\\n\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\r\nX-EVIL:1'


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_sees_a_smuggled_line(reader: str) -> None:
    row = replace(ROW, station=HOSTILE, room=HOSTILE, station_address=HOSTILE, mediator=HOSTILE, body=HOSTILE)
    guest = replace(GUEST, name=HOSTILE)
    read = READERS[reader](calendar.invitation(row, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=guest))
    (event,) = read.events
    assert len(event.attendees) == 1
    assert "x-evil" not in event.names
    assert event.status == "CONFIRMED"


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """A receiving server of its own on loopback."""
    port = free_port()
    command = [sys.executable, "-m", "radicale", f"--server-hosts=127.0.0.1:{port}", "--auth-type=none"]
    command += [f"--storage-filesystem-folder={tmp_path}", "--logging-level=error"]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(process, address)
        yield address
    finally:
        process.terminate()
        process.wait()
        log.close()


def _wait_for(process: subprocess.Popen[bytes], address: str) -> None:
    until = datetime.now(UTC) + timedelta(seconds=30)
    while datetime.now(UTC) < until and process.poll() is None:
        try:
            ask("GET", f"{address}/.web/")
        except HTTPError:
            return
        except URLError:
            continue
        return
    raise RuntimeError("Radicale did not start")


def ask(method: str, address: str, body: bytes | None = None, kind: str = "text/calendar; charset=utf-8") -> bytes:
    headers = {"Content-Type": kind, "Authorization": "Basic " + b64encode(b"qin:x").decode()}
    request = urllib.request.Request(address, data=body, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return bytes(answer.read())


def test_a_calendar_server_takes_our_bookings_and_gives_them_back(radicale: str) -> None:
    home = f"{radicale}/qin/diary/"
    ask("MKCALENDAR", home, b"", "application/xml")
    moved = replace(ROW, sequence=1, starts_at=ROW.starts_at + timedelta(1), ends_at=ROW.ends_at + timedelta(1))
    for row in (ROW, moved):
        ask("PUT", f"{home}{ROW.public_id}.ics", calendar.published(row, locale="zh_Hans_CN", link=LINK))
    for reader in READERS.values():
        (event,) = reader(ask("GET", home)).events
        assert (event.uid, event.sequence, event.starts) == (UID, 1, int(moved.starts_at.timestamp()))
    with pytest.raises(HTTPError):
        ask("PUT", f"{home}broken.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n")
