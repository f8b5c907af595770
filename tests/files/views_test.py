"""Files as browsers get them."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from mediation.access import links
from mediation.access.permissions import Role
from mediation.files import policy, service
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import transaction
from mediation.kernel.log import LogEntry
from tests.factories.access import PASSWORD, make_account
from tests.factories.files import PDF, photo_with_position
from tests.factories.orgs import make_tree

pytestmark = pytest.mark.db
CASE = 5


@pytest.fixture(autouse=True)
def _case_decides(app, monkeypatch) -> None:  # after the application, which says who decides
    """The clerk and the party of case 5 may read its files."""

    def decide(_session, actor, file) -> bool:
        return file.case_id == CASE and (actor.case_id == CASE or actor.has_role(Role.CLERK))

    monkeypatch.setattr(policy._Decision, "by", staticmethod(decide))


@pytest.fixture
def keep(sessions: sessionmaker[Session], clock, app):
    def keep(content: bytes, name: str, case_id: int = CASE) -> str:
        with transaction(sessions) as session:
            command = service.StoreFile(name=name, content=content, case_id=case_id)
            return service.store(session, SYSTEM, command, clock=clock).public_id

    return keep


@pytest.fixture
def clerk(client: FlaskClient, sessions: sessionmaker[Session], clock) -> FlaskClient:
    with transaction(sessions) as session:
        make_account(session, clock, (Role.CLERK, make_tree(session, clock).community), username="shen")
    client.post("/sign-in", data={"username": "shen", "password": PASSWORD})
    return client


def test_a_pdf_is_only_ever_downloaded_and_could_do_nothing(clerk: FlaskClient, keep) -> None:
    answer = clerk.get(f"/files/{keep(PDF, '租房合同.pdf')}")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    answer.headers["Content-Disposition"].encode("latin-1")  # what a WSGI server can send
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_picture_is_shown_without_the_place_it_was_taken(clerk: FlaskClient, keep) -> None:
    answer = clerk.get(f"/files/{keep(photo_with_position(), 'home.jpg')}")
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert b"Exif" not in answer.data


def test_a_name_cannot_add_a_header(clerk: FlaskClient, keep) -> None:
    name = "a\r\nX-Evil: 1.pdf"
    answer = clerk.get(f"/files/{keep(PDF, name)}")
    assert answer.status_code == 200
    assert "X-Evil" not in answer.headers


def test_a_party_reads_the_own_cases_files_by_the_link(client: FlaskClient, keep, sessions, clock) -> None:
    with transaction(sessions) as session:
        mine = links.issue(session, party_id=7, case_id=CASE, clock=clock)
        other = links.issue(session, party_id=8, case_id=6, clock=clock)
    file = keep(PDF, "a.pdf")
    assert client.get(f"/p/{mine}/files/{file}").data == PDF
    assert client.get(f"/p/{other}/files/{file}").status_code == 404
    assert client.get(f"/files/{file}").status_code == 303


def test_another_cases_file_and_no_file_are_told_the_same(clerk: FlaskClient, keep) -> None:
    other, nothing = clerk.get(f"/files/{keep(PDF, 'a.pdf', case_id=6)}"), clerk.get("/files/000000000000")
    assert other.status_code == nothing.status_code == 404
    nonce = re.compile(r'nonce="[^"]+"|/files/[0-9a-z]+')
    assert nonce.sub("", other.text) == nonce.sub("", nothing.text)


def test_each_reading_is_in_the_cases_trail(clerk: FlaskClient, keep, sessions) -> None:
    clerk.get(f"/files/{keep(PDF, 'a.pdf')}")
    with sessions() as session:
        (entry,) = session.query(LogEntry).filter_by(case_id=CASE, name="file_read").all()
    assert entry.actor.startswith("account:")
