"""Outside calendars: every way of writing a time, hostile files, and what becomes of a mediator's free time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import monotonic

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.errors import Invalid
from mediation.scheduling import calendar, queries, service
from mediation.scheduling.calendar import outside
from mediation.scheduling.models import Booking, OutsideCalendar
from mediation.scheduling.queries import closed_time, open_time
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason, ResourceKind
from mediation.scheduling.rules.outside import Busy, busy_times
from mediation.worker import tasks
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.district import Staff
from tests.kernel.fetch_test import Server, serving
from tests.scheduling.service_test import mediator_id
from tests.scheduling.staff_views_test import signed_in

NINE = "DTSTART;TZID=Asia/Shanghai:20261124T090000\nDTEND;TZID=Asia/Shanghai:20261124T100000"
ONE_HOUR = [(at(24, 9), at(24, 10))]
DAY = [(at(24, 0), at(25, 0))]


def ics(*events: str, head: str = "", newline: str = "\r\n") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head.split("\n")]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return newline.join(line for line in [*lines, "END:VCALENDAR", ""] if line)


def read(text: str | bytes, *, days: int = 30) -> Busy:
    body = text if isinstance(text, bytes) else text.encode()
    return busy_times(body, from_at=START - timedelta(days=1), to_at=START + timedelta(days=days))


WRITTEN: dict[str, tuple[str | bytes, list[tuple[datetime, datetime]]]] = {
    "plain": (ics(NINE), ONE_HOUR),
    "line feeds only": (ics(NINE, newline="\n"), ONE_HOUR),
    "a mark in front": ("\ufeff" + ics(NINE), ONE_HOUR),
    "GB18030": (ics(f"SUMMARY:开会,张三\n{NINE}").encode("gb18030"), ONE_HOUR),
    "folded": (ics("DTSTART;TZID=Asia/Sha\n nghai:20261124T090000\nDURATION:PT1H"), ONE_HOUR),
    "UTC": (ics("DTSTART:20261124T010000Z\nDTEND:20261124T020000Z"), ONE_HOUR),
    "a zone by its Windows name": (ics(NINE.replace("Asia/Shanghai", "China Standard Time")), ONE_HOUR),
    "a zone in quotation marks": (ics(NINE.replace("Asia/Shanghai", '"China Standard Time"')), ONE_HOUR),
    "a zone of the file's own": (
        ics(
            NINE.replace("Asia/Shanghai", "Ours"),
            head="BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0800\n"
            "TZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE",
        ),
        ONE_HOUR,
    ),
    "floating": (ics("DTSTART:20261124T090000\nDTEND:20261124T100000"), ONE_HOUR),
    "floating in the calendar's zone": (
        ics("DTSTART:20261124T100000\nDTEND:20261124T110000", head="X-WR-TIMEZONE:Asia/Tokyo"),
        ONE_HOUR,
    ),
    "a duration": (ics("DTSTART:20261124T010000Z\nDURATION:PT1H"), ONE_HOUR),
    "a day without an end": (ics("DTSTART;VALUE=DATE:20261124"), DAY),
    "a day": (ics("DTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125"), DAY),
    "an instant without an end": (ics("DTSTART:20261124T010000Z"), []),
    "marked as free": (ics(f"{NINE}\nTRANSP:TRANSPARENT"), []),
    "free as Outlook says it": (ics(f"{NINE}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE"), []),
    "cancelled": (ics(f"{NINE}\nSTATUS:CANCELLED"), []),
    "our own booking come back": (ics(f"UID:booking-0123456789ab@tiaohe.invalid\n{NINE}"), []),
    "a turn without its master": (ics(f"UID:a\nRECURRENCE-ID:20261123T010000Z\n{NINE}"), ONE_HOUR),
    "two that touch": (ics(NINE, "DTSTART:20261124T020000Z\nDURATION:PT30M"), [(at(24, 9), at(24, 10, 30))]),
    "a turn that moved": (
        ics(
            f"UID:a\n{NINE}\nRRULE:FREQ=DAILY;COUNT=2",
            "UID:a\nRECURRENCE-ID;TZID=Asia/Shanghai:20261125T090000\nDTSTART:20261125T070000Z\nDURATION:PT1H",
        ),
        [*ONE_HOUR, (at(25, 15), at(25, 16))],
    ),
    "a turn that falls out": (
        ics(f"{NINE}\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=Asia/Shanghai:20261125T090000"),
        [*ONE_HOUR, (at(26, 9), at(26, 10))],
    ),
    "weekly since long ago": (
        ics("DTSTART:20000104T010000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20261202T000000Z"),
        [*ONE_HOUR, (at(1, 9, month=12), at(1, 10, month=12))],
    ),
    "days of a list": (ics(f"{NINE}\nRDATE:20261125T010000Z"), [*ONE_HOUR, (at(25, 9), at(25, 10))]),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_busy_time_is_found_however_it_is_written(how: str) -> None:
    text, expected = WRITTEN[how]
    found = read(text)
    assert list(found.periods) == expected
    assert found.left_out == 0


def test_repeating_goes_by_the_clock_on_the_wall() -> None:
    """New York leaves summer time on 1 November 2026: nine o'clock there moves by an hour here."""
    text = ics("DTSTART;TZID=America/New_York:20261030T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2")
    begin = datetime(2026, 10, 30, tzinfo=UTC)
    found = busy_times(text.encode(), from_at=begin, to_at=begin + timedelta(days=10))
    assert [one.astimezone(UTC).hour for one, _ in found.periods] == [13, 14]


