"""Tables of time: who owns which quantum, bookings, working hours, feeds."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.disputes.models import Case
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.orgs.models import Room
from mediation.people.models import Mediator
from mediation.scheduling.rules.codes import (
    Arrival,
    Attendance,
    BlockReason,
    BookingState,
    CancelReason,
    CapPeriod,
    ChoiceReason,
    MailResult,
    OrphanState,
    ReplyAnswer,
    ResourceKind,
    WaitState,
)
from mediation.scheduling.rules.life import BookingFacts


class Resource(Base):
    """Something whose time can be taken: a mediator, a room, a party's person."""

    __tablename__ = "resource"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResourceKind] = mapped_column(CodeEnum(ResourceKind))
    subject_id: Mapped[int]
    """mediator.id, room.id or person.id, by `kind`."""


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


class CalendarFeed(Base):
    """The private calendar address of a mediator, a station or a room: one of the three.

    The address is `<public_id>.<signature>`; the signature is made with a key that the database does not hold, so the
    owner can be shown it again and a stolen file opens nothing (as access.links).
    """

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: public_id(24))
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("mediator.id"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    busy_only: Mapped[bool] = mapped_column(default=False)
    """Times without what they are: for those who only need to know whether somebody is free."""
    locale: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")
    """Of who made it: a phone that asks for a feed says nothing reliable about its reader."""
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OutsideCalendar(Base):
    """A mediator's calendar somewhere else; of it only the busy times are kept, never what they are."""

    __tablename__ = "outside_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    mediator_id: Mapped[int] = mapped_column(ForeignKey("mediator.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(EncryptedText, default="")
    """Read again and again; empty for a file, which was read once. It opens somebody's calendar, so it is a secret."""
    added_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    """When what is kept was read: the last good copy."""
    fault: Mapped[str] = mapped_column(String(40), default="")
    """Why the last try failed; since `read_at` the copy is stale."""
    left_out: Mapped[int] = mapped_column(default=0)
    """Entries of the last good copy that could not be understood."""


class OutsideBusy(Base):
    """A time of an outside calendar in which its owner is not to be booked."""

    __tablename__ = "outside_busy"
    __table_args__ = (Index(None, "calendar_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("outside_calendar.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class AttendeeReply(Base):
    """What an attendee's calendar program answered last about a booking."""

    __tablename__ = "attendee_reply"
    __table_args__ = (UniqueConstraint("booking_id", "who"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    who: Mapped[str] = mapped_column(String(40))
    """`party:7`, or `mediator:3`."""
    answer: Mapped[ReplyAnswer] = mapped_column(CodeEnum(ReplyAnswer))
    sequence: Mapped[int]
    """Of the booking when it was answered."""
    stamped_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    """The time that a COUNTER proposes."""


class ReplyMail(Base):
    """A mail of the box of answers that was dealt with, and how."""

    __tablename__ = "reply_mail"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    result: Mapped[MailResult] = mapped_column(CodeEnum(MailResult))
    read_at: Mapped[datetime]


class EventText(Base):
    """A booking as it stands in feeds, rendered once for each of its versions: 5,000 would take seconds each time."""

    __tablename__ = "event_text"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    variant: Mapped[str] = mapped_column(String(20), primary_key=True)
    """Language, and full or busy."""
    stamp: Mapped[str] = mapped_column(String(40))
    """Of the booking's version and all else that the text was made from; another one: rendered anew."""
    body: Mapped[str] = mapped_column(Text)
