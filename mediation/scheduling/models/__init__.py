"""Tables of time: who owns which quantum, bookings, working hours; calendars and reception days beside them."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.models import Case
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.orgs.models import Room
from mediation.people.models import Mediator
from mediation.scheduling.models.calendars import (
    AttendeeReply,
    CalendarFeed,
    EventText,
    OutsideBusy,
    OutsideCalendar,
    ReplyMail,
)
from mediation.scheduling.models.receptions import Reception, ReceptionChange, ReceptionSlot
from mediation.scheduling.rules.codes import (
    Arrival,
    Attendance,
    BlockReason,
    BookingState,
    CancelReason,
    CapPeriod,
    ChoiceReason,
    OrphanState,
    ResourceKind,
    WaitState,
)
from mediation.scheduling.rules.life import BookingFacts

__all__ = [
    "ArrivalMark",
    "AttendeeReply",
    "Booking",
    "CalendarFeed",
    "Cap",
    "CapCount",
    "Claim",
    "Closure",
    "DateException",
    "DayBits",
    "EventText",
    "Leave",
    "LeftOut",
    "Orphan",
    "OutsideBusy",
    "OutsideCalendar",
    "Reception",
    "ReceptionChange",
    "ReceptionSlot",
    "ReplyMail",
    "Resource",
    "Wait",
    "WeeklyHours",
]


class Resource(Base):
    """Something whose time can be taken: a mediator, a room, a party's person."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResourceKind] = mapped_column(CodeEnum(ResourceKind))
    subject_id: Mapped[int]
    """mediator.id, room.id or person.id, by `kind`."""
    units: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many sessions it takes side by side: a large room more than one, a person never."""


class Claim(Base):
    """The row that owns a quantum of a resource; its primary key makes a double booking impossible."""

    __tablename__ = "claim"
    __table_args__ = (
        Index(None, "booking_id"),
        # Of holds only: the rest never expires, and would be nearly all of it.
        Index(
            None,
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True, default=1)
    quantum: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    expires_at: Mapped[datetime | None]
    """Of a hold; None: owned for good."""


class DayBits(Base):
    """The quanta that are owned for good, as the six 48-bit words of a day (UTC): what search reads instead of claims.

    `claims` keeps it in the transaction that takes or gives back; `flask scheduling verify` compares. Holds are not in
    it: they end by the clock, and no row changes then. The day stands first, so that a search reads one stretch.
    """

    __tablename__ = "daybits"

    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """quantum // 288."""
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True, autoincrement=False)
    unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    w0: Mapped[int] = mapped_column(BigInteger)
    w1: Mapped[int] = mapped_column(BigInteger)
    w2: Mapped[int] = mapped_column(BigInteger)
    w3: Mapped[int] = mapped_column(BigInteger)
    w4: Mapped[int] = mapped_column(BigInteger)
    w5: Mapped[int] = mapped_column(BigInteger)


class Cap(Base):
    """How many sessions a mediator takes in a day and a week; no row, no limit."""

    __tablename__ = "cap"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    daily_most: Mapped[int | None]
    weekly_most: Mapped[int | None]


class CapCount(Base):
    """How many booked sessions begin on a day, or in the week of a Monday: what a cap is compared with."""

    __tablename__ = "cap_count"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    period: Mapped[CapPeriod] = mapped_column(CodeEnum(CapPeriod), primary_key=True)
    first_on: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]


