"""Tables of calendars: private addresses, what stands in them, calendars elsewhere, answers by mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.scheduling.rules.codes import MailResult, ReplyAnswer


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
