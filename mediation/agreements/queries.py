"""Reads of agreements: the panel of a case, what a party may sign, what is printed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.agreements.canonical import clause_fingerprint, fingerprint
from mediation.agreements.models import Agreement, Clause, ClauseAnswer, Outcome, ReadBack, Signature
from mediation.agreements.policy import may_seal
from mediation.agreements.rules.codes import AgreementState, Performance, SignerRole, Stance
from mediation.disputes import policy
from mediation.disputes import queries as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState, OutcomeKind, PartyRole
from mediation.kernel.actor import Actor

SIGNING_ROLES = frozenset({PartyRole.APPLICANT, PartyRole.RESPONDENT})


@dataclass(frozen=True, slots=True)
class SignerRow:
    role: SignerRole
    party_id: int | None
    name: str
    signed_at: datetime | None
    image_id: int | None
    text_hash: str = ""
    """Of the text that was on the screen when it was signed."""


@dataclass(frozen=True, slots=True)
class ClauseRow:
    id: int
    text: str
    obligor_id: int | None
    obligor: str
    manner: str
    due_on: date | None
    amount_fen: int | None
    performance: Performance


@dataclass(frozen=True, slots=True)
class AgreementRow:
    id: int
    public_id: str
    number: str
    state: AgreementState
    oral: bool
    facts: str
    text: str
    """What is signed; empty while it is drafted."""
    text_hash: str
    clauses: tuple[ClauseRow, ...]
    signers: tuple[SignerRow, ...]
    effective_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """The text is still the one whose fingerprint stands under each signature."""
        if not self.text:
            return True
        signed = {signer.text_hash for signer in self.signers if signer.signed_at is not None}
        return signed | {fingerprint(self.text)} == {self.text_hash}


def agreement_row(session: Session, agreement: Agreement) -> AgreementRow:
    names = {party.id: party.name for party in disputes.parties(session, agreement.case_id)}
    return AgreementRow(
        id=agreement.id,
        public_id=agreement.public_id,
        number=agreement.number,
        state=agreement.state,
        oral=agreement.oral,
        facts=agreement.facts,
        text=agreement.canonical or "",
        text_hash=agreement.text_hash or "",
        clauses=tuple(
            ClauseRow(
                id=clause.id,
                text=clause.text,
                obligor_id=clause.obligor_id,
                obligor=names.get(clause.obligor_id or 0, ""),
                manner=clause.manner,
                due_on=clause.due_on,
                amount_fen=clause.amount_fen,
                performance=clause.performance,
            )
            for clause in agreement.clauses
        ),
        signers=signers(session, agreement),
        effective_at=agreement.effective_at,
    )


def signers(session: Session, agreement: Agreement) -> tuple[SignerRow, ...]:
    """Who has to sign, and who has: each side's parties, the mediator, the committee (art. 29)."""
    done = {
        (row.role, row.party_id): row
        for row in session.scalars(select(Signature).where(Signature.agreement_id == agreement.id))
    }

    def row(role: SignerRole, party_id: int | None, name: str) -> SignerRow:
        signed = done.get((role, party_id))
        if signed is None:
            return SignerRow(role, party_id, name, None, None)
        return SignerRow(role, party_id, name, signed.signed_at, signed.image_id, signed.text_hash)

    case = session.get_one(Case, agreement.case_id)
    parties = [party for party in disputes.parties(session, case.id) if party.role in SIGNING_ROLES]
    mediator = case.mediator.account.name if case.mediator is not None else ""
    return (
        *(row(SignerRole.PARTY, party.id, party.name) for party in parties),
        row(SignerRole.MEDIATOR, None, mediator),
        row(SignerRole.COMMITTEE, None, case.handler.name),
    )


def current(session: Session, case_id: int) -> Agreement | None:
    """The case's living agreement, written or oral; of a case taken up again the newest."""
    return _newest(session, case_id, set(AgreementState) - {AgreementState.VOID})


def _newest(session: Session, case_id: int, states: set[AgreementState]) -> Agreement | None:
    return session.scalars(
        select(Agreement)
        .where(Agreement.case_id == case_id, Agreement.state.in_(states))
        .order_by(Agreement.id.desc())
        .limit(1)
    ).first()


def outcome_of(session: Session, case_id: int) -> Outcome | None:
    return session.scalars(select(Outcome).where(Outcome.case_id == case_id)).one_or_none()


