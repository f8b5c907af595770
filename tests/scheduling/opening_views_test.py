"""The desk's pages of hours, closures and what they orphan: over HTTP, without a script."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import service
from mediation.scheduling.models import Booking, Leave, Orphan
from mediation.scheduling.rules.codes import OrphanState
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.orgs.notice_test import NOTICE_2027
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db
DAY = "2026-11-24"


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


@pytest.fixture
def qin(session: Session, staff: Staff) -> str:
    """Address of 秦海燕's hours at the desk."""
    row = people.mediator_of(session, staff("qin").account_id)
    assert row is not None
    return f"/opening/mediators/{row.public_id}"


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return booking


def state(session: Session) -> OrphanState:
    session.rollback()
    return session.scalars(select(Orphan).order_by(Orphan.id.desc())).first().state  # type: ignore[union-attr]


def test_the_desk_puts_down_a_leave_sees_what_it_orphans_and_moves_it(
    shen: FlaskClient, session: Session, qin: str, booking: Booking
) -> None:
    assert qin in shen.get("/opening").text
    answer = shen.post(qin, data={"do": "leave", "first": DAY, "last": "2026-11-26", "why": "住院"})
    assert answer.status_code == 303
    page = shen.get(qin).text
    assert "住院" in page
    assert "有 1 个预约不在这些时间内了" in page
    assert f"/bookings/{booking.public_id}/decide" in shen.get("/desk").text
    page = shen.get(f"/bookings/{booking.public_id}/decide").text
    slots = re.findall(r'name="slot"\s+value="([^"]+)"', page)
    assert len(slots) == 3
    assert not {slot[:10] for slot in slots} & {DAY, "2026-11-25", "2026-11-26"}, (
        "the nearest that are not in the leave"
    )
    answer = shen.post(f"/bookings/{booking.public_id}/move", data={"slot": slots[0], "at": "", "key": "k"})
    assert answer.status_code == 303
    assert state(session) is OrphanState.MOVED
    assert "/decide" not in shen.get("/desk").text


def test_keeping_needs_a_reason(shen: FlaskClient, session: Session, qin: str, booking: Booking) -> None:
    shen.post(qin, data={"do": "leave", "first": DAY})
    assert shen.post(f"/bookings/{booking.public_id}/decide", data={"why": " "}).status_code == 422
    assert state(session) is OrphanState.OPEN
    assert shen.post(f"/bookings/{booking.public_id}/decide", data={"why": "本人同意来"}).status_code == 303
    assert state(session) is OrphanState.KEPT
    assert "本人同意来" in shen.get("/orphans").text


def test_a_leave_that_cannot_be_stands_beside_its_field(shen: FlaskClient, session: Session, qin: str) -> None:
    answer = shen.post(qin, data={"do": "leave", "first": "2026-11-26", "last": DAY})
    assert answer.status_code == 422
    assert "最后一天早于第一天" in answer.text
    assert session.scalars(select(Leave).where(Leave.first_on <= date(2026, 11, 26))).all() == []
    assert shen.post(qin, data={"do": "leave", "first": "not a day"}).status_code == 422
    assert shen.post(qin, data={"do": "fly"}).status_code == 422
    assert shen.post(qin, data={"do": "clear_day", "what": "x"}).status_code == 422


def test_a_planned_week_is_shown_and_another_over_it_is_refused(shen: FlaskClient, qin: str) -> None:
    week = {"do": "week", "day_0": "9:00-12:00", "first": "2026-12-07", "last": "2026-12-20"}
    assert shen.post(qin, data=week).status_code == 303
    assert "2026年12月7日" in shen.get(qin).text
    answer = shen.post(qin, data={"do": "week", "day_0": "9:00-12:00", "first": "2026-12-01"})
    assert answer.status_code == 422
    assert "2026-12-07" in answer.text
    shen.post(qin, data={"do": "drop_week", "what": "2026-12-07"})
    assert "2026年12月7日" not in shen.get(qin).text


