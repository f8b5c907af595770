"""One case for its page: people, evidence, referrals, the limit that runs."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.models import Case, Evidence, Party, Referral
from mediation.disputes.queries.choice import joint_choice
from mediation.disputes.queries.wishes import (
    AssignmentRow,
    RelationRow,
    WishRow,
    assignments,
    relations,
    wishes,
)
from mediation.disputes.rules import limits
from mediation.disputes.rules.codes import (
    AssignmentState,
    CaseKind,
    CaseState,
    Channel,
    DisputeType,
    OutcomeKind,
    PartyRole,
    ReferralMode,
    ReferralState,
    RefusalGround,
    Risk,
    Track,
)
from mediation.disputes.rules.life import CASE_LIFE, CaseStep
from mediation.disputes.rules.limits import Limit
from mediation.kernel.actor import Actor
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Missing
from mediation.orgs import queries as orgs
from mediation.orgs.queries import Place
from mediation.people import queries as people
from mediation.people.models import Person
from mediation.people.queries import MediatorRow
from mediation.people.rules import Need, PersonKind


@dataclass(frozen=True, slots=True)
class PartyRow:
    id: int
    public_id: str
    person_id: int
    role: PartyRole
    kind: PersonKind
    name: str
    phone: str
    email: str
    id_number: str
    address: str
    needs: tuple[Need, ...]
    locale: str
    represents: str
    """For an agent: the name of whom."""
    refused_at: datetime | None
    consented_online_at: datetime | None


def _party(party: Party, names: dict[int, str]) -> PartyRow:
    person = party.person
    return PartyRow(
        id=party.id,
        public_id=party.public_id,
        person_id=person.id,
        role=party.role,
        kind=person.kind,
        name=person.name,
        phone=person.phone or "",
        email=person.email or "",
        id_number=person.id_number or "",
        address=person.address or "",
        needs=tuple(Need.of(code) for code in person.needs),
        locale=person.locale,
        represents=names.get(party.represents_id, "") if party.represents_id is not None else "",
        refused_at=party.refused_at,
        consented_online_at=party.consented_online_at,
    )


def parties(session: Session, case_id: int) -> tuple[PartyRow, ...]:
    """The people of a case in their order. For staff's pages and documents; a party's page masks the others."""
    rows = session.scalars(
        select(Party).where(Party.case_id == case_id).options(selectinload(Party.person)).order_by(Party.position)
    ).all()
    names = {row.id: row.person.name for row in rows}
    return tuple(_party(row, names) for row in rows)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    public_id: str
    file_public_id: str
    name: str
    media_type: str
    size: int
    filed_at: datetime
    party_id: int | None
    filed_by: str
    """Name of the party; empty for staff."""


def evidence(session: Session, case_id: int, *, party_id: int | None = None) -> tuple[EvidenceRow, ...]:
    """What was filed; with `party_id` only by that party."""
    query = (
        select(Evidence, Person.name)
        .join(Party, Party.id == Evidence.party_id, isouter=True)
        .join(Person, Person.id == Party.person_id, isouter=True)
        .where(Evidence.case_id == case_id)
        .options(selectinload(Evidence.file))
        .order_by(Evidence.id)
    )
    if party_id is not None:
        query = query.where(Evidence.party_id == party_id)
    return tuple(
        EvidenceRow(
            public_id=row.public_id,
            file_public_id=row.file.public_id,
            name=row.file.name,
            media_type=row.file.media_type,
            size=row.file.size,
            filed_at=row.filed_at,
            party_id=row.party_id,
            filed_by=name or "",
        )
        for row, name in session.execute(query)
        if row.file.deleted_at is None
    )


@dataclass(frozen=True, slots=True)
class ReferralRow:
    public_id: str
    mode: ReferralMode
    state: ReferralState
    from_body: Place
    to_body: Place
    to_track: Track
    reason: str
    sent_at: datetime
    answer_due_on: date
    answered_at: datetime | None
    answer_ground: str
    i_may_answer: bool


@dataclass(frozen=True, slots=True)
class CasePanel:
    """All that the case's own panel shows."""

    id: int
    public_id: str
    number: str
    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    source_reference: str
    state: CaseState
    track: Track
    risk: Risk
    summary: str
    relief: str
    happened_at_place: str
    place: Place
    handler: Place
    mediator: MediatorRow | None
    mediator_accepted_at: datetime | None
    received_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    outcome: OutcomeKind | None
    refusal_ground: RefusalGround | None
    refusal_reason: str
    limit: Limit | None
    """The limit that runs now."""
    parties: tuple[PartyRow, ...]
    evidence: tuple[EvidenceRow, ...]
    referrals: tuple[ReferralRow, ...]
    assignments: tuple[AssignmentRow, ...]
    wishes: tuple[WishRow, ...]
    """Of a party only their own."""
    relations: tuple[RelationRow, ...]
    """Why somebody must not mediate; empty for parties."""
    joint: MediatorRow | None
    """Whom both sides chose together."""
    steps: tuple[CaseStep, ...]
    """What the case's life allows now."""
    may: frozenset[Permission]
    """What the reader may on this case."""
    i_am_asked: bool
    """The reader is the mediator who has not answered yet."""


