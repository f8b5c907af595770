"""Evidence comes in."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.events import EvidenceFiled
from mediation.disputes.models import Case, Evidence
from mediation.disputes.rules.life import OPEN_STATES
from mediation.files import service as files
from mediation.files.rules import MAX_FILES
from mediation.files.service import Checked, StoreFile
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused

MAX_BY_STAFF = 60


@dataclass(frozen=True, slots=True)
class FileEvidence:
    case_id: int
    name: str
    content: bytes | Checked


def file_evidence(session: Session, actor: Actor, command: FileEvidence, *, clock: Clock) -> Evidence:
    """Keep what a party or staff hands in.

    Emits: EvidenceFiled. Raises: Invalid as `files.check`; Refused `too_many_files`, `not_now`.
    """
    party_id = None
    if actor.party_id is not None:
        case, party = policy.party_case(session, actor)
        party_id = party.id
    else:
        case = policy.case_by_id(session, actor, command.case_id, Permission.EDIT_PARTIES)
    if case.state not in OPEN_STATES:
        raise Refused("not_now")
    _check_room(session, case, party_id)
    stored = files.store(session, actor, StoreFile(command.name, command.content, case_id=case.id), clock=clock)
    return enter(session, actor, case, file_id=stored.id, party_id=party_id, clock=clock)


def enter(session: Session, actor: Actor, case: Case, *, file_id: int, party_id: int | None, clock: Clock) -> Evidence:
    """Put a stored file on the case's list of evidence; it belongs to the case from now on."""
    file = files.attach(session, file_id, case.id)
    evidence = Evidence(case_id=case.id, party_id=party_id, file_id=file_id, filed_at=clock())
    session.add(evidence)
    session.flush()
    session.expire(case, ["evidence"])
    filed = EvidenceFiled(case_id=case.id, evidence_id=evidence.id, sha256=file.sha256, party_id=party_id)
    log.append(session, filed, actor=actor, at=clock())
    return evidence


def _check_room(session: Session, case: Case, party_id: int | None) -> None:
    limit = MAX_BY_STAFF if party_id is None else MAX_FILES
    filed = session.scalar(
        select(func.count())
        .select_from(Evidence)
        .where(Evidence.case_id == case.id, Evidence.party_id.is_not_distinct_from(party_id))
    )
    if (filed or 0) >= limit:
        raise Refused("too_many_files", field="files", most=limit)