def test_a_station_is_closed_and_opened_again(shen: FlaskClient, session: Session, staff: Staff) -> None:
    here = next(row for row in orgs.stations(session) if row.name.startswith("桃溪社区"))
    closed = {"what": here.public_id, "first": DAY, "last": "", "why": "线路改造"}
    assert shen.post("/opening", data=closed).status_code == 303
    page = shen.get("/opening").text
    assert "线路改造" in page
    address = re.search(r"/opening/closures/\w+/end", page)
    assert address is not None
    shen.post(address[0])
    assert "线路改造" not in shen.get("/opening").text
    assert shen.post("/opening", data={**closed, "what": "elsewhere"}).status_code == 422


def test_somebody_elses_mediators_are_not_mine(app: Flask, session: Session, qin: str) -> None:
    assert signed_in(app, "hu").get(qin).status_code == 403
    assert signed_in(app, "ma").get("/opening").status_code == 403


def test_next_years_notice_is_read_looked_at_and_applied(
    app: Flask, session: Session, clock: FakeClock, staff: Staff
) -> None:
    clock.set(at(21, 9, month=12))
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(31, 9, month=12) + timedelta(days=4), clock=clock)
    session.commit()
    guo = signed_in(app, "guo")
    text = NOTICE_2027.replace("至3日（周日）放假，共3天", "至5日（周二）放假，共5天")
    bad = guo.post("/opening/holidays", data={"text": text.replace("共5天", "共6天", 1), "year": "2027", "do": "apply"})
    assert bad.status_code == 422
    assert "第 2 行：日期和天数对不上" in bad.text
    assert 'value="apply"' not in bad.text
    page = guo.post("/opening/holidays", data={"text": text, "year": "2027", "do": "read"})
    assert page.status_code == 200
    assert "有 1 个预约会落在放假日" in page.text
    assert "2027年1月5日" not in guo.get("/opening/holidays").text, "nothing is applied yet"
    assert guo.post("/opening/holidays", data={"text": text, "year": "2027", "do": "apply"}).status_code == 303
    assert "2027年1月5日" in guo.get("/opening/holidays").text
    session.rollback()
    assert session.scalars(select(Orphan.booking_id)).all() == [booking.id]


def test_a_notice_may_come_as_a_file_and_only_the_district_applies_it(app: Flask, staff: Staff) -> None:
    guo = signed_in(app, "guo")
    files = {"file": (BytesIO(NOTICE_2027.encode("gb18030")), "2027.txt"), "year": "2027", "do": "read"}
    assert "采用" in guo.post("/opening/holidays", data=files, content_type="multipart/form-data").text
    assert guo.post("/opening/holidays", data={"text": " ", "year": "2027"}).status_code == 422
    other = {"text": NOTICE_2027.replace("2027", "2031"), "year": "2027"}
    assert guo.post("/opening/holidays", data=other).status_code == 422
    shen = signed_in(app, "shen")
    assert shen.get("/opening/holidays").status_code == 200
    assert shen.post("/opening/holidays", data={"text": NOTICE_2027, "year": "2027"}).status_code == 403


def test_a_room_that_opens_later_orphans_what_lay_before(
    app: Flask, session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = ready_case(session, clock, staff("qin"))
    book(session, staff("shen"), case.id, at(24, 9), clock=clock, room_ids=service.rooms_of(session, station(session)))
    session.commit()
    shen = signed_in(app, "shen")
    address = re.search(r"/opening/rooms/\w+", shen.get("/opening").text)
    assert address is not None
    assert shen.post(address[0], data={"hours": "9:00-10:00, 11:00-12:00", "units": "1"}).status_code == 422
    assert shen.post(address[0], data={"hours": "10:00-18:00", "units": "1"}).status_code == 303
    assert "有 1 个预约不在这些时间内了" in shen.get("/opening").text
