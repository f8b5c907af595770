"""Booking on a phone without an account: nothing typed is lost, nothing wrong gets further."""

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mediation.disputes.models import IntakeDraft
from mediation.files.models import StoredFile
from tests.cast import ZHOU
from tests.factories.disputes import community

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def what(session: Session, staff) -> dict[str, object]:
    return {
        "dispute_type": "contract",
        "community": community(session),
        "summary": "租期已满,房东不退押金。",
        "other_name": ZHOU.name,
        "other_kind": "natural",
    }


def start(client: FlaskClient, what: dict[str, object], **more: object) -> TestResponse:
    return client.post("/book/mediation", data={**what, **more}, content_type="multipart/form-data")


def draft_of(session: Session) -> IntakeDraft:
    session.rollback()  # a new look
    return session.scalars(select(IntakeDraft)).one()


def test_looking_at_the_form_leaves_nothing_behind(client: FlaskClient, session: Session, staff) -> None:
    assert client.get("/book/mediation").status_code == 200
    assert session.scalars(select(IntakeDraft)).all() == []


def test_what_happened_leads_to_who_asks(client: FlaskClient, session: Session, what) -> None:
    answer = start(client, what)
    assert answer.status_code == 303
    assert answer.location.endswith("/who")
    assert draft_of(session).answers["summary"] == what["summary"]


def test_an_unknown_kind_of_booking_is_not_here(client: FlaskClient, staff) -> None:
    assert client.get("/book/anything").status_code == 404


@pytest.mark.parametrize("missing", ["dispute_type", "community", "summary", "other_name"])
def test_a_missing_answer_keeps_the_others_and_says_so_at_its_field(client: FlaskClient, what, missing: str) -> None:
    answer = start(client, {**what, missing: ""})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{missing}-error"' in page or f'href="#{missing}' in page
    kept = {"summary": what["summary"], "other_name": ZHOU.name}
    assert all(text in page for name, text in kept.items() if name != missing)


def test_a_video_visit_needs_no_other_side(client: FlaskClient, what) -> None:
    answer = client.post("/book/video_visit", data={**what, "other_name": ""})
    assert answer.status_code == 303


HOSTILE = "<script>alert(1)</script>{{ 7*7 }}{% raw %}\"'&"


@pytest.mark.parametrize("field", ["summary", "other_name", "happened_at_place", "relief"])
def test_hostile_text_comes_back_harmless(client: FlaskClient, what, field: str) -> None:
    page = start(client, {**what, field: HOSTILE, "dispute_type": ""}).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}{% raw %}" in page


@pytest.mark.parametrize("text", ["a\x00b", "a\x07b", "x" * 3001])
def test_text_that_cannot_be_kept_is_refused_with_a_sentence(client: FlaskClient, what, text: str) -> None:
    answer = start(client, {**what, "summary": text})
    assert answer.status_code == 422
    assert 'id="summary-error"' in answer.get_data(as_text=True)


def test_marks_that_nobody_sees_are_dropped(client: FlaskClient, session: Session, what) -> None:
    start(client, {**what, "other_name": "周\u202e国\u200b强"})
    assert draft_of(session).answers["other_name"] == "周国强"


def test_a_good_file_stays_though_another_field_is_wrong(client: FlaskClient, session: Session, what) -> None:
    answer = start(client, {**what, "summary": ""}, files=(io.BytesIO(PDF), "合同.pdf"))
    assert answer.status_code == 422
    assert "合同.pdf" in answer.get_data(as_text=True)
    assert len(draft_of(session).file_ids) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>"),
        ("photo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("empty.pdf", b""),
        ("virus.pdf", b"MZ\x90\x00"),
    ],
)
def test_a_file_is_judged_by_its_content(
    client: FlaskClient, session: Session, what, name: str, content: bytes
) -> None:
    answer = start(client, what, files=(io.BytesIO(content), name))
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.get_data(as_text=True)
    assert session.scalars(select(StoredFile)).all() == []


def test_eleven_files_are_too_many(client: FlaskClient, session: Session, what) -> None:
    many = [(io.BytesIO(PDF), f"{n}.pdf") for n in range(11)]
    answer = start(client, what, files=many)
    assert answer.status_code == 422
    assert "10" in answer.get_data(as_text=True)


def test_a_file_can_be_taken_out_again(client: FlaskClient, session: Session, what) -> None:
    start(client, what, files=(io.BytesIO(PDF), "合同.pdf"))
    draft = draft_of(session)
    client.post(f"/book/d/{draft.public_id}/files/{draft.file_ids[0]}/remove", data=what)
    assert draft_of(session).file_ids == []


def test_another_browser_does_not_open_the_draft(app, client: FlaskClient, session: Session, what) -> None:
    start(client, what)
    address = f"/book/d/{draft_of(session).public_id}/what"
    assert client.get(address).status_code == 200
    assert app.test_client().get(address).status_code == 404


def test_coming_back_finds_what_was_typed(client: FlaskClient, session: Session, what) -> None:
    start(client, {**what, "dispute_type": ""})
    answer = client.get("/book/mediation", follow_redirects=True)
    assert str(what["summary"]) in answer.get_data(as_text=True)


def test_autosave_keeps_half_a_sentence(client: FlaskClient, session: Session, what) -> None:
    start(client, what)
    address = f"/book/d/{draft_of(session).public_id}"
    assert client.post(f"{address}/who/autosave", data={"name": "赵晓"}).status_code == 204
    assert 'value="赵晓"' in client.get(f"{address}/who").get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("id_number", "510199199607150013"), ("phone", "12345"), ("phone", "02885550111"), ("name", ""), ("consent", "")],
)
def test_who_asks_is_checked_beside_the_field(
    client: FlaskClient, session: Session, what, field: str, value: str
) -> None:
    start(client, what)
    who = {"name": "赵晓明", "phone": "13800000001", "consent": "y", field: value}
    if not value:
        del who[field]
    answer = client.post(f"/book/d/{draft_of(session).public_id}/who", data=who)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(f'id="{field}-error"', page)
    assert field == "name" or 'value="赵晓明"' in page
