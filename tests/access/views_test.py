"""Signing in by the pages, as a browser does."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from mediation.access import links
from mediation.access.permissions import Role
from mediation.access.rules import own_path
from mediation.access.service import codes, find, verified
from mediation.kernel.db import transaction
from tests.factories.access import PASSWORD, make_account
from tests.factories.orgs import make_tree

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def shen(sessions: sessionmaker[Session], clock) -> int:
    with transaction(sessions) as session:
        tree = make_tree(session, clock)
        make_account(session, clock, (Role.ADMIN, tree.district), username="guo")
        return make_account(session, clock, (Role.CLERK, tree.community), username="shen").id


def sign_in(client: FlaskClient, username: str = "shen", password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"username": username, "password": password, **more})


def test_staff_sign_in_and_go_where_they_wanted(client: FlaskClient) -> None:
    asked = client.get("/account/sessions")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/account/sessions"
    answer = sign_in(client, next="/account/sessions")
    assert (answer.status_code, answer.location) == (303, "/account/sessions")
    page = client.get("/account/sessions")
    assert page.status_code == 200
    assert "这个浏览器" in page.text or "This browser" in page.text


def test_without_a_wish_a_clerk_goes_to_the_desk_and_an_administrator_to_the_own_account(app: Flask) -> None:
    assert sign_in(app.test_client()).location == "/desk"
    assert sign_in(app.test_client(), "guo").location == "/account/sessions"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, target: str) -> None:
    assert own_path(target) == "/desk"
    assert sign_in(client, next=target).location == "/desk"


def test_a_path_of_ours_is_kept_with_its_question() -> None:
    assert own_path("/cases/abc?tab=trail&x=%2F") == "/cases/abc?tab=trail&x=%2F"


def test_a_wrong_password_keeps_the_name_and_says_beside_the_field_what_to_do(client: FlaskClient) -> None:
    page = sign_in(client, password="wrong password")
    assert page.status_code == 422
    assert 'value="shen"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "wrong password" not in page.text


def test_signing_in_again_begins_a_new_cookie_and_the_old_one_is_not_used(app: Flask) -> None:
    client = app.test_client()
    client.get("/sign-in")
    with client.session_transaction() as jar:
        jar["planted"] = "by somebody else"
    sign_in(client)
    with client.session_transaction() as jar:
        assert "planted" not in jar
        first = jar["_user_id"]
    sign_in(client)
    with client.session_transaction() as jar:
        assert jar["_user_id"] != first


def test_signed_out_the_same_cookie_opens_nothing(app: Flask) -> None:
    client = app.test_client()
    sign_in(client)
    with client.session_transaction() as jar:
        stolen = jar["_user_id"]
    assert client.post("/sign-out").status_code == 303
    thief = app.test_client()
    with thief.session_transaction() as jar:
        jar["_user_id"] = stolen
    assert thief.get("/account/sessions").status_code == 303


def test_a_session_lives_while_it_is_used_and_ends_when_idle(client: FlaskClient, clock) -> None:
    sign_in(client)
    for _ in range(3):
        clock.pass_(minutes=20)
        assert client.get("/account/sessions").status_code == 200
    clock.pass_(minutes=31)
    assert client.get("/account/sessions").status_code == 303


def test_one_browser_can_sign_the_other_out(app: Flask) -> None:
    desk, phone = app.test_client(), app.test_client()
    sign_in(phone)
    sign_in(desk)
    (address,) = re.findall(r'action="(/account/sessions/\d+/end)"', desk.get("/account/sessions").text)
    assert desk.post(address).status_code == 303
    assert phone.get("/account/sessions").status_code == 303
    sign_in(phone)
    assert desk.post("/account/sessions/end-others").status_code == 303
    assert phone.get("/account/sessions").status_code == 303
    assert desk.get("/account/sessions").status_code == 200


def test_the_password_is_changed_on_its_page(client: FlaskClient) -> None:
    sign_in(client)
    short = client.post("/account/password", data={"current": PASSWORD, "new": "short"})
    assert short.status_code == 422
    assert "10" in short.text
    done = client.post("/account/password", data={"current": PASSWORD, "new": "another long password"})
    assert done.status_code == 303
    client.post("/sign-out")
    assert sign_in(client).status_code == 422
    assert sign_in(client, password="another long password").status_code == 303


def test_the_sixth_try_is_told_to_wait(client: FlaskClient) -> None:
    for _ in range(5):
        sign_in(client, password="wrong password")
    assert sign_in(client).status_code == 422


def test_the_demos_people_are_listed_in_development(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "as=shen" in page
    assert 'value="shen"' in client.get("/sign-in?as=shen").text


def test_a_form_shows_hostile_text_harmlessly(client: FlaskClient) -> None:
    page = sign_in(client, username='"><script>alert(1)</script>{{7*7}}', next='/"><script>')
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


def test_visitors_cannot_reach_pages_of_staff(client: FlaskClient) -> None:
    assert client.post("/sign-out").status_code == 403
    assert client.get("/account/password").status_code == 303


@pytest.fixture
def phones(app: Flask, monkeypatch):
    """What arrives on each phone, and one case of 13800000001."""
    inbox: dict[str, list[str]] = {}
    deliver = lambda _session, phone, code, _locale, _now: inbox.setdefault(phone, []).append(code)  # noqa: E731
    monkeypatch.setattr(codes._Delivery, "by", staticmethod(deliver))

    def cases(_session: Session, phone: str) -> list[find.FoundCase]:
        return [find.FoundCase(7, 5, "2026-4F7K-92QM", clock_start())] if phone == "13800000001" else []

    def clock_start():
        return app.extensions["clock"]()

    monkeypatch.setattr(find._Finder, "by", staticmethod(cases))
    return inbox


def ask_code(client: FlaskClient, phones, phone: str) -> str:
    assert client.post("/find", data={"phone": phone}).location == "/find/code"
    return phones[phone][-1]


def test_who_proves_the_phone_gets_the_links_of_its_cases(client: FlaskClient, phones, sessions, clock) -> None:
    code = ask_code(client, phones, "13800000001")
    assert client.post("/find/code", data={"code": code}).location == "/find/cases"
    page = client.get("/find/cases").text
    assert "2026-4F7K-92QM" in page
    (token,) = re.findall(r'href="/p/([^"]+)"', page)
    with sessions() as session:
        assert links.open_link(session, token, clock=clock).party_id == 7


def test_an_unknown_phone_is_asked_for_a_code_like_a_known_one(client: FlaskClient, phones) -> None:
    code = ask_code(client, phones, "13800000002")
    assert client.post("/find/code", data={"code": code}).status_code == 303
    assert "/p/" not in client.get("/find/cases").text


def test_without_the_right_code_nothing_is_shown(client: FlaskClient, phones) -> None:
    code = ask_code(client, phones, "13800000001")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert client.post("/find/code", data={"code": wrong}).status_code == 422
    assert client.get("/find/cases").location == "/find"
    assert client.post("/find/code", data={"code": ""}).status_code == 422


def test_six_wrong_codes_lock_the_code_on_the_page_too(client: FlaskClient, phones) -> None:
    code = ask_code(client, phones, "13800000001")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        client.post("/find/code", data={"code": wrong})
    assert client.post("/find/code", data={"code": code}).status_code == 422
    assert client.get("/find/cases").location == "/find"


@pytest.mark.parametrize("phone", ["", "12345", "028-5550-0100", "138000000011"])
def test_what_is_no_mobile_is_kept_and_explained(client: FlaskClient, phones, phone: str) -> None:
    page = client.post("/find", data={"phone": phone})
    assert page.status_code == 422
    assert phones == {}


def test_a_proved_phone_is_remembered_for_half_a_day_and_not_named_in_the_cookie(clock) -> None:
    jar: dict[str, object] = {}
    verified.remember(jar, "13800000001", clock())
    assert verified.is_verified(jar, "13800000001", clock())
    assert not verified.is_verified(jar, "13800000002", clock())
    assert "13800000001" not in str(jar)
    clock.pass_(hours=12)
    assert not verified.is_verified(jar, "13800000001", clock())


def test_links_that_do_not_open_show_one_helpful_page_and_are_counted(client: FlaskClient, app: Flask) -> None:
    answers = {client.get(f"/p/{token}/files/x").status_code for token in ("a.b", "0" * 16 + "." + "A" * 22)}
    assert answers == {404}
    for _ in range(60):
        last = client.get("/p/a.b/files/x")
    assert last.status_code == 429