class Booking(Base):
    """A time taken for a case (or kept for a person who is still filling in the form)."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(None, "mediator_id", "starts_at"),
        Index(None, "room_id", "starts_at"),
        Index(None, "state", "hold_expires_at"),
        CheckConstraint("ends_at > starts_at", name="ends_later"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    attendance: Mapped[Attendance] = mapped_column(CodeEnum(Attendance))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    buffer_min: Mapped[int] = mapped_column(default=0)
    """Rest after it that mediator and room also own, in minutes."""
    state: Mapped[BookingState] = mapped_column(CodeEnum(BookingState))
    hold_expires_at: Mapped[datetime | None]
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    """RFC 5546: grows when time, place or status changes."""
    cancel_reason: Mapped[CancelReason | None] = mapped_column(CodeEnum(CancelReason))
    change_note: Mapped[str] = mapped_column(EncryptedText, default="")
    """What staff wrote down when they moved or cancelled it."""
    override_why: Mapped[str | None] = mapped_column(EncryptedText)
    """Why staff booked it beside another session; None: it has its time for itself."""
    choice_reason: Mapped[ChoiceReason] = mapped_column(CodeEnum(ChoiceReason))
    """Why this mediator; kept and shown."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    case: Mapped[Case | None] = relationship()
    mediator: Mapped[Mediator] = relationship()
    room: Mapped[Room | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own class attribute

    def facts(self, now: datetime, *, by_party: bool = False) -> BookingFacts:
        return BookingFacts(state=self.state, starts_at=self.starts_at, now=now, by_party=by_party)


class LeftOut(Base):
    """A party whom staff do not ask to this session: the others meet the mediator without them."""

    __tablename__ = "left_out"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)


class WeeklyHours(Base):
    """A mediator is at work on a weekday between two minutes of the day, in the organisation's zone."""

    __tablename__ = "weekly_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]


class DateException(Base):
    """One day's other hours; from_minute == to_minute: not at work at all."""

    __tablename__ = "date_exception"

    id: Mapped[int] = mapped_column(primary_key=True)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    on: Mapped[date]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    reason: Mapped[str] = mapped_column(String(80), default="")


class Leave(Base):
    """A mediator is away from a day to another, both with."""

    __tablename__ = "leave"
    __table_args__ = (CheckConstraint("last_on >= first_on", name="ends_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    why: Mapped[str] = mapped_column(EncryptedText, default="")
    """For those who keep the hours; nobody else is shown it."""


class Closure(Base):
    """A place and all below it, one station or one room is closed from a day to another, both with."""

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("last_on >= first_on", name="ends_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    org_id: Mapped[int] = mapped_column(ForeignKey("org.id"), index=True)
    """The place; of a station or room the place it stands in."""
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    why: Mapped[str] = mapped_column(String(80), default="")
    """Shown to staff and, when a booking falls with it, to the parties."""

    @property
    def is_general(self) -> bool:
        return self.station_id is None and self.room_id is None


class Orphan(Base):
    """A booking that no longer lies in working hours, and what was decided about it."""

    __tablename__ = "orphan"
    __table_args__ = (Index(None, "booking_id", "ended_at"), Index(None, "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    reason: Mapped[BlockReason] = mapped_column(CodeEnum(BlockReason))
    note: Mapped[str] = mapped_column(String(80), default="")
    """Which holiday or closure."""
    starts_at: Mapped[datetime]
    """Of the booking when it was found: where it stood."""
    found_at: Mapped[datetime]
    state: Mapped[OrphanState] = mapped_column(CodeEnum(OrphanState), default=OrphanState.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    """Reference of the actor; empty for nobody yet."""
    why: Mapped[str] = mapped_column(EncryptedText, default="")
    ended_at: Mapped[datetime | None]
    """Since then it says nothing about the booking any more; a kept one speaks until its time changes."""

    booking: Mapped[Booking] = relationship()


class Wait(Base):
    """A party who would like an earlier time than the one that is booked. One for a booking lives at a time."""

    __tablename__ = "wait"
    __table_args__ = (Index(None, "state", "asked_at"), Index(None, "booking_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    asked_at: Mapped[datetime]
    state: Mapped[WaitState] = mapped_column(CodeEnum(WaitState), default=WaitState.WAITING)
    passed: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Quanta at which times began that were free already when they asked, or that they let go."""
    n_offers: Mapped[int] = mapped_column(default=0)
    offered_at: Mapped[datetime | None]
    """When the offered time begins."""
    offered_until: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship()

    @property
    def offer_key(self) -> str:
        """Of the hold that keeps the offered time."""
        return f"wait:{self.id}:{self.n_offers}"


class ArrivalMark(Base):
    """Whether a party came to a booked time."""

    __tablename__ = "arrival"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    state: Mapped[Arrival] = mapped_column(CodeEnum(Arrival))
    marked_at: Mapped[datetime]
