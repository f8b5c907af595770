"""Being recorded, over HTTP: one's own consent, the list, watching in pieces, deleting."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.models import Hearing, RecordingConsent
from mediation.hearings.rules.codes import ConsentState, RecordingState
from mediation.hearings.storage import recordings
from mediation.kernel.log import LogEntry
from tests.cast import PASSWORD, QIN, SHEN
from tests.factories.disputes import party_of
from tests.hearings.recording_test import hearing as hearing  # noqa: PLC0414 - a fixture
from tests.hearings.recording_test import ready, started

pytestmark = pytest.mark.db


def link(session: Session, clock, hearing: Hearing, role: PartyRole = PartyRole.APPLICANT) -> str:
    case = hearing.case
    path = links.url_path(links.issue(session, party_id=party_of(case, role).id, case_id=case.id, clock=clock))
    session.commit()
    return path


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


def film_of(page: str) -> str:
    found = re.search(r'<video[^>]* src="([^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def n_viewings(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(LogEntry.name == "recording_viewed")) or 0


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_party_says_yes_and_takes_it_back_on_their_page(client, session, clock, hearing, language) -> None:
    path = link(session, clock, hearing)
    client.set_cookie("locale", language)
    assert "/recordings" in client.get(path).get_data(as_text=True)
    page = client.get(path + "/recordings").get_data(as_text=True)
    assert ("法释〔2021〕23号" if language.startswith("zh") else "Fashi (2021) No. 23") in page
    said = {"hearing": hearing.public_id, "purpose": "read_back"}
    for answer, state in (("give", ConsentState.GIVEN), ("withdraw", ConsentState.WITHDRAWN)):
        assert client.post(path + "/recordings", data={**said, "answer": answer}).status_code == 303
        session.rollback()
        assert session.scalars(select(RecordingConsent.state)).one() is state
    assert client.post(path + "/recordings", data={**said, "answer": "refuse"}).status_code == 422
    for wrong in ({"answer": "launch"}, {"purpose": "gossip", "answer": "give"}):
        assert client.post(path + "/recordings", data={**said, **wrong}).status_code == 422
    strange = client.post(path + "/recordings", data={**said, "hearing": "nonsense", "answer": "give"})
    assert strange.status_code == 404


def test_it_is_watched_in_pieces(client, session, sessions, clock, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    path = link(session, clock, hearing)
    listed = client.get(path + "/recordings").get_data(as_text=True)
    assert f"/recordings/{recording.public_id}" in listed
    page = client.get(f"{path}/recordings/{recording.public_id}")
    assert n_viewings(session) == 1
    address = film_of(page.get_data(as_text=True))
    whole = client.get(address)
    assert (whole.status_code, whole.mimetype, whole.headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    content = whole.get_data()
    assert len(content) == recording.n_bytes
    assert content[4:8] == b"ftyp"
    for asked, start, end in (("bytes=0-99", 0, 100), ("bytes=100-", 100, len(content)), ("bytes=-50", -50, None)):
        part = client.get(address, headers={"Range": asked})
        assert part.status_code == 206
        assert part.get_data() == content[start:end]
    assert client.get(address, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert client.get(address.partition("?")[0]).status_code == 404, "nothing is fetched that was not logged"
    other = link(session, clock, hearing, PartyRole.RESPONDENT)
    assert client.get(address.replace(path, other)).status_code == 404


def test_the_mediator_watches_it_too_and_every_viewing_is_logged(app, session, sessions, clock, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    session.commit()
    qin = signed_in(app, QIN)
    case = qin.get(f"/cases/{hearing.case.public_id}").get_data(as_text=True)
    assert f'href="/recordings/{recording.public_id}"' in case
    assert recording.sha256[:16] in case
    assert qin.get(film_of(qin.get(f"/recordings/{recording.public_id}").get_data(as_text=True))).status_code == 200
    assert n_viewings(session) == 1
    clerk = signed_in(app, SHEN)
    assert clerk.get(f"/recordings/{recording.public_id}").status_code == 403
    assert "/recordings/" not in clerk.get(f"/cases/{hearing.case.public_id}").get_data(as_text=True)


def test_the_mediator_deletes_it_after_a_question(app, session, sessions, clock, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    session.commit()
    qin = signed_in(app, QIN)
    asked = qin.get(f"/recordings/{recording.public_id}/delete")
    assert asked.status_code == 200
    session.refresh(recording)
    assert recording.state is RecordingState.READY
    assert qin.post(f"/recordings/{recording.public_id}/delete").status_code == 303
    session.rollback()
    session.refresh(recording)
    assert (recording.state, recording.data_key) == (RecordingState.DELETED, "")
    assert qin.get(f"/recordings/{recording.public_id}").status_code == 409


def test_the_page_says_how_far_it_is_and_when_it_will_be_deleted(app, client, session, clock, hearing) -> None:
    recording = started(session, clock, hearing)
    clock.pass_(seconds=5)
    recording.state, recording.progress = RecordingState.ENDED, 42
    recording.ended_at, recording.expires_at = clock(), clock() + recordings().keep
    session.commit()
    page = signed_in(app, QIN).get(f"/cases/{hearing.case.public_id}").get_data(as_text=True)
    assert "42%" in page
    own = client.get(link(session, clock, hearing) + "/recordings").get_data(as_text=True)
    assert "将于2027年2月22日" in own
    recording.state = RecordingState.BROKEN
    session.commit()
    broken = signed_in(app, QIN).get(f"/cases/{hearing.case.public_id}").get_data(as_text=True)
    assert f"/recordings/{recording.public_id}/retry" in broken
