"""Tables of hearings and seats. A seat is a person's place, not a socket."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.access.models import Account
from mediation.disputes.models import Case, Party
from mediation.files.models import StoredFile
from mediation.hearings.models.duty import DeskLine as DeskLine
from mediation.hearings.models.duty import HearingAlert as HearingAlert
from mediation.hearings.models.duty import SeatCall as SeatCall
from mediation.hearings.models.duty import SeatSample as SeatSample
from mediation.hearings.models.leases import HearingLease as HearingLease
from mediation.hearings.models.leases import LiveProcess as LiveProcess
from mediation.hearings.rules.codes import (
    CaucusState,
    ConsentState,
    GuestAnswer,
    HearingState,
    MinuteStage,
    NoteTag,
    PassKind,
    RecordingPurpose,
    RecordingState,
    SeatRole,
    SeatState,
)
from mediation.kernel.db import Base
from mediation.kernel.ids import public_id
from mediation.kernel.types import CodeEnum, EncryptedText
from mediation.scheduling.models import Booking


class Hearing(Base):
    __tablename__ = "hearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    state: Mapped[HearingState] = mapped_column(CodeEnum(HearingState))
    opened_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    begins_at: Mapped[datetime | None]
    """When the seconds before the beginning have run out, while they run."""
    n_restarts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often `live` began anew while people were in: what it had counted since the last writing is lost."""
    version: Mapped[int] = mapped_column()

    case: Mapped[Case] = relationship()
    booking: Mapped[Booking] = relationship()
    seats: Mapped[list["Seat"]] = relationship(back_populates="hearing", order_by="Seat.id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own class attribute


class Seat(Base):
    """Person, powers, room, hand, mute: one row per person, whatever their sockets do."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("hearing_id", "party_id"), UniqueConstraint("hearing_id", "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    guest_name: Mapped[str | None] = mapped_column(EncryptedText)
    """Of a witness, who is neither party nor staff."""
    role: Mapped[SeatRole] = mapped_column(CodeEnum(SeatRole))
    state: Mapped[SeatState] = mapped_column(CodeEnum(SeatState))
    room: Mapped[str] = mapped_column(String(20), default="waiting")
    """waiting, main, or caucus-<n>: where the person is, also while disconnected."""
    muted: Mapped[bool] = mapped_column(default=False)
    """By the neutral."""
    mute_locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The person cannot undo it."""
    spotlit: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Large on every screen; one of a hearing at most."""
    sharing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The person's screen is sent instead of their picture."""
    may_show: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Papers of their own, to the room, by the neutral's leave."""
    mic_on: Mapped[bool] = mapped_column(default=True)
    camera_on: Mapped[bool] = mapped_column(default=True)
    hand_raised_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    device: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Report of the device check: camera, microphone, network; no identifiers."""

    hearing: Mapped[Hearing] = relationship(back_populates="seats")
    party: Mapped[Party | None] = relationship()
    account: Mapped[Account | None] = relationship()

    @property
    def name(self) -> str:
        """Of whoever sits there."""
        if self.party is not None:
            return self.party.person.name
        return self.account.name if self.account is not None else self.guest_name or ""


class Stay(Base):
    """A person was in a room from when to when: the line may be lost meanwhile, the place is not."""

    __tablename__ = "stay"

    id: Mapped[int] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    room: Mapped[str] = mapped_column(String(20))
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Caucus(Base):
    """A room apart; who is in it now is read from the seats."""

    __tablename__ = "caucus"
    __table_args__ = (UniqueConstraint("hearing_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"))
    number: Mapped[int]
    """Never used twice in a hearing: nobody comes into the words of an earlier talk."""
    state: Mapped[CaucusState] = mapped_column(CodeEnum(CaucusState))
    locked: Mapped[bool] = mapped_column(default=True)

    guests: Mapped[list["CaucusGuest"]] = relationship(order_by="CaucusGuest.id")


class CaucusGuest(Base):
    """Somebody who was asked, and what they said."""

    __tablename__ = "caucus_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    caucus_id: Mapped[int] = mapped_column(ForeignKey("caucus.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    answer: Mapped[GuestAnswer] = mapped_column(CodeEnum(GuestAnswer))
    expires_at: Mapped[datetime]


class PacketCount(Base):
    """What the engine forwarded from a room to a room, added up; from one to another it stays 0."""

    __tablename__ = "packet_count"

    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), primary_key=True)
    from_room: Mapped[str] = mapped_column(String(20), primary_key=True)
    to_room: Mapped[str] = mapped_column(String(20), primary_key=True)
    n_packets: Mapped[int] = mapped_column(BigInteger)


class MinuteLine(Base):
    """One entry of the minutes (笔录), with the time it was written."""

    __tablename__ = "minute_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    stage: Mapped[MinuteStage] = mapped_column(CodeEnum(MinuteStage))
    text: Mapped[str] = mapped_column(EncryptedText)
    written_at: Mapped[datetime]


class MinuteAnswer(Base):
    """A party has read the minutes: they are right, or what is wrong."""

    __tablename__ = "minute_answer"

    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    right: Mapped[bool]
    remark: Mapped[str] = mapped_column(EncryptedText, default="")
    answered_at: Mapped[datetime]


class PrivateNote(Base):
    """The neutral's own; nobody else reads it, and what is tagged *keep* reaches no paper."""

    __tablename__ = "private_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    tag: Mapped[NoteTag] = mapped_column(CodeEnum(NoteTag))
    text: Mapped[str] = mapped_column(EncryptedText)
    written_at: Mapped[datetime]


class ChatLine(Base):
    """Typed words of those who cannot speak; gone when the hearing is closed, unless put on the record."""

    __tablename__ = "chat_line"
    __table_args__ = (Index(None, "hearing_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    room: Mapped[str] = mapped_column(String(20))
    """The room it was said in: nobody outside reads it."""
    to_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))
    """For this person alone, wherever they are; None: for the room."""
    kept_at: Mapped[datetime | None]
    """Put on the record."""
    text: Mapped[str] = mapped_column(EncryptedText)
    said_at: Mapped[datetime]


class RecordingConsent(Base):
    """Whether a person lets themselves be recorded, for one purpose; no row: never asked."""

    __tablename__ = "recording_consent"

    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    purpose: Mapped[RecordingPurpose] = mapped_column(CodeEnum(RecordingPurpose), primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    state: Mapped[ConsentState] = mapped_column(CodeEnum(ConsentState))
    moved_at: Mapped[datetime]


class Recording(Base):
    """From start to stop, with the file that was composed of it. Without `data_key` nobody reads it any more."""

    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    purpose: Mapped[RecordingPurpose] = mapped_column(CodeEnum(RecordingPurpose))
    state: Mapped[RecordingState] = mapped_column(CodeEnum(RecordingState))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(String(20), default="")
    """stopped, closed, withdrawn, or the alarm."""
    n_takes: Mapped[int] = mapped_column(default=0)
    """How often writing began: after a pause, or after `live` began anew."""
    n_tries: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    """Of putting it together, per cent."""
    fault: Mapped[str] = mapped_column(String(40), default="")
    """Why it could not be put together."""
    file: Mapped[str] = mapped_column(String(16), default="")
    """Where the composed one lies: another name at each try, so that two tries never meet."""
    data_key: Mapped[str] = mapped_column(EncryptedText, default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    n_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    duration_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[datetime | None]
    """Deleted then; the parties see it."""
    deleted_at: Mapped[datetime | None]
    deleted_why: Mapped[str] = mapped_column(String(20), default="")

    hearing: Mapped[Hearing] = relationship()
    sources: Mapped[list["RecordingSource"]] = relationship(order_by="RecordingSource.id")


class RecordingSource(Base):
    """The sound or the picture of one person as it came, from one connection: a file of its own."""

    __tablename__ = "recording_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    video: Mapped[bool]
    take: Mapped[int]
    data_key: Mapped[str] = mapped_column(EncryptedText)
    begins_ms: Mapped[int] = mapped_column(BigInteger)
    """After the recording's start, on the server's clock, by the sender's reports where there were any."""
    n_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the plain bytes, when it was closed in order."""
    ended_at: Mapped[datetime | None]


class ShownPaper(Base):
    """A paper that lies, or lay, on the table of a room: one at a time in each room."""

    __tablename__ = "shown_paper"
    __table_args__ = (
        Index(
            "uq_shown_paper_table",
            "hearing_id",
            "room",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    """Who laid it there and turns its pages."""
    room: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    """Whose papers it is one of, who says who may read it: queries.papers."""
    reference: Mapped[str] = mapped_column(String(16))
    """Its public id there."""
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    n_pages: Mapped[int]
    page: Mapped[int] = mapped_column(default=1)
    mark_x: Mapped[int | None]
    mark_y: Mapped[int | None]
    """Where the presenter points on the page, in thousandths."""
    pages: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Shown so far."""
    seen_by: Mapped[list[int]] = mapped_column(JSON, default=list)
    """Seats that have looked at a page of it."""
    shown_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship()
    seat: Mapped[Seat] = relationship()


class SafetySignal(Base):
    """Somebody signalled danger without a word. Read by those who answer it, by nobody else."""

    __tablename__ = "safety_signal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=public_id)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"), index=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    room: Mapped[str] = mapped_column(String(20))
    """Where the person was."""
    signalled_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    seat: Mapped[Seat] = relationship()


class SeatPass(Base):
    """An address that opens one seat and nothing else: for a second device, for a witness."""

    __tablename__ = "seat_pass"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), index=True)
    kind: Mapped[PassKind] = mapped_column(CodeEnum(PassKind))
    expires_at: Mapped[datetime]
    """Until then it can be opened; who has opened it goes on until the hearing is over."""
    opened_at: Mapped[datetime | None]

    seat: Mapped[Seat] = relationship()


class UsedToken(Base):
    """Join tokens open one socket once."""

    __tablename__ = "used_token"

    token_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    expires_at: Mapped[datetime]
