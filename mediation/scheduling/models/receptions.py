"""Tables of a mediator's fixed reception days (接访日)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id


class Reception(Base):
    """A mediator receives people at a station on a weekday between two minutes of the day, week after week."""

    __tablename__ = "reception"
    __table_args__ = (CheckConstraint("to_minute > from_minute", name="ends_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    slot_min: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    """Before `first_on`: ended before it began."""
    created_at: Mapped[datetime]


class ReceptionChange(Base):
    """One reception day that is not as planned: at another time, or not at all."""

    __tablename__ = "reception_change"

    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    """The day it was planned for, which stays its name."""
    to_on: Mapped[date | None]
    """None: it does not take place."""
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    why: Mapped[str] = mapped_column(String(80))
    """Those who are booked are told it."""
    sequence: Mapped[int]
    """RFC 5546: grows with each change."""
    changed_at: Mapped[datetime]


class ReceptionSlot(Base):
    """A booking, or a held time, that was made for a reception day."""

    __tablename__ = "reception_slot"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    reception_id: Mapped[int] = mapped_column(ForeignKey("reception.id"), index=True)
    on: Mapped[date]
    """The day it was planned for."""
