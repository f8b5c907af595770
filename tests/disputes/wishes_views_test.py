"""Choosing, refusing and assigning a mediator over HTTP: the party's pages, the desk's, and bad input."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes import queries
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from tests.cast import PASSWORD, SHEN
from tests.factories.disputes import accepted_case, party_of

pytestmark = pytest.mark.db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    case = accepted_case(session, clock)
    session.commit()
    return case


@pytest.fixture
def clerk(app: Flask, staff) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": SHEN, "password": PASSWORD})
    return client


@pytest.fixture
def resident(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    return client


def own(session: Session, clock, case: Case, role: PartyRole) -> str:
    token = links.issue(session, party_id=party_of(case, role).id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def names(session: Session, case: Case) -> list[tuple[str, str]]:
    """Public id and name, in the order of the proposal."""
    return [(row.mediator.public_id, row.mediator.name) for row in queries.choice_board(session, case).rows]


def text(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_both_sides_choose_the_same_and_the_desk_assigns_that_one(
    resident: FlaskClient, clerk: FlaskClient, session: Session, clock, case: Case
) -> None:
    (_first, _name), (wanted, name), *_rest = names(session, case)
    pages = [own(session, clock, case, role) for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT)]
    for page in pages:
        shown = text(resident, f"{page}/mediator")
        assert name in shown
        assert "Speaks: " in shown
        assert "Takes: " in shown
        assert resident.post(f"{page}/mediator", data={"mediator": wanted}).status_code == 303
    assert f"Both sides wish for {name}" in text(resident, pages[0])
    session.rollback()
    assign = f"/cases/{case.public_id}/assign"
    assert "chosen by both parties" in text(clerk, assign)
    other = clerk.post(assign, data={"mediator": names(session, case)[1][0], "reason": "least_loaded"})
    assert other.status_code == 422
    assert f"The parties chose {name} together." in other.get_data(as_text=True)
    assert clerk.post(assign, data={"mediator": wanted, "reason": "least_loaded"}).status_code == 303
    shown = text(clerk, f"/cases/{case.public_id}")
    assert "The parties chose" in shown
    assert "Why not one of the others" in shown
    assert "The parties chose somebody else together" in shown


def test_a_wish_of_one_side_stands_as_a_wish_on_the_assign_page(
    resident: FlaskClient, clerk: FlaskClient, session: Session, clock, case: Case
) -> None:
    page = own(session, clock, case, PartyRole.APPLICANT)
    resident.post(f"{page}/mediator", data={"mediator": names(session, case)[1][0]})
    shown = text(clerk, f"/cases/{case.public_id}/assign")
    assert "wished for by 赵晓明" in shown
    assert "proposed: the least loaded" in shown
    assert "share of work" in shown
    resident.post(f"{page}/mediator", data={"mediator": "nobody"})
    assert "wished for by" not in text(clerk, f"/cases/{case.public_id}/assign")


def test_a_refusal_with_a_ground_is_decided_by_the_desk_and_the_party_reads_it(
    resident: FlaskClient, clerk: FlaskClient, session: Session, clock, case: Case
) -> None:
    page = own(session, clock, case, PartyRole.RESPONDENT)
    other = own(session, clock, case, PartyRole.APPLICANT)
    unwanted, name = names(session, case)[0]
    sent = {"mediator": unwanted, "ground": "relative", "why": HOSTILE}
    assert resident.post(f"{page}/mediator/not", data=sent).status_code == 303
    session.rollback()
    said = queries.wishes(session, case.id)[0]
    desk = text(clerk, f"/cases/{case.public_id}")
    assert f"周国强 asks for the recusal of {name}" in desk
    assert "<script>alert" not in desk
    decide = f"/cases/{case.public_id}/recusal/{said.public_id}"
    refused = clerk.post(decide, data={"decision": "grant", "why": ""})
    assert refused.status_code == 422
    assert "Write the reason. The party reads it." in refused.get_data(as_text=True)
    assert clerk.post(decide, data={"decision": "grant", "why": "查实为表亲"}).status_code == 303
    assert "查实为表亲" in text(resident, f"{page}/mediator")
    seen = text(resident, f"{other}/mediator") + text(resident, other)
    assert "查实为表亲" not in seen, "the other side is not told"
    listed = text(clerk, f"/cases/{case.public_id}/assign")
    assert "Is tied to a party" in listed
    assert clerk.post(f"/cases/{case.public_id}/assign", data={"mediator": unwanted}).status_code == 422


def test_what_was_never_offered_is_refused_beside_its_field(
    resident: FlaskClient, session: Session, clock, case: Case
) -> None:
    page = own(session, clock, case, PartyRole.APPLICANT)
    for address, sent in (
        ("mediator", {"mediator": "nonsense"}),
        ("mediator", {}),
        ("mediator/not", {"mediator": "nonsense"}),
        ("mediator/not", {"mediator": names(session, case)[0][0], "ground": "nonsense"}),
        ("mediator/not", {"mediator": names(session, case)[0][0], "why": "字" * 501}),
        ("mediator/not", {"mediator": names(session, case)[0][0], "ground": "other"}),
    ):
        answer = resident.post(f"{page}/{address}", data=sent)
        assert answer.status_code == 422, sent
        assert "error-summary" in answer.get_data(as_text=True)
    session.rollback()
    assert queries.wishes(session, case.id) == ()
    assert resident.post(f"{page}/mediator/back", data={"wish": "x"}).status_code == 404


def test_the_desk_writes_down_a_wish_and_a_relation(clerk: FlaskClient, session: Session, case: Case) -> None:
    (first, name), (second, other), *_rest = names(session, case)
    base = f"/cases/{case.public_id}"
    party = str(party_of(case, PartyRole.RESPONDENT).id)
    sent = {"party": party, "kind": "refuses", "mediator": first, "why": "信不过"}
    assert clerk.post(f"{base}/wish", data=sent).status_code == 303
    assert f"周国强: Does not want {name}" in text(clerk, base)
    bad = clerk.post(f"{base}/relation", data={"mediator": second, "kind": "household", "why": ""})
    assert bad.status_code == 422
    known = {"mediator": second, "kind": "household", "why": "网格员反映同住一户"}
    assert clerk.post(f"{base}/relation", data=known).status_code == 303
    assert f"{other} · Lives in one household with a party" in text(clerk, base)
    assert clerk.post(f"{base}/relation/back", data={"mediator": second}).status_code == 303
    assert f"{other} · Lives in one household" not in text(clerk, base)


def test_the_desk_keeps_a_mediators_share(clerk: FlaskClient, session: Session, case: Case) -> None:
    mediator, name = names(session, case)[0]
    address = f"/mediators/{mediator}/share"
    assert name in text(clerk, address)
    for percent in ("0", "101", "half", ""):
        answer = clerk.post(address, data={"percent": percent})
        assert answer.status_code == 422
        assert "Write a whole number from 1 to 100." in answer.get_data(as_text=True)
    assert clerk.post(address, data={"percent": "40"}).status_code == 303
    assert "Share of work: 40 %" in text(clerk, "/opening")
