"""Who acts. A value, made by access; everything below only reads it."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    STAFF = "staff"
    PARTY = "party"
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a place; `path` is the place's path in the tree, `/1/3/`; it covers all below."""

    role: str
    org_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    name: str = ""
    account_id: int | None = None
    grants: tuple[Grant, ...] = ()
    party_id: int | None = None
    """The party whose personal link this is; None for staff."""
    case_id: int | None = None
    """The one case that the personal link opens."""
    on_behalf_of: str = ""
    """Whom a member of staff acts for at the desk; shown in the trail."""

    @property
    def ref(self) -> str:
        """How the log names the actor: no personal data."""
        if self.account_id is not None:
            return f"account:{self.account_id}"
        if self.party_id is not None:
            return f"party:{self.party_id}"
        return self.kind.value

    def has_role(self, *roles: str) -> bool:
        return any(grant.role in roles for grant in self.grants)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="system")
VISITOR = Actor(kind=ActorKind.VISITOR)
