"""Who may draft, seal and record; the case comes with the answer."""

from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Scope, allowed
from mediation.disputes import policy
from mediation.disputes.models import Case
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied

__all__ = ["Case", "case_to_draft", "case_to_record", "case_to_seal", "may_seal"]


def case_to_draft(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, locked, for whoever writes its agreement. Raises: Missing, Denied."""
    return policy.case_by_id(session, actor, case_id, Permission.DRAFT_AGREEMENT, lock=True)


def case_to_seal(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, locked, for the head of the committee that has it in hand. Raises: Missing, Denied."""
    case = policy.case_by_id(session, actor, case_id, Permission.SEAL_AGREEMENT, lock=True)
    if not may_seal(actor, case):
        raise Denied("not_allowed")
    return case


def may_seal(actor: Actor, case: Case) -> bool:
    """The seal is that of the committee that mediated (People's Mediation Law art. 29), not of the place."""
    return allowed(actor, Permission.SEAL_AGREEMENT, scope=Scope((case.handler_path,)))


def case_to_record(session: Session, actor: Actor, case_id: int) -> Case:
    """The case, locked, for whoever records its outcome. Raises: Missing, Denied."""
    return policy.case_by_id(session, actor, case_id, Permission.RECORD_OUTCOME, lock=True)
