"""Bookings as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.access.models import Account
from mediation.access.permissions import Permission
from mediation.disputes import policy as cases
from mediation.disputes import queries as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseKind, DisputeType
from mediation.kernel.actor import Actor
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Missing
from mediation.orgs import queries as orgs
from mediation.orgs.models import Org, Room, Station
from mediation.people.models import Mediator
from mediation.scheduling.models import Booking, LeftOut, Wait
from mediation.scheduling.queries.replies import Answered, answers
from mediation.scheduling.rules.codes import Attendance, BookingState, CancelReason, ChoiceReason, WaitState
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingStep
from mediation.scheduling.rules.terms import BOOKABLE, NOTICE, OFFER

LIVING = (BookingState.PENDING, BookingState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class BookingRow:
    id: int
    public_id: str
    case_id: int
    case_public_id: str
    case_number: str
    kind: CaseKind
    dispute_type: DisputeType
    mediator_id: int
    mediator_public_id: str
    mediator: str
    mediator_account_id: int
    body: str
    body_en: str
    attendance: Attendance
    room_id: int | None
    room_public_id: str
    room: str
    room_en: str
    station_public_id: str
    station: str
    station_en: str
    station_address: str
    station_phone: str
    starts_at: datetime
    ends_at: datetime
    buffer_min: int
    state: BookingState
    sequence: int
    choice_reason: ChoiceReason
    cancel_reason: CancelReason | None
    created_at: datetime
    changed_at: datetime
    override_why: str | None = None
    """Why it stands beside another session; None: it does not."""
    provisional: bool = False
    """The public holidays of its year are not published yet."""

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def lives(self) -> bool:
        return self.state in LIVING

    def room_label(self, locale: str) -> str:
        return self.room if locale.startswith("zh") else self.room_en or self.room

    def station_label(self, locale: str) -> str:
        return self.station if locale.startswith("zh") else self.station_en or self.station

    def body_label(self, locale: str) -> str:
        return self.body if locale.startswith("zh") else self.body_en or self.body


_COLUMNS = (
    select(Booking, Case, Mediator, Account, Org, Room, Station)
    .join(Case, Case.id == Booking.case_id)
    .join(Mediator, Mediator.id == Booking.mediator_id)
    .join(Account, Account.id == Mediator.account_id)
    .join(Org, Org.id == Mediator.org_id)
    .join(Room, Room.id == Booking.room_id, isouter=True)
    .join(Station, Station.id == Room.station_id, isouter=True)
)


def rows(session: Session, *conditions: object, newest_first: bool = False) -> list[BookingRow]:
    """The bookings that meet the conditions (on Booking and Case), in order of time."""
    query = _COLUMNS.where(*conditions).order_by(  # type: ignore[arg-type]  # conditions of two tables
        Booking.starts_at.desc() if newest_first else Booking.starts_at, Booking.id
    )
    return [_row(session, found) for found in session.execute(query)]


def _row(
    session: Session, found: tuple[Booking, Case, Mediator, Account, Org, Room | None, Station | None]
) -> BookingRow:
    booking, case, mediator, account, org, room, station = found
    return BookingRow(
        id=booking.id,
        public_id=booking.public_id,
        case_id=case.id,
        case_public_id=case.public_id,
        case_number=case.number,
        kind=case.kind,
        dispute_type=case.dispute_type,
        mediator_id=booking.mediator_id,
        mediator_public_id=mediator.public_id,
        mediator=account.name,
        mediator_account_id=account.id,
        body=org.name,
        body_en=org.name_en,
        attendance=booking.attendance,
        room_id=booking.room_id,
        room_public_id=room.public_id if room else "",
        room=room.name if room else "",
        room_en=room.name_en if room else "",
        station_public_id=station.public_id if station else "",
        station=station.name if station else "",
        station_en=station.name_en if station else "",
        station_address=station.address if station else "",
        station_phone=station.phone if station else "",
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        buffer_min=booking.buffer_min,
        state=booking.state,
        sequence=booking.sequence,
        choice_reason=booking.choice_reason,
        override_why=booking.override_why,
        provisional=booking.state in LIVING and orgs.is_provisional(session, local_date(booking.starts_at)),
        cancel_reason=booking.cancel_reason,
        created_at=booking.created_at,
        changed_at=booking.changed_at,
    )


def booking_row(session: Session, booking_id: int) -> BookingRow:
    """Raises: Missing `booking_unknown`, also for a time that is only held."""
    found = rows(session, Booking.id == booking_id)
    if not found:
        raise Missing("booking_unknown")
    return found[0]


def left_out(session: Session, booking_id: int) -> frozenset[int]:
    """Ids of the parties who are not asked to this booking."""
    return frozenset(session.scalars(select(LeftOut.party_id).where(LeftOut.booking_id == booking_id)))


def _without(session: Session, party_id: int) -> frozenset[int]:
    """Ids of the bookings to which this party is not asked."""
    return frozenset(session.scalars(select(LeftOut.booking_id).where(LeftOut.party_id == party_id)))


def living(session: Session, case_id: int, *, after: datetime | None = None) -> list[Booking]:
    """The case's bookings that stand; with `after` only those that begin later."""
    query = (
        select(Booking)
        .where(Booking.case_id == case_id, Booking.state.in_(LIVING))
        .options(selectinload(Booking.room))
        .order_by(Booking.starts_at)
    )
    if after is not None:
        query = query.where(Booking.starts_at > after)
    return list(session.scalars(query))


