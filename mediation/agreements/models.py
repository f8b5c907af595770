"""Tables of the outcome, the agreement, its clauses and signatures."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.access.models import Account
from mediation.agreements.rules.codes import AgreementState, Performance, SignerRole, Stance
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import OutcomeKind
from mediation.files.models import StoredFile
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText


class Outcome(Base):
    """How the mediation of a case ended; one per case."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    kind: Mapped[OutcomeKind] = mapped_column(CodeEnum(OutcomeKind))
    ground: Mapped[str] = mapped_column(EncryptedText, default="")
    """Why it ended without agreement; what the parties were told (art. 26)."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(60))

    case: Mapped[Case] = relationship()


class Agreement(Base):
    """Written (art. 29) or oral (art. 30). From `signing` on, nothing but signatures may be added."""

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    state: Mapped[AgreementState] = mapped_column(CodeEnum(AgreementState), default=AgreementState.DRAFT)
    oral: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[str] = mapped_column(EncryptedText, default="")
    """Main facts, matters in dispute, each one's responsibility."""
    place: Mapped[str] = mapped_column(EncryptedText, default="")
    n_copies: Mapped[int] = mapped_column(default=3)
    canonical: Mapped[str | None] = mapped_column(EncryptedText)
    """The text that is signed, fixed when signing begins."""
    text_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of `canonical`."""
    signing_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    """Since when the parties see the draft, clause by clause."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    clauses: Mapped[list["Clause"]] = relationship(
        back_populates="agreement", order_by="Clause.position", cascade="all, delete-orphan"
    )
    signatures: Mapped[list["Signature"]] = relationship(back_populates="agreement", order_by="Signature.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own class attribute


class Clause(Base):
    """What one party owes, how and by when."""

    __tablename__ = "clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(EncryptedText)
    obligor_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    manner: Mapped[str] = mapped_column(EncryptedText, default="")
    """How it is performed: bank transfer, on the spot, repair, apology."""
    due_on: Mapped[date | None]
    amount_fen: Mapped[int | None]
    performance: Mapped[Performance] = mapped_column(CodeEnum(Performance), default=Performance.PENDING)
    performed_at: Mapped[datetime | None]

    agreement: Mapped[Agreement] = relationship(back_populates="clauses")
    obligor: Mapped[Party | None] = relationship()


class ClauseAnswer(Base):
    """What a party says to one clause; it holds for exactly the words that it was said to."""

    __tablename__ = "clause_answer"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    stance: Mapped[Stance] = mapped_column(CodeEnum(Stance))
    text_hash: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime]


class ReadBack(Base):
    """The fixed text was read to this party, who says that it is what was agreed."""

    __tablename__ = "read_back"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime]


class Signature(Base):
    """One person's or the committee's signature under exactly the text whose hash it names."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("agreement_id", "role", "party_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    role: Mapped[SignerRole] = mapped_column(CodeEnum(SignerRole))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    image_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    """The drawn strokes as PNG; the committee's seal has none."""
    text_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
    party: Mapped[Party | None] = relationship()
    account: Mapped[Account | None] = relationship()
    image: Mapped[StoredFile | None] = relationship()
