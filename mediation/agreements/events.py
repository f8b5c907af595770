"""What happens to agreements and outcomes. Ids, codes, days, hashes."""

from dataclasses import dataclass
from datetime import date

from mediation.agreements.rules.codes import SignerRole, Stance
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
class DraftShown(Event):
    """The parties see the draft clause by clause, or not any more."""

    agreement_id: int
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseAnswered(Event):
    """A party agrees, does not, or asks; to exactly the words of this hash."""

    agreement_id: int
    position: int
    party_id: int
    stance: Stance
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingConfirmed(Event):
    """The fixed text was read back, and a party says that it is right."""

    agreement_id: int
    party_id: int
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
