"""Who may what, as truth tables."""

import pytest

from mediation.access.permissions import PARTY_RIGHTS, Permission, Relation, Role, Scope, allowed, holds, reach
from mediation.access.roles import as_markdown, check_place
from mediation.kernel.actor import SYSTEM, VISITOR, Actor, ActorKind, Grant
from mediation.kernel.errors import Refused
from mediation.orgs.rules import OrgKind, OrgLevel

HERE, BELOW, BESIDE = Scope(("/1/2/3/",)), Scope(("/1/2/3/9/",)), Scope(("/1/2/30/",))


def staff(role: str, path: str = "/1/2/3/") -> Actor:
    return Actor(kind=ActorKind.STAFF, account_id=1, grants=(Grant(role=role, org_id=3, path=path),))


def party() -> Actor:
    return Actor(kind=ActorKind.PARTY, party_id=7, case_id=5)


def test_a_clerk_sees_cases_of_the_own_community_and_below_and_no_other() -> None:
    clerk = staff(Role.CLERK)
    assert [allowed(clerk, Permission.VIEW_CASE, scope=scope) for scope in (HERE, BELOW, BESIDE)] == [True, True, False]


def test_a_path_that_only_begins_alike_is_another_place() -> None:
    assert not allowed(staff(Role.CLERK, "/1/2/3/"), Permission.VIEW_CASE, scope=Scope(("/1/2/31/",)))


def test_a_mediator_sees_assigned_cases_wherever_and_unassigned_ones_nowhere() -> None:
    mediator = staff(Role.MEDIATOR)
    assert allowed(mediator, Permission.VIEW_CASE, scope=BESIDE, relation=Relation.ASSIGNED)
    assert not allowed(mediator, Permission.VIEW_CASE, scope=HERE)
    assert not allowed(mediator, Permission.VIEW_CASE, scope=HERE, relation=Relation.OWN_CASE)


def test_a_party_reaches_the_own_case_only() -> None:
    assert allowed(party(), Permission.VIEW_CASE, scope=HERE, relation=Relation.OWN_CASE)
    assert not allowed(party(), Permission.VIEW_CASE, scope=HERE)


@pytest.mark.parametrize("permission", sorted(set(Permission) - PARTY_RIGHTS))
def test_a_party_has_no_right_of_staff(permission: Permission) -> None:
    everything = Relation.OWN_CASE | Relation.ASSIGNED | Relation.REGISTERED
    assert not allowed(party(), permission, scope=HERE, relation=everything)


@pytest.mark.parametrize("permission", Permission)
def test_a_visitor_has_no_right_and_the_system_has_all(permission: Permission) -> None:
    everything = Relation.OWN_CASE | Relation.ASSIGNED | Relation.REGISTERED
    assert not allowed(VISITOR, permission, scope=HERE, relation=everything)
    assert allowed(SYSTEM, permission, scope=Scope())


def test_an_administrator_manages_accounts_and_sees_no_case() -> None:
    admin = staff(Role.ADMIN, "/1/")
    assert holds(admin, Permission.MANAGE_ACCOUNTS)
    assert not holds(admin, Permission.VIEW_CASE)


def test_a_grid_worker_sees_what_became_of_the_own_report() -> None:
    worker = staff(Role.GRID_WORKER)
    assert allowed(worker, Permission.VIEW_CASE, scope=HERE, relation=Relation.REGISTERED)
    assert not allowed(worker, Permission.VIEW_CASE, scope=HERE)


def test_a_role_that_is_not_known_gives_nothing() -> None:
    assert not any(holds(staff("emperor"), permission) for permission in Permission)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_reach_says_the_same_as_allowed(role: Role, permission: Permission) -> None:
    far = reach(staff(role), permission)
    for scope in (HERE, BELOW, BESIDE, Scope()):
        for relation in (Relation.NONE, Relation.ASSIGNED, Relation.REGISTERED, Relation.OWN_CASE):
            by_place = any(path.startswith(place) for path in scope.paths for place in far.paths)
            assert allowed(staff(role), permission, scope=scope, relation=relation) == (
                by_place or bool(far.relations & relation)
            )


def test_roles_are_held_only_where_they_make_sense() -> None:
    check_place(Role.JUDGE, OrgLevel.BODY, OrgKind.COURT)
    check_place(Role.CLERK, OrgLevel.COMMUNITY, OrgKind.AREA)
    with pytest.raises(Refused, match="role_not_here"):
        check_place(Role.JUDGE, OrgLevel.BODY, OrgKind.POLICE)
    with pytest.raises(Refused, match="role_not_here"):
        check_place(Role.DISTRICT_SUPERVISOR, OrgLevel.COMMUNITY, OrgKind.AREA)


def test_the_table_for_people_names_every_permission_and_role() -> None:
    page = as_markdown()
    assert all(f"| {permission.value} |" in page for permission in Permission)
    assert all(role.value in page.splitlines()[0] for role in Role)
