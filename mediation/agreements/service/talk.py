"""The agreement in the hearing: shown clause by clause, each party's word to each clause, the text read back."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.agreements import policy, queries
from mediation.agreements.events import ClauseAnswered, DraftShown, ReadingConfirmed
from mediation.agreements.models import Agreement, ClauseAnswer, ReadBack
from mediation.agreements.rules.codes import AgreementState, Stance
from mediation.disputes import policy as disputes_policy
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused, Stale


def show_draft(session: Session, actor: Actor, case_id: int, *, shown: bool, clock: Clock) -> Agreement:
    """Let the parties see the draft, or not any more. Emits: DraftShown. Raises: Refused `not_now`; Denied; Missing."""
    case = policy.case_to_draft(session, actor, case_id)
    agreement = queries.current(session, case.id)
    if agreement is None or agreement.oral or agreement.state is not AgreementState.DRAFT:
        raise Refused("not_now")
    if shown is not (agreement.shown_at is not None):
        agreement.shown_at = clock() if shown else None
        session.flush()
        event = DraftShown(case_id=case.id, agreement_id=agreement.id, shown=shown)
        log.append(session, event, actor=actor, at=clock())
    return agreement


@dataclass(frozen=True, slots=True)
class AnswerClause:
    position: int
    stance: Stance
    text_hash: str
    """Fingerprint of the clause that was on the screen."""


def answer_clause(session: Session, actor: Actor, command: AnswerClause, *, clock: Clock) -> ClauseAnswer:
    """A party says yes, no, or that they have a question; the last word counts. Emits: ClauseAnswered.

    Raises: Refused `not_now` (not shown, fixed, not a signing party); Stale `text_changed`.
    """
    case, party = disputes_policy.party_case(session, actor)
    agreement = queries.current(session, case.id)
    if agreement is None or agreement.state is not AgreementState.DRAFT or agreement.shown_at is None:
        raise Refused("not_now")
    if party.role not in queries.SIGNING_ROLES:
        raise Refused("not_now")
    clause = next((one for one in agreement.clauses if one.position == command.position), None)
    if clause is None or queries.clause_hash(clause) != command.text_hash:
        raise Stale("text_changed")
    key = (agreement.id, command.position, party.id)
    answer = session.get(ClauseAnswer, key) or ClauseAnswer(
        agreement_id=agreement.id, position=command.position, party_id=party.id
    )
    answer.stance, answer.text_hash, answer.answered_at = command.stance, command.text_hash, clock()
    session.add(answer)
    session.flush()
    said = ClauseAnswered(
        case_id=case.id,
        agreement_id=agreement.id,
        position=command.position,
        party_id=party.id,
        stance=command.stance,
        text_hash=command.text_hash,
    )
    log.append(session, said, actor=actor, at=clock())
    return answer


def confirm_reading(session: Session, actor: Actor, text_hash: str, *, clock: Clock) -> ReadBack:
    """A party says that the text read to them is what was agreed. Emits: ReadingConfirmed.

    Raises: Refused `not_now`; Stale `text_changed`.
    """
    case, party = disputes_policy.party_case(session, actor)
    agreement = queries.current(session, case.id)
    if agreement is None or agreement.state is not AgreementState.SIGNING or party.role not in queries.SIGNING_ROLES:
        raise Refused("not_now")
    if agreement.text_hash != text_hash:
        raise Stale("text_changed")
    row = session.get(ReadBack, (agreement.id, party.id)) or ReadBack(agreement_id=agreement.id, party_id=party.id)
    row.text_hash, row.confirmed_at = text_hash, clock()
    session.add(row)
    session.flush()
    confirmed = ReadingConfirmed(case_id=case.id, agreement_id=agreement.id, party_id=party.id, text_hash=text_hash)
    log.append(session, confirmed, actor=actor, at=clock())
    return row
