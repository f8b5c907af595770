"""Tables of the district's tree."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum
from mediation.orgs.rules import OrgKind, OrgLevel


class Org(Base):
    """A place or a body in the tree. `path` is `/1/3/7/`: an org covers all whose path begins with its own."""

    __tablename__ = "org"
    __table_args__ = (Index(None, "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org.id"))
    path: Mapped[str] = mapped_column(String(120))
    level: Mapped[OrgLevel] = mapped_column(CodeEnum(OrgLevel))
    kind: Mapped[OrgKind] = mapped_column(CodeEnum(OrgKind), default=OrgKind.AREA)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")

    parent: Mapped["Org | None"] = relationship(remote_side="Org.id")
    specialisms: Mapped[list["Specialism"]] = relationship(cascade="all, delete-orphan")


class Specialism(Base):
    """A dispute type that a body takes (code of disputes.rules.codes.DisputeType)."""

    __tablename__ = "specialism"

    org_id: Mapped[int] = mapped_column(ForeignKey("org.id"), primary_key=True)
    dispute_type: Mapped[str] = mapped_column(String(40), primary_key=True)


class Station(Base):
    """A community's video station, where a person without a phone meets the others."""

    __tablename__ = "station"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    org_id: Mapped[int] = mapped_column(ForeignKey("org.id"))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")

    org: Mapped[Org] = relationship()
    rooms: Mapped[list["Room"]] = relationship(back_populates="station", order_by="Room.id")


class Room(Base):
    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    open_minute: Mapped[int] = mapped_column(default=9 * 60)
    close_minute: Mapped[int] = mapped_column(default=18 * 60)

    station: Mapped[Station] = relationship(back_populates="rooms")


class WorkdayOverride(Base):
    """A day that is not what its weekday says: a holiday, or a weekend worked to make up (调休)."""

    __tablename__ = "workday_override"

    on: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    label: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(120))


class WorkdayNotice(Base):
    """A year whose notice was read: its holidays are known."""

    __tablename__ = "workday_notice"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    """As it was pasted."""
    applied_at: Mapped[datetime]
