"""Reads of papers."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.agreements import queries as agreements
from mediation.agreements.models import Agreement
from mediation.agreements.queries import AgreementRow
from mediation.documents import policy
from mediation.documents.catalogue import CATALOGUE, DocumentKind
from mediation.documents.models import Document
from mediation.files import service as files
from mediation.files.models import StoredFile
from mediation.hearings.queries import Offer
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing

SOURCE: Final = "document"
"""The name of these papers among those of a hearing."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    public_id: str
    kind: DocumentKind
    ready: bool
    created_at: datetime


def case_panel(session: Session, case_id: int, actor: Actor) -> tuple[DocumentRow, ...]:
    """The papers of a case that the actor may read; the caller has fetched the case through its policy."""
    rows = session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id))
    return tuple(
        DocumentRow(row.public_id, row.kind, row.file_id is not None, row.created_at)
        for row in rows
        if actor.kind is not ActorKind.PARTY or CATALOGUE[row.kind].for_parties
    )


def agreement_of(session: Session, document: Document) -> AgreementRow:
    """The agreement that a paper is about (`agreement:<id>`)."""
    agreement_id = int(document.subject.partition(":")[2])
    return agreements.agreement_row(session, session.get_one(Agreement, agreement_id))


def picture(session: Session, file_id: int | None) -> str:
    """A drawn signature as a data address; empty for one that was typed or sealed."""
    file = session.get(StoredFile, file_id) if file_id is not None else None
    return "" if file is None else "data:image/png;base64," + base64.b64encode(files.unsealed(file)).decode()


class Papers:
    """What the table of a hearing's room is offered: papers that are made, to whoever may read them (policy)."""

    def offers(self, session: Session, actor: Actor, case_id: int) -> list[Offer]:
        rows = session.scalars(
            select(Document)
            .where(Document.case_id == case_id, Document.file_id.is_not(None))
            .options(selectinload(Document.file))
            .order_by(Document.id)
        )
        return [
            Offer(SOURCE, row.public_id, row.file.id, row.file.name)
            for row in rows
            if row.file is not None and self.may_read(session, actor, row.public_id)
        ]

    def may_read(self, session: Session, actor: Actor, reference: str) -> bool:
        try:
            policy.document_for(session, actor, reference)
        except Missing:
            return False
        return True
