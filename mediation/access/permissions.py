"""Who may do what: role x action x place x relation to the case. Pure; default deny.

`RIGHTS` is the table; a pair that is not in it is refused. `roles` says at which places a role may be held.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from types import MappingProxyType

from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.codes import Code


class Permission(StrEnum):
    VIEW_DESK = "view_desk"
    REGISTER_CASE = "register_case"
    VIEW_CASE = "view_case"
    TRIAGE_CASE = "triage_case"
    ASSIGN_MEDIATOR = "assign_mediator"
    EDIT_PARTIES = "edit_parties"
    BOOK_HEARING = "book_hearing"
    OVERRIDE_TIME = "override_time"
    REFER_CASE = "refer_case"
    ANSWER_REFERRAL = "answer_referral"
    RECORD_OUTCOME = "record_outcome"
    DRAFT_AGREEMENT = "draft_agreement"
    SEAL_AGREEMENT = "seal_agreement"
    JOIN_HEARING = "join_hearing"
    RUN_HEARING = "run_hearing"
    PLAY_RECORDING = "play_recording"
    REOPEN_HEARING = "reopen_hearing"
    ANSWER_SIGNAL = "answer_signal"
    KEEP_AVAILABILITY = "keep_availability"
    VIEW_CALENDAR = "view_calendar"
    MANAGE_OPENING = "manage_opening"
    REVEAL_PERSONAL = "reveal_personal"
    VIEW_TRAIL = "view_trail"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_MESSAGES = "view_messages"
    RECEIVE_VISITORS = "receive_visitors"
    SET_UP_SCREEN = "set_up_screen"


class Role(Code):
    CLERK = "clerk", "社区工作人员", "Community clerk"
    MEDIATOR = "mediator", "调解员", "Mediator"
    COMMITTEE_HEAD = "committee_head", "调委会主任", "Head of a mediation committee"
    STREET_SUPERVISOR = "street_supervisor", "街道监管员", "Street supervisor"
    DISTRICT_SUPERVISOR = "district_supervisor", "区监管员", "District supervisor"
    OFFICER = "officer", "行政机关调解人员", "Officer of an agency"
    JUDGE = "judge", "法官", "Judge"
    COURT_CLERK = "court_clerk", "书记员", "Court clerk"
    GRID_WORKER = "grid_worker", "网格员", "Grid worker"
    ADMIN = "admin", "系统管理员", "Administrator"


class Relation(Flag):
    """What ties the actor to the case, besides the place."""

    NONE = 0
    OWN_CASE = auto()
    """The party whose personal link this is."""
    ASSIGNED = auto()
    """The case's mediator."""
    REGISTERED = auto()
    """The one who typed the case in; a grid worker sees what became of it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the thing lies: paths in the tree (the place of the dispute, the body that handles it)."""

    paths: tuple[str, ...] = ()


P = Permission
_CASE_WORK = frozenset({P.VIEW_CASE, P.EDIT_PARTIES, P.BOOK_HEARING, P.RECORD_OUTCOME, P.DRAFT_AGREEMENT})
_READING = frozenset({P.VIEW_DESK, P.VIEW_CASE, P.VIEW_TRAIL, P.VIEW_CALENDAR})
_OPENING = frozenset({P.MANAGE_OPENING})
"""Leave and hours of the mediators there, closures, rooms, public holidays."""
_OVERRIDING = frozenset({P.OVERRIDE_TIME})
"""Booking beside another session, with a reason: for those who book at a desk."""
_DECIDING = frozenset({P.TRIAGE_CASE, P.ASSIGN_MEDIATOR, P.REFER_CASE, P.REVEAL_PERSONAL})

