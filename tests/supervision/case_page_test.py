"""The page of a case in each state: whose it is, one thing to do first, words for everything."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.cli import demo_cases
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import Channel
from mediation.kernel.db import transaction
from tests.cast import PASSWORD, QIN, SHEN
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.db


@pytest.fixture
def told(sessions: sessionmaker[Session], clock: FakeClock, staff) -> demo_cases.OpenHearing:
    """The eight cases of the demo."""
    with transaction(sessions) as session:
        return demo_cases.load(session, clock=clock)


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("locale", "en")
    client.post("/sign-in", data={"username": username, "password": PASSWORD})
    return client


@pytest.mark.parametrize("username", [SHEN, QIN])
def test_each_case_names_its_parties_and_has_at_most_one_first_thing_to_do(
    app: Flask, session: Session, told, username: str
) -> None:
    client = signed_in(app, username)
    seen = 0
    for case in session.scalars(select(Case)):
        answer = client.get(f"/cases/{case.public_id}")
        if answer.status_code == 404:  # another place's
            continue
        seen += 1
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
        assert heading is not None
        assert all(party.person.name in heading[1] for party in case.parties)
        assert answer.text.count("button--primary") <= 1, case.state
    assert seen >= 2


def test_the_trail_tells_days_in_words_and_residents_from_the_system(app: Flask, session: Session, told) -> None:
    case = session.scalars(select(Case).where(Case.channel == Channel.ONLINE).limit(1)).one()
    page = signed_in(app, SHEN).get(f"/cases/{case.public_id}/trail").text
    assert "Decide whether to accept Monday" in page
    assert "A resident" in page


def test_the_desk_says_whose_hearing_it_is(app: Flask, told: demo_cases.OpenHearing) -> None:
    assert " / ".join(told.parties) in signed_in(app, SHEN).get("/desk").text