def coming(session: Session, case_id: int, *, now: datetime, party_id: int | None = None) -> list[BookingRow]:
    """The sessions of the case that are not over, in order of time; of a party: those to which they are asked."""
    found = rows(session, Booking.case_id == case_id, Booking.state.in_(LIVING), Booking.ends_at > now)
    without = _without(session, party_id) if party_id is not None else frozenset[int]()
    return [row for row in found if row.id not in without]


def next_living(session: Session, case_id: int, *, now: datetime, party_id: int | None = None) -> BookingRow | None:
    """The booking of the case that comes next, or goes on now; of a party: to which they are asked."""
    return next(iter(coming(session, case_id, now=now, party_id=party_id)), None)


@dataclass(frozen=True, slots=True)
class OfferedBooking:
    """A booking and what the reader may do with it now."""

    row: BookingRow
    steps: frozenset[BookingStep]
    without: tuple[str, ...] = ()
    """Names of the parties who are not asked."""
    answers: tuple[Answered, ...] = ()
    """What people's calendar programs answered to the invitation."""


@dataclass(frozen=True, slots=True)
class CasePanel:
    """Bookings on the case's page."""

    case_id: int
    case_public_id: str
    coming: tuple[OfferedBooking, ...]
    past: tuple[BookingRow, ...]
    """Done, cancelled or over; the newest first."""
    may_book: bool
    is_next: bool
    """A time is what the case waits for: the mediator has taken it, and none is booked."""


def case_panel(session: Session, case_id: int, actor: Actor, *, now: datetime) -> CasePanel:
    """The case's bookings for its page; whoever calls has fetched the case through `disputes.policy`.

    Raises: Missing `case_unknown`.
    """
    case = session.get(Case, case_id)
    if case is None:
        raise Missing("case_unknown")
    may = cases.may(session, actor, case, Permission.BOOK_HEARING)
    found = rows(session, Booking.case_id == case_id, newest_first=True)
    elsewhere = _without(session, actor.party_id) if actor.party_id is not None else frozenset[int]()
    others = [row for row in found if row.id in elsewhere and row.lives and row.ends_at > now]
    found = [row for row in found if row.id not in elsewhere]
    names = {party.id: party.name for party in disputes.parties(session, case_id)}
    coming = [row for row in reversed(found) if row.lives and row.ends_at > now]
    return CasePanel(
        case_id=case.id,
        case_public_id=case.public_id,
        coming=tuple(
            OfferedBooking(
                row,
                _steps(session, row, actor, now, may=may),
                tuple(name for party_id, name in names.items() if party_id in left_out(session, row.id)),
                answers(session, row.id),
            )
            for row in coming
        ),
        past=tuple(row for row in found if row not in coming),
        may_book=may and case.state in BOOKABLE and not others,
        is_next=not coming and case.facts().mediator_ready,
    )


_ON_THE_PAGE = frozenset({BookingStep.MOVE, BookingStep.CANCEL})


def _steps(session: Session, row: BookingRow, actor: Actor, now: datetime, *, may: bool) -> frozenset[BookingStep]:
    facts = session.get_one(Booking, row.id).facts(now, by_party=actor.party_id is not None)
    return _ON_THE_PAGE & frozenset(BOOKING_LIFE.offered(facts)) if may else frozenset()


def wait_of(session: Session, booking_id: int) -> Wait | None:
    """Who waits for an earlier time than this booking's, or has one offered."""
    living = Wait.state.in_([WaitState.WAITING, WaitState.OFFERED])
    return session.scalars(select(Wait).where(Wait.booking_id == booking_id, living)).one_or_none()


@dataclass(frozen=True, slots=True)
class PersonalPanel:
    """The booking on a party's personal page."""

    booking: BookingRow | None
    """The next one; None when there is none."""
    may_move: bool
    may_cancel: bool
    may_book: bool
    """None stands, and the case can still have one."""
    may_wait: bool = False
    """An earlier time may still become free."""
    waits: bool = False
    offered_at: datetime | None = None
    """When the earlier time begins that is kept for them until `offered_until`."""
    offered_until: datetime | None = None


def personal_panel(session: Session, case_id: int, actor: Actor, *, now: datetime) -> PersonalPanel:
    """Raises: Missing `case_unknown`."""
    panel = case_panel(session, case_id, actor, now=now)
    first = panel.coming[0] if panel.coming else None
    steps = first.steps if first else frozenset()
    wait = wait_of(session, first.row.id) if first else None
    kept = wait is not None and wait.offered_until is not None and wait.offered_until > now
    return PersonalPanel(
        may_wait=first is not None and BookingStep.MOVE in steps and first.row.starts_at > now + NOTICE + OFFER,
        waits=wait is not None,
        offered_at=wait.offered_at if wait is not None and kept else None,
        offered_until=wait.offered_until if wait is not None and kept else None,
        booking=first.row if first else None,
        may_move=BookingStep.MOVE in steps,
        may_cancel=BookingStep.CANCEL in steps,
        may_book=panel.may_book and first is None,
    )
