"""What happens around accounts, sessions and links. Ids and codes only."""

from dataclasses import dataclass

from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(Event):
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted(Event):
    account_id: int
    role: str
    org_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedIn(Event):
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSignedOut(Event):
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRevoked(Event):
    account_id: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    account_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued(Event):
    """A one-time code was sent to a phone; the phone stands behind the row's blind index."""

    code_id: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLocked(Event):
    """Too many wrong codes for one sending."""

    code_id: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSwitchedOff(Event):
    account_id: int
