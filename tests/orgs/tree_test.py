"""The tree: what may hang where, and what is found in it."""

import pytest
from sqlalchemy.orm import Session

from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs import queries, service
from mediation.orgs.models import WorkdayOverride
from mediation.orgs.rules import OrgKind, OrgLevel
from mediation.orgs.workdays import KNOWN
from tests.factories.orgs import Tree, make_org, make_tree

pytestmark = pytest.mark.db


@pytest.fixture
def tree(session: Session, clock) -> Tree:
    return make_tree(session, clock)


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_a_path_begins_with_the_paths_of_all_above(session: Session, tree: Tree) -> None:
    assert tree.committee.path.startswith(tree.community.path)
    assert tree.community.path.startswith(tree.street.path)
    assert names(queries.ancestors(session, tree.community.path)) == ["桃溪区", "桃溪街道", "桃溪社区"]


@pytest.mark.parametrize("level", [OrgLevel.STREET, OrgLevel.GRID, OrgLevel.DISTRICT])
def test_nothing_hangs_where_it_cannot(session: Session, clock, tree: Tree, level: OrgLevel) -> None:
    parent = tree.court if level is OrgLevel.GRID else tree.community
    with pytest.raises(Refused, match="org_not_here"):
        make_org(session, clock, level, "x", parent)


def test_a_body_has_a_kind_and_an_area_has_none(session: Session, clock, tree: Tree) -> None:
    with pytest.raises(Invalid, match="org_kind"):
        make_org(session, clock, OrgLevel.BODY, "x", tree.street)
    with pytest.raises(Invalid, match="org_kind"):
        make_org(session, clock, OrgLevel.COMMUNITY, "x", tree.street, kind=OrgKind.COURT)
    with pytest.raises(Missing, match="org_unknown"):
        service.create(session, SYSTEM, service.CreateOrg(level=OrgLevel.STREET, name="x", parent_id=9999), clock=clock)


def test_communities_come_grouped_by_their_street(session: Session, tree: Tree) -> None:
    (group,) = queries.communities(session)
    assert group.street.name == "桃溪街道"
    assert names(group.communities) == ["桃溪社区", "柳荫社区"]
    assert queries.community(session, tree.community.public_id).id == tree.community.id


@pytest.mark.parametrize("which", ["street", "court"])
def test_what_is_no_community_is_not_taken_for_one(session: Session, tree: Tree, which: str) -> None:
    with pytest.raises(Missing, match="community_unknown"):
        queries.community(session, getattr(tree, which).public_id)


def test_the_committee_that_specialises_comes_first_then_the_nearest(session: Session, clock, tree: Tree) -> None:
    special = make_org(
        session,
        clock,
        OrgLevel.BODY,
        "桃溪区物业纠纷人民调解委员会",
        tree.district,
        kind=OrgKind.COMMITTEE_PROFESSIONAL,
        specialisms=("property_mgmt",),
    )
    make_org(session, clock, OrgLevel.BODY, "桃溪街道调委会", tree.street, kind=OrgKind.COMMITTEE_STREET)
    place = tree.community.path
    assert names(queries.committees(session, place_path=place, dispute_type="property_mgmt")) == [
        special.name,
        "桃溪社区人民调解委员会",
        "桃溪街道调委会",
    ]
    assert special.name not in names(queries.committees(session, place_path=place, dispute_type="neighbour"))
    assert names(queries.committees(session, place_path=tree.other_community.path, dispute_type="neighbour")) == [
        "桃溪街道调委会"
    ]


def test_bodies_are_found_by_kind(session: Session, tree: Tree) -> None:
    assert names(queries.bodies(session, kinds=(OrgKind.COURT,))) == ["桃溪区人民法院"]


def test_the_own_station_stands_first(session: Session, clock, tree: Tree) -> None:
    service.create_station(
        session, SYSTEM, service.CreateStation(org_id=tree.other_community.id, name="柳荫站"), clock=clock
    )
    assert queries.stations(session, near=tree.other_community.path)[0].name == "柳荫站"
    first = queries.stations(session, near=tree.community.path)[0]
    assert (first.name, names(first.rooms)) == ("桃溪社区视频接访站", ["第一视频室"])


def test_a_room_opens_before_it_closes(session: Session, clock, tree: Tree) -> None:
    room = service.NewRoom("x", open_minute=18 * 60, close_minute=9 * 60)
    with pytest.raises(Invalid, match="room_hours"):
        service.create_station(
            session, SYSTEM, service.CreateStation(org_id=tree.street.id, name="x", rooms=(room,)), clock=clock
        )


def test_the_districts_own_days_correct_the_published_ones(session: Session) -> None:
    day = next(iter(KNOWN))
    session.add(WorkdayOverride(on=day, is_working=not KNOWN[day], label="本区", source="区政府通知"))
    session.flush()
    assert queries.overrides(session) == {**KNOWN, day: not KNOWN[day]}
