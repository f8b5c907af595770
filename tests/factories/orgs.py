"""A small tree: one district, one street, two communities, a committee, a court, a station."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import Clock
from mediation.orgs import service
from mediation.orgs.models import Org, Station
from mediation.orgs.rules import OrgKind, OrgLevel


@dataclass(frozen=True, slots=True)
class Tree:
    district: Org
    street: Org
    community: Org
    other_community: Org
    committee: Org
    court: Org
    station: Station


def make_org(
    session: Session, clock: Clock, level: OrgLevel, name: str, parent: Org | None = None, **more: object
) -> Org:
    command = service.CreateOrg(level=level, name=name, parent_id=parent.id if parent else None, **more)  # type: ignore[arg-type]
    return service.create(session, SYSTEM, command, clock=clock)


def make_tree(session: Session, clock: Clock) -> Tree:
    district = make_org(session, clock, OrgLevel.DISTRICT, "桃溪区")
    street = make_org(session, clock, OrgLevel.STREET, "桃溪街道", district)
    community = make_org(session, clock, OrgLevel.COMMUNITY, "桃溪社区", street)
    other = make_org(session, clock, OrgLevel.COMMUNITY, "柳荫社区", street)
    committee = make_org(
        session, clock, OrgLevel.BODY, "桃溪社区人民调解委员会", community, kind=OrgKind.COMMITTEE_COMMUNITY
    )
    court = make_org(session, clock, OrgLevel.BODY, "桃溪区人民法院", district, kind=OrgKind.COURT)
    station = service.create_station(
        session,
        SYSTEM,
        service.CreateStation(org_id=community.id, name="桃溪社区视频接访站", rooms=(service.NewRoom("第一视频室"),)),
        clock=clock,
    )
    return Tree(district, street, community, other, committee, court, station)
