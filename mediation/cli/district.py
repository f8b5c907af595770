"""The beginning of a real district: its node of the tree and its first administrator."""

import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.access.permissions import Role
from mediation.access.service import accounts
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Taken
from mediation.orgs import queries
from mediation.orgs import service as orgs
from mediation.orgs.rules import OrgLevel


@dataclass(frozen=True, slots=True)
class BeginDistrict:
    name: str
    name_en: str
    username: str
    administrator: str


def begin(session: Session, command: BeginDistrict, *, clock: Clock) -> str:
    """The administrator's first password, which is kept nowhere else.

    Raises: Taken `district_exists` when there is one; what `accounts.create` raises.
    """
    if queries.tree(session, levels=(OrgLevel.DISTRICT,)):
        raise Taken("district_exists")
    node = orgs.CreateOrg(level=OrgLevel.DISTRICT, name=command.name, name_en=command.name_en)
    district = orgs.create(session, SYSTEM, node, clock=clock)
    password = secrets.token_urlsafe(12)
    account = accounts.create(
        session, SYSTEM, accounts.CreateAccount(command.username, command.administrator, password), clock=clock
    )
    accounts.grant(session, SYSTEM, accounts.GrantRole(account.id, Role.ADMIN, district.id), clock=clock)
    return password
