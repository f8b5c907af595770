"""Who may read a paper: staff who may see its case, and its parties their copies."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.documents.catalogue import CATALOGUE
from mediation.documents.models import Document
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing


def document_for(session: Session, actor: Actor, public_id: str) -> Document:
    """Raises: Missing `document_unknown`, the same for one that is not there and one that is not yours."""
    document = session.scalars(select(Document).where(Document.public_id == public_id)).one_or_none()
    if document is None or not policy.may(session, actor, document.case, Permission.VIEW_CASE):
        raise Missing("document_unknown")
    if actor.kind is ActorKind.PARTY and not CATALOGUE[document.kind].for_parties:
        raise Missing("document_unknown")
    return document
