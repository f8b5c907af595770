"""Times, hours and notices that cannot be: each is refused with a sentence at its place, and nothing is changed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.orgs.models import WorkdayNotice, WorkdayOverride
from mediation.scheduling.models import Booking, Claim, DateException, Leave, WeeklyHours
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.district import Staff
from tests.orgs.notice_test import NOTICE_2027
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db
TABLES = (Booking, Claim, WeeklyHours, DateException, Leave, WorkdayOverride, WorkdayNotice)


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


@pytest.fixture
def qin(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "qin")


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    case = ready_case(session, clock, staff("qin"))
    session.commit()
    return case


def rows(session: Session) -> list[int]:
    session.rollback()
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


SLOTS = {
    "in the past": ("2026-11-20T09:00+08:00", "这个时间已经过去了"),
    "in the past of another zone's day": ("2026-11-22T20:00-04:00", "这个时间已经过去了"),
    "off the grid": ("2026-11-24T09:03+08:00", "五分钟"),
    "off the grid by a second": ("2026-11-24T09:00:01+08:00", "五分钟"),
    "beyond the horizon": ("2026-12-31T09:00+08:00", "30天"),
    "without a zone, where a clock's gap or fold could make two of it": ("2026-11-24T09:00", "没有看懂"),
    "of no calendar": ("2026-02-30T09:00+08:00", "没有看懂"),
    "no time at all": ("morgen", "没有看懂"),
    "nothing": ("", "没有看懂"),
}


@pytest.mark.parametrize("name", SLOTS)
def test_the_desk_books_no_impossible_time(shen: FlaskClient, session: Session, case: Case, name: str) -> None:
    slot, said = SLOTS[name]
    before = rows(session)
    answer = shen.post(f"/cases/{case.public_id}/book", data={"slot": slot, "key": "k"})
    assert answer.status_code in {409, 422}
    lost = re.findall(r'id="lost".*?</form>|id="lost".*?</div>\s*</div>\s*</div>', answer.text, re.DOTALL)
    assert said in lost[0]
    assert rows(session) == before


@pytest.mark.parametrize("name", SLOTS)
def test_a_booking_moves_to_no_impossible_time(
    shen: FlaskClient, session: Session, staff: Staff, case: Case, name: str
) -> None:
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=lambda: START)
    session.commit()
    before = rows(session)
    answer = shen.post(f"/bookings/{booking.public_id}/move", data={"slot": SLOTS[name][0]})
    assert answer.status_code in {409, 422}
    assert SLOTS[name][1] in answer.text
    assert rows(session) == before
    session.refresh(booking)
    assert booking.starts_at == at(24, 9)


HOURS = {
    "ends before it begins": ("12:00-9:00", "结束时间"),
    "ends when it begins": ("9:00-9:00", "结束时间"),
    "longer than a day": ("9:00-33:00", "24:00"),
    "off the grid": ("9:02-12:00", "五分钟"),
    "overlaps": ("9:00-12:00, 11:00-13:00", "重叠"),
    "unreadable": ("vormittags", "没有看懂"),
}


@pytest.mark.parametrize("name", HOURS)
def test_hours_that_cannot_be_are_refused_at_their_day(qin: FlaskClient, session: Session, name: str) -> None:
    hours, said = HOURS[name]
    before = rows(session)
    for do, field in (("week", "day_2"), ("day", "hours")):
        answer = qin.post("/hours", data={"do": do, field: hours, "on": "2026-11-25"})
        assert answer.status_code == 422
        assert said in re.findall(rf'id="{field}-error".*?</p>', answer.text, re.DOTALL)[0]
        assert f'value="{hours}"' in answer.text, "nothing typed is lost"
    assert rows(session) == before


def test_a_leave_that_ends_before_it_begins_and_a_week_in_another_week_are_refused(
    qin: FlaskClient, session: Session
) -> None:
    assert qin.post("/hours", data={"do": "week", "day_0": "9:00-12:00", "first": "2026-12-14"}).status_code == 303
    before = rows(session)
    answer = qin.post("/hours", data={"do": "leave", "first": "2026-11-27", "last": "2026-11-26"})
    assert (answer.status_code, 'id="last-error"' in answer.text) == (422, True)
    answer = qin.post("/hours", data={"do": "week", "day_0": "9:00-12:00", "first": "2026-12-07"})
    assert (answer.status_code, 'id="first-error"' in answer.text) == (422, True)
    assert rows(session) == before


def test_a_notice_with_an_unreadable_line_names_it_and_applies_nothing(
    app: Flask, staff: Staff, session: Session
) -> None:
    gao = signed_in(app, "gao")
    before = rows(session)
    text = NOTICE_2027.replace("三、清明节：4月3日至5日放假", "三、清明节：四月初三放假")
    answer = gao.post("/opening/holidays", data={"year": "2027", "text": text, "do": "apply"})
    assert answer.status_code == 422
    assert re.search(r"第\s*4\s*行|>\s*4\s*<", answer.text)
    assert rows(session) == before
