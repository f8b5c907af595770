"""The room's pages: for those who have a seat, with camera allowed there and nowhere else."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import Hearing
from tests.cast import PASSWORD, QIN, SHEN
from tests.factories.disputes import party_of
from tests.factories.hearings import booked_hearing, seat_of

pytestmark = pytest.mark.db


@pytest.fixture
def hearing(session: Session, clock, staff) -> Hearing:
    hearing = booked_hearing(session, clock, staff(QIN))
    session.commit()
    return hearing


def link(session: Session, clock, case: Case, role: PartyRole = PartyRole.APPLICANT) -> str:
    token = links.issue(session, party_id=party_of(case, role).id, case_id=case.id, clock=clock)
    session.commit()
    return links.url_path(token)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


def test_a_partys_room_may_use_the_camera_and_names_no_token(client, session, clock, hearing: Hearing) -> None:
    answer = client.get(link(session, clock, hearing.case) + "/hearing")
    assert answer.status_code == 200
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    page = answer.get_data(as_text=True)
    assert 'data-part="party"' in page
    assert "data-desk" not in page


def test_its_token_opens_exactly_that_seat(client, session, clock, hearing: Hearing) -> None:
    answer = client.post(link(session, clock, hearing.case) + "/hearing/token")
    given = json.loads(answer.data)
    assert given["live_url"].startswith("ws://")
    assert service.redeem(session, given["token"], clock=clock).id == seat_of(hearing).id


def test_a_page_with_tls_reaches_live_with_tls_at_the_same_host(client, session, clock, hearing: Hearing) -> None:
    page = link(session, clock, hearing.case) + "/hearing"
    for site, live in (
        ("https://tiaohe.example", "wss://tiaohe.example"),
        ("https://tiaohe.example:8443", "wss://tiaohe.example:8443"),
        ("http://tiaohe.example", "ws://tiaohe.example:8001"),
    ):
        given = json.loads(client.post(f"{page}/token", base_url=site).data)
        assert given["live_url"] == live
        assert f"connect-src 'self' {live};" in client.get(page, base_url=site).headers["Content-Security-Policy"]


def test_the_page_is_sent_to_the_process_that_holds_the_hearing(app: Flask, session, clock, hearing: Hearing) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"live_processes": 2})
    service.claim(session, service.begin_process(session, 1, clock=clock), hearing.id, is_full=False, clock=clock)
    session.commit()
    page = link(session, clock, hearing.case) + "/hearing"
    for site, live, origins in (
        ("https://tiaohe.example", "wss://tiaohe.example/live-1", "wss://tiaohe.example"),
        ("http://tiaohe.example", "ws://tiaohe.example:8011", "ws://tiaohe.example:8001 ws://tiaohe.example:8011"),
    ):
        client = app.test_client()
        assert json.loads(client.post(f"{page}/token", base_url=site).data)["live_url"] == live
        assert f"connect-src 'self' {origins};" in client.get(page, base_url=site).headers["Content-Security-Policy"]


def test_a_full_house_answers_with_a_sentence(client, session, clock, hearing: Hearing) -> None:
    process = service.begin_process(session, 0, clock=clock)
    service.renew(session, process, load=0.9, is_full=True, clock=clock)
    session.commit()
    answer = client.post(link(session, clock, hearing.case) + "/hearing/token", headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert json.loads(answer.data)["problem"]["code"] == "live_full"


def test_the_mediator_has_the_desk(app: Flask, hearing: Hearing) -> None:
    page = signed_in(app, QIN).get(f"/hearings/{hearing.public_id}").get_data(as_text=True)
    assert 'data-part="neutral"' in page
    assert "data-desk" in page


def test_who_has_no_seat_does_not_come_in(app: Flask, hearing: Hearing) -> None:
    clerk = signed_in(app, SHEN)
    assert clerk.get(f"/hearings/{hearing.public_id}").status_code == 404
    assert clerk.post(f"/hearings/{hearing.public_id}/token").status_code == 404


def test_a_dead_link_opens_no_room(client, hearing: Hearing) -> None:
    assert client.get("/p/0123456789abcdef.x/hearing").status_code == 404


def test_every_other_page_forbids_the_camera(client, hearing: Hearing) -> None:
    assert "camera=()" in client.get("/").headers["Permissions-Policy"]


@pytest.mark.parametrize(("agent", "sign"), [("Mozilla/5.0 MicroMessenger/8.0", "wechat"), ("Mozilla/5.0", "")])
def test_a_browser_inside_an_app_is_told_to_open_another(client, session, clock, hearing, agent, sign) -> None:  # noqa: PLR0917 - fixtures
    answer = client.get(link(session, clock, hearing.case) + "/hearing", headers={"User-Agent": agent})
    assert f'data-app="{sign}"' in answer.get_data(as_text=True)