AT_PLACE: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLERK: _READING
        | _OPENING
        | _CASE_WORK
        | _OVERRIDING
        | _DECIDING
        | {P.REGISTER_CASE, P.JOIN_HEARING, P.ANSWER_SIGNAL, P.VIEW_MESSAGES, P.RECEIVE_VISITORS, P.SET_UP_SCREEN},
        Role.MEDIATOR: frozenset({P.VIEW_DESK, P.REGISTER_CASE, P.KEEP_AVAILABILITY, P.VIEW_CALENDAR}),
        Role.COMMITTEE_HEAD: _READING
        | _OPENING
        | _CASE_WORK
        | _OVERRIDING
        | _DECIDING
        | {P.REGISTER_CASE, P.ANSWER_REFERRAL, P.SEAL_AGREEMENT, P.JOIN_HEARING, P.ANSWER_SIGNAL, P.PLAY_RECORDING},
        Role.STREET_SUPERVISOR: _READING | _OPENING | _DECIDING | {P.ANSWER_REFERRAL, P.REOPEN_HEARING},
        Role.DISTRICT_SUPERVISOR: _READING | _OPENING | {P.REFER_CASE, P.REOPEN_HEARING},
        Role.OFFICER: _READING
        | _OPENING
        | _CASE_WORK
        | _OVERRIDING
        | _DECIDING
        | {P.REGISTER_CASE, P.ANSWER_REFERRAL, P.SEAL_AGREEMENT, P.JOIN_HEARING, P.ANSWER_SIGNAL, P.PLAY_RECORDING},
        Role.JUDGE: _READING
        | {P.ANSWER_REFERRAL, P.REFER_CASE, P.RECORD_OUTCOME, P.JOIN_HEARING, P.REVEAL_PERSONAL, P.PLAY_RECORDING},
        Role.COURT_CLERK: _READING
        | _OPENING
        | _OVERRIDING
        | _DECIDING
        | {P.REGISTER_CASE, P.EDIT_PARTIES, P.BOOK_HEARING, P.ANSWER_REFERRAL, P.JOIN_HEARING, P.ANSWER_SIGNAL},
        Role.GRID_WORKER: frozenset({P.VIEW_DESK, P.REGISTER_CASE}),
        Role.ADMIN: frozenset({P.MANAGE_ACCOUNTS, P.VIEW_MESSAGES, P.MANAGE_OPENING, P.SET_UP_SCREEN}),
    }
)
"""What a role may at its place and everywhere below it."""

BY_RELATION: Mapping[Role, Mapping[Relation, frozenset[Permission]]] = MappingProxyType(
    {
        Role.MEDIATOR: {
            Relation.ASSIGNED: _CASE_WORK
            | {P.REFER_CASE, P.JOIN_HEARING, P.RUN_HEARING, P.ANSWER_SIGNAL}
            | {P.PLAY_RECORDING, P.REVEAL_PERSONAL, P.VIEW_TRAIL},
        },
        Role.GRID_WORKER: {Relation.REGISTERED: frozenset({P.VIEW_CASE})},
    }
)
"""What a role may with a case it is tied to, wherever the case lies. A mediator who is not the case's sees nothing."""

PARTY_RIGHTS = frozenset({P.VIEW_CASE, P.BOOK_HEARING, P.JOIN_HEARING, P.PLAY_RECORDING})
"""What a party may with the one case of the personal link."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a permission goes for one actor: the same answer as `allowed`, in the shape a SQL condition needs."""

    everywhere: bool = False
    paths: tuple[str, ...] = ()
    """The permission holds for what lies at or below one of these."""
    relations: Relation = Relation.NONE
    """The permission holds for what the actor is tied to by any of these."""

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.paths) or bool(self.relations)


def reach(actor: Actor, permission: Permission) -> Reach:
    """How far `permission` goes for `actor`; falsy when the actor does not have it at all."""
    match actor.kind:
        case ActorKind.SYSTEM:
            return Reach(everywhere=True)
        case ActorKind.PARTY:
            return Reach(relations=Relation.OWN_CASE if permission in PARTY_RIGHTS else Relation.NONE)
        case ActorKind.VISITOR:
            return Reach()
        case ActorKind.STAFF:
            return _reach_of_staff(actor, permission)


def _reach_of_staff(actor: Actor, permission: Permission) -> Reach:
    paths: list[str] = []
    relations = Relation.NONE
    for grant in actor.grants:
        role = _ROLES.get(grant.role)
        if role is None:  # a role that this version does not know gives nothing
            continue
        if permission in AT_PLACE[role] and grant.path not in paths:
            paths.append(grant.path)
        for relation, permissions in BY_RELATION.get(role, {}).items():
            if permission in permissions:
                relations |= relation
    return Reach(paths=tuple(paths), relations=relations)


_ROLES: Mapping[str, Role] = MappingProxyType({role.value: role for role in Role})


def allowed(actor: Actor, permission: Permission, *, scope: Scope, relation: Relation = Relation.NONE) -> bool:
    """Whether `actor` may use `permission` on what lies in `scope` and is tied to it by `relation`."""
    far = reach(actor, permission)
    if far.everywhere or far.relations & relation:
        return True
    return any(path.startswith(place) for place in far.paths for path in scope.paths)


def holds(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` may use `permission` anywhere: what opens a page that is not about one case."""
    return bool(reach(actor, permission))
