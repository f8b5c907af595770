"""Staff for tests."""

from itertools import count

from sqlalchemy.orm import Session

from mediation.access import queries
from mediation.access.models import Account
from mediation.access.permissions import Role
from mediation.access.service import accounts
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.orgs.models import Org

PASSWORD = "correct horse battery"
_numbers = count(1)


def make_account(session: Session, clock: Clock, *posts: tuple[Role, Org], username: str = "") -> Account:
    """Somebody with these roles at these places."""
    name = username or f"staff{next(_numbers)}"
    command = accounts.CreateAccount(username=name, name="沈静", password=PASSWORD)
    account = accounts.create(session, SYSTEM, command, clock=clock)
    for role, place in posts:
        grant = accounts.GrantRole(account_id=account.id, role=role, org_id=place.id)
        accounts.grant(session, SYSTEM, grant, clock=clock)
    return account


def make_staff(session: Session, clock: Clock, *posts: tuple[Role, Org], username: str = "") -> Actor:
    return queries.actor_of(make_account(session, clock, *posts, username=username))
