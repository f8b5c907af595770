"""Lists of cases within the reader's reach; finding the cases of a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from mediation.access.service.find import FoundCase
from mediation.disputes import policy
from mediation.disputes.models import Case, Party
from mediation.disputes.queries.case import running_limit
from mediation.disputes.rules.codes import (
    CaseKind,
    CaseState,
    Channel,
    DisputeType,
    PartyRole,
    Risk,
    Track,
)
from mediation.disputes.rules.limits import Limit
from mediation.files.models import StoredFile
from mediation.kernel import crypto
from mediation.kernel.actor import Actor
from mediation.people.models import Mediator, Person


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of a list."""

    id: int
    public_id: str
    number: str
    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    state: CaseState
    track: Track
    risk: Risk
    received_at: datetime
    place: str
    place_en: str
    handler: str
    handler_en: str
    mediator: str
    mediator_accepted: bool
    applicant: str
    respondent: str
    """First name on each side."""
    limit: Limit | None

    @property
    def key(self) -> str:
        """For the next page: begins after this row."""
        return f"{self.received_at.timestamp():.6f}_{self.id}"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    states: frozenset[CaseState] = frozenset()
    dispute_type: DisputeType | None = None
    number: str = ""
    """A case number, or its beginning."""
    phone: str = ""
    """Eleven digits of a party."""
    mine: int | None = None
    """A mediator's id."""
    unanswered: bool = False
    """With `mine`: only those the mediator has not answered."""


def cases(
    session: Session,
    actor: Actor,
    wanted: CaseFilter = CaseFilter(),
    *,
    after: str = "",
    limit: int = 50,
) -> list[CaseRow]:
    """The newest first, within the actor's reach. Ask for one more than a page shows to know whether there is more.

    `after`: `key` of the last row seen; an unreadable one begins at the beginning.
    """
    query = (
        select(Case)
        .where(policy.visible_cases(actor))
        .options(
            selectinload(Case.parties).selectinload(Party.person),
            selectinload(Case.place),
            selectinload(Case.handler),
            selectinload(Case.mediator).selectinload(Mediator.account),
        )
        .order_by(Case.received_at.desc(), Case.id.desc())
        .limit(limit)
    )
    if wanted.states:
        query = query.where(Case.state.in_(wanted.states))
    if wanted.dispute_type is not None:
        query = query.where(Case.dispute_type == wanted.dispute_type)
    if wanted.number:
        query = query.where(Case.number.startswith(wanted.number.upper(), autoescape=True))
    if wanted.phone:
        index = crypto.keyring().blind_index(wanted.phone, "phone")
        holders = select(Party.case_id).join(Person).where(Person.phone_index == index)
        query = query.where(Case.id.in_(holders))
    if wanted.mine is not None:
        query = query.where(Case.mediator_id == wanted.mine)
        if wanted.unanswered:
            query = query.where(Case.mediator_accepted_at.is_(None))
    last = _key(session, after)
    if last is not None:
        query = query.where(tuple_(Case.received_at, Case.id) < last)
    return [_row(session, case) for case in session.scalars(query)]


def _key(session: Session, after: str) -> tuple[datetime, int] | None:
    case_id = after.rpartition("_")[2]
    case = session.get(Case, int(case_id)) if case_id.isascii() and case_id.isdecimal() and len(case_id) < 18 else None  # noqa: PLR2004 - fits a key
    return None if case is None else (case.received_at, case.id)


def _row(session: Session, case: Case) -> CaseRow:
    sides = {party.role: party.person.name for party in reversed(case.parties)}
    return CaseRow(
        id=case.id,
        public_id=case.public_id,
        number=case.number,
        kind=case.kind,
        dispute_type=case.dispute_type,
        channel=case.channel,
        state=case.state,
        track=case.track,
        risk=case.risk,
        received_at=case.received_at,
        place=case.place.name,
        place_en=case.place.name_en or case.place.name,
        handler=case.handler.name,
        handler_en=case.handler.name_en or case.handler.name,
        mediator=case.mediator.account.name if case.mediator is not None else "",
        mediator_accepted=case.mediator_accepted_at is not None,
        applicant=sides.get(PartyRole.APPLICANT, ""),
        respondent=sides.get(PartyRole.RESPONDENT, ""),
        limit=running_limit(session, case),
    )


def cases_of_phone(session: Session, phone: str) -> list[FoundCase]:
    """The cases whose party gave this number (11 digits, checked): for the way back to one's link."""
    index = crypto.keyring().blind_index(phone, "phone")
    query = (
        select(Party.id, Case.id, Case.number, Case.received_at)
        .join(Case, Case.id == Party.case_id)
        .join(Person, Person.id == Party.person_id)
        .where(Person.phone_index == index)
        .order_by(Case.received_at.desc())
    )
    return [
        FoundCase(party_id=party_id, case_id=case_id, number=number, received_at=received_at)
        for party_id, case_id, number, received_at in session.execute(query)
    ]


def draft_files(session: Session, file_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """Id, name and size of the files of a draft, in their order."""
    rows = {row.id: row for row in session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))}
    return [(i, rows[i].name, rows[i].size) for i in file_ids if i in rows]
