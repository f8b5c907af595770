"""Private calendar addresses: whose, what stands in them for three readers, how they end, what they keep."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mediation.disputes.models import Case
from mediation.kernel.actor import SYSTEM
from mediation.orgs.models import Station
from mediation.scheduling import service
from mediation.scheduling.models import Booking, EventText
from mediation.scheduling.rules.codes import CancelReason
from mediation.scheduling.service import MoveBooking
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.readers import READERS, Reading
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db


@pytest.fixture
def qin(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "qin")


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    return ready_case(session, clock, staff("qin"))


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff, case: Case) -> Booking:
    place = session.scalars(select(Station).where(Station.public_id == station(session))).one()
    rooms = tuple(room.id for room in place.rooms)
    made = book(session, staff("shen"), case.id, at(24, 9), clock=clock, room_ids=rooms)
    session.commit()
    return made


def address(client: FlaskClient, page: str, data: dict[str, str], ending: str = ".ics") -> str:
    """Make an address and read it from its page."""
    key = "feed-" + data.get("place", "") + ("busy" if "busy" in data else "full")
    client.post(page, data={"step": "make", **data})
    shown = client.get("/hours" if page == "/hours/feed" else page).text
    found = re.search(rf'id="{key}" value="http://localhost(/feeds/[^"]+)\.ics"', shown)
    assert found is not None
    return found[1] + ending


def everywhere(answer: TestResponse) -> Reading:
    """What the readers understand, who must agree."""
    assert answer.status_code == 200
    readings = [reader(answer.data) for reader in READERS.values()]
    assert all(one == readings[0] for one in readings)
    return readings[0]


def test_a_station_and_its_room_show_their_bookings_and_no_name_of_a_party(
    app: Flask, shen: FlaskClient, session: Session, booking: Booking
) -> None:
    assert booking.room is not None
    phone = app.test_client()
    for place in (booking.room.station.public_id, booking.room.public_id):
        answer = phone.get(address(shen, "/opening/calendars", {"place": place}))
        (event,) = everywhere(answer).events
        assert (event.starts, event.status) == (int(booking.starts_at.timestamp()), "CONFIRMED")
        assert booking.room.name in event.location
        assert "conference" not in event.names
        whole = answer.data.replace(b"\r\n ", b"").decode()
        assert "赵" not in whole
        assert "/p/" not in whole


def test_busy_times_say_when_and_nothing_else(app: Flask, qin: FlaskClient, booking: Booking) -> None:
    answer = app.test_client().get(address(qin, "/hours/feed", {"busy": "on"}))
    (event,) = everywhere(answer).events
    assert (event.starts, event.summary) == (int(booking.starts_at.timestamp()), "忙")
    assert not event.names & {"location", "description", "url", "conference", "attendee", "organizer"}
    assert b"cases" not in answer.data


def test_the_two_addresses_of_one_person_live_and_end_apart(app: Flask, qin: FlaskClient, booking: Booking) -> None:
    full, busy = address(qin, "/hours/feed", {}), address(qin, "/hours/feed", {"busy": "on"})
    phone = app.test_client()
    qin.post("/hours/feed", data={"step": "end", "busy": "on"})
    assert (phone.get(busy).status_code, phone.head(busy).status_code) == (410, 410)
    assert phone.get(full).status_code == 200


def test_a_place_of_others_is_not_offered_and_cannot_be_taken(
    shen: FlaskClient, session: Session, staff: Staff
) -> None:
    page = shen.get("/opening/calendars").text
    far = [row for row in session.scalars(select(Station)) if f'id="{row.public_id}"' not in page]
    assert far
    assert shen.post("/opening/calendars", data={"step": "make", "place": far[0].public_id}).status_code == 403
    assert shen.post("/opening/calendars", data={"step": "make", "place": "nowhere"}).status_code == 404
    assert shen.post("/opening/calendars", data={"step": "make"}).status_code == 404


def test_each_booking_is_rendered_once_for_each_of_its_versions(
    qin: FlaskClient, session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    """A text that is kept is what the next phone gets: changed by hand, it shows, until the booking moves."""
    feed, phone = address(qin, "/hours/feed", {}), qin
    first = phone.get(feed)
    session.rollback()
    session.execute(update(EventText).values(body=EventText.body + "X-KEPT:1\r\n"))
    session.commit()
    assert b"X-KEPT:1" in phone.get(feed).data
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(25, 10)), clock=clock)
    session.commit()
    second = phone.get(feed)
    assert b"X-KEPT" not in second.data
    assert second.headers["ETag"] != first.headers["ETag"]
    assert everywhere(second).events[0].sequence == everywhere(first).events[0].sequence + 1


def test_a_mediators_week_for_other_programs(app: Flask, qin: FlaskClient, booking: Booking) -> None:
    feed, phone = address(qin, "/hours/feed", {}, ""), app.test_client()
    busy = phone.get(f"{feed}/free-busy.ifb").data.replace(b"\r\n ", b"").decode()
    assert "BEGIN:VFREEBUSY" in busy
    assert re.findall(r"^FREEBUSY;FBTYPE=BUSY[^:]*:(.*)\r$", busy, re.MULTILINE) == [
        "20261124T010000Z/20261124T020000Z"
    ]
    hours = phone.get(f"{feed}/availability.ics").data.replace(b"\r\n ", b"").decode()
    assert hours.count("BEGIN:VAVAILABILITY") == 1
    assert "BUSYTYPE:BUSY-UNAVAILABLE" in hours
    assert "DTSTART;TZID=Asia/Shanghai:20261124T090000" in hours
    assert hours.count("BEGIN:AVAILABLE") == 40, "two spans on each of twenty working days"
    assert (everywhere(phone.get(f"{feed}/free-busy.ifb")).method, hours.count("秦")) == ("PUBLISH", 0)
    again = phone.get(f"{feed}/availability.ics")
    assert phone.get(f"{feed}/availability.ics", headers={"If-None-Match": again.headers["ETag"]}).status_code == 304


def test_a_stations_address_tells_nobodys_hours(app: Flask, shen: FlaskClient, booking: Booking) -> None:
    assert booking.room is not None
    feed = address(shen, "/opening/calendars", {"place": booking.room.public_id}, "")
    for name in ("free-busy.ifb", "availability.ics"):
        assert app.test_client().get(f"{feed}/{name}").status_code == 404


def test_a_month_after_its_cancellation_a_booking_leaves_the_feed(
    app: Flask, qin: FlaskClient, session: Session, clock: FakeClock, booking: Booking
) -> None:
    feed, phone = address(qin, "/hours/feed", {"busy": "on"}), app.test_client()
    service.cancel_of_case(session, SYSTEM, booking.case_id, CancelReason.CASE_ENDED, now=clock())
    session.commit()
    assert [event.status for event in everywhere(phone.get(feed)).events] == ["CANCELLED"]
    clock.pass_(days=29)
    assert len(everywhere(phone.get(feed)).events) == 1
    clock.at += timedelta(days=2)
    assert everywhere(phone.get(feed)).events == ()