def next_number(session: Session, case: Case) -> str:
    """The case's number and which text of it this is: void ones and those of an earlier life keep theirs."""
    known = session.scalar(select(func.count()).select_from(Agreement).where(Agreement.case_id == case.id)) or 0
    return f"{case.number}-{known + 1}"


@dataclass(frozen=True, slots=True)
class CasePanel:
    case_public_id: str
    outcome: OutcomeKind | None
    ground: str
    agreement: AgreementRow | None
    may_record: bool
    may_draft: bool
    draft_is_next: bool
    """The mediation has begun: the parties have talked."""
    may_sign: bool
    """The reader is the case's mediator and has not signed yet."""
    may_seal: bool


def case_panel(session: Session, case_id: int, actor: Actor) -> CasePanel:
    case = session.get_one(Case, case_id)
    outcome = outcome_of(session, case_id) if case.outcome is not None else None  # none while it is taken up again
    agreement = current(session, case_id)
    row = agreement_row(session, agreement) if agreement is not None else None
    working = case.state in {CaseState.ACCEPTED, CaseState.IN_MEDIATION}
    open_for = _open_roles(row)
    mine = case.mediator is not None and case.mediator.account_id == actor.account_id
    return CasePanel(
        case_public_id=case.public_id,
        outcome=outcome.kind if outcome is not None else None,
        ground=outcome.ground if outcome is not None else "",
        agreement=row,
        may_record=working and policy.may(session, actor, case, Permission.RECORD_OUTCOME),
        may_draft=working
        and case.facts().mediator_ready
        and policy.may(session, actor, case, Permission.DRAFT_AGREEMENT),
        draft_is_next=case.state is CaseState.IN_MEDIATION,
        may_sign=mine and SignerRole.MEDIATOR in open_for,
        may_seal=SignerRole.COMMITTEE in open_for and may_seal(actor, case),
    )


def _open_roles(row: AgreementRow | None) -> set[SignerRole]:
    if row is None or row.state is not AgreementState.SIGNING:
        return set()
    return {signer.role for signer in row.signers if signer.signed_at is None}


def to_sign(session: Session, actor: Actor) -> AgreementRow | None:
    """The agreement on a party's page: to be signed, or in effect."""
    agreement = _newest(session, actor.case_id or 0, {AgreementState.SIGNING, AgreementState.EFFECTIVE})
    return None if agreement is None else agreement_row(session, agreement)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one party says to one clause as it stands; None: nothing yet, or to other words."""

    party_id: int
    name: str
    stance: Stance | None


@dataclass(frozen=True, slots=True)
class TalkClause:
    position: int
    clause: ClauseRow
    text_hash: str
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The agreement as it is talked about in the hearing."""

    agreement: AgreementRow
    shown: bool
    clauses: tuple[TalkClause, ...]
    read_back: tuple[tuple[int, str, datetime | None], ...]
    """Party, name, when they said that the text read to them is right."""


def talk(session: Session, case_id: int) -> Talk | None:
    """The written agreement that is drafted or signed now, with what each party says to it."""
    agreement = current(session, case_id)
    if agreement is None or agreement.oral:
        return None
    signing = [party for party in disputes.parties(session, case_id) if party.role in SIGNING_ROLES]
    said = {
        (row.position, row.party_id, row.text_hash): row.stance
        for row in session.scalars(select(ClauseAnswer).where(ClauseAnswer.agreement_id == agreement.id))
    }
    heard = {
        row.party_id: row.confirmed_at
        for row in session.scalars(select(ReadBack).where(ReadBack.agreement_id == agreement.id))
        if row.text_hash == agreement.text_hash
    }
    row = agreement_row(session, agreement)
    clauses = []
    for clause, shown in zip(agreement.clauses, row.clauses, strict=True):
        text_hash = clause_hash(clause)
        answers = tuple(
            AnswerRow(party.id, party.name, said.get((clause.position, party.id, text_hash))) for party in signing
        )
        clauses.append(TalkClause(clause.position, shown, text_hash, answers))
    return Talk(
        agreement=row,
        shown=agreement.shown_at is not None,
        clauses=tuple(clauses),
        read_back=tuple((party.id, party.name, heard.get(party.id)) for party in signing),
    )


def clause_hash(clause: Clause) -> str:
    return clause_fingerprint(clause.text, clause.manner, clause.obligor_id, clause.due_on, clause.amount_fen)
