"""A booking changes by the calendar: time, length, room and mediator, by drag (JSON) and by hand, over HTTP."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.kernel.errors import Denied, Refused, Stale, Taken
from mediation.orgs.models import Room
from mediation.people import queries as people
from mediation.scheduling import service
from mediation.scheduling.models import Booking, Claim
from mediation.scheduling.rules.codes import BookingState, ChoiceReason
from mediation.scheduling.service import MoveBooking, TakeLeave
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.staff_views_test import fresh, signed_in

pytestmark = pytest.mark.db
JSON = {"Accept": "application/json"}


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    case = ready_case(session, clock, staff("qin"))
    session.commit()
    return case


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff, case: Case) -> Booking:
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return booking


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


def mediator(session: Session, name: str) -> people.MediatorRow:
    return next(row for row in people.all_mediators(session) if row.name == name)


def typed(booking: Booking, **other: object) -> dict[str, object]:
    """The form as the page gives it, with what is changed."""
    form = {"day": "2026-11-24", "time": "09:00", "minutes": "60", "at": "", "mediator": booking.mediator.public_id}
    return form | {"sequence": str(booking.sequence)} | other


def send(client: FlaskClient, booking: Booking, *, headers: dict[str, str] | None = None, **other: object):
    return client.post(f"/bookings/{booking.public_id}/change", data=typed(booking, **other), headers=headers)


def test_a_longer_session_owns_its_time_and_a_shorter_one_gives_it_back(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    for minutes, claims in ((90, 3 * 18 + 2 * 3), (30, 3 * 6 + 2 * 3)):
        command = MoveBooking(booking.public_id, at(24, 9), minutes=minutes)
        service.reschedule(session, staff("shen"), command, clock=clock)
        owned = session.scalars(select(Claim).where(Claim.booking_id == booking.id)).all()
        # Two parties for the session; the mediator also for the rest of 15 minutes after it.
        assert len(owned) == claims - 3


def test_another_mediator_takes_the_time_and_is_asked_for_the_case(
    session: Session, clock: FakeClock, staff: Staff, case: Case, booking: Booking
) -> None:
    tian = mediator(session, "田志刚")
    command = MoveBooking(booking.public_id, at(24, 10), mediator_id=tian.id)
    service.reschedule(session, staff("shen"), command, clock=clock)
    found = fresh_state(session, booking)
    assert found == (tian.id, at(24, 10), BookingState.PENDING, ChoiceReason.BY_STAFF)
    session.refresh(case)
    assert (case.mediator_id, case.mediator_accepted_at) == (tian.id, None)


def fresh_state(session: Session, booking: Booking) -> tuple[object, ...]:
    session.flush()
    session.refresh(booking)
    return booking.mediator_id, booking.starts_at, booking.state, booking.choice_reason


def test_a_hand_over_never_cancels_another_time_of_the_case(
    session: Session, clock: FakeClock, staff: Staff, case: Case, booking: Booking
) -> None:
    other = book(session, staff("shen"), case.id, at(26, 15), clock=clock)
    tian = mediator(session, "田志刚")
    service.take_leave(session, staff("tian"), TakeLeave(tian.id, at(26, 0).date(), at(26, 0).date()), clock=clock)
    command = MoveBooking(booking.public_id, at(24, 10), mediator_id=tian.id)
    with pytest.raises(Refused, match="other_times_taken"):
        service.reschedule(session, staff("shen"), command, clock=clock)
    assert other.state is BookingState.CONFIRMED


def test_the_mediator_moves_and_lengthens_but_gives_the_case_to_nobody(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    service.reschedule(session, staff("qin"), MoveBooking(booking.public_id, at(24, 14), minutes=45), clock=clock)
    command = MoveBooking(booking.public_id, at(24, 14), mediator_id=mediator(session, "田志刚").id)
    with pytest.raises(Denied, match="mediator_not_yours"):
        service.reschedule(session, staff("qin"), command, clock=clock)


def test_who_saw_an_older_booking_moves_nothing(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(24, 10), sequence=0), clock=clock)
    with pytest.raises(Stale):
        service.reschedule(session, staff("qin"), MoveBooking(booking.public_id, at(24, 14), sequence=0), clock=clock)


def test_a_length_that_meets_the_next_session_is_refused(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    next_one = ready_case(session, clock, staff("qin"))
    book(session, staff("shen"), next_one.id, at(24, 10, 15), clock=clock, left_out=())
    with pytest.raises(Taken):
        service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(24, 9), minutes=90), clock=clock)
    assert booking.ends_at == at(24, 10)


def test_a_drag_is_asked_about_and_then_done(shen: FlaskClient, session: Session, booking: Booking) -> None:
    asked = send(shen, booking, headers=JSON, time="10:00", minutes="90")
    assert asked.status_code == 200
    assert "10:00–11:30" in asked.json["question"][0]
    assert "赵晓明" in asked.json["question"][-1]
    assert fresh(session, booking).starts_at == at(24, 9), "nothing is moved by the question"
    assert send(shen, booking, headers=JSON, time="10:00", minutes="90", sure="1").json["done"]
    found = fresh(session, booking)
    assert (found.starts_at, found.ends_at) == (at(24, 10), at(24, 11, 30))


REFUSALS = (
    ({"time": "19:00"}, "秦海燕"),
    ({"day": "2026-11-22"}, "已经过去"),
    ({"time": "09:03"}, "五分钟"),
    ({"minutes": "0"}, "时长"),
    ({"minutes": "9" * 40}, "时长"),
    ({"day": "0001-01-01"}, "预约"),
    ({"day": "9999-12-31"}, "30"),
    ({"day": "someday"}, "日期"),
    ({"time": "soon"}, "时间"),
    ({"mediator": "nobody"}, "调解员"),
    ({"at": "nowhere"}, "接访站"),
    ({"slot": "nonsense"}, "时间"),
    ({"sequence": "7"}, "改动"),
)


def test_a_refused_drag_says_why_and_changes_nothing(shen: FlaskClient, session: Session, booking: Booking) -> None:
    for change, says in REFUSALS:
        answer = send(shen, booking, headers=JSON, **change)
        assert answer.status_code in {404, 409, 422}, change
        assert says in answer.json["problem"]["message"], change
    assert fresh(session, booking).starts_at == at(24, 9)


def test_a_refusal_names_whose_time_it_is(
    shen: FlaskClient, session: Session, clock: FakeClock, staff: Staff, booking: Booking
) -> None:
    tomorrow = at(25, 0).date()
    service.take_leave(session, staff("shen"), TakeLeave(booking.mediator_id, tomorrow, tomorrow), clock=clock)
    session.commit()
    said = send(shen, booking, headers=JSON, day="2026-11-25").json["problem"]["message"]
    assert said == "这个时间没有空。 调解员请假：秦海燕"


def test_by_hand_all_that_was_typed_survives_a_refusal_with_the_nearest_times(
    shen: FlaskClient, session: Session, booking: Booking
) -> None:
    page = shen.get(f"/bookings/{booking.public_id}/change").text
    assert 'value="2026-11-24"' in page
    assert 'value="09:00"' in page
    refused = send(shen, booking, time="19:00", minutes="75", at=station(session))
    assert refused.status_code == 409
    for kept in ('value="19:00"', 'value="75"', f'<option selected value="{station(session)}"'):
        assert kept in refused.text
    slot = re.search(r'name="slot"\s+value="([^"]+)"', refused.text)
    assert slot is not None
    asked = send(shen, booking, minutes="75", at=station(session), slot=slot[1])
    assert 'id="asked"' in asked.text
    assert "75" in asked.text
    hour = re.search(r'name="time" value="([^"]+)"', asked.text)
    day = re.search(r'name="day" value="([^"]+)"', asked.text)
    assert hour is not None
    assert day is not None
    done = send(shen, booking, day=day[1], time=hour[1], minutes="75", at=station(session), sure="1")
    assert done.status_code == 303
    found = fresh(session, booking)
    assert found.room is not None
    assert (found.ends_at - found.starts_at).seconds == 75 * 60


def test_the_desk_moves_to_another_room_by_name(shen: FlaskClient, session: Session, booking: Booking) -> None:
    room = session.scalars(select(Room).where(Room.station.has(public_id=station(session)))).first()
    assert room is not None
    send(shen, booking, at=room.public_id, sure="1")
    assert fresh(session, booking).room_id == room.id


def test_nothing_changed_is_nothing_to_ask(shen: FlaskClient, booking: Booking) -> None:
    assert send(shen, booking, headers=JSON).json == {"question": []}
    assert 'id="asked"' not in send(shen, booking).text


@pytest.mark.parametrize("username", ["hu", "peng", "ma"])
def test_who_may_not_book_changes_nothing(app: Flask, session: Session, booking: Booking, username: str) -> None:
    client = signed_in(app, username)
    assert client.get(f"/bookings/{booking.public_id}/change").status_code in {403, 404}
    assert send(client, booking, time="10:00", sure="1").status_code in {403, 404}
    assert fresh(session, booking).starts_at == at(24, 9)
