"""Signing: exactly the text that was shown, each person once; the last signature makes it effective."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from mediation.access.service import codes
from mediation.agreements import policy, queries
from mediation.agreements.canonical import fingerprint
from mediation.agreements.events import AgreementSigned
from mediation.agreements.models import Agreement, Signature
from mediation.agreements.policy import Case
from mediation.agreements.rules.codes import SignerRole
from mediation.agreements.rules.life import AGREEMENT_LIFE, AgreementFacts, AgreementStep
from mediation.agreements.service.effect import announce, keep
from mediation.disputes import policy as disputes_policy
from mediation.disputes import queries as disputes_queries
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import OutcomeKind
from mediation.disputes.rules.life import CaseStep
from mediation.files import service as files
from mediation.files.service import StoreFile
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Denied, Invalid, Missing, Refused, Stale

MAX_IMAGE = 400_000


@dataclass(frozen=True, slots=True)
class Sign:
    case_id: int
    text_hash: str
    """Fingerprint of the text that was on the screen."""
    image: bytes | None = None
    """The drawn signature as PNG."""
    typed_name: str = ""
    """Without drawing: the name written out in full; a party also gives the code from their phone."""
    code: str = ""
    party_id: int | None = None
    """Staff hold the screen for this party (at the station, at the desk); None: for oneself."""


def sign(session: Session, actor: Actor, command: Sign, *, clock: Clock) -> Agreement:
    """A party signs under the personal link or at the desk, the mediator signs for themselves.

    Signed twice it stays one signature. Emits: AgreementSigned; with the last one AgreementConcluded.
    Raises: Stale `text_changed`; Invalid `signature_missing`, `name_differs`, `code_needed`; Refused `not_now`,
    `phone_missing` and as `check_code`; Denied; Missing.
    """
    case, role, party_id = _who(session, actor, command)
    agreement = _signable(session, case, command.text_hash)
    if _signed(session, agreement, role, party_id):
        return agreement
    name = next(s.name for s in queries.signers(session, agreement) if (s.role, s.party_id) == (role, party_id))
    if command.image is None:
        _check_typed(session, agreement, command, name, party_id, clock)
    image_id = _image(session, actor, case, command, clock) if command.image is not None else None
    _add(session, actor, agreement, role, party_id, image_id, clock)
    return _conclude_if_all(session, actor, case, agreement, clock)


def send_code(session: Session, actor: Actor, command: Sign, *, address: str = "", locale: str, clock: Clock) -> None:
    """Send a party who cannot draw a code for exactly this text. At the desk it goes to the party's phone too.

    Raises: as `sign`; Limited `code_too_often`.
    """
    case, _, party_id = _who(session, actor, command)
    agreement = _signable(session, case, command.text_hash)
    phone = _phone(session, case, party_id)
    codes.send_code(session, phone=phone, purpose=_purpose(agreement), address=address, locale=locale, clock=clock)


def _purpose(agreement: Agreement) -> str:
    """A code is for one text: after a change the old one signs nothing."""
    return f"sign:{(agreement.text_hash or '')[:32]}"


def _phone(session: Session, case: Case, party_id: int | None) -> str:
    phone = next((party.phone for party in disputes_queries.parties(session, case.id) if party.id == party_id), "")
    if not phone:
        raise Refused("phone_missing", field="typed_name")
    return phone


def seal(session: Session, actor: Actor, case_id: int, text_hash: str, *, clock: Clock) -> Agreement:
    """The committee seals (art. 29). Emits: as `sign`."""
    case = policy.case_to_seal(session, actor, case_id)
    agreement = _signable(session, case, text_hash)
    if not _signed(session, agreement, SignerRole.COMMITTEE, None):
        _add(session, actor, agreement, SignerRole.COMMITTEE, None, None, clock)
    return _conclude_if_all(session, actor, case, agreement, clock)


def _who(session: Session, actor: Actor, command: Sign) -> tuple[Case, SignerRole, int | None]:
    if actor.party_id is not None:
        case, party = disputes_policy.party_case(session, actor)
        if case.id != command.case_id or party.role not in queries.SIGNING_ROLES:
            raise Missing("case_unknown")
        return case, SignerRole.PARTY, party.id
    if command.party_id is not None:
        case = policy.case_to_draft(session, actor, command.case_id)
        if command.party_id not in {p.id for p in case.parties if p.role in queries.SIGNING_ROLES}:
            raise Missing("party_unknown")
        return case, SignerRole.PARTY, command.party_id
    case = policy.case_to_draft(session, actor, command.case_id)
    if case.mediator is None or case.mediator.account_id != actor.account_id:
        raise Denied("only_the_mediator")
    return case, SignerRole.MEDIATOR, None


def _signable(session: Session, case: Case, text_hash: str) -> Agreement:
    agreement = queries.current(session, case.id)
    if agreement is None:
        raise Refused("not_now")
    AGREEMENT_LIFE.decide(AgreementStep.SIGN, AgreementFacts(agreement.state))
    if text_hash != agreement.text_hash or fingerprint(agreement.canonical or "") != agreement.text_hash:
        raise Stale("text_changed")
    return agreement


def _signed(session: Session, agreement: Agreement, role: SignerRole, party_id: int | None) -> bool:
    return any(
        s.signed_at is not None for s in queries.signers(session, agreement) if (s.role, s.party_id) == (role, party_id)
    )


def _check_typed(  # noqa: PLR0917
    session: Session, agreement: Agreement, command: Sign, name: str, party_id: int | None, clock: Clock
) -> None:
    """A typed name says who, not that it was they: staff are signed in, a party proves the phone (decision 0035)."""
    if not command.typed_name.strip():
        raise Invalid("signature_missing", field="signature")
    if "".join(command.typed_name.split()) != "".join(name.split()):
        raise Invalid("name_differs", field="typed_name")
    if party_id is None:
        return
    phone = _phone(session, agreement.case, party_id)
    if not command.code.strip():
        raise Invalid("code_needed", field="code")
    codes.check_code(session, phone=phone, purpose=_purpose(agreement), code=command.code, clock=clock)


def _image(session: Session, actor: Actor, case: Case, command: Sign, clock: Clock) -> int:
    image = command.image or b""
    if len(image) > MAX_IMAGE:
        raise Invalid("signature_missing", field="signature")
    return files.store(session, actor, StoreFile("签名.png", image, case_id=case.id), clock=clock).id


def _add(  # noqa: PLR0917 - one row's fields
    session: Session,
    actor: Actor,
    agreement: Agreement,
    role: SignerRole,
    party_id: int | None,
    image_id: int | None,
    clock: Clock,
) -> None:
    session.add(
        Signature(
            agreement_id=agreement.id,
            role=role,
            party_id=party_id,
            account_id=actor.account_id if party_id is None else None,
            image_id=image_id,
            text_hash=agreement.text_hash or "",
            signed_at=clock(),
        )
    )
    session.flush()
    signed = AgreementSigned(
        case_id=agreement.case_id,
        agreement_id=agreement.id,
        role=role,
        signer_party_id=party_id,
        text_hash=agreement.text_hash or "",
    )
    log.append(session, signed, actor=actor, at=clock())


def _conclude_if_all(session: Session, actor: Actor, case: Case, agreement: Agreement, clock: Clock) -> Agreement:
    if any(signer.signed_at is None for signer in queries.signers(session, agreement)):
        return agreement
    facts = AgreementFacts(agreement.state, all_signed=True)
    agreement.state = AGREEMENT_LIFE.decide(AgreementStep.CONCLUDE, facts).target
    agreement.effective_at = clock()
    session.flush()
    disputes.move(session, actor, disputes.MoveCase(case.id, CaseStep.SETTLE, OutcomeKind.AGREED_WRITTEN), clock=clock)
    keep(session, actor, case.id, OutcomeKind.AGREED_WRITTEN, "", at=clock())
    announce(session, actor, agreement, at=clock())
    return agreement
