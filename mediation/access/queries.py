"""Reads of accounts and sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.access.models import Account, RoleGrant, StaffSession
from mediation.access.permissions import Role
from mediation.access.rules import browser_name
from mediation.kernel.actor import Actor, ActorKind, Grant
from mediation.kernel.errors import Denied, Missing
from mediation.orgs.models import Org

ABSOLUTE_LIMIT: Final = timedelta(hours=12)
"""A session ends after a long working day even if it was in use all the time."""
IDLE_LIMIT: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds, and who it is."""

    id: int
    seen_at: datetime
    account_id: int
    actor: Actor


def live_session(
    session: Session, token_hash: str, *, now: datetime, idle: timedelta = IDLE_LIMIT
) -> LiveSession | None:
    """The session of a browser's token; None when it was ended, idle too long, too old, or its account is off.

    None is an answer here, not a failure: most visitors have no session.
    """
    row = session.execute(
        select(StaffSession, Account)
        .join(Account, Account.id == StaffSession.account_id)
        .options(selectinload(Account.grants))
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.revoked_at.is_(None),
            StaffSession.seen_at > now - idle,
            StaffSession.created_at > now - ABSOLUTE_LIMIT,
            Account.active,
        )
    ).one_or_none()
    if row is None:
        return None
    found, account = row
    return LiveSession(id=found.id, seen_at=found.seen_at, account_id=account.id, actor=actor_of(account))


def actor_of(account: Account) -> Actor:
    """The actor that an account is: its roles and their places as they stand now."""
    return Actor(
        kind=ActorKind.STAFF,
        name=account.name,
        account_id=account.id,
        grants=tuple(Grant(role=grant.role, org_id=grant.org_id, path=grant.path) for grant in account.grants),
    )


def actor_by_username(session: Session, username: str) -> Actor:
    """For the command line, the demo and tests; raises NoResultFound."""
    return actor_of(session.scalars(select(Account).where(Account.username == username)).one())


def own_account(session: Session, actor: Actor) -> Account:
    """Raises: Denied when the actor is not staff."""
    if actor.account_id is None:
        raise Denied("staff_only")
    return session.get_one(Account, actor.account_id)


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: int
    agent: str
    created_at: datetime
    seen_at: datetime

    @property
    def browser(self) -> str:
        return browser_name(self.agent)


def own_sessions(session: Session, account_id: int, *, now: datetime, idle: timedelta = IDLE_LIMIT) -> list[SessionRow]:
    """The account's sessions that still hold, latest use first."""
    rows = session.scalars(
        select(StaffSession)
        .where(
            StaffSession.account_id == account_id,
            StaffSession.revoked_at.is_(None),
            StaffSession.seen_at > now - idle,
            StaffSession.created_at > now - ABSOLUTE_LIMIT,
        )
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return [SessionRow(id=row.id, agent=row.agent, created_at=row.created_at, seen_at=row.seen_at) for row in rows]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here, for lists and the demo's sign-in page."""

    account_id: int
    username: str
    name: str
    role: Role
    org_name: str
    org_name_en: str

    def place_label(self, locale: str) -> str:
        return self.org_name if locale.startswith("zh") else self.org_name_en or self.org_name


def staff(session: Session, *, roles: tuple[str, ...] = (), path: str = "/") -> list[StaffRow]:
    """One row for each role that somebody holds at or below `path`."""
    query = (
        select(Account, RoleGrant, Org)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Org, Org.id == RoleGrant.org_id)
        .where(Account.active, RoleGrant.path.startswith(path))
        .order_by(RoleGrant.id)
    )
    if roles:
        query = query.where(RoleGrant.role.in_(roles))
    return [
        StaffRow(
            account_id=account.id,
            username=account.username,
            name=account.name,
            role=Role[grant.role.upper()],
            org_name=org.name,
            org_name_en=org.name_en,
        )
        for account, grant, org in session.execute(query)
    ]


def account_name(session: Session, account_id: int) -> str:
    """Raises: Missing `account_unknown`."""
    name = session.scalar(select(Account.name).where(Account.id == account_id))
    if name is None:
        raise Missing("account_unknown", field="account")
    return name
