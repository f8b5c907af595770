"""Tables of the case and its parties."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.rules.codes import (
    AssignmentReason,
    AssignmentState,
    CaseKind,
    CaseState,
    Channel,
    DeclineGround,
    DisputeType,
    OutcomeKind,
    PartyRole,
    RecusalState,
    ReferralMode,
    ReferralState,
    RefusalGround,
    RelationKind,
    Risk,
    Track,
    WishKind,
)
from mediation.disputes.rules.life import CaseFacts
from mediation.files.models import StoredFile
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedJSON, EncryptedText
from mediation.orgs.models import Org
from mediation.people.models import Mediator, Person


class Case(Base):
    """One dispute, its file and its life. Only disputes.service writes `state`."""

    __tablename__ = "case"
    __table_args__ = (
        Index(None, "place_path", "state", "received_at"),
        Index(None, "handler_path", "state", "received_at"),
        Index(None, "mediator_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[CaseKind] = mapped_column(CodeEnum(CaseKind))
    dispute_type: Mapped[DisputeType] = mapped_column(CodeEnum(DisputeType))
    channel: Mapped[Channel] = mapped_column(CodeEnum(Channel))
    source_reference: Mapped[str] = mapped_column(String(60), default="")
    """Number of the body that transferred it (12345, police, court)."""
    state: Mapped[CaseState] = mapped_column(CodeEnum(CaseState), default=CaseState.RECEIVED)
    track: Mapped[Track] = mapped_column(CodeEnum(Track), default=Track.PEOPLE)
    risk: Mapped[Risk] = mapped_column(CodeEnum(Risk), default=Risk.ORDINARY)
    summary: Mapped[str] = mapped_column(EncryptedText)
    relief: Mapped[str] = mapped_column(EncryptedText, default="")
    """What the applicant asks for (诉求)."""
    happened_at_place: Mapped[str] = mapped_column(EncryptedText, default="")
    place_org_id: Mapped[int] = mapped_column(ForeignKey("org.id"))
    """The community where it happened."""
    place_path: Mapped[str] = mapped_column(String(120))
    handler_org_id: Mapped[int] = mapped_column(ForeignKey("org.id"))
    """Who has it in hand: at first the community, later a committee, bureau or court."""
    handler_path: Mapped[str] = mapped_column(String(120))
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediator.id"))
    mediator_accepted_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    returns: Mapped[int] = mapped_column(default=0)
    """How often a referral of it came back."""
    extended_to: Mapped[date | None]
    """New last day of mediation, by all parties' consent."""
    outcome: Mapped[OutcomeKind | None] = mapped_column(CodeEnum(OutcomeKind))
    refusal_ground: Mapped[RefusalGround | None] = mapped_column(CodeEnum(RefusalGround))
    refusal_reason: Mapped[str] = mapped_column(Text, default="")
    intake_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Idempotency key of the form: sent twice, one case."""
    registered_by: Mapped[str] = mapped_column(String(60))
    """Actor's ref; the resident or the member of staff who typed it in."""
    version: Mapped[int] = mapped_column()

    place: Mapped[Org] = relationship(foreign_keys=[place_org_id])
    handler: Mapped[Org] = relationship(foreign_keys=[handler_org_id])
    mediator: Mapped[Mediator | None] = relationship()
    parties: Mapped[list["Party"]] = relationship(back_populates="case", order_by="Party.position")
    evidence: Mapped[list["Evidence"]] = relationship(back_populates="case", order_by="Evidence.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own class attribute

    def facts(self) -> CaseFacts:
        return CaseFacts(
            state=self.state,
            party_refuses=any(party.refused_at is not None for party in self.parties),
            mediator_ready=self.mediator_id is not None and self.mediator_accepted_at is not None,
            was_accepted=self.accepted_at is not None,
            returns=self.returns,
        )


class Party(Base):
    """A person's part in a case."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("case_id", "person_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(CodeEnum(PartyRole))
    position: Mapped[int] = mapped_column(default=0)
    represents_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    """For an agent: whom."""
    refused_at: Mapped[datetime | None]
    """The party expressly refuses mediation (People's Mediation Law art. 17)."""
    consented_online_at: Mapped[datetime | None]
    """Consent to online mediation (法释〔2021〕23号)."""

    case: Mapped[Case] = relationship(back_populates="parties")
    person: Mapped[Person] = relationship()


class Evidence(Base):
    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    filed_at: Mapped[datetime]

    case: Mapped[Case] = relationship(back_populates="evidence")
    file: Mapped[StoredFile] = relationship()


class IntakeDraft(Base):
    """What a resident has typed so far, on the server, so that a closed tab loses nothing."""

    __tablename__ = "intake_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: public_id(20))
    kind: Mapped[CaseKind] = mapped_column(CodeEnum(CaseKind))
    answers: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    file_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    hold_booking_id: Mapped[int | None]
    """The time kept for this person; scheduling stands higher."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    """Set when it was sent: sent again, the same case."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Referral(Base):
    """A case handed to another body or track, with a letter and a limit to answer."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    mode: Mapped[ReferralMode] = mapped_column(CodeEnum(ReferralMode))
    state: Mapped[ReferralState] = mapped_column(CodeEnum(ReferralState), default=ReferralState.OPEN)
    from_org_id: Mapped[int] = mapped_column(ForeignKey("org.id"))
    to_org_id: Mapped[int] = mapped_column(ForeignKey("org.id"), index=True)
    from_track: Mapped[Track] = mapped_column(CodeEnum(Track))
    to_track: Mapped[Track] = mapped_column(CodeEnum(Track))
    reason: Mapped[str] = mapped_column(EncryptedText)
    answer_due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    answer_ground: Mapped[str] = mapped_column(EncryptedText, default="")
    sent_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    from_org: Mapped[Org] = relationship(foreign_keys=[from_org_id])
    to_org: Mapped[Org] = relationship(foreign_keys=[to_org_id])


class Assignment(Base):
    """A mediator asked to take a case, and the answer. The last one that is not declined is the case's mediator."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    reason: Mapped[AssignmentReason] = mapped_column(CodeEnum(AssignmentReason))
    state: Mapped[AssignmentState] = mapped_column(CodeEnum(AssignmentState), default=AssignmentState.ASKED)
    decline_ground: Mapped[DeclineGround | None] = mapped_column(CodeEnum(DeclineGround))
    why: Mapped[str | None] = mapped_column(EncryptedText)
    """In the words of staff, for another reason than the usual ones."""
    considered: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The choice as it stood then (`queries.considered`); None from before it was kept."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    mediator: Mapped[Mediator] = relationship()


class MediatorWish(Base):
    """Whom a party wishes for as mediator, or does not accept; with a ground it is a request for recusal (回避)."""

    __tablename__ = "mediator_wish"
    __table_args__ = (UniqueConstraint("party_id", "mediator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"))
    kind: Mapped[WishKind] = mapped_column(CodeEnum(WishKind))
    ground: Mapped[RelationKind | None] = mapped_column(CodeEnum(RelationKind))
    why: Mapped[str] = mapped_column(EncryptedText, default="")
    said_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
    """Actor's ref: the party, or who wrote it down for them."""
    recusal: Mapped[RecusalState | None] = mapped_column(CodeEnum(RecusalState))
    """None: no recusal was asked for."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decision_why: Mapped[str] = mapped_column(EncryptedText, default="")
    """The party reads it."""

    party: Mapped[Party] = relationship()


class MediatorRelation(Base):
    """Something ties a mediator to a party, so that somebody else mediates."""

    __tablename__ = "mediator_relation"
    __table_args__ = (UniqueConstraint("case_id", "mediator_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"))
    kind: Mapped[RelationKind] = mapped_column(CodeEnum(RelationKind))
    why: Mapped[str] = mapped_column(EncryptedText)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))
