"""Table of messages to people."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.notices.catalogue import ChannelKind, NoticeKind


class Notice(Base):
    """One message to one address by one channel. Written with the fact; sent by the worker."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """What it announces, to whom, how: announced twice, one message."""
    kind: Mapped[NoticeKind] = mapped_column(CodeEnum(NoticeKind))
    channel: Mapped[ChannelKind] = mapped_column(CodeEnum(ChannelKind))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    """Whose it is; None for staff and for one-time codes."""
    address: Mapped[str] = mapped_column(EncryptedText)
    address_index: Mapped[str] = mapped_column(String(32), index=True)
    """Blind index of the address, to find a number's messages without reading all."""
    locale: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(EncryptedText, default="")
    body: Mapped[str] = mapped_column(EncryptedText)
    attachment: Mapped[bytes | None] = mapped_column(LargeBinary)
    """An .ics file, when there is one."""
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    """Of a reminder: the booking it is about, as it stood then."""
    booking_sequence: Mapped[int | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str] = mapped_column(String(10), default="")
    """The road it took: kept (stays on the messages page), smtp, gateway."""
    refused: Mapped[str] = mapped_column(String(200), default="")
    """Why it is not tried again: the address will never take it, or it is `outdated`."""
