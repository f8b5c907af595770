"""What happens to a case. Ids, codes and days, never the words of people."""

from dataclasses import dataclass
from datetime import date

from mediation.disputes.rules.codes import (
    AssignmentReason,
    CaseKind,
    Channel,
    DeclineGround,
    DisputeType,
    OutcomeKind,
    PartyRole,
    ReferralMode,
    RefusalGround,
    RelationKind,
    Track,
    WishKind,
)
from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReceived(Event):
    kind: CaseKind
    dispute_type: DisputeType
    channel: Channel
    place_org_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccepted(Event):
    track: Track
    handler_org_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRefused(Event):
    ground: RefusalGround


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved(Event):
    """Any step of the case's life, whatever else was said of it: what the trail and the lights follow."""

    step: str
    source: str
    target: str
    basis: str
    outcome: OutcomeKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorAssigned(Event):
    mediator_id: int
    reason: AssignmentReason
    burden: str = ""
    """Cases for a full share with this one, as decimals; empty: not counted."""
    least_burden: str = ""
    """Of whoever had the least."""
    n_considered: int = 0
    n_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAnswered(Event):
    mediator_id: int
    accepted: bool
    ground: DeclineGround | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorWished(Event):
    """A party named the mediator they wish for, or one they do not accept; with a ground they ask for recusal."""

    party_id: int
    mediator_id: int
    kind: WishKind
    ground: RelationKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WishTakenBack(Event):
    party_id: int
    mediator_id: int
    kind: WishKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RecusalDecided(Event):
    party_id: int
    mediator_id: int
    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRecorded(Event):
    mediator_id: int
    kind: RelationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationTakenBack(Event):
    """It was recorded by mistake."""

    mediator_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorRecused(Event):
    """The case's mediator had to leave it: a relation was recorded, or a recusal granted."""

    mediator_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAdded(Event):
    party_id: int
    role: PartyRole


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRefused(Event):
    """A party expressly refuses mediation (People's Mediation Law art. 17)."""

    party_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralSent(Event):
    referral_id: int
    mode: ReferralMode
    to_org_id: int
    to_track: Track
    answer_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAnswered(Event):
    referral_id: int
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFiled(Event):
    evidence_id: int
    sha256: str
    party_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediationExtended(Event):
    until: date
