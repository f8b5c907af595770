"""Papers follow what happens."""

from sqlalchemy.orm import Session

from mediation.agreements.events import AgreementConcluded
from mediation.disputes.events import CaseRefused
from mediation.documents import queries, service
from mediation.documents.catalogue import DocumentKind
from mediation.hearings.queries import papers_from
from mediation.kernel import log, outbox
from mediation.kernel.log import Happening


def concluded(session: Session, happening: Happening) -> None:
    event: AgreementConcluded = happening.event
    kind = DocumentKind.ORAL_RECORD if event.oral else DocumentKind.AGREEMENT
    subject = f"agreement:{event.agreement_id}"
    service.request_paper(session, happening.actor, kind, subject, case_id=event.case_id or 0, at=happening.at)


def refused(session: Session, happening: Happening) -> None:
    event: CaseRefused = happening.event
    subject = f"refusal:{happening.at:%Y%m%dT%H%M%SZ}"  # refused again after it was taken up again: another paper
    kind = DocumentKind.REFUSAL_NOTICE
    service.request_paper(session, happening.actor, kind, subject, case_id=event.case_id or 0, at=happening.at)


def subscribe() -> None:
    log.on(AgreementConcluded, concluded)
    log.on(CaseRefused, refused)
    papers_from(queries.SOURCE, queries.Papers())
    outbox.receive(service.RENDER, service.keep, outside=service.draw)
