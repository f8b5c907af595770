"""Staff ask why a time is not offered, and read every reason by name."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes import queries as disputes
from mediation.disputes import service as dispute_service
from mediation.disputes.rules.codes import AssignmentReason, DeclineGround, LeftOutReason
from mediation.kernel.db import transaction
from mediation.people import queries as people
from mediation.scheduling import service
from mediation.scheduling.rules.bits import ones, stretches
from mediation.scheduling.service import HoldTime
from tests.cast import PASSWORD
from tests.factories.disputes import accepted_case, ready_case
from tests.factories.scheduling import at, book, wish
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff

pytestmark = pytest.mark.db


def test_stretches_are_the_unbroken_runs() -> None:
    assert list(stretches(0b1101_1100)) == [(2, 3), (6, 2)]
    assert list(stretches(0)) == []
    bits = 0b10011101
    assert sorted(i for first, n in stretches(bits) for i in range(first, first + n)) == list(ones(bits))


def lines(client: FlaskClient, path: str) -> dict[str, str]:
    """Time -> the text of its row."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    rows = re.findall(r'<tr>\s*<th scope="row"[^>]*>(.+?)</th>(.+?)</tr>', answer.text, re.DOTALL)
    return {clock: " ".join(re.sub(r"<[^>]+>", " ", rest).split()) for clock, rest in rows}


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": "shen", "password": PASSWORD})
    return client


def test_every_reason_is_named(
    sessions: sessionmaker[Session], clock: FakeClock, staff: Staff, desk: FlaskClient
) -> None:
    with transaction(sessions) as session:
        other = ready_case(session, clock, staff("qin"))
        book(session, staff("shen"), other.id, at(24, 9), clock=clock)
        case = ready_case(session, clock, staff("qin"), summary="another")
        mediator = case.mediator_id
        service.hold(session, HoldTime("draft:x", wish(session), at(24, 14)), clock=clock)
        public_id = case.public_id
    assert mediator is not None
    found = lines(desk, f"/cases/{public_id}/book/why?day=2026-11-24")
    clock_of = {text.removeprefix("0"): row for text, row in found.items()}
    assert "Booked 秦海燕" in clock_of["9:00"]
    assert "Takes part in another session then" in clock_of["9:00"]
    assert "The rest after another session" in clock_of["10:00"]
    assert clock_of["10:30"].startswith("yes")
    assert "Outside working hours 秦海燕 00:00-09:00" in clock_of["8:00"]
    assert "Outside working hours 秦海燕 17:30-24:00" in clock_of["19:00"]
    holiday = lines(desk, f"/cases/{public_id}/book/why?day=2026-11-23")
    assert any("It is over" in row for row in holiday.values())
    far = lines(desk, f"/cases/{public_id}/book/why?day=2027-02-01")
    assert all("Too far ahead to be booked" in row for row in far.values())
    assert desk.get(f"/cases/{public_id}/book/why?day=soon").status_code == 200


def test_the_booking_page_leads_there(
    sessions: sessionmaker[Session], clock: FakeClock, staff: Staff, desk: FlaskClient
) -> None:
    with transaction(sessions) as session:
        public_id = ready_case(session, clock, staff("qin")).public_id
    assert f"/cases/{public_id}/book/why?" in desk.get(f"/cases/{public_id}/book").text


def test_who_is_not_asked_has_a_reason(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = accepted_case(session, clock)
    qin = people.mediator_of(session, staff("qin").account_id)
    assert qin is not None
    ask = dispute_service.AssignMediator(case.id, qin.id, AssignmentReason.SPECIALITY)
    dispute_service.assign(session, staff("shen"), ask, clock=clock)
    step_back = dispute_service.AnswerAssignment(case.id, DeclineGround.RELATIVE)
    dispute_service.answer_assignment(session, staff("qin"), step_back, clock=clock)
    out = {one.mediator.id: one.why for one in disputes.mediators_left_out(session, case)}
    assert out[qin.id] is LeftOutReason.RECUSED
    assert LeftOutReason.UNSKILLED in out.values()
    able = {row.mediator.id for row in disputes.mediators_to_choose(session, case)}
    assert able.isdisjoint(out)