def case_panel(session: Session, case_id: int, actor: Actor) -> CasePanel:
    """The case for its page; whoever calls has fetched it through `policy`.

    Raises: Missing `case_unknown`.
    """
    case = session.get(Case, case_id)
    if case is None:
        raise Missing("case_unknown")
    asked = assignments(session, case)
    return CasePanel(
        id=case.id,
        public_id=case.public_id,
        number=case.number,
        kind=case.kind,
        dispute_type=case.dispute_type,
        channel=case.channel,
        source_reference=case.source_reference,
        state=case.state,
        track=case.track,
        risk=case.risk,
        summary=case.summary,
        relief=case.relief,
        happened_at_place=case.happened_at_place,
        place=orgs.place(session, case.place_org_id),
        handler=orgs.place(session, case.handler_org_id),
        mediator=people.mediator(session, case.mediator_id) if case.mediator_id is not None else None,
        mediator_accepted_at=case.mediator_accepted_at,
        received_at=case.received_at,
        accepted_at=case.accepted_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        refusal_ground=case.refusal_ground,
        refusal_reason=case.refusal_reason,
        limit=running_limit(session, case),
        parties=parties(session, case.id),
        evidence=evidence(session, case.id, party_id=actor.party_id),
        referrals=_referrals(session, actor, case),
        assignments=asked,
        wishes=wishes(session, case.id, party_id=actor.party_id),
        relations=relations(session, case.id) if actor.party_id is None else (),
        joint=joint_choice(session, case),
        steps=CASE_LIFE.offered(case.facts()),
        may=frozenset(p for p in Permission if policy.may(session, actor, case, p)),
        i_am_asked=any(
            row.mediator.account_id == actor.account_id and row.state is AssignmentState.ASKED for row in asked
        ),
    )


def running_limit(session: Session, case: Case) -> Limit | None:
    """The statutory limit that runs in the case's present state; None when none does."""
    overrides = orgs.overrides(session)
    if case.state is CaseState.RECEIVED:
        return limits.decide_by(local_date(case.received_at), case.track, overrides)
    if case.state in {CaseState.ACCEPTED, CaseState.IN_MEDIATION} and case.accepted_at is not None:
        return limits.mediate_by(local_date(case.accepted_at), case.track, case.extended_to)
    if case.state is CaseState.REFERRED:
        sent_at = session.scalar(
            select(Referral.sent_at).where(Referral.case_id == case.id, Referral.state == ReferralState.OPEN)
        )
        return limits.answer_by(local_date(sent_at), overrides) if sent_at is not None else None
    return None


def limit_of(session: Session, case_id: int) -> Limit | None:
    """As `running_limit`, for those who hold only the id. Raises: Missing `case_unknown`."""
    case = session.get(Case, case_id)
    if case is None:
        raise Missing("case_unknown")
    return running_limit(session, case)


def _referrals(session: Session, actor: Actor, case: Case) -> tuple[ReferralRow, ...]:
    rows = session.scalars(select(Referral).where(Referral.case_id == case.id).order_by(Referral.id))
    return tuple(
        ReferralRow(
            public_id=row.public_id,
            mode=row.mode,
            state=row.state,
            from_body=orgs.place(session, row.from_org_id),
            to_body=orgs.place(session, row.to_org_id),
            to_track=row.to_track,
            reason=row.reason,
            sent_at=row.sent_at,
            answer_due_on=row.answer_due_on,
            answered_at=row.answered_at,
            answer_ground=row.answer_ground,
            i_may_answer=row.state is ReferralState.OPEN and policy.may_answer(session, actor, row),
        )
        for row in rows
    )
