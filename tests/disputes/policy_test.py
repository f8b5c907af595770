"""The check in memory and the condition in SQL give the same answer, for everybody on every kind of case."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.cli.demo_district import STAFF
from mediation.disputes import policy, service
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole, ReferralMode
from mediation.kernel.actor import SYSTEM, VISITOR, Actor, ActorKind
from mediation.kernel.errors import Missing
from mediation.orgs.models import Org
from tests.cast import MA, OTHER_COMMUNITY, QIN
from tests.factories.disputes import accepted_case, as_party, community, ready_case, received_case

pytestmark = pytest.mark.db


@pytest.fixture
def world(session: Session, clock, staff) -> list[Case]:
    """Cases of two communities: just in, from a grid worker, with a mediator, asked of the court, taken over."""
    elsewhere = community(session, OTHER_COMMUNITY)
    court = session.scalars(select(Org).where(Org.name == "桃溪区人民法院")).one()
    asked, taken = accepted_case(session, clock), accepted_case(session, clock, community=elsewhere)
    for case in (asked, taken):
        command = service.ReferCase(case.id, court.public_id, ReferralMode.TRANSFER, "涉诉")
        service.refer(session, SYSTEM, command, clock=clock)
    service.answer_referral(session, SYSTEM, service.AnswerReferral(taken.id, take=True), clock=clock)
    return [
        received_case(session, clock),
        received_case(session, clock, staff(MA)),
        received_case(session, clock, community=elsewhere),
        ready_case(session, clock, staff(QIN)),
        asked,
        taken,
    ]


@pytest.mark.parametrize("permission", list(Permission))
def test_sql_and_memory_agree(session: Session, staff, world: list[Case], permission: Permission) -> None:
    actors = [staff(somebody.username) for somebody in STAFF]
    actors += [
        SYSTEM,
        VISITOR,
        *(as_party(case, role) for case in world for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT)),
    ]
    for actor in actors:
        listed = set(session.scalars(select(Case.id).where(policy.visible_cases(actor, permission))))
        assert listed == {case.id for case in world if policy.may(session, actor, case, permission)}


def test_a_link_of_another_case_opens_nothing_here(session: Session, world: list[Case]) -> None:
    mine, other = world[0], world[2]
    actor = as_party(mine)
    with pytest.raises(Missing, match="case_unknown"):
        policy.case_for(session, actor, other.public_id, Permission.VIEW_CASE)
    mixed = Actor(kind=ActorKind.PARTY, party_id=actor.party_id, case_id=other.id)
    with pytest.raises(Missing, match="link_unknown"):
        policy.party_case(session, mixed)
