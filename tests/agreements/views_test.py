"""The pages of the outcome and the party's own page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.agreements import queries
from mediation.agreements.rules.codes import AgreementState
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState, PartyRole
from tests.cast import PASSWORD, QIN, WU, ZHAO, ZHOU
from tests.factories.disputes import party_of, ready_case, received_case
from tests.fixtures.codes import CodesSent

pytestmark = pytest.mark.db
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    case = ready_case(session, clock, staff(QIN))
    session.commit()
    return case


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


def link(session: Session, clock, case: Case, role: PartyRole = PartyRole.APPLICANT) -> str:
    session.rollback()  # a new look
    token = links.issue(session, party_id=party_of(case, role).id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def draft(case: Case, **more: str) -> dict[str, str]:
    return {
        "facts": "押金三千元未退。",
        "clauses-0-text": "房东退还押金",
        "clauses-0-obligor": str(party_of(case, PartyRole.RESPONDENT).id),
        "clauses-0-amount": "3000",
        "clauses-0-due_on": "2026-12-03",
        **more,
    }


def hash_of(session: Session, case: Case) -> str:
    session.rollback()
    agreement = queries.current(session, case.id)
    assert agreement is not None
    return agreement.text_hash or ""


def test_draft_fix_sign_seal_through_the_pages(
    app: Flask, session: Session, clock, case: Case, codes_sent: CodesSent
) -> None:
    qin = signed_in(app, QIN)
    address = f"/cases/{case.public_id}/agreement"
    assert qin.post(address, data=draft(case, add="1")).status_code == 303
    assert "押金三千元未退。" in qin.get(address + "?more=1").get_data(as_text=True)
    assert qin.post(address, data=draft(case, fix="1")).location.endswith("/sign")
    text_hash = hash_of(session, case)
    for role, name in ((PartyRole.APPLICANT, ZHAO.name), (PartyRole.RESPONDENT, ZHOU.name)):
        page = link(session, clock, case, role) + "/agreement"
        phone = app.test_client()
        assert "3,000.00元" in phone.get(page).get_data(as_text=True)
        sent = {"text_hash": text_hash, "typed_name": name, "agree": "y"}
        assert phone.post(page, data=sent).status_code == 422, "a name alone is not a signature"
        asked = phone.post(page, data={**sent, "send-code": "1"})
        assert asked.status_code == 200
        assert f'value="{name}"' in asked.text, "what was typed stays"
        assert phone.post(page, data={**sent, "code": codes_sent[-1][1]}).status_code == 303
    sent = {"text_hash": text_hash, "typed_name": "秦海燕", "agree": "y"}
    assert qin.post(address + "/sign", data=sent).status_code == 303
    assert signed_in(app, WU).post(address + "/seal", data={"text_hash": text_hash}).status_code == 303
    session.rollback()
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert agreement.state is AgreementState.EFFECTIVE
    page = qin.get(f"/cases/{case.public_id}").get_data(as_text=True)
    assert "Joint application for judicial confirmation" in page


def test_not_ticked_is_not_signed(app: Flask, client, session: Session, clock, case: Case) -> None:
    signed_in(app, QIN).post(f"/cases/{case.public_id}/agreement", data=draft(case, fix="1"))
    page = link(session, clock, case) + "/agreement"
    answer = client.post(page, data={"text_hash": hash_of(session, case), "typed_name": ZHAO.name})
    assert answer.status_code == 422
    assert f'value="{ZHAO.name}"' in answer.get_data(as_text=True)


def test_a_wrong_field_keeps_every_clause(app: Flask, case: Case) -> None:
    answer = signed_in(app, QIN).post(
        f"/cases/{case.public_id}/agreement",
        data=draft(case, fix="1", **{"clauses-0-due_on": "someday", "clauses-1-text": "第二条"}),
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "第二条" in page
    assert "房东退还押金" in page


def test_hostile_words_come_back_harmless(app: Flask, client, session: Session, clock, case: Case) -> None:
    qin = signed_in(app, QIN)
    qin.post(f"/cases/{case.public_id}/agreement", data=draft(case, facts=HOSTILE, fix="1"))
    page = client.get(link(session, clock, case) + "/agreement").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page


def test_an_outcome_needs_what_the_law_asks(app: Flask, session: Session, case: Case) -> None:
    qin = signed_in(app, QIN)
    address = f"/cases/{case.public_id}/outcome"
    answer = qin.post(address, data={"kind": "not_agreed", "text": "分歧过大"})
    assert answer.status_code == 422
    assert 'id="told_other_ways-error"' in answer.get_data(as_text=True)
    assert qin.post(address, data={"kind": "not_agreed", "text": "分歧过大", "told_other_ways": "y"}).status_code == 303
    session.rollback()
    assert session.get_one(Case, case.id, populate_existing=True).state is CaseState.CLOSED


def test_the_partys_page_says_how_it_stands(client, session: Session, clock, case: Case) -> None:
    page = client.get(link(session, clock, case)).get_data(as_text=True)
    assert case.number in page
    assert "秦海燕" in page
    assert ZHOU.phone not in page


def test_before_the_community_answers_the_page_does_not_say_accepted(client, session: Session, clock, staff) -> None:
    new = received_case(session, clock)
    session.commit()
    client.set_cookie("locale", "en")
    page = client.get(link(session, clock, new)).get_data(as_text=True)
    assert "The community looks at it" in page
    assert "Accepted" not in page


@pytest.mark.parametrize(
    "path", ["/p/0123456789abcdef.AAAAAAAAAAAAAAAAAAAAAA", "/p/x", "/p/x/agreement", "/p/x/evidence"]
)
def test_a_dead_link_is_one_helpful_page(client, case: Case, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_other_side_does_not_read_the_applicants_words(client, session: Session, clock, case: Case) -> None:
    page = client.get(link(session, clock, case, PartyRole.RESPONDENT)).get_data(as_text=True)
    assert case.summary not in page


def test_a_party_steps_out_from_the_phone(client, session: Session, clock, case: Case) -> None:
    page = link(session, clock, case)
    assert client.get(page + "/withdraw").status_code == 200
    assert client.post(page + "/withdraw").status_code == 303
    session.rollback()
    assert session.get_one(Case, case.id, populate_existing=True).state is CaseState.WITHDRAWN
