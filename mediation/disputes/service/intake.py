"""A dispute becomes a case: from a resident's draft or from the desk, by the same door."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Scope, allowed, holds
from mediation.disputes.events import CaseReceived
from mediation.disputes.models import Case, IntakeDraft, Party
from mediation.disputes.rules import triage
from mediation.disputes.rules.codes import CaseKind, Channel, DisputeType, PartyRole, Risk
from mediation.disputes.service import drafts, evidence
from mediation.disputes.service.parties import AddParty, join
from mediation.kernel import log
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Denied, Invalid
from mediation.kernel.ids import case_number
from mediation.orgs import queries as orgs
from mediation.orgs.queries import Place
from mediation.people import service as people
from mediation.people.rules import Need, PersonKind
from mediation.people.service import RecordPerson


@dataclass(frozen=True, slots=True)
class ReceiveCase:
    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    community: str
    """Public id of the community where it happened."""
    summary: str
    applicant: RecordPerson
    respondents: tuple[RecordPerson, ...] = ()
    relief: str = ""
    happened_at_place: str = ""
    source_reference: str = ""
    risk: Risk = Risk.ORDINARY
    file_ids: tuple[int, ...] = field(default=())
    """Stored files that belong to no case yet."""
    consents_online: bool = False
    intake_key: str | None = None
    """The form's own key: sent twice, one case."""


def receive(session: Session, actor: Actor, command: ReceiveCase, *, clock: Clock) -> Case:
    """Register an application: every one, at once (working rules SF/T 0083-2020).

    Sent again with the same key it is the same case.
    Emits: CaseReceived, PartyAdded, EvidenceFiled.
    Raises: Missing `community_unknown`; Denied `not_your_place`; Invalid `other_side_missing`, `summary_missing`.
    """
    known = _known(session, command.intake_key)
    if known is not None:
        return known
    place = orgs.community(session, command.community)
    handler = _handler(session, actor, place, command.dispute_type)
    _check(command)
    case = Case(
        number=case_number(local_date(clock()).year),
        kind=command.kind,
        dispute_type=command.dispute_type,
        channel=command.channel,
        source_reference=command.source_reference,
        risk=triage.risk_of(len(command.respondents), command.risk),
        summary=command.summary,
        relief=command.relief,
        happened_at_place=command.happened_at_place,
        place_org_id=place.id,
        place_path=place.path,
        handler_org_id=handler.id,
        handler_path=handler.path,
        track=triage.track_for(handler.kind),
        received_at=clock(),
        intake_key=command.intake_key,
        registered_by=actor.ref,
    )
    session.add(case)
    session.flush()
    received = CaseReceived(
        case_id=case.id,
        kind=case.kind,
        dispute_type=case.dispute_type,
        channel=case.channel,
        place_org_id=place.id,
    )
    _join_all(session, actor, case, command, clock)
    log.append(session, received, actor=actor, at=clock())
    return case


def _known(session: Session, intake_key: str | None) -> Case | None:
    if intake_key is None:
        return None
    return session.scalars(select(Case).where(Case.intake_key == intake_key)).one_or_none()


def _check(command: ReceiveCase) -> None:
    if not command.summary.strip():
        raise Invalid("summary_missing", field="summary")
    if command.kind is CaseKind.MEDIATION and not command.respondents:
        raise Invalid("other_side_missing", field="other_name")


def _handler(session: Session, actor: Actor, place: Place, dispute_type: DisputeType) -> Place:
    """Whose desk it lies on first: the community's; for staff of a body that serves the place, their body's.

    Raises: Denied `not_your_place`.
    """
    if actor.kind is not ActorKind.STAFF:
        return place
    if allowed(actor, Permission.REGISTER_CASE, scope=Scope((place.path,))):
        return place
    if holds(actor, Permission.REGISTER_CASE):
        own = {grant.org_id for grant in actor.grants}
        for body in orgs.bodies(session, place_path=place.path, dispute_type=dispute_type):
            if body.id in own:
                return body
        if any(place.path.startswith(grant.path) or grant.path.startswith(place.path) for grant in actor.grants):
            return place
    raise Denied("not_your_place", field="community")


def _join_all(session: Session, actor: Actor, case: Case, command: ReceiveCase, clock: Clock) -> None:
    applicant = join(session, actor, case, AddParty(case.id, PartyRole.APPLICANT, command.applicant), clock=clock)
    if command.consents_online:
        applicant.consented_online_at = clock()
    for person in command.respondents:
        join(session, actor, case, AddParty(case.id, PartyRole.RESPONDENT, person), clock=clock)
    for file_id in command.file_ids:
        evidence.enter(session, actor, case, file_id=file_id, party_id=applicant.id, clock=clock)


def receive_draft(
    session: Session, actor: Actor, draft: IntakeDraft, *, phone_proved: bool = True, clock: Clock
) -> Case:
    """Send a draft. Sent before, it is the case it became. Lock the draft's row first (`drafts.load(lock=True)`).

    Raises: as `receive`; Invalid `draft_incomplete`.
    """
    if draft.case_id is not None:
        return session.get_one(Case, draft.case_id)
    case = receive(session, actor, as_command(draft, phone_proved=phone_proved), clock=clock)
    drafts.sent(session, draft, case.id)
    return case


def as_command(draft: IntakeDraft, *, phone_proved: bool = True) -> ReceiveCase:
    """What the answers of both steps say.

    Raises: Invalid `draft_incomplete` with the field of the first answer that is missing.
    """
    answers: dict[str, Any] = draft.answers
    for required in ("dispute_type", "community", "summary", "name", "phone"):
        if not answers.get(required):
            raise Invalid("draft_incomplete", field=required)
    return ReceiveCase(
        kind=draft.kind,
        dispute_type=DisputeType.of(answers["dispute_type"]),
        channel=Channel.ONLINE,
        community=answers["community"],
        summary=answers["summary"],
        relief=answers.get("relief", ""),
        happened_at_place=answers.get("happened_at_place", ""),
        applicant=_applicant(answers, phone_proved=phone_proved),
        respondents=_other_side(answers),
        file_ids=tuple(draft.file_ids),
        consents_online=bool(answers.get("consent_online")),
        intake_key=f"draft:{draft.public_id}",
    )


def known_people(session: Session, draft: str, *, clock: Clock) -> tuple[int, ...]:
    """Ids of the people of a draft whom the district knows already. Raises: as `drafts.load`, `as_command`."""
    command = as_command(drafts.load(session, draft, clock=clock), phone_proved=False)
    found = (people.known(session, person, clock=clock) for person in (command.applicant, *command.respondents))
    return tuple(person.id for person in found if person is not None)


def _applicant(answers: dict[str, Any], *, phone_proved: bool) -> RecordPerson:
    return RecordPerson(
        name=answers["name"],
        phone=answers["phone"],
        phone_proved=phone_proved,
        email=answers.get("email", ""),
        id_number=answers.get("id_number", ""),
        address=answers.get("address", ""),
        locale=answers.get("locale", ""),
        needs=tuple(Need.of(code) for code in answers.get("needs", ())),
    )


def _other_side(answers: dict[str, Any]) -> tuple[RecordPerson, ...]:
    if not answers.get("other_name"):
        return ()
    kind = PersonKind.of(answers.get("other_kind") or PersonKind.NATURAL)
    return (RecordPerson(name=answers["other_name"], kind=kind, phone=answers.get("other_phone", "")),)


def applicant_of(case: Case) -> Party:
    """The first applicant: whoever the personal link after booking belongs to."""
    return next(party for party in case.parties if party.role is PartyRole.APPLICANT)
