"""The desk's and the party's pages under bad input: shown back harmlessly, refused beside the field, never twice."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState, PartyRole
from mediation.files.models import StoredFile
from tests.cast import LIN, PASSWORD, SHEN
from tests.factories.disputes import community, party_of, received_case

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'&=1+1"


@pytest.fixture
def clerk(app: Flask, staff) -> FlaskClient:
    return signed_in(app, SHEN)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    case = received_case(session, clock)
    session.commit()
    return case


@pytest.fixture
def own(session: Session, clock, case: Case) -> str:
    """The applicant's personal page."""
    token = links.issue(session, party_id=party_of(case, PartyRole.APPLICANT).id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def registration(session: Session, **more: object) -> dict[str, object]:
    known = {
        "kind": "mediation",
        "channel": "hotline",
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


def fresh(session: Session, case: Case) -> Case:
    session.rollback()  # a new look
    return session.get_one(Case, case.id, populate_existing=True)


WORDS = ("name", "address", "happened_at_place", "summary", "relief", "other_name", "source_reference")


def test_hostile_words_of_a_registration_are_harmless_wherever_they_are_shown(
    clerk: FlaskClient, session: Session
) -> None:
    sent = registration(session, **dict.fromkeys(WORDS, HOSTILE))
    address = clerk.post("/cases/new", data=sent).location
    for page in (address, "/desk", "/cases", f"{address}/accept", f"{address}/refer", f"{address}/trail"):
        text = clerk.get(page).get_data(as_text=True)
        assert "<script>alert" not in text, page
        assert "49" not in re.findall(r"alert\(1\)&lt;/script&gt;(..)", text), page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in clerk.get(address).get_data(as_text=True)


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "字" * 5001])
def test_words_that_cannot_be_kept_are_refused_beside_their_field(
    clerk: FlaskClient, session: Session, name: str, text: str
) -> None:
    answer = clerk.post("/cases/new", data=registration(session, **{name: text}))
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.get_data(as_text=True)
    assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize("choice", ["kind", "channel", "risk", "dispute_type", "community", "other_kind"])
def test_a_choice_that_was_never_offered_is_refused(clerk: FlaskClient, session: Session, choice: str) -> None:
    answer = clerk.post("/cases/new", data=registration(session, **{choice: "nonsense"}))
    assert answer.status_code == 422


def test_a_community_elsewhere_is_refused_beside_its_field(clerk: FlaskClient, session: Session) -> None:
    answer = clerk.post("/cases/new", data=registration(session, community=community(session, "望江社区")))
    assert answer.status_code == 422
    assert "does not belong to your place" in answer.get_data(as_text=True)


def test_a_name_of_the_other_side_with_marks_nobody_sees_is_cleaned(clerk: FlaskClient, session: Session) -> None:
    clerk.post("/cases/new", data=registration(session, other_name="周\u202e国\u2066强"))
    session.rollback()
    assert party_of(session.scalars(select(Case)).one(), PartyRole.RESPONDENT).person.name == "周国强"


def test_a_decision_sent_twice_is_taken_once_and_the_second_is_told(
    clerk: FlaskClient, session: Session, case: Case
) -> None:
    sent = {"ground": "criminal", "reason": HOSTILE}
    assert clerk.post(f"/cases/{case.public_id}/refuse", data=sent).status_code == 303
    again = clerk.post(f"/cases/{case.public_id}/refuse", data=sent)
    assert again.status_code in (409, 422)
    assert "<script>alert" not in again.get_data(as_text=True)
    assert fresh(session, case).state is CaseState.REFUSED
    assert "<script>alert" not in clerk.get(f"/cases/{case.public_id}/guidance").get_data(as_text=True)


