"""Tables of a station: its screens, the numbers of its days, the visits."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.models import Party
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum
from mediation.orgs.models import Room, Station
from mediation.scheduling.models import Booking
from mediation.stations.rules import VisitEnd, VisitState


class ScreenCode(Base):
    """A code that makes a browser a station's screen, once."""

    __tablename__ = "screen_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Screen(Base):
    """A browser in a station: the screen of one room, or the board of the waiting area (no room)."""

    __tablename__ = "station_screen"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    media: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Camera, microphone and loudspeaker that staff chose: the browser's id and name of each. Of the room, not of
    people: it outlives every wipe."""

    station: Mapped[Station] = relationship()
    room: Mapped[Room | None] = relationship()


class QueueDay(Base):
    """The last number that a station gave on a day."""

    __tablename__ = "queue_day"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Visit(Base):
    """One person's number on a day, and their time at a screen."""

    __tablename__ = "station_visit"
    __table_args__ = (
        UniqueConstraint("station_id", "on", "number"),
        UniqueConstraint("booking_id", "party_id"),
        Index(None, "screen_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    on: Mapped[date]
    number: Mapped[int]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    """None: walked in."""
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    state: Mapped[VisitState] = mapped_column(CodeEnum(VisitState))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    """Where they were called to."""
    screen_id: Mapped[int | None] = mapped_column(ForeignKey("station_screen.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the browser's cookie while the visit is under way."""
    given_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    why_ended: Mapped[VisitEnd | None] = mapped_column(CodeEnum(VisitEnd))

    station: Mapped[Station] = relationship()
    room: Mapped[Room | None] = relationship()
    screen: Mapped[Screen | None] = relationship()
    booking: Mapped[Booking | None] = relationship()
    party: Mapped[Party | None] = relationship()
