"""Staff choose who is asked to a session, and in which room it is."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.models import Hearing
from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Invalid
from mediation.notices import queries as notices
from mediation.notices.catalogue import NoticeKind
from mediation.orgs import queries as orgs
from mediation.people.service import RecordPerson
from mediation.scheduling import queries
from mediation.scheduling.models import Booking
from tests.cast import LUO, PASSWORD, QIN, SHEN, ZHAO, ZHOU
from tests.factories.disputes import as_party, party_of, ready_case, received_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.db
TEN = "2026-11-24T02:00+00:00"


@pytest.fixture
def case(session: Session, clock: FakeClock, staff) -> Case:
    case = ready_case(session, clock, staff(QIN))
    session.commit()
    return case


@pytest.fixture
def shen(app: Flask, staff) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "zh_Hans_CN")
    client.post("/sign-in", data={"username": SHEN, "password": PASSWORD})
    return client


@pytest.fixture
def alone(session: Session, clock: FakeClock, case: Case) -> Booking:
    """Zhao alone with the mediator."""
    return book(session, SYSTEM, case.id, at(24, 10), clock=clock, left_out=(party_of(case, PartyRole.RESPONDENT).id,))


def test_who_is_not_asked_has_no_seat_and_no_message(session: Session, case: Case, alone: Booking) -> None:
    hearing = session.scalars(select(Hearing)).one()
    assert [seat.party_id for seat in hearing.seats if seat.party_id] == [party_of(case, PartyRole.APPLICANT).id]
    told = {row.address for row in notices.messages(session) if row.kind is NoticeKind.HEARING_BOOKED}
    assert told == {ZHAO.phone}


def test_who_is_not_asked_stays_free_at_that_time(session: Session, clock: FakeClock, alone: Booking) -> None:
    landlord, tenant = (RecordPerson(name=who.name, phone=who.phone) for who in (ZHOU, LUO))
    other = received_case(session, clock, applicant=landlord, respondents=(tenant,))
    booked = book(session, SYSTEM, other.id, at(24, 10), clock=clock)
    assert booked.starts_at == alone.starts_at


def test_each_sees_the_sessions_to_which_they_are_asked(
    session: Session, clock: FakeClock, case: Case, alone: Booking
) -> None:
    asked = queries.personal_panel(session, case.id, as_party(case), now=clock())
    left = queries.personal_panel(session, case.id, as_party(case, PartyRole.RESPONDENT), now=clock())
    assert asked.booking is not None
    assert (left.booking, left.may_book) == (None, False)
    (row,) = queries.case_panel(session, case.id, SYSTEM, now=clock()).coming
    assert row.without == (ZHOU.name,)


def test_a_session_without_any_party_is_none(session: Session, clock: FakeClock, case: Case) -> None:
    everybody = tuple(party.id for party in case.parties)
    with pytest.raises(Invalid, match="nobody_comes"):
        book(session, SYSTEM, case.id, at(24, 10), clock=clock, left_out=everybody)


def test_the_desk_asks_one_side_into_the_second_room(shen: FlaskClient, session: Session, case: Case) -> None:
    second = orgs.stations(session)[0].rooms[1]
    zhao = party_of(case, PartyRole.APPLICANT).public_id
    page = shen.get(f"/cases/{case.public_id}/book?at={second.public_id}&who={zhao}").text
    assert re.search(rf'name="who"[^>]*value="{zhao}"[^>]*checked', page)
    hidden = {name: re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page) for name in ("at", "who", "key")}
    sent = {name: found[1] for name, found in hidden.items() if found}
    assert shen.post(f"/cases/{case.public_id}/book", data={"slot": TEN, **sent}).status_code == 303
    session.rollback()
    booked = session.scalars(select(Booking)).one()
    assert booked.room_id == second.id
    assert queries.left_out(session, booked.id) == {party_of(case, PartyRole.RESPONDENT).id}
    assert "此次不参加" in shen.get(f"/cases/{case.public_id}").text


def test_by_default_everybody_comes_and_any_free_room_is_taken(shen: FlaskClient, session: Session, case: Case) -> None:
    where = orgs.stations(session)[0].public_id
    assert shen.post(f"/cases/{case.public_id}/book", data={"slot": TEN, "at": where, "key": "k"}).status_code == 303
    session.rollback()
    booked = session.scalars(select(Booking)).one()
    assert booked.room is not None
    assert queries.left_out(session, booked.id) == frozenset()
