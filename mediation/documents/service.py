"""Papers are asked for in the transaction of the fact, rendered by the worker, kept encrypted, read with a trace."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.documents import compose, policy, render
from mediation.documents.catalogue import CATALOGUE, DocumentKind
from mediation.documents.events import DocumentRead, DocumentRendered, DocumentRequested
from mediation.documents.models import Document
from mediation.files import service as files
from mediation.files.service import StoreFile
from mediation.kernel import log, outbox
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing

RENDER: Final = "documents.render"


def request_paper(
    session: Session, actor: Actor, kind: DocumentKind, subject: str, *, case_id: int, at: datetime
) -> Document:
    """Ask for a paper; asked for twice, one paper. Emits: DocumentRequested; outbox `documents.render`."""
    known = session.scalars(
        select(Document).where(Document.case_id == case_id, Document.kind == kind, Document.subject == subject)
    ).one_or_none()
    if known is not None:
        return known
    document = Document(case_id=case_id, kind=kind, subject=subject, created_at=at)
    session.add(document)
    session.flush()
    requested = DocumentRequested(case_id=case_id, document_id=document.id, kind=kind.value)
    log.append(session, requested, actor=actor, at=at)
    outbox.put(session, RENDER, {"document": document.id}, key=f"{RENDER}:{document.id}", due_at=at)
    return document


def draw(session: Session, payload: dict[str, Any], _now: datetime) -> dict[str, Any]:
    """Outside the writing transaction: the PDF, which takes a second or two."""
    document = session.get_one(Document, payload["document"])
    return {"pdf": render.pdf(CATALOGUE[document.kind].template, compose.content(session, document))}


def keep(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Store what was drawn, once. Emits: DocumentRendered."""
    document = session.get_one(Document, payload["document"])
    if document.file_id is not None:
        return
    name = f"{document.kind.zh}.pdf"
    stored = files.store(session, SYSTEM, StoreFile(name, payload["pdf"], case_id=document.case_id), clock=lambda: now)
    document.file_id, document.rendered_at = stored.id, now
    session.flush()
    rendered = DocumentRendered(
        case_id=document.case_id, document_id=document.id, kind=document.kind.value, sha256=stored.sha256
    )
    log.append(session, rendered, actor=SYSTEM, at=now)


def read(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> tuple[str, bytes]:
    """Name and bytes of a paper. Emits: DocumentRead. Raises: Missing `document_unknown`, `document_not_ready`."""
    document = policy.document_for(session, actor, public_id)
    if document.file is None:
        raise Missing("document_not_ready")
    log.append(session, DocumentRead(case_id=document.case_id, document_id=document.id), actor=actor, at=clock())
    return document.file.name, files.unsealed(document.file)
