"""A case goes to another body or track, with a letter and a limit to answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.events import ReferralAnswered, ReferralSent
from mediation.disputes.models import Case, Referral
from mediation.disputes.rules import limits, tracks, triage
from mediation.disputes.rules.codes import ReferralMode, ReferralState
from mediation.disputes.rules.life import CaseStep
from mediation.disputes.service.move import take_step
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs import queries as orgs
from mediation.orgs.rules import OrgLevel


@dataclass(frozen=True, slots=True)
class ReferCase:
    case_id: int
    to_body: str
    """Public id of the receiving body."""
    mode: ReferralMode
    reason: str
    parties_consent: bool = False


def refer(session: Session, actor: Actor, command: ReferCase, *, clock: Clock) -> Referral:
    """Send the case, or a request for help with it, to another body; it answers within 3 working days.

    Emits: ReferralSent; CaseMoved when the case is handed over.
    Raises: Invalid `reason_missing`; Refused `refer_to_self`, `consent_missing`, `referral_open`, `not_now`; Missing.
    """
    if not command.reason.strip():
        raise Invalid("reason_missing", field="reason")
    case = policy.case_by_id(session, actor, command.case_id, Permission.REFER_CASE, lock=True)
    body = orgs.place_by_public_id(session, command.to_body)
    refusal = tracks.refusal(
        command.mode, parties_consent=command.parties_consent, same_body=body.id == case.handler_org_id
    )
    if refusal is not None:
        raise Refused(refusal, field="mode" if refusal == "consent_missing" else "to_body")
    if body.level is not OrgLevel.BODY:
        raise Refused("body_unsuited", field="to_body")
    if _open(session, case) is not None:
        raise Refused("referral_open")
    if command.mode in tracks.HANDS_OVER:
        take_step(session, actor, case, CaseStep.REFER, clock=clock)
    referral = Referral(
        case_id=case.id,
        mode=command.mode,
        from_org_id=case.handler_org_id,
        to_org_id=body.id,
        from_track=case.track,
        to_track=triage.track_for(body.kind),
        reason=command.reason,
        answer_due_on=limits.answer_by(local_date(clock()), orgs.overrides(session)).due_on,
        sent_at=clock(),
    )
    session.add(referral)
    session.flush()
    sent = ReferralSent(
        case_id=case.id,
        referral_id=referral.id,
        mode=referral.mode,
        to_org_id=body.id,
        to_track=referral.to_track,
        answer_due_on=referral.answer_due_on,
    )
    log.append(session, sent, actor=actor, at=clock())
    return referral


def _open(session: Session, case: Case) -> Referral | None:
    return session.scalars(
        select(Referral).where(Referral.case_id == case.id, Referral.state == ReferralState.OPEN)
    ).first()


@dataclass(frozen=True, slots=True)
class AnswerReferral:
    case_id: int
    take: bool
    ground: str = ""
    """Why it goes back; asked for when it does."""


def answer_referral(session: Session, actor: Actor, command: AnswerReferral, *, clock: Clock) -> Referral:
    """The receiving body takes the case over, or returns it with its ground.

    Emits: ReferralAnswered; CaseMoved when the case was handed over.
    Raises: Invalid `reason_missing`; Refused `returned_twice`, `not_now`; Missing, Denied.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.ANSWER_REFERRAL, lock=True)
    referral = _open(session, case)
    if referral is None:
        raise Refused("not_now")
    if not policy.may_answer(session, actor, referral):
        raise Missing("case_unknown")
    if not command.take and not command.ground.strip():
        raise Invalid("reason_missing", field="ground")
    if referral.mode in tracks.HANDS_OVER:
        take_step(session, actor, case, CaseStep.TAKE_OVER if command.take else CaseStep.RETURN, clock=clock)
        if command.take:
            _hand_over(session, case, referral, now=clock())
        else:
            case.returns += 1
    referral.state = ReferralState.TAKEN if command.take else ReferralState.RETURNED
    referral.answered_at, referral.answer_ground = clock(), command.ground
    session.flush()
    answered = ReferralAnswered(case_id=case.id, referral_id=referral.id, taken=command.take)
    log.append(session, answered, actor=actor, at=clock())
    return referral


def _hand_over(session: Session, case: Case, referral: Referral, *, now: datetime) -> None:
    """The receiving body starts its own count: its time, its mediator."""
    body = orgs.place(session, referral.to_org_id)
    case.handler_org_id, case.handler_path, case.track = body.id, body.path, referral.to_track
    case.accepted_at, case.extended_to = now, None
    case.mediator_id, case.mediator_accepted_at = None, None
    session.flush()
    session.expire(case, ["mediator", "handler"])