@pytest.mark.parametrize("text", ["", "hello", "<html></html>", ics(NINE).replace("END:VCALENDAR", ""), ics(NINE)[:90]])
def test_what_is_no_whole_calendar_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="calendar_unreadable"):
        read(text)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:19000101T000000Z\nDURATION:PT1M\nRRULE:FREQ=SECONDLY",
        "DTSTART:19000101T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY",
        "DTSTART:19000101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;COUNT=99999999",
        f"{NINE}\nRRULE:FREQ=SOMETIMES",
        f"{NINE}\nRRULE:FREQ=DAILY;UNTIL=soon",
        f"{NINE}\nRRULE:;;=",
        "DTSTART:20261324T090000\nDURATION:PT1H",
        "DTSTART:20261124T010000Z\nDURATION:an hour",
        "DTSTART:20261124T010000Z\nDURATION:P99999W",
        "SUMMARY:no time at all",
    ],
)
def test_an_entry_that_cannot_be_understood_is_left_out_and_counted(event: str) -> None:
    found = read(ics(event, NINE))
    assert (list(found.periods), found.left_out) == (ONE_HOUR, 1)


def test_daily_since_1900_costs_no_walk_from_there() -> None:
    began = monotonic()
    found = read(ics(*["DTSTART:19000101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"] * 200))
    assert len(found.periods) == 31
    assert monotonic() - began < 5


def test_too_many_bytes_are_not_read() -> None:
    with pytest.raises(Invalid, match="calendar_too_large"):
        read(b"0" * 50_000_000)


@pytest.mark.slow
def test_a_hundred_thousand_entries_and_a_rule_that_never_comes_end_in_time() -> None:
    many = ics(*["DTSTART:20200101T010000Z\nDURATION:PT1H"] * 100_000, NINE)
    found = outside.read(now=START, body=many.encode())
    assert (found.fault, found.busy) == ("", tuple((one.astimezone(UTC), two.astimezone(UTC)) for one, two in ONE_HOUR))
    never = "DTSTART:19000101T010000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    began = monotonic()
    assert outside.read(now=START, body=ics(*[never] * 200).encode()).fault == "calendar_too_slow"
    assert monotonic() - began < outside.LIMIT_S + 10


def test_the_process_that_reads_keeps_what_it_is_told_apart() -> None:
    found = outside.read(now=START, body=ics(NINE, "SUMMARY:?").encode())
    assert (list(found.busy), found.left_out) == ([(one, two) for one, two in ONE_HOUR], 1)
    assert outside.read(now=START, body=b"hello").fault == "calendar_unreadable"
    assert outside.read(now=START, address="http://127.0.0.1:1/").fault == "address_inside"
    assert outside.read(now=START, address="http://localhost/").fault == "address_inside"


# What becomes of free time


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving(Server())


@pytest.fixture
def qin(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "qin")


def window() -> Window:
    return Window.between(at(24, 9), at(24, 12))


def busy_at_nine(session: Session, mediator: int) -> bool:
    """Nine is closed by another calendar, ten is open."""
    session.rollback()
    opened = open_time(session, ResourceKind.MEDIATOR, [mediator], window())[mediator]
    closed = closed_time(session, ResourceKind.MEDIATOR, mediator, window())
    nine, ten = window().period(at(24, 9), at(24, 10)), window().period(at(24, 10), at(24, 12))
    assert opened & ten == ten
    assert closed.get(BlockReason.OTHER_CALENDAR, 0) == nine & ~opened
    assert opened | closed.get(BlockReason.OTHER_CALENDAR, 0) == window().all
    return not opened & nine


def upload(client: FlaskClient, text: str, name: str = "家") -> int:
    data = {"name": name, "file": (BytesIO(text.encode()), "own.ics")}
    return client.post("/hours/outside", data=data, content_type="multipart/form-data").status_code


