"""Facts of a case -> what a paper says. Reads only."""

from typing import Any

from sqlalchemy.orm import Session

from mediation.disputes import queries as disputes
from mediation.documents import queries
from mediation.documents.catalogue import DocumentKind
from mediation.documents.models import Document
from mediation.kernel.actor import SYSTEM


def content(session: Session, document: Document) -> dict[str, Any]:
    """The template's values."""
    case = disputes.case_panel(session, document.case_id, SYSTEM)
    values: dict[str, Any] = {"case": case, "kind": document.kind}
    if document.kind is not DocumentKind.REFUSAL_NOTICE:
        row = queries.agreement_of(session, document)
        values["agreement"] = row
        values["signatures"] = [(signer, queries.picture(session, signer.image_id)) for signer in row.signers]
    return values
