"""The table of roles: at which places of the tree each may be held, and what it may there.

What a role may stands beside `allowed` in `permissions`; this module joins both into the one table that people read.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from mediation.access.permissions import AT_PLACE, BY_RELATION, Permission, Relation, Role
from mediation.kernel.errors import Refused
from mediation.orgs.rules import OrgKind, OrgLevel

_AREAS = frozenset({OrgLevel.DISTRICT, OrgLevel.STREET, OrgLevel.COMMUNITY})
_COMMITTEES = frozenset(kind for kind in OrgKind if kind.is_committee)
_AGENCIES = frozenset({OrgKind.POLICE, OrgKind.LABOUR, OrgKind.HOUSING, OrgKind.MARKET, OrgKind.JUSTICE})
_COURTS = frozenset({OrgKind.COURT})

HELD_AT: Mapping[Role, frozenset[OrgLevel | OrgKind]] = MappingProxyType(
    {
        Role.CLERK: frozenset({OrgLevel.STREET, OrgLevel.COMMUNITY}),
        Role.MEDIATOR: _COMMITTEES | _AGENCIES | _COURTS,
        Role.COMMITTEE_HEAD: _COMMITTEES | {OrgLevel.STREET, OrgLevel.COMMUNITY},
        Role.STREET_SUPERVISOR: frozenset({OrgLevel.STREET}),
        Role.DISTRICT_SUPERVISOR: frozenset({OrgLevel.DISTRICT}),
        Role.OFFICER: _AGENCIES,
        Role.JUDGE: _COURTS,
        Role.COURT_CLERK: _COURTS,
        Role.GRID_WORKER: frozenset({OrgLevel.COMMUNITY, OrgLevel.GRID}),
        Role.ADMIN: _AREAS,
    }
)
"""Levels of areas, and kinds of bodies, where the role may be held."""


def check_place(role: Role, level: OrgLevel, kind: OrgKind) -> None:
    """Raises: Refused when nobody can hold `role` at such a place (a judge in a police station)."""
    place = kind if level is OrgLevel.BODY else level
    if place not in HELD_AT[role]:
        raise Refused("role_not_here", field="org", role=role, place=place)


def table() -> Iterator[tuple[Role, Permission, str]]:
    """Every right, one row: the role, what it may, and where (`place`, or the relation's name)."""
    for role in Role:
        for permission in Permission:
            if permission in AT_PLACE[role]:
                yield role, permission, "place"
            for relation, permissions in BY_RELATION.get(role, {}).items():
                if permission in permissions:
                    yield role, permission, (relation.name or "").lower()


def as_markdown() -> str:
    """The table as a page of the documentation: one row a permission, one column a role."""
    cells: dict[tuple[Role, Permission], list[str]] = {}
    for role, permission, where in table():
        cells.setdefault((role, permission), []).append(where)
    lines = [
        "| permission | " + " | ".join(role.value for role in Role) + " |",
        "| --- |" + " --- |" * len(Role),
    ]
    for permission in Permission:
        row = (", ".join(cells.get((role, permission), [])) for role in Role)
        lines.append(f"| {permission.value} | " + " | ".join(row) + " |")
    return "\n".join(lines) + "\n"


__all__ = ["HELD_AT", "Relation", "Role", "as_markdown", "check_place", "table"]