@pytest.mark.db
def test_the_times_of_a_file_are_not_offered_until_it_is_taken_out(
    qin: FlaskClient, session: Session, staff: Staff
) -> None:
    mediator = mediator_id(session, staff, "qin")
    assert not busy_at_nine(session, mediator)
    assert upload(qin, ics(f"SUMMARY:看病\n{NINE.replace('100000', '095700')}")) == 303
    assert busy_at_nine(session, mediator), "of a quantum that is touched, nothing is free"
    assert upload(qin, ics(NINE)) == 303
    taken = queries.busy_of(session, mediator, at(24, 0), at(25, 0))
    assert taken == ONE_HOUR, "free/busy tells it too"
    (row,) = queries.outside_calendars(session, mediator)
    kept = row.public_id
    assert upload(qin, "hello", "乙") == 422
    page = qin.get("/hours").text
    assert "家" in page
    assert "看病" not in page
    qin.post("/hours/outside/change", data={"do": "remove", "what": kept})
    assert not busy_at_nine(session, mediator)
    assert qin.post("/hours/outside/change", data={"do": "remove", "what": kept}).status_code == 404


@pytest.mark.db
def test_an_address_is_read_by_the_worker_and_its_last_good_copy_stays(
    qin: FlaskClient, sessions: sessionmaker[Session], session: Session, clock: FakeClock, staff: Staff
) -> None:
    mediator = mediator_id(session, staff, "qin")
    session.rollback()
    assert qin.post("/hours/outside", data={"address": "webcal://127.0.0.1:1/own.ics"}).status_code == 303
    while tasks.run_one(sessions, clock):
        pass
    row = session.scalars(select(OutsideCalendar)).one()
    assert (row.address, row.fault, row.read_at) == ("https://127.0.0.1:1/own.ics", "address_inside", None)
    assert "这个地址在内部网络里" in qin.get("/hours").text
    for found in (outside.Read(((at(24, 9), at(24, 10)),)), outside.Read(fault="address_silent")):
        service.keep_calendar(session, {"calendar": row.id, "found": found}, clock())
        session.commit()
        clock.pass_(minutes=10)
    assert busy_at_nine(session, mediator)
    assert "11月23日" in (page := qin.get("/hours").text)
    assert "之后没有更新" in page
    session.rollback()
    assert service.read_calendars(session, clock()) == 1


@pytest.mark.db
def test_a_calendar_of_the_districts_own_network_is_read_by_setting(
    app: Flask, session: Session, clock: FakeClock, server: Server
) -> None:
    outside.configure(("127.0.0.1/32",))
    try:
        found = outside.read(now=clock(), address=f"{server.url}/hello")
    finally:
        outside.configure(())
    assert (found.fault, server.asked) == ("calendar_unreadable", ["/hello"])


@pytest.mark.db
@pytest.mark.parametrize("address", ["", "ftp://a.example/x", "https://", "javascript:alert(1)"])
def test_what_is_no_address_changes_nothing(qin: FlaskClient, session: Session, address: str) -> None:
    assert qin.post("/hours/outside", data={"address": address}).status_code == 422
    assert session.scalars(select(OutsideCalendar)).all() == []


@pytest.mark.db
def test_a_refused_calendar_loses_nothing_typed_and_says_why_at_its_field(qin: FlaskClient) -> None:
    data = {"name": "单位日历", "address": "https://a.example/x?key=1", "file": (BytesIO(b"hello"), "own.ics")}
    answer = qin.post("/hours/outside", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'value="单位日历"' in answer.text
    assert 'value="https://a.example/x?key=1"' in answer.text
    assert "日历" in answer.text.partition('id="file-error"')[2].partition("</p>")[0]
    answer = qin.post("/hours/outside", data={"name": "家", "address": "calendar.example"})
    assert (answer.status_code, 'value="calendar.example"' in answer.text) == (422, True)
    assert 'id="address-error"' in answer.text


@pytest.mark.db
def test_five_calendars_are_enough(qin: FlaskClient, session: Session) -> None:
    asked = [{"address": f"https://a.example/{i}", "name": str(i)} for i in range(6)]
    answers = [qin.post("/hours/outside", data=one).status_code for one in asked]
    assert answers == [303] * 5 + [409]


@pytest.mark.db
def test_our_own_feed_come_back_by_a_phone_blocks_nothing(session: Session, clock: FakeClock, staff: Staff) -> None:
    booking: Booking = book(session, staff("shen"), ready_case(session, clock, staff("qin")).id, at(24, 9), clock=clock)
    row = queries.booking_row(session, booking.id)
    text = calendar.fragment(row, locale="en", site="https://x.example", busy_only=True)
    assert read(calendar.feed([text], name="x")) == Busy((), 0)