def test_the_same_person_on_both_sides_is_refused(clerk: FlaskClient, session: Session, case: Case) -> None:
    person = party_of(case, PartyRole.APPLICANT).person
    sent = {"role": "third", "kind": "natural", "name": person.name, "phone": person.phone}
    answer = clerk.post(f"/cases/{case.public_id}/parties/new", data=sent)
    assert answer.status_code == 422
    assert len(fresh(session, case).parties) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("phone", "12345"), ("id_number", "510199199607150013"), ("name", ""), ("role", "judge")]
)
def test_a_wrong_field_of_a_party_keeps_the_others(
    clerk: FlaskClient, session: Session, case: Case, name: str, value: str
) -> None:
    sent = {"role": "third", "kind": "natural", "name": "李四", "address": "桃花巷9号", name: value}
    answer = clerk.post(f"/cases/{case.public_id}/parties/new", data=sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "桃花巷9号" in page
    assert len(fresh(session, case).parties) == 2


def filed(client: FlaskClient, address: str, *files: tuple[str, bytes]) -> tuple[int, str]:
    sent = {"files": [(io.BytesIO(content), name) for name, content in files]}
    answer = client.post(address, data=sent, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


BAD_FILES = [
    ("photo.jpg", b"<html><script>alert(1)</script></html>"),
    ("photo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("empty.pdf", b""),
    ("large.pdf", PDF + b"0" * (20 * 1024 * 1024)),
]


@pytest.mark.parametrize("bad", BAD_FILES, ids=[name for name, _content in BAD_FILES])
def test_evidence_is_judged_by_content_and_size(
    clerk: FlaskClient, session: Session, case: Case, own: str, bad: tuple[str, bytes]
) -> None:
    for client, address in ((clerk, f"/cases/{case.public_id}/evidence/new"), (clerk, f"{own}/evidence")):
        status, page = filed(client, address, bad)
        assert status == 422
        assert 'id="files-error"' in page
    assert session.scalars(select(StoredFile)).all() == []


def test_a_party_files_ten_papers_and_no_more(app: Flask, session: Session, case: Case, own: str) -> None:
    phone = app.test_client()
    assert filed(phone, f"{own}/evidence", *[(f"{n}.pdf", PDF) for n in range(11)])[0] == 422
    assert filed(phone, f"{own}/evidence", *[(f"{n}.pdf", PDF) for n in range(10)])[0] == 303
    assert filed(phone, f"{own}/evidence", ("11.pdf", PDF))[0] in (409, 422)
    assert len(fresh(session, case).evidence) == 10


def test_a_file_name_cannot_speak_html(clerk: FlaskClient, case: Case) -> None:
    filed(clerk, f"/cases/{case.public_id}/evidence/new", ("<img src=x onerror=alert(1)>.pdf", PDF))
    assert "<img src=x" not in clerk.get(f"/cases/{case.public_id}").get_data(as_text=True)


def test_a_party_refuses_and_the_desk_can_no_longer_accept(
    app: Flask, clerk: FlaskClient, session: Session, case: Case, clock
) -> None:
    other = party_of(case, PartyRole.RESPONDENT)
    token = links.issue(session, party_id=other.id, case_id=case.id, clock=clock)
    session.commit()
    assert app.test_client().post(f"{links.url_path(token)}/refuse").status_code == 303
    page = clerk.get(f"/cases/{case.public_id}").get_data(as_text=True)
    assert "refuses mediation" in page
    body = re.findall(r'<option value="(\w+)"', clerk.get(f"/cases/{case.public_id}/accept").get_data(as_text=True))
    answer = clerk.post(f"/cases/{case.public_id}/accept", data={"body": body[0]})
    assert answer.status_code in (409, 422)
    assert fresh(session, case).state is CaseState.RECEIVED


def test_only_the_applicant_takes_the_application_back(app: Flask, session: Session, case: Case, own, clock) -> None:
    token = links.issue(session, party_id=party_of(case, PartyRole.RESPONDENT).id, case_id=case.id, clock=clock)
    session.commit()
    assert app.test_client().post(f"{links.url_path(token)}/withdraw").status_code in (409, 422)
    assert app.test_client().post(f"{own}/withdraw").status_code == 303
    assert fresh(session, case).state is CaseState.WITHDRAWN


def test_a_judge_elsewhere_learns_nothing_of_the_case(app: Flask, case: Case) -> None:
    judge = signed_in(app, LIN)
    unknown = judge.get("/cases/zzzzzzzzzzzz")
    hidden = judge.get(f"/cases/{case.public_id}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    shape = [
        re.sub(r'nonce="[^"]+"|value="[^"]+"|/cases/\w+', "", one.get_data(as_text=True)) for one in (hidden, unknown)
    ]
    assert shape[0] == shape[1]
