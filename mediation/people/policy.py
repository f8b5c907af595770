"""Who may see personal data in full."""

from mediation.access.permissions import Permission, Relation, Scope, allowed
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied

REVEALABLE = frozenset({"phone", "id_number", "address", "email"})
"""Fields that lists and pages show masked."""


def check_reveal(actor: Actor, *, scope: Scope, relation: Relation) -> None:
    """Raises: Denied unless the actor may see the personal data of people in that case."""
    if not allowed(actor, Permission.REVEAL_PERSONAL, scope=scope, relation=relation):
        raise Denied("may_not_reveal")
