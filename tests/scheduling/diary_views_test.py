"""The calendar's shapes over HTTP: week, day, list, rooms and mediators side by side, and the sheet for the wall."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.orgs.models import Room, Station
from mediation.scheduling import service
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.service import ChangeReceptionDay, Close, HoldTime, PlanReception, TakeLeave
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station, wish
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db
TUESDAY = {"start": "2026-11-24T00:00:00", "end": "2026-11-25T00:00:00"}


@pytest.fixture
def rooms(session: Session) -> tuple[Room, ...]:
    """Those of 桃溪社区's station."""
    return tuple(session.scalars(select(Station).where(Station.public_id == station(session))).one().rooms)


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff, rooms: tuple[Room, ...]) -> Booking:
    """Tuesday 09:00, 秦海燕, in the station's first room."""
    case: Case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, room_ids=(rooms[0].id,))
    session.commit()
    return booking


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


def events(client: FlaskClient, of: str, **more: str) -> list[dict[str, object]]:
    return client.get(f"/calendar/{of}.json", query_string=TUESDAY | more).json


def test_week_day_and_list_show_the_same_booking_each_in_its_stretch(shen: FlaskClient, booking: Booking) -> None:
    shapes = {"week": ("11月23日", "11月29日"), "day": ("11月24日", "11月24日"), "list": ("11月23日", "12月20日")}
    for view, ends in shapes.items():
        page = shen.get(f"/calendar?view={view}&on=2026-11-24").text
        assert page.count("09:00–10:00") == 1, view
        assert all(end in page for end in ends), view
        assert ('data-module="scheduling/calendar"' in page) is (view != "list")
    assert "暂无预约" not in shen.get("/calendar?view=list&on=2026-11-24").text.split("11月23日（星期一）")[-1]


def test_an_address_that_cannot_be_read_shows_what_is_usual(shen: FlaskClient, booking: Booking) -> None:
    for query in ("of=x", "view=x", "on=x", "on=9999-12-31", "on=0001-01-01", "of=rooms&at=x", "of=mediators&at=x"):
        assert shen.get(f"/calendar?{query}").status_code == 200, query


def test_a_booking_stands_in_its_rooms_and_its_mediators_column(
    shen: FlaskClient, session: Session, booking: Booking
) -> None:
    for of, column in (("rooms", booking.room.public_id), ("mediators", booking.mediator.public_id)):
        page = shen.get(f"/calendar?of={of}&on=2026-11-24").text
        assert "赵晓明" in page
        found = [one for one in events(shen, of) if one.get("id") == booking.public_id]
        assert [one["resourceIds"] for one in found] == [[column]], of
        assert found[0]["editable"] is True
        rest = [one for one in events(shen, of) if one.get("classNames") == ["ec-rest"]]
        assert [(one["start"][11:16], one["end"][11:16]) for one in rest] == [("10:00", "10:15")]


