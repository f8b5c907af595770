"""Calendar files as a phone reads them: the bytes by rules of RFC 5545, the meaning by a second reading."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from mediation.disputes.rules.codes import CaseKind, DisputeType
from mediation.scheduling import calendar
from mediation.scheduling.calendar import Attendee
from mediation.scheduling.queries import BookingRow
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason
from tests.factories.scheduling import at
from tests.fixtures.golden import approve

GOLDEN = Path(__file__).parents[1] / "golden" / "scheduling"
ROW = BookingRow(
    id=1,
    public_id="0123456789ab",
    case_id=1,
    case_public_id="ba9876543210",
    case_number="2026-4F7K-92QM",
    kind=CaseKind.MEDIATION,
    dispute_type=DisputeType.CONTRACT,
    mediator_id=1,
    mediator_public_id="m",
    mediator="秦海燕",
    mediator_account_id=1,
    body="桃溪社区人民调解委员会",
    body_en="Taoxi Community Mediation Committee",
    attendance=Attendance.STATION,
    room_id=1,
    room_public_id="r",
    room="第一视频室",
    room_en="Video room 1",
    station_public_id="s",
    station="桃溪社区视频接访站",
    station_en="Taoxi Community Video Station",
    station_address="桃溪街道桃花巷12号一楼",
    station_phone="028-5550-0113",
    starts_at=at(24, 9),
    ends_at=at(24, 10),
    buffer_min=15,
    state=BookingState.CONFIRMED,
    sequence=0,
    choice_reason=ChoiceReason.ASSIGNED,
    cancel_reason=None,
    created_at=datetime(2026, 11, 23, 1, tzinfo=UTC),
    changed_at=datetime(2026, 11, 23, 1, tzinfo=UTC),
)
LINK = "https://tiaohe.example/p/abc.def"
HOST, GUEST = Attendee("调和 Tiaohe", "tiaohe@taoxi.example"), Attendee('赵"晓"明', "zhao@taoxi.example")


def plain(body: bytes) -> dict[str, str]:
    """A reading of our own: the event's lines, unfolded; name without parameters -> value."""
    text = body.replace(b"\r\n ", b"").decode()
    event = text.partition("BEGIN:VEVENT\r\n")[2].partition("END:VEVENT")[0]
    lines = re.findall(r"^([A-Z-]+)(?:;[^:\r]*)?:(.*?)\r$", event, re.MULTILINE)
    return dict(lines)


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
def test_the_file_reads_as_approved(locale: str) -> None:
    body = calendar.published(ROW, locale=locale, link=LINK)
    approve(GOLDEN / f"booking.{locale}.ics.txt", body.replace(b"\r\n", b"\n").decode())


@pytest.mark.parametrize("state", list(BookingState)[1:])
def test_the_bytes_are_as_every_reader_takes_them(state: BookingState) -> None:
    long = replace(ROW, state=state, station_address="很长的地址" * 30)
    body = calendar.invitation(long, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=GUEST)
    assert not body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\n") == body.count(b"\r\n")
    lines = body.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    assert body.count(b"BEGIN:VTIMEZONE") == 1
    assert b"TZID=Asia/Shanghai" in body
    assert b"RDATE" not in body


def test_the_same_booking_keeps_its_name_and_counts_its_changes() -> None:
    first = plain(calendar.published(ROW, locale="zh_Hans_CN"))
    moved = replace(ROW, starts_at=at(25, 9), ends_at=at(25, 10), sequence=1, changed_at=ROW.changed_at + timedelta(1))
    second = plain(calendar.published(moved, locale="en", link=LINK))
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == ("0", "1")
    assert first["DTSTAMP"] < second["DTSTAMP"]
    assert (first["DTSTART"], second["DTSTART"]) == ("20261124T090000", "20261125T090000")


@pytest.mark.parametrize(
    ("state", "method", "status"),
    [
        (BookingState.PENDING, "REQUEST", "TENTATIVE"),
        (BookingState.CONFIRMED, "REQUEST", "CONFIRMED"),
        (BookingState.CANCELLED, "CANCEL", "CANCELLED"),
    ],
)
def test_a_mail_asks_or_cancels(state: BookingState, method: str, status: str) -> None:
    body = calendar.invitation(replace(ROW, state=state), locale="en", link=LINK, organizer=HOST, attendee=GUEST)
    read = Calendar.from_ical(body)
    assert str(read["METHOD"]) == method
    assert plain(body)["STATUS"] == status
    (event,) = read.walk("VEVENT")
    assert str(event["ORGANIZER"]) == "mailto:tiaohe@taoxi.example"
    assert event["ATTENDEE"].params["CN"] == "赵'晓'明"
    assert event["DTSTART"].dt.astimezone(UTC) == ROW.starts_at


HOSTILE = 'Room"\r\nATTENDEE:mailto:evil@example.org\r\nX-EVIL:1;,\\n\x00'


def test_no_name_or_place_smuggles_a_line_in() -> None:
    row = replace(ROW, station=HOSTILE, room=HOSTILE, station_address=HOSTILE, mediator=HOSTILE, body=HOSTILE)
    who = Attendee(HOSTILE, "zhao@taoxi.example")
    body = calendar.invitation(row, locale="zh_Hans_CN", link=LINK, organizer=HOST, attendee=who)
    lines = body.replace(b"\r\n ", b"").split(b"\r\n")
    assert not [line for line in lines if line.startswith((b"X-EVIL", b"ATTENDEE:"))]
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert "X-EVIL" not in event


def test_a_diary_names_no_party_and_opens_no_hearing() -> None:
    rows = [ROW, replace(ROW, public_id="zzzzzzzzzzzz", state=BookingState.CANCELLED, sequence=1)]
    site = "https://tiaohe.example"
    texts = [calendar.fragment(row, locale="zh_Hans_CN", site=site, busy_only=False) for row in rows]
    read = Calendar.from_ical(body := calendar.feed(texts, name="调解日程 · 秦海燕"))
    assert str(read["X-WR-CALNAME"]) == str(read["NAME"]) == "调解日程 · 秦海燕"
    assert "REFRESH-INTERVAL" in read
    assert len(read.walk("VEVENT")) == 2
    assert b"/p/" not in body.replace(b"\r\n ", b"")
