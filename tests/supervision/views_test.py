"""The desk, the list, the case page: what each role finds there."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState
from mediation.people.models import Mediator
from tests.cast import HU, LIN, PASSWORD, QIN, SHEN, WU, ZHAO, ZHOU
from tests.factories.disputes import accepted_case, community, received_case

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def as_staff(app: Flask, staff):
    def signed_in(username: str) -> FlaskClient:
        client = app.test_client()
        client.set_cookie("locale", "en")
        client.post("/sign-in", data={"username": username, "password": PASSWORD})
        return client

    return signed_in


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    case = received_case(session, clock)
    session.commit()
    return case


def state_of(session: Session, case: Case) -> CaseState:
    session.rollback()
    return session.get_one(Case, case.id, populate_existing=True).state


def test_the_desk_shows_new_intakes_with_their_light(as_staff, case: Case) -> None:
    page = as_staff(SHEN).get("/desk").get_data(as_text=True)
    assert case.number in page
    assert "3 days left" in page


def test_a_colleague_elsewhere_does_not_see_it(as_staff, case: Case) -> None:
    assert case.number not in as_staff(HU).get("/desk").get_data(as_text=True)
    assert as_staff(HU).get(f"/cases/{case.public_id}").status_code == 404


def test_the_case_page_masks_phones(as_staff, case: Case) -> None:
    page = as_staff(SHEN).get(f"/cases/{case.public_id}").get_data(as_text=True)
    assert ZHAO.phone not in page
    assert "138****0001" in page


def test_the_list_finds_by_number_and_by_phone(as_staff, case: Case) -> None:
    client = as_staff(SHEN)
    assert client.get(f"/cases?text={case.number}").location.endswith(case.public_id)
    assert case.number in client.get(f"/cases?text={ZHOU.phone}").get_data(as_text=True)
    assert case.number not in client.get("/cases?text=13999999999").get_data(as_text=True)


@pytest.mark.parametrize("query", ["after=nonsense", "after=1_99999999999999999999", "state=nonsense", "text=%00"])
def test_a_strange_question_gets_a_page(as_staff, case: Case, query: str) -> None:
    assert as_staff(SHEN).get(f"/cases?{query}").status_code == 200


def test_accept_assign_take(as_staff, session: Session, case: Case) -> None:
    clerk = as_staff(SHEN)
    accept = clerk.get(f"/cases/{case.public_id}/accept").get_data(as_text=True)
    assert "Taoxi Community Mediation Committee" in accept
    body = accept.split('<option value="')[1].split('"')[0]
    assert clerk.post(f"/cases/{case.public_id}/accept", data={"body": body}).status_code == 303
    qin = session.scalars(select(Mediator.public_id).order_by(Mediator.id)).first()
    sent = {"mediator": qin, "reason": "speciality"}
    assert clerk.post(f"/cases/{case.public_id}/assign", data=sent).status_code == 303
    mediator = as_staff(QIN)
    assert "You are asked to mediate" in mediator.get("/desk").get_data(as_text=True)
    assert mediator.post(f"/cases/{case.public_id}/take").status_code == 303
    assert state_of(session, case) is CaseState.ACCEPTED
    session.refresh(case)
    assert case.mediator_accepted_at is not None


def test_a_mediator_sees_a_case_only_once_asked(as_staff, case: Case) -> None:
    assert as_staff(QIN).get(f"/cases/{case.public_id}").status_code == 404


def test_refusing_needs_its_reason_and_prints_a_notice(as_staff, session: Session, case: Case) -> None:
    clerk = as_staff(SHEN)
    answer = clerk.post(f"/cases/{case.public_id}/refuse", data={"ground": "criminal", "reason": ""})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.get_data(as_text=True)
    clerk.post(f"/cases/{case.public_id}/refuse", data={"ground": "criminal", "reason": "请向桃溪派出所报案。"})
    assert state_of(session, case) is CaseState.REFUSED
    notice = clerk.get(f"/cases/{case.public_id}/guidance").get_data(as_text=True)
    assert "请向桃溪派出所报案。" in notice
    assert "属于刑事案件" in notice


def test_sent_to_the_court_the_court_takes_it(as_staff, session: Session, case: Case, clock) -> None:
    clerk = as_staff(SHEN)
    page = clerk.get(f"/cases/{case.public_id}/refer").get_data(as_text=True)
    court = page.split("Taoxi District People")[0].rpartition('value="')[2].split('"')[0]
    sent = {"to_body": court, "mode": "transfer", "reason": "涉及诉讼保全"}
    assert clerk.post(f"/cases/{case.public_id}/refer", data=sent).status_code == 303
    assert case.number in as_staff(LIN).get("/desk").get_data(as_text=True)
    answer = as_staff(LIN).post(f"/cases/{case.public_id}/referral", data={"answer": "take"})
    assert answer.status_code == 303
    assert state_of(session, case) is CaseState.ACCEPTED


def test_who_may_not_decide_is_told_so(as_staff, session: Session, case: Case, clock) -> None:
    accepted = accepted_case(session, clock, summary="另一件")
    session.commit()
    answer = as_staff(LIN).post(f"/cases/{accepted.public_id}/accept", data={})
    assert answer.status_code in (403, 404)
    assert as_staff(WU).get(f"/cases/{accepted.public_id}").status_code == 200


def registration(session: Session, **more: object) -> dict[str, object]:
    known = {
        "kind": "mediation",
        "channel": "phone",
        "risk": "ordinary",
        "name": "罗桂兰",
        "dispute_type": "neighbour",
        "community": community(session),
        "summary": "楼上漏水",
        "other_name": "楼上住户",
        "other_kind": "natural",
        "key": "k1",
    }
    return {**known, **more}


def test_a_walk_in_without_a_phone_is_registered_once(as_staff, session: Session) -> None:
    clerk = as_staff(SHEN)
    for _ in range(2):
        answer = clerk.post("/cases/new", data=registration(session))
        assert answer.status_code == 303
    session.rollback()
    assert len(session.scalars(select(Case)).all()) == 1


def test_a_wrong_field_keeps_the_desks_words_and_files(as_staff, session: Session) -> None:
    clerk = as_staff(SHEN)
    sent = registration(session, id_number="510199199607150013", files=(io.BytesIO(PDF), "照片.pdf"))
    answer = clerk.post("/cases/new", data=sent, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "楼上漏水" in page
    assert "照片.pdf" in page
    draft = page.split('name="draft" value="')[1].split('"')[0]
    clerk.post("/cases/new", data=registration(session, draft=draft))
    session.rollback()
    assert [row.file.name for row in session.scalars(select(Case)).one().evidence] == ["照片.pdf"]


def test_the_trail_says_that_it_is_whole(as_staff, case: Case) -> None:
    page = as_staff(SHEN).get(f"/cases/{case.public_id}/trail").get_data(as_text=True)
    assert "the chain is whole" in page
    assert "Application registered" in page
