"""Signing in, in three short steps so that the slow one, checking the password, holds no lock on the database.

1. `attempt` counts, in a transaction of its own: a wrong guess stays counted whatever comes after.
2. `authenticate` reads the account and checks the password.
3. `admit` begins the session.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.access.service import passwords, rates, sessions
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class SignIn:
    username: str
    password: str
    address: str = ""
    """Network address of the browser."""
    agent: str = ""

    @property
    def subject(self) -> str:
        return self.username.strip().lower()


def attempt(session: Session, command: SignIn, *, clock: Clock) -> None:
    """Count this try for the name and for the address, before the password is looked at.

    A name that does not exist is counted and locked like one that does.
    Raises: Limited `sign_in_locked` with `minutes`.
    """
    now = clock()
    rates.spend(session, rates.SIGN_IN_ADDRESS, command.address, now, code="sign_in_locked")
    rates.spend(session, rates.SIGN_IN_NAME, command.subject, now, code="sign_in_locked")


def authenticate(session: Session, command: SignIn) -> Account:
    """The account whose name and password these are.

    Raises: Refused `sign_in_wrong`: the same, after the same work, for an unknown name, a wrong password and an
    account that is switched off.
    """
    account = session.scalars(select(Account).where(Account.username == command.subject)).one_or_none()
    right = passwords.matches(account.password_hash if account else None, command.password)
    if account is None or not right or not account.active:
        raise Refused("sign_in_wrong", field="password")
    return account


def admit(session: Session, account_id: int, command: SignIn, *, clock: Clock) -> str:
    """Begin a session for the one who was authenticated; returns its token. The count of tries starts again."""
    account = session.get_one(Account, account_id)
    if passwords.is_outdated(account.password_hash):
        account.password_hash = passwords.hashed(command.password)
    rates.forget(session, rates.SIGN_IN_NAME, command.subject)
    return sessions.begin(session, account.id, agent=command.agent, clock=clock)
