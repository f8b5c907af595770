"""Tables of the duty desk: what calls for staff, and whom they telephoned."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Float, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.access.models import Account
from mediation.hearings.rules.codes import AlertKind, AlertOutcome, CallResult
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText

if TYPE_CHECKING:
    from mediation.hearings.models import Hearing, Seat


class HearingAlert(Base):
    """Something at a hearing that staff look after: open from its cause to the cause's end (rules.alerts)."""

    __tablename__ = "hearing_alert"
    __table_args__ = (
        Index(
            "uq_hearing_alert_open",
            "hearing_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    kind: Mapped[AlertKind] = mapped_column(CodeEnum(AlertKind))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    subject: Mapped[int]
    """The seat's id, 0 for the hearing: two NULLs would not be the same to a unique index."""
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    """The cause is gone."""
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    """Staff have finished with it; while the cause lasts it does not open again."""
    outcome: Mapped[AlertOutcome | None] = mapped_column(CodeEnum(AlertOutcome))
    note: Mapped[str] = mapped_column(EncryptedText, default="")

    hearing: Mapped["Hearing"] = relationship()
    seat: Mapped["Seat | None"] = relationship()
    taken_by: Mapped[Account | None] = relationship()


class SeatCall(Base):
    """Staff telephoned somebody whom the hearing waited for, and what came of it."""

    __tablename__ = "seat_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    result: Mapped[CallResult] = mapped_column(CodeEnum(CallResult))
    note: Mapped[str] = mapped_column(EncryptedText, default="")
    called_at: Mapped[datetime]

    seat: Mapped["Seat"] = relationship()


class DeskLine(Base):
    """Typed between the staff on duty and one person; gone when the hearing is closed."""

    __tablename__ = "desk_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    """The person, whoever of the two wrote it."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Of the staff who wrote it; None: the person."""
    text: Mapped[str] = mapped_column(EncryptedText)
    said_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When staff have opened the person's words."""

    seat: Mapped["Seat"] = relationship()


class SeatSample(Base):
    """A person's line at one moment, written by `live` while it is open and kept for two hours (rules.lines)."""

    __tablename__ = "seat_sample"
    __table_args__ = (Index("ix_seat_sample_seat_id_at", "seat_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    loss_to: Mapped[float | None] = mapped_column(Float)
    """Share lost on the way to the person, 0 to 1; None: not measured."""
    loss_from: Mapped[float | None] = mapped_column(Float)
    """Share that was not there in its turn on the way from them."""
    rtt_ms: Mapped[int | None]
