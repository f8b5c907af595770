"""Accounts of staff: create, give a role, change the password, switch off."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access import queries
from mediation.access.events import AccountCreated, AccountSwitchedOff, PasswordChanged, RoleGranted
from mediation.access.models import Account, RoleGrant
from mediation.access.permissions import Role
from mediation.access.roles import check_place
from mediation.access.service import passwords, sessions
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused, Taken
from mediation.orgs import queries as orgs


@dataclass(frozen=True, slots=True)
class CreateAccount:
    username: str
    name: str
    password: str
    phone: str | None = None
    email: str | None = None
    locale: str = "zh_Hans_CN"


@dataclass(frozen=True, slots=True)
class GrantRole:
    account_id: int
    role: Role
    org_id: int


@dataclass(frozen=True, slots=True)
class ChangePassword:
    current: str
    new: str


def create(session: Session, actor: Actor, command: CreateAccount, *, clock: Clock) -> Account:
    """Raises: Taken `username_taken`; Invalid when the password is weak."""
    username = command.username.strip().lower()
    passwords.check(command.password, username=username)
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise Taken("username_taken", field="username")
    account = Account(
        username=username,
        name=command.name,
        password_hash=passwords.hashed(command.password),
        phone=command.phone,
        email=command.email,
        locale=command.locale,
    )
    session.add(account)
    session.flush()
    log.append(session, AccountCreated(account_id=account.id), actor=actor, at=clock())
    return account


def grant(session: Session, actor: Actor, command: GrantRole, *, clock: Clock) -> RoleGrant:
    """Give a role at a place; given twice it is one.

    The account's sessions end, so that nobody works on with rights of yesterday.
    Raises: Refused `role_not_here`; Missing.
    """
    account = session.get(Account, command.account_id)
    if account is None:
        raise Missing("account_unknown")
    place = orgs.place(session, command.org_id)
    check_place(command.role, place.level, place.kind)
    for known in account.grants:
        if (known.role, known.org_id) == (command.role, command.org_id):
            return known
    row = RoleGrant(role=command.role.value, org_id=place.id, path=place.path)
    account.grants.append(row)
    session.flush()
    now = clock()
    log.append(
        session, RoleGranted(account_id=account.id, role=command.role.value, org_id=place.id), actor=actor, at=now
    )
    sessions.end_all(session, actor, account.id, clock=clock)
    return row


def change_password(
    session: Session, actor: Actor, command: ChangePassword, *, keep_session: int | None = None, clock: Clock
) -> None:
    """Change the actor's own password; every other session of theirs ends.

    Raises: Refused `password_wrong`; Invalid when the new one is weak or the same.
    """
    account = queries.own_account(session, actor)
    if not passwords.matches(account.password_hash, command.current):
        raise Refused("password_wrong", field="current")
    if command.new == command.current:
        raise Refused("password_same", field="new")
    passwords.check(command.new, username=account.username)
    account.password_hash = passwords.hashed(command.new)
    log.append(session, PasswordChanged(account_id=account.id), actor=actor, at=clock())
    sessions.end_all(session, actor, account.id, but=keep_session, clock=clock)


def switch_off(session: Session, actor: Actor, account_id: int, *, clock: Clock) -> None:
    """The person works here no more: no sign-in, no session; what they did stays theirs in the trail."""
    account = session.get(Account, account_id)
    if account is None:
        raise Missing("account_unknown")
    account.active = False
    log.append(session, AccountSwitchedOff(account_id=account.id), actor=actor, at=clock())
    sessions.end_all(session, actor, account.id, clock=clock)
