"""More than one session at a time: in a large room, and by an override of the staff with a reason; never a third."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes.models import Case
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.db import transaction
from mediation.kernel.errors import Denied, Invalid, Taken
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.people.service import RecordPerson
from mediation.scheduling import claims, queries, search, service
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.service import MoveBooking, SetRoomUnits
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station
from tests.fixtures.clock import START, FakeClock
from tests.fixtures.district import Staff
from tests.scheduling.claims_test import PROCESSES, race, raw_booking
from tests.scheduling.staff_views_test import signed_in

pytestmark = [pytest.mark.db, pytest.mark.timeout(120)]
NINE = "2026-11-24T01:00+00:00"
WHY = "法院限期，双方只有这时能到"


def others_case(session: Session, clock: FakeClock, mediator: Actor, phone: str) -> Case:
    """A case of people who have nothing to do with the other cases."""
    one, other = RecordPerson(name="孙七", phone=phone), RecordPerson(name="吴九", phone=f"138{phone[3:]}")
    return ready_case(session, clock, mediator, applicant=one, respondents=(other,))


@pytest.fixture
def first(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    """秦海燕 has a session on Tuesday at nine."""
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return booking


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    """Another case of hers."""
    case = others_case(session, clock, staff("qin"), "13900000077")
    session.commit()
    return case


def rooms(session: Session) -> list[orgs.RoomRow]:
    """Of the station that the clerk keeps."""
    return [room for found in orgs.stations(session) if found.public_id == station(session) for room in found.rooms]


def test_an_override_needs_a_reason_and_keeps_it(
    session: Session, clock: FakeClock, staff: Staff, first: Booking, case: Case
) -> None:
    shen = staff("shen")
    with pytest.raises(Taken):
        book(session, shen, case.id, at(24, 9), clock=clock)
    with pytest.raises(Invalid) as refusal:
        book(session, shen, case.id, at(24, 9), clock=clock, key="a", override="")
    assert (refusal.value.code, refusal.value.field) == ("why_missing", "why")
    booking = book(session, shen, case.id, at(24, 9), clock=clock, key="b", override=WHY)
    assert booking.override_why == WHY
    units = select(Claim.unit).join(Resource).where(Claim.booking_id == booking.id).distinct()
    assert set(session.scalars(units.where(Resource.kind == ResourceKind.MEDIATOR))) == {2}
    assert set(session.scalars(units.where(Resource.kind == ResourceKind.PARTY))) == {1}
    entry = session.scalars(select(log.LogEntry).where(log.LogEntry.name == "time_overridden")).one()
    assert (entry.payload["why"], entry.actor) == (WHY, shen.ref)
    assert list(service.verify(session)) == []


def test_a_third_is_refused_and_a_party_is_never_in_two_sessions(
    session: Session, clock: FakeClock, staff: Staff, first: Booking, case: Case
) -> None:
    shen = staff("shen")
    book(session, shen, case.id, at(24, 9), clock=clock, override=WHY)
    third = others_case(session, clock, staff("qin"), "13900000078")
    with pytest.raises(Taken) as refusal:
        book(session, shen, third.id, at(24, 9), clock=clock, override=WHY)
    assert refusal.value.code == "time_taken"
    with pytest.raises(Taken) as refusal:
        book(session, shen, case.id, at(24, 9), clock=clock, key="again", override=WHY)
    assert refusal.value.code in {"party_busy", "time_taken"}


def test_a_free_time_needs_no_override_and_a_move_ends_one(
    session: Session, clock: FakeClock, staff: Staff, first: Booking, case: Case
) -> None:
    shen = staff("shen")
    free = book(session, shen, case.id, at(24, 15), clock=clock, override=WHY)
    assert free.override_why is None
    other = others_case(session, clock, staff("qin"), "13900000078")
    beside = book(session, shen, other.id, at(24, 9), clock=clock, override=WHY)
    service.reschedule(session, shen, MoveBooking(beside.public_id, at(25, 9)), clock=clock)
    assert beside.override_why is None
    assert set(session.scalars(select(Claim.unit).where(Claim.booking_id == beside.id))) == {1}
    assert list(service.verify(session)) == []


def test_who_may_not_override_is_refused(
    session: Session, clock: FakeClock, staff: Staff, first: Booking, case: Case
) -> None:
    with pytest.raises(Denied):
        book(session, staff("qin"), case.id, at(24, 9), clock=clock, override=WHY)


def test_verify_names_a_shared_time_without_a_reason(
    session: Session, clock: FakeClock, staff: Staff, first: Booking, case: Case
) -> None:
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, override=WHY)
    booking.override_why = None
    session.flush()
    assert [fault.fault for fault in service.verify(session)] == [
        f"mediator {booking.mediator_id} is shared with more than may have it"
    ]


@pytest.fixture
def shen(app: Flask, staff: Staff) -> FlaskClient:
    return signed_in(app, "shen")


def test_the_desk_asks_why_sees_who_has_it_and_books_beside(
    shen: FlaskClient, session: Session, first: Booking, case: Case
) -> None:
    why = shen.get(f"/cases/{case.public_id}/book/why?day=2026-11-24").text
    found = re.search(rf"/cases/{case.public_id}/book/beside\?slot=[^\"]*", why)
    assert found
    path = found[0].replace("&amp;", "&")
    page = shen.get(path).text
    assert first.case is not None
    assert first.case.number in page, "who has it"
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert key
    answer = shen.post(path, data={"slot": NINE, "why": ""})
    assert answer.status_code == 422
    assert "需要写明原因" in re.findall(r'id="why-error".*?</p>', answer.text, re.DOTALL)[0]
    answer = shen.post(path, data={"slot": NINE, "key": key[1], "why": WHY})
    assert answer.status_code == 303
    assert WHY in shen.get(answer.location).text
    session.rollback()
    assert session.scalar(select(func.count()).where(Booking.override_why.is_not(None))) == 1


def test_a_time_that_became_free_is_booked_without_a_reason(
    shen: FlaskClient, session: Session, staff: Staff, first: Booking, case: Case
) -> None:
    service.reschedule(session, staff("shen"), MoveBooking(first.public_id, at(25, 9)), clock=lambda: START)
    session.commit()
    path = f"/cases/{case.public_id}/book/beside?slot={NINE.replace('+', '%2B')}"
    page = shen.get(path).text
    assert 'name="why"' not in page
    assert "预约这个时间" in page
    assert shen.post(path, data={"slot": NINE, "key": "k1"}).status_code == 303
    session.rollback()
    booked = session.scalars(select(Booking).where(Booking.case_id == case.id)).one()
    assert (booked.starts_at, booked.override_why) == (at(24, 9), None)


def test_the_mediator_s_calendar_says_why(
    app: Flask, session: Session, staff: Staff, first: Booking, case: Case
) -> None:
    book(session, staff("shen"), case.id, at(24, 9), clock=lambda: START, override=WHY)
    session.commit()
    assert WHY in signed_in(app, "qin").get("/calendar").text
    assert "/book/beside" not in signed_in(app, "qin").get(f"/cases/{case.public_id}/book/why?day=2026-11-24").text


def test_a_room_for_two_takes_two_side_by_side_and_no_third(session: Session, clock: FakeClock, staff: Staff) -> None:
    room, shen = rooms(session)[0], staff("shen")
    service.set_room_units(session, shen, SetRoomUnits(room.public_id, 2), clock=clock)
    window = Window.between(at(24, 9), at(24, 12))
    for number, (mediator, minutes) in enumerate(zip((1, 2, 3), (60, 120, 60), strict=True)):
        taken = queries.occupied(session, ResourceKind.ROOM, [room.id], window, now=START, units={room.id: 2})[
            room.id
        ].all
        assert taken.bit_count() == (0, 0, 12)[number]
        booking = raw_booking(session, number, mediator, at(24, 9))
        owner = claims.resources(session, ResourceKind.ROOM, [room.id])[room.id]
        if number < 2:
            claims.take(session, booking.id, [claims.want(owner, at(24, 9), minutes, units=2)], now=START)
        else:
            with pytest.raises(Taken):
                claims.take(session, booking.id, [claims.want(owner, at(24, 9), minutes, units=2)], now=START)
            # Whose place ends at ten is given on, whichever of the two it was.
            claims.take(session, booking.id, [claims.want(owner, at(24, 10), minutes, units=2)], now=START)


def test_search_offers_a_large_room_until_it_is_full(
    session: Session, clock: FakeClock, staff: Staff, first: Booking
) -> None:
    room, shen = rooms(session)[0], staff("shen")
    service.set_room_units(session, shen, SetRoomUnits(room.public_id, 2), clock=clock)
    found = []
    for number in range(3):
        case = others_case(session, clock, staff("tian"), f"1390000008{number}")
        find = service.times_for_case(
            session, shen, service.BookTime(case.id, at(26, 9), "x", room_ids=(room.id,)), now=clock()
        )
        found.append(search.free_at(session, find, at(26, 9), now=clock()) is not None)
        booking = raw_booking(session, 50 + number, 3 + number, at(26, 9))
        owner = claims.resources(session, ResourceKind.ROOM, [room.id])[room.id]
        if number < 2:
            claims.take(session, booking.id, [claims.want(owner, at(26, 9), 60, units=2)], now=START)
    assert found == [True, True, False]


def test_a_room_is_not_made_smaller_than_what_is_booked(shen: FlaskClient, session: Session) -> None:
    room = rooms(session)[0]
    path = f"/opening/rooms/{room.public_id}"
    assert shen.post(path, data={"hours": "8:00-20:00", "units": "2"}).status_code == 303
    session.rollback()
    for number in (1, 2):
        booking = raw_booking(session, number, number, at(24, 9))
        owner = claims.resources(session, ResourceKind.ROOM, [room.id])[room.id]
        claims.take(session, booking.id, [claims.want(owner, at(24, 9), 60, units=2)], now=START)
    session.commit()
    answer = shen.post(path, data={"hours": "9:00-18:00", "units": "1"})
    assert answer.status_code == 422
    assert "2026-11-24 09:00" in re.findall(r'id="units-error".*?</p>', answer.text, re.DOTALL)[0]
    assert "08:00-20:00" in shen.get("/opening").text, "nothing changed"
    for impossible in ("0", "10", "zwei", ""):
        answer = shen.post(path, data={"hours": "9:00-18:00", "units": impossible})
        assert (answer.status_code, "units-error" in answer.text) == (422, True)


def both_places(sessions: sessionmaker[Session], number: int) -> str:
    """Everybody wants a place in the room for two, at overlapping times."""
    starts_at = at(24, 9) + timedelta(minutes=5 * (number % 3))
    try:
        with transaction(sessions) as session:
            mediator = people.all_mediators(session)[0].id
            room = claims.resources(session, ResourceKind.ROOM, [1])[1]
            booking = raw_booking(session, number, mediator, starts_at)
            claims.take(session, booking.id, [claims.want(room, starts_at, 60, units=2)], now=START)
    except Taken:
        return "taken"
    return "won"


def test_of_many_who_want_a_room_for_two_two_get_it(db_url: str, sessions: sessionmaker[Session], staff: Staff) -> None:
    assert race(db_url, both_places) == {"won": 2, "taken": PROCESSES * 6 - 2}
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 24
