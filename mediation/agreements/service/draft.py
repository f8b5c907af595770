"""Writing an agreement and fixing its text."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mediation.agreements import policy, queries
from mediation.agreements.canonical import AgreementText, ClauseText, PartyText, fingerprint, write
from mediation.agreements.events import AgreementDrafted, AgreementFixed
from mediation.agreements.models import Agreement, Clause
from mediation.agreements.policy import Case
from mediation.agreements.rules.codes import AgreementState
from mediation.agreements.rules.life import AGREEMENT_LIFE, AgreementFacts, AgreementStep
from mediation.agreements.service.effect import take_back
from mediation.disputes import queries as disputes
from mediation.disputes.queries import PartyRow
from mediation.disputes.rules.codes import CaseState, PartyRole
from mediation.hearings import service as hearings
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Refused

MAX_CLAUSES: Final = 30
FARTHEST: Final = timedelta(days=50 * 366)
"""A last day of performance beyond it is a slip of the pen; no limit could be reckoned from the year 9999."""
WORKING = frozenset({CaseState.ACCEPTED, CaseState.IN_MEDIATION})


@dataclass(frozen=True, slots=True)
class NewClause:
    text: str
    obligor_id: int | None = None
    manner: str = ""
    due_on: date | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class SaveDraft:
    case_id: int
    facts: str
    clauses: tuple[NewClause, ...]


def save_draft(session: Session, actor: Actor, command: SaveDraft, *, clock: Clock) -> Agreement:
    """Keep what is written so far; the first time it begins the agreement. Emits: AgreementDrafted.

    Raises: Refused `words_kept` (said in confidence), `text_is_fixed`, `not_now`, `mediator_not_ready`
    (who signs it has not taken the case); Invalid `too_many_clauses`, `obligor_unknown`.
    """
    case = policy.case_to_draft(session, actor, command.case_id)
    if case.state not in WORKING:
        raise Refused("not_now")
    if not case.facts().mediator_ready:
        raise Refused("mediator_not_ready")
    if len(command.clauses) > MAX_CLAUSES:
        raise Invalid("too_many_clauses", n=MAX_CLAUSES)
    known = {party.id for party in disputes.parties(session, case.id)}
    if any(clause.obligor_id is not None and clause.obligor_id not in known for clause in command.clauses):
        raise Invalid("obligor_unknown")
    for text in (command.facts, *(part for clause in command.clauses for part in (clause.text, clause.manner))):
        hearings.check_told(session, case.id, text)
    agreement = queries.current(session, case.id)
    if agreement is None or agreement.state is AgreementState.EFFECTIVE:
        # The case was taken up again (art. 33: changed, or a new one made); the old agreement stands until then.
        agreement = _begin(session, actor, case, clock)
    if agreement.state is not AgreementState.DRAFT:
        raise Refused("text_is_fixed")
    agreement.facts = command.facts
    agreement.clauses = [
        Clause(
            position=position,
            text=clause.text,
            obligor_id=clause.obligor_id,
            manner=clause.manner,
            due_on=clause.due_on,
            amount_fen=clause.amount_fen,
        )
        for position, clause in enumerate(command.clauses)
    ]
    session.flush()
    return agreement


def _begin(session: Session, actor: Actor, case: Case, clock: Clock) -> Agreement:
    agreement = Agreement(number=queries.next_number(session, case), case_id=case.id, created_at=clock())
    session.add(agreement)
    session.flush()
    log.append(session, AgreementDrafted(case_id=case.id, agreement_id=agreement.id), actor=actor, at=clock())
    return agreement


def fix(session: Session, actor: Actor, case_id: int, *, clock: Clock) -> Agreement:
    """The text is final: it is written out, fingerprinted and offered for signing. Emits: AgreementFixed.

    Raises: Refused `agreement_incomplete` (facts, or a clause, is missing; art. 29), `one_side_only`,
    `mediator_not_ready`, `not_now`; Invalid `due_in_the_past`, `due_too_far`.
    """
    case = policy.case_to_draft(session, actor, case_id)
    agreement = queries.current(session, case.id)
    if agreement is None or case.state not in WORKING:
        raise Refused("agreement_incomplete")
    _check_days(agreement, local_date(clock()))
    parties = disputes.parties(session, case.id)
    arrow = AGREEMENT_LIFE.decide(AgreementStep.FIX, _facts(case, agreement, parties))
    agreement.n_copies = sum(party.role in queries.SIGNING_ROLES for party in parties) + 1
    agreement.canonical = write(_content(case, agreement, parties))
    agreement.text_hash = fingerprint(agreement.canonical)
    agreement.state, agreement.signing_at = arrow.target, clock()
    session.flush()
    fixed = AgreementFixed(case_id=case.id, agreement_id=agreement.id, text_hash=agreement.text_hash)
    log.append(session, fixed, actor=actor, at=clock())
    return agreement


def _facts(case: Case, agreement: Agreement, parties: tuple[PartyRow, ...]) -> AgreementFacts:
    written = bool(agreement.facts.strip() and agreement.clauses and all(c.text.strip() for c in agreement.clauses))
    return AgreementFacts(
        agreement.state,
        complete=written,
        two_sided={PartyRole.APPLICANT, PartyRole.RESPONDENT} <= {party.role for party in parties},
        mediator_ready=case.facts().mediator_ready,
    )


def _check_days(agreement: Agreement, today: date) -> None:
    """Raises: Invalid `due_in_the_past`, `due_too_far`."""
    days = [clause.due_on for clause in agreement.clauses if clause.due_on is not None]
    if any(day < today for day in days):
        raise Invalid("due_in_the_past")
    if any(day - today > FARTHEST for day in days):
        raise Invalid("due_too_far")


def _content(case: Case, agreement: Agreement, parties: tuple[PartyRow, ...]) -> AgreementText:
    names = {party.id: party.name for party in parties}
    return AgreementText(
        number=agreement.number,
        case_number=case.number,
        committee=case.handler.name,
        mediator=case.mediator.account.name if case.mediator is not None else "",
        parties=[PartyText(party.role.zh, party.name, party.id_number, party.address) for party in parties],
        facts=agreement.facts,
        clauses=[
            ClauseText(
                clause.text, names.get(clause.obligor_id or 0, ""), clause.manner, clause.due_on, clause.amount_fen
            )
            for clause in agreement.clauses
        ],
        n_copies=agreement.n_copies,
    )


def void(session: Session, actor: Actor, case_id: int, *, clock: Clock) -> Agreement:
    """Take the text back: what was signed stays as it was, void; the words go into a new draft.

    Emits: AgreementVoided, AgreementDrafted. Raises: Refused `not_now` once it is in effect.
    """
    case = policy.case_to_draft(session, actor, case_id)
    agreement = queries.current(session, case.id)
    if agreement is None:
        raise Refused("not_now")
    take_back(session, actor, agreement, at=clock())
    again = tuple(
        NewClause(clause.text, clause.obligor_id, clause.manner, clause.due_on, clause.amount_fen)
        for clause in agreement.clauses
    )
    return save_draft(session, actor, SaveDraft(case.id, agreement.facts, again), clock=clock)