def test_who_may_not_see_the_case_sees_only_that_the_time_is_taken(
    app: Flask, session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = ready_case(session, clock, staff("tian"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    liu = signed_in(app, "liu")
    page = liu.get("/calendar?of=mediators&on=2026-11-24").text
    assert "田志刚" in page
    assert "已有预约" in page
    for text in (page, str(events(liu, "mediators")), liu.get("/calendar/sheet?of=mediators&on=2026-11-24").text):
        for kept in ("赵晓明", case.number, booking.public_id):
            assert kept not in text


def test_leave_and_closed_rooms_are_shown_with_their_reason(
    shen: FlaskClient, session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    day = date(2026, 11, 24)
    service.take_leave(session, staff("shen"), TakeLeave(booking.mediator_id, day, day), clock=clock)
    service.close(session, staff("shen"), Close(booking.room.public_id, day, day, why="粉刷墙壁"), clock=clock)
    session.commit()
    assert "视频室停用（粉刷墙壁）" in shen.get("/calendar?of=rooms&on=2026-11-24").text
    titles = {of: [one["title"] for one in events(shen, of) if one.get("classNames") == ["ec-shut"]] for of in OF}
    assert "视频室停用（粉刷墙壁）" in titles["rooms"]
    assert "调解员请假" in titles["mediators"]


OF = ("rooms", "mediators")


def test_a_public_holiday_stands_in_the_calendar_by_its_name(shen: FlaskClient, booking: Booking) -> None:
    for of in OF:
        assert "法定节假日（国庆节" in shen.get(f"/calendar?of={of}&on=2026-10-01").text
    shen.set_cookie("locale", "en")
    assert "Public holiday (National Day)" in shen.get("/calendar?of=rooms&on=2026-10-01").text


def test_a_time_that_somebody_is_about_to_book_is_shown_as_kept(
    shen: FlaskClient, session: Session, clock: FakeClock, booking: Booking
) -> None:
    hold = HoldTime("draft:1", wish(session, at_station=station(session)), at(24, 14))
    service.hold(session, hold, clock=clock)
    session.commit()
    assert "正为另一位当事人保留" in shen.get("/calendar?of=rooms&on=2026-11-24").text
    clock.pass_(minutes=11)
    assert "正为另一位当事人保留" not in shen.get("/calendar?of=rooms&on=2026-11-24").text


def test_only_who_may_move_a_booking_is_offered_it(app: Flask, shen: FlaskClient, booking: Booking) -> None:
    change = f"/bookings/{booking.public_id}/change"
    assert change in shen.get("/calendar?on=2026-11-24").text
    assert change in signed_in(app, "qin").get("/calendar?on=2026-11-24").text
    assert change not in signed_in(app, "he").get("/calendar?on=2026-11-24").text, "a supervisor looks on"


def test_the_sheet_names_rooms_mediators_and_files_and_no_party(shen: FlaskClient, booking: Booking) -> None:
    for query in ("of=rooms&view=day", "of=rooms&view=week", "of=mediators&view=week", "of=all&view=week"):
        page = shen.get(f"/calendar/sheet?{query}&on=2026-11-24").text
        for shown in ("09:00–10:00", "秦海燕", booking.case.number, "打印"):
            assert shown in page, (query, shown)
        for kept in ("赵晓明", "周国强", "138", "/p/"):
            assert kept not in page, (query, kept)


def test_reception_hours_stand_behind_the_bookings_and_on_the_sheet(
    shen: FlaskClient, session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    """Of the mediator, and in the rooms of the station where they are held; called off they are gone."""
    tuesday = date(2026, 11, 24)
    hours = PlanReception(booking.mediator_id, station(session), 1, Span(14 * 60, 16 * 60), 30, tuesday)
    row = service.plan_reception(session, staff("qin"), hours, clock=clock)
    session.commit()

    def shown(of: str) -> list[str]:
        return [str(one["title"]) for one in events(shen, of) if one["classNames"] == ["ec-reception"]]

    assert [len(shown(of)) for of in OF] == [1, 1]
    assert "秦海燕" in shown("rooms")[0]
    sheet = "/calendar/sheet?of=mediators&view=day&on=2026-11-24"
    assert "14:00–16:00" in shen.get(sheet).text
    off = ChangeReceptionDay(row.public_id, tuesday, "会议")
    service.change_reception_day(session, staff("qin"), off, clock=clock)
    session.commit()
    assert [len(shown(of)) for of in OF] == [0, 0]
    assert "14:00–16:00" not in shen.get(sheet).text


def test_a_booking_beside_another_says_so_in_the_grid_and_on_the_sheet(
    shen: FlaskClient, session: Session, booking: Booking
) -> None:
    booking.override_why = "法院限期"
    session.commit()
    assert "与另一场同时" in str([one["title"] for one in events(shen, "mediators")])
    assert "与另一场同时" in shen.get("/calendar/sheet?of=mediators&view=day&on=2026-11-24").text
