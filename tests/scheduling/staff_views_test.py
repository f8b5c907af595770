"""The desk's booking, the party's own pages, the mediator's calendar, hours and feed: over HTTP."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.cli.demo_district import PASSWORD
from mediation.disputes import service as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.scheduling import queries
from mediation.scheduling.models import Booking, CalendarFeed
from mediation.scheduling.rules.codes import BookingState, CancelReason
from tests.factories.disputes import as_party, party_of, ready_case, received_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff

pytestmark = pytest.mark.db
NINE = "2026-11-24T01:00+00:00"
"""Tuesday 24 November, 09:00 in Shanghai."""
FOUR = "2026-11-24T08:00+00:00"


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "zh_Hans_CN")
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


@pytest.fixture
def shen(app: Flask, staff) -> FlaskClient:
    """The clerk's browser."""
    return signed_in(app, "shen")


@pytest.fixture
def qin(app: Flask, staff) -> FlaskClient:
    """The mediator's browser."""
    return signed_in(app, "qin")


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    """Accepted; 秦海燕 has said yes."""
    case = ready_case(session, clock, staff("qin"))
    session.commit()
    return case


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff, case: Case) -> Booking:
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return booking


@pytest.fixture
def own(session: Session, clock: FakeClock, case: Case) -> str:
    """Path of the applicant's personal link."""
    party = party_of(case, PartyRole.APPLICANT)
    token = links.issue(session, party_id=party.id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def fresh(session: Session, booking: Booking) -> Booking:
    session.rollback()
    session.refresh(booking)
    return booking


def test_the_desk_books_for_a_case_and_comes_back_to_it(shen: FlaskClient, session: Session, case: Case) -> None:
    page = shen.get(f"/cases/{case.public_id}/book").text
    assert "秦海燕" in page
    form = {"slot": NINE, "key": re.search(r'name="key"[^>]*value="([^"]+)"', page)[1]}  # type: ignore[index]
    answers = [shen.post(f"/cases/{case.public_id}/book", data=form) for _time in range(2)]
    assert [answer.location for answer in answers] == [f"/cases/{case.public_id}"] * 2
    session.rollback()
    assert session.scalars(select(Booking)).one().starts_at == at(24, 9)
    assert "2026年11月24日（星期二）09:00" in shen.get(f"/cases/{case.public_id}").text


def test_the_desk_chooses_another_mediator_and_a_station(shen: FlaskClient, session: Session, case: Case) -> None:
    page = shen.get(f"/cases/{case.public_id}/book").text
    tian = re.search(r'<option value="([^"]+)">田志刚', page)
    assert tian is not None
    where = station(session)
    page = shen.get(f"/cases/{case.public_id}/book?mediator={tian[1]}&at={where}").text
    assert f'name="mediator" type="hidden" value="{tian[1]}"' in page
    shen.post(f"/cases/{case.public_id}/book", data={"slot": NINE, "mediator": tian[1], "at": where, "key": "k"})
    session.rollback()
    booked = session.scalars(select(Booking)).one()
    assert booked.mediator.public_id == tian[1]
    assert booked.room is not None
    assert booked.state is BookingState.PENDING


def test_a_time_lost_at_the_desk_is_a_conflict_with_the_nearest(
    shen: FlaskClient, case: Case, booking: Booking
) -> None:
    answer = shen.post(f"/cases/{case.public_id}/book", data={"slot": NINE, "key": "other"})
    assert answer.status_code == 409
    assert answer.text.count('id="nearest"') == 1


@pytest.mark.parametrize("username", ["hu", "peng", "ma"])
def test_who_may_not_book_finds_nothing(app: Flask, case: Case, booking: Booking, username: str) -> None:
    client = signed_in(app, username)
    for path in (f"/cases/{case.public_id}/book", f"/bookings/{booking.public_id}/move"):
        assert client.get(path).status_code in {403, 404}
    assert client.post(f"/bookings/{booking.public_id}/cancel", data={"reason": "other"}).status_code in {403, 404}


def test_the_desk_moves_and_cancels(shen: FlaskClient, session: Session, case: Case, booking: Booking) -> None:
    assert shen.get(f"/bookings/{booking.public_id}/move").status_code == 200
    assert shen.post(f"/bookings/{booking.public_id}/move", data={"slot": FOUR}).status_code == 303
    assert fresh(session, booking).starts_at == at(24, 16)
    unsaid = shen.post(f"/bookings/{booking.public_id}/cancel", data={"note": "来电"})
    assert unsaid.status_code == 422
    assert "来电" in unsaid.text, "what was typed is kept"
    shen.post(f"/bookings/{booking.public_id}/cancel", data={"reason": "illness", "note": "来电"})
    found = fresh(session, booking)
    assert (found.cancel_reason, found.change_note) == (CancelReason.ILLNESS, "来电")


def test_a_party_moves_by_the_personal_link(client: FlaskClient, session: Session, own: str, booking: Booking) -> None:
    page = client.get(f"{own}/booking").text
    assert "2026年11月24日（星期二）09:00" in page
    taken = client.post(f"{own}/booking", data={"slot": "2026-11-24T12:00+00:00"})
    assert taken.status_code == 409
    client.post(f"{own}/booking", data={"slot": FOUR})
    found = fresh(session, booking)
    assert (found.starts_at, found.sequence) == (at(24, 16), 1)


def test_a_party_cancels_and_chooses_anew(
    client: FlaskClient, session: Session, own: str, case: Case, booking: Booking
) -> None:
    assert client.get(f"{own}/booking/cancel").status_code == 200
    client.post(f"{own}/booking/cancel", data={"reason": "cannot_come"})
    assert fresh(session, booking).state is BookingState.CANCELLED
    assert client.get(f"{own}/booking/cancel").status_code == 404
    for _time in range(2):
        client.post(f"{own}/booking", data={"slot": FOUR, "key": "same"})
    session.rollback()
    assert [one.starts_at for one in queries.living(session, case.id)] == [at(24, 16)]


def test_an_altered_link_opens_no_booking(client: FlaskClient, own: str, booking: Booking) -> None:
    for path in ("/booking", "/booking/cancel", "/booking.ics"):
        assert client.get(f"{own}x{path}").status_code == 404


def test_the_calendar_is_a_list_without_script(qin: FlaskClient, booking: Booking) -> None:
    page = qin.get("/calendar?on=2026-11-24").text
    assert "09:00–10:00" in page
    assert "赵晓明" in page
    assert "09:00-12:00, 14:00-17:30" in page
    assert "09:00–10:00" not in qin.get("/calendar?on=2026-12-01").text


def test_the_grid_gets_the_same_bookings_and_the_hours(qin: FlaskClient, booking: Booking) -> None:
    span = {"start": "2026-11-23T00:00:00+08:00", "end": "2026-11-30T00:00:00+08:00"}
    events = qin.get("/calendar/mine.json", query_string=span).json
    assert [event["start"] for event in events if "id" in event] == ["2026-11-24T09:00:00"]
    assert sum(event["classNames"] == ["ec-hours"] for event in events) == 10


@pytest.mark.parametrize("span", [{}, {"start": "x", "end": "y"}, {"start": "2026-01-01", "end": "2027-01-01"}])
def test_an_unreadable_span_is_refused(qin: FlaskClient, span: dict[str, str]) -> None:
    assert qin.get("/calendar/mine.json", query_string=span).status_code == 422


def test_a_clerk_sees_the_bookings_of_the_own_place_only(app: Flask, shen: FlaskClient, booking: Booking) -> None:
    assert "赵晓明" in shen.get("/calendar?on=2026-11-24").text
    assert "赵晓明" not in signed_in(app, "hu").get("/calendar?on=2026-11-24").text


def test_a_mediator_writes_the_own_week(qin: FlaskClient, session: Session, staff: Staff) -> None:
    page = qin.get("/hours").text
    assert 'value="09:00-12:00, 14:00-17:30"' in page
    answer = qin.post("/hours", data={"day_0": "9:00-11:30、14：00至16：00", "day_5": "9:00–12:00"})
    assert answer.status_code == 303
    page = qin.get("/hours").text
    assert 'value="09:00-11:30, 14:00-16:00"' in page
    assert 'value="09:00-12:00"' in page
    assert page.count('value="09:00-12:00, 14:00-17:30"') == 0


@pytest.mark.parametrize(
    "text", ["mornings", "9-12", "12:00-9:00", "9:00-12:00, 11:00-13:00", "9:03-10:00", "23:00-25:00", "9:99-10:00"]
)
def test_hours_that_cannot_be_stand_beside_their_day_and_change_nothing(qin: FlaskClient, text: str) -> None:
    answer = qin.post("/hours", data={"day_2": text})
    assert answer.status_code == 422
    assert 'id="day_2-error"' in answer.text
    assert f'value="{text}"' in answer.text
    assert qin.get("/hours").text.count('value="09:00-12:00, 14:00-17:30"') == 5


def test_a_day_off_is_kept_and_taken_out_again(qin: FlaskClient) -> None:
    qin.post("/hours", data={"do": "day", "on": "2026年11月25日", "hours": "", "reason": "培训"})
    page = qin.get("/hours").text
    assert "培训" in page
    assert "调解员请假" in qin.get("/calendar?on=2026-11-25").text
    qin.post("/hours", data={"do": "clear_day", "what": "2026-11-25"})
    assert "培训" not in qin.get("/hours").text
    assert qin.post("/hours", data={"do": "day", "on": "2026-11-01", "hours": ""}).status_code == 422


def test_hours_are_for_mediators_only(shen: FlaskClient) -> None:
    assert shen.get("/hours").status_code == 403


def test_a_phone_subscribes_to_the_private_address(
    app: Flask, qin: FlaskClient, session: Session, booking: Booking
) -> None:
    qin.post("/hours/feed", data={"step": "make"})
    address = re.search(r"http://localhost(/feeds/[^\"]+\.ics)", qin.get("/hours").text)
    assert address is not None
    phone = app.test_client()
    answer = phone.get(address[1])
    assert answer.content_type == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["DTSTART"].dt == at(24, 9)
    whole = answer.data.replace(b"\r\n ", b"").decode()
    assert "赵" not in whole
    assert "/p/" not in whole
    assert phone.get(address[1], headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert phone.head(address[1]).status_code == 200
    assert phone.get(address[1].replace(".ics", "x.ics")).status_code == 404
    qin.post("/hours/feed", data={"step": "anew"})
    assert phone.get(address[1]).status_code == 410
    session.rollback()
    assert len(session.scalars(select(CalendarFeed)).all()) == 2


def test_a_cancelled_booking_is_told_to_the_phone_for_a_month(
    qin: FlaskClient, session: Session, clock: FakeClock, case: Case, booking: Booking
) -> None:
    qin.post("/hours/feed", data={"step": "make"})
    address = re.search(r"http://localhost(/feeds/[^\"]+\.ics)", qin.get("/hours").text)
    assert address is not None
    disputes.withdraw(session, as_party(case), disputes.WithdrawCase(case.id), clock=clock)
    session.commit()
    (event,) = Calendar.from_ical(qin.get(address[1]).data).walk("VEVENT")
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 1)
    clock.pass_(days=31)
    assert Calendar.from_ical(qin.get(address[1]).data).walk("VEVENT") == []


def test_a_pending_booking_asks_the_mediator_in_the_calendar(
    app: Flask, shen: FlaskClient, session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = received_case(session, clock)
    session.commit()
    shen.post(f"/cases/{case.public_id}/book", data={"slot": FOUR, "key": "k"})
    page = signed_in(app, "qin").get("/calendar?on=2026-11-24").text
    assert f"/cases/{case.public_id}/take" in page
