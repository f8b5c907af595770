"""A real district begins empty, with one administrator and no known password."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.app.start import prepare
from mediation.orgs import queries as orgs
from mediation.settings import Settings

pytestmark = pytest.mark.db
WORDS = ("district", "begin", "江北区", "Jiangbei District", "chief", "陈刚")


def test_the_printed_password_opens_the_account_and_a_second_district_is_refused(app: Flask) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(args=WORDS).output
    password = re.findall(r"with (\S+) and change", said)[0]
    client = app.test_client()
    assert client.post("/sign-in", data={"username": "chief", "password": password}).status_code == 303
    again = runner.invoke(args=WORDS)
    assert again.exit_code == 1
    assert "district_exists: nothing was changed" in again.output


def test_production_starts_without_the_fictional_people(settings: Settings, session: Session) -> None:
    production = settings.model_copy(update={"environment": "production", "public_url": "https://tiaohe.example"})
    assert prepare(production) is None
    assert session.scalar(select(func.count(Account.id))) == 0
    assert orgs.tree(session) == []


def test_a_first_start_to_try_it_out_has_them(settings: Settings, session: Session) -> None:
    assert prepare(settings) is not None
    assert session.scalar(select(func.count(Account.id)))
