"""The fictional district: complete, loaded once, and usable."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access import queries as access
from mediation.access.models import Account
from mediation.access.permissions import Role
from mediation.cli import demo
from mediation.disputes.rules.codes import DisputeType
from mediation.kernel import log
from mediation.kernel.db import transaction
from mediation.orgs import queries as orgs
from mediation.orgs.models import Org
from mediation.orgs.rules import OrgKind, OrgLevel
from mediation.people import queries as people
from tests import cast

pytestmark = pytest.mark.db


@pytest.fixture
def district(sessions: sessionmaker[Session], clock) -> demo.DemoDistrict:
    with transaction(sessions) as session:
        return demo.load(session, clock=clock)


def test_it_is_the_district_of_the_issue(session: Session, district) -> None:
    levels = {level: n for level, n in session.execute(select(Org.level, func.count()).group_by(Org.level))}  # noqa: C416
    assert (levels[OrgLevel.DISTRICT], levels[OrgLevel.STREET], levels[OrgLevel.COMMUNITY]) == (1, 2, 4)
    assert levels[OrgLevel.GRID] == 8
    kinds = [place.kind for place in orgs.bodies(session)]
    for kind in (OrgKind.COURT, OrgKind.POLICE, OrgKind.LABOUR):
        assert kinds.count(kind) == 1
    assert kinds.count(OrgKind.COMMITTEE_PROFESSIONAL) == 3
    assert [len(station.rooms) for station in orgs.stations(session)] == [2, 2]
    committees = [row for row in people.all_mediators(session) if "委员会" in row.org_name]
    assert len(committees) == 8


def test_every_role_is_held_by_somebody_who_can_sign_in(app: Flask, district) -> None:
    assert {credential.role for credential in district.credentials} == set(Role)
    for credential in district.credentials:
        answer = app.test_client().post(
            "/sign-in", data={"username": credential.username, "password": credential.password}
        )
        assert answer.status_code == 303, credential.username


def test_the_cast_works_where_the_stories_say(session: Session, district) -> None:
    posts = {(row.username, row.role, row.org_name) for row in access.staff(session)}
    assert (cast.SHEN, Role.CLERK, "桃溪社区") in posts
    assert (cast.QIN, Role.MEDIATOR, "桃溪社区人民调解委员会") in posts
    assert (cast.MA, Role.GRID_WORKER, "桃溪社区") in posts
    assert (cast.HE, Role.STREET_SUPERVISOR, "桃溪街道") in posts


def test_whatever_the_dispute_and_wherever_somebody_can_mediate_it(session: Session, district) -> None:
    for group in orgs.communities(session):
        for community in group.communities:
            for kind in DisputeType:
                assert people.mediators_for(session, dispute_type=kind, place_path=community.path), (community, kind)


def test_loaded_again_it_changes_nothing(sessions: sessionmaker[Session], clock, district) -> None:
    assert district.fresh
    with sessions() as session:
        before = session.scalar(select(func.count()).select_from(log.LogEntry))
        account = session.scalars(select(Account).where(Account.username == cast.SHEN)).one()
        account.name = "改过的名字"
        session.commit()
    with transaction(sessions) as session:
        again = demo.load(session, clock=clock)
        assert session.scalar(select(func.count()).select_from(log.LogEntry)) == before
    assert not again.fresh
    assert "改过的名字" in {credential.name for credential in again.credentials}


def test_every_phone_and_mail_is_fictional(session: Session, district) -> None:
    for account in session.scalars(select(Account)):
        assert account.phone.startswith("139000000")
        assert account.email.endswith("@taoxi.example")
