"""Who may see personal data in full, and who keeps the mediators' shares of work."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Relation, Scope, allowed
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied, Missing
from mediation.people.models import Mediator

REVEALABLE = frozenset({"phone", "id_number", "address", "email"})
"""Fields that lists and pages show masked."""


def check_reveal(actor: Actor, *, scope: Scope, relation: Relation) -> None:
    """Raises: Denied unless the actor may see the personal data of people in that case."""
    if not allowed(actor, Permission.REVEAL_PERSONAL, scope=scope, relation=relation):
        raise Denied("may_not_reveal")


def share_for(session: Session, actor: Actor, public_id: str) -> Mediator:
    """The mediator whose share of work the desk of their place keeps; not they themselves.

    Raises: Missing `mediator_unknown`; Denied `share_not_kept_by_you`.
    """
    row = session.scalars(select(Mediator).where(Mediator.public_id == public_id)).one_or_none()
    if row is None:
        raise Missing("mediator_unknown", field="mediator")
    if not allowed(actor, Permission.MANAGE_OPENING, scope=Scope((row.org.path,))):
        raise Denied("share_not_kept_by_you")
    return row
