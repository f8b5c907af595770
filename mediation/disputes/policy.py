"""Who may see a case and act on it: fetch and check in one, in memory and as a SQL condition."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Relation, Scope, allowed, reach
from mediation.disputes.models import Case, Evidence, Party, Referral
from mediation.disputes.rules.codes import ReferralState
from mediation.files.models import StoredFile
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Denied, Missing
from mediation.orgs.models import Org
from mediation.people.models import Mediator

ASKED_BODY_MAY = frozenset({Permission.VIEW_CASE, Permission.VIEW_TRAIL, Permission.ANSWER_REFERRAL})
"""What the body that a referral asks may do before it has taken the case over."""


def relation(actor: Actor, case: Case) -> Relation:
    """What ties the actor to the case besides the place."""
    tie = Relation.NONE
    if actor.kind is ActorKind.PARTY and actor.case_id == case.id:
        tie |= Relation.OWN_CASE
    if actor.account_id is not None:
        if case.mediator is not None and case.mediator.account_id == actor.account_id:
            tie |= Relation.ASSIGNED
        if case.registered_by == actor.ref:
            tie |= Relation.REGISTERED
    return tie


def scope(session: Session, case: Case, permission: Permission) -> Scope:
    """Where the case lies: the place, the body that has it, and for a few rights the body that is asked to take it."""
    paths = [case.place_path, case.handler_path]
    if permission in ASKED_BODY_MAY:
        paths += session.scalars(
            select(Org.path)
            .join(Referral, Referral.to_org_id == Org.id)
            .where(Referral.case_id == case.id, Referral.state == ReferralState.OPEN)
        )
    return Scope(tuple(paths))


def may(session: Session, actor: Actor, case: Case, permission: Permission) -> bool:
    return allowed(actor, permission, scope=scope(session, case, permission), relation=relation(actor, case))


def case_for(session: Session, actor: Actor, public_id: str, permission: Permission, *, lock: bool = False) -> Case:
    """The case with this public id.

    Raises: Missing `case_unknown`, also when the actor may not even see it; Denied `not_allowed` when the actor sees
    it but may not do this.
    """
    return _checked(session, actor, Case.public_id == public_id, permission, lock=lock)


def case_by_id(session: Session, actor: Actor, case_id: int, permission: Permission, *, lock: bool = False) -> Case:
    """As `case_for`, by the internal id; `lock` holds the row until the transaction ends."""
    return _checked(session, actor, Case.id == case_id, permission, lock=lock)


def _checked(
    session: Session, actor: Actor, condition: ColumnElement[bool], permission: Permission, *, lock: bool
) -> Case:
    query = select(Case).where(condition)
    if lock:
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session.scalars(query).one_or_none()
    if case is None:
        raise Missing("case_unknown")
    if not may(session, actor, case, permission):
        if permission is not Permission.VIEW_CASE and may(session, actor, case, Permission.VIEW_CASE):
            raise Denied("not_allowed")
        raise Missing("case_unknown")
    return case


def visible_cases(actor: Actor, permission: Permission = Permission.VIEW_CASE) -> ColumnElement[bool]:
    """The condition on `Case` that keeps what `case_for` would give."""
    far = reach(actor, permission)
    if far.everywhere:
        return true()
    ways: list[ColumnElement[bool]] = []
    for path in far.paths:
        ways += [Case.place_path.startswith(path, autoescape=True), Case.handler_path.startswith(path, autoescape=True)]
        if permission in ASKED_BODY_MAY:
            ways.append(_asked_below(path))
    if Relation.OWN_CASE in far.relations and actor.case_id is not None:
        ways.append(Case.id == actor.case_id)
    if Relation.ASSIGNED in far.relations:
        ways.append(Case.mediator_id.in_(select(Mediator.id).where(Mediator.account_id == actor.account_id)))
    if Relation.REGISTERED in far.relations:
        ways.append(Case.registered_by == actor.ref)
    return or_(*ways) if ways else false()


def _asked_below(path: str) -> ColumnElement[bool]:
    return exists(
        select(Referral.id)
        .join(Org, Org.id == Referral.to_org_id)
        .where(
            and_(
                Referral.case_id == Case.id,
                Referral.state == ReferralState.OPEN,
                Org.path.startswith(path, autoescape=True),
            )
        )
    )


def may_answer(session: Session, actor: Actor, referral: Referral) -> bool:
    """Whether the actor answers for the body that the referral asks."""
    path = session.scalar(select(Org.path).where(Org.id == referral.to_org_id)) or ""
    return allowed(actor, Permission.ANSWER_REFERRAL, scope=Scope((path,)))


def party_case(session: Session, actor: Actor) -> tuple[Case, Party]:
    """The one case of a personal link, and whose link it is.

    Raises: Missing `link_unknown`.
    """
    party = session.get(Party, actor.party_id) if actor.party_id is not None else None
    if actor.kind is not ActorKind.PARTY or party is None or party.case_id != actor.case_id:
        raise Missing("link_unknown")
    return party.case, party


def may_read_file(session: Session, actor: Actor, file: StoredFile) -> bool:
    """Staff who may see the case; a party what they filed themselves (talks and evidence are confidential)."""
    case = session.get(Case, file.case_id) if file.case_id is not None else None
    if case is None or not may(session, actor, case, Permission.VIEW_CASE):
        return False
    if actor.kind is not ActorKind.PARTY:
        return True
    filed = select(Evidence.id).where(Evidence.file_id == file.id, Evidence.party_id == actor.party_id)
    return session.scalar(filed) is not None
