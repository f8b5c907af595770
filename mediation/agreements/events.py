"""What happens to agreements and outcomes. Ids, codes, days, hashes."""

from dataclasses import dataclass
from datetime import date

from mediation.agreements.rules.codes import SignerRole
from mediation.disputes.rules.codes import OutcomeKind
from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDrafted(Event):
    agreement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFixed(Event):
    """The text stands from now on; everybody may sign it."""

    agreement_id: int
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned(Event):
    agreement_id: int
    role: SignerRole
    signer_party_id: int | None
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementVoided(Event):
    """Nobody had to sign it any more: a new text is drafted."""

    agreement_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementConcluded(Event):
    """In effect: written when all have signed and the committee sealed, oral when the parties agreed."""

    agreement_id: int
    oral: bool
    effective_on: date
    due: tuple[tuple[int, date], ...]
    """Clause and its last day of performance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(Event):
    kind: OutcomeKind
