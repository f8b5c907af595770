"""What messages need to know about a case, and the list of messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from mediation.access.models import Account
from mediation.agreements.models import Agreement
from mediation.disputes.models import Case, Party, Referral
from mediation.disputes.rules.codes import OutcomeKind, RefusalGround
from mediation.kernel import crypto
from mediation.kernel.clock import local_date
from mediation.notices.catalogue import ChannelKind, NoticeKind
from mediation.notices.models import Notice
from mediation.notices.rules import Addressee, Colleague, Pairs
from mediation.orgs import queries as orgs
from mediation.people.models import Mediator, Person, Protection
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import Attendance, BookingState


@dataclass(frozen=True, slots=True)
class Around:
    """A case and the people around it."""

    case_id: int
    public_id: str
    number: str
    kind: str
    place: str
    place_en: str
    accepted: bool
    refusal_ground: RefusalGround | None
    refusal_reason: str
    outcome: OutcomeKind | None
    parties: tuple[Addressee, ...]
    protected: Pairs
    mediator: Colleague | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """The time of a booking, as a message tells it."""

    booking_id: int
    sequence: int
    mediator: Colleague | None
    starts_at: datetime
    minutes: int
    mediator_name: str
    at_station: bool
    station: str
    station_en: str
    station_address: str
    room: str
    room_en: str
    pending: bool
    provisional: bool = False
    """The public holidays of its year are not published yet."""


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the messages page."""

    public_id: str
    kind: NoticeKind
    channel: ChannelKind
    address: str
    subject: str
    body: str
    has_attachment: bool
    created_at: datetime
    sent_at: datetime | None
    sent_by: str
    refused: str


def around(session: Session, case_id: int, *, now: datetime) -> Around:
    case = session.get_one(Case, case_id, options=[joinedload(Case.place)])
    rows = session.scalars(
        select(Party).where(Party.case_id == case_id).options(joinedload(Party.person)).order_by(Party.position)
    ).all()
    by_id = {party.id: party for party in rows}
    return Around(
        case_id=case.id,
        public_id=case.public_id,
        number=case.number,
        kind=case.kind.value,
        place=case.place.name,
        place_en=case.place.name_en or case.place.name,
        accepted=case.accepted_at is not None,
        refusal_ground=case.refusal_ground,
        refusal_reason=case.refusal_reason,
        outcome=case.outcome,
        parties=tuple(_addressee(party, by_id) for party in rows),
        protected=_protected(session, [party.person_id for party in rows], now),
        mediator=_mediator(session, case.mediator_id),
    )


def _addressee(party: Party, by_id: dict[int, Party]) -> Addressee:
    person: Person = party.person
    represented = by_id.get(party.represents_id or 0)
    return Addressee(
        party_id=party.id,
        person_ids=frozenset({person.id, *([represented.person_id] if represented else [])}),
        role=party.role.value,
        represents_role=represented.role.value if represented else "",
        name=person.name,
        phone=person.phone or "",
        email=person.email or "",
        locale=person.locale,
    )


def _protected(session: Session, person_ids: list[int], now: datetime) -> Pairs:
    query = select(Protection.person_id, Protection.from_person_id).where(
        Protection.person_id.in_(person_ids),
        Protection.from_person_id.in_(person_ids),
        or_(Protection.until.is_(None), Protection.until >= local_date(now)),
    )
    return frozenset(frozenset((one, other)) for one, other in session.execute(query))


def _mediator(session: Session, mediator_id: int | None) -> Colleague | None:
    return None if mediator_id is None else colleague(session, mediator_id)


def colleague(session: Session, mediator_id: int) -> Colleague:
    account = session.scalars(select(Account).join(Mediator).where(Mediator.id == mediator_id)).one()
    return Colleague(account.id, account.name, account.phone or "", account.email or "", account.locale)


def meeting(session: Session, booking_id: int) -> Meeting:
    return _meeting(session, session.get_one(Booking, booking_id))


def next_meeting(session: Session, case_id: int, now: datetime) -> Meeting | None:
    """The nearest booking of the case that is still to come."""
    query = (
        select(Booking)
        .where(
            Booking.case_id == case_id,
            Booking.state.in_([BookingState.PENDING, BookingState.CONFIRMED]),
            Booking.ends_at > now,
        )
        .order_by(Booking.starts_at)
        .limit(1)
    )
    booking = session.scalar(query)
    return None if booking is None else _meeting(session, booking)


def _meeting(session: Session, booking: Booking) -> Meeting:
    room, station = booking.room, booking.room.station if booking.room else None
    return Meeting(
        booking_id=booking.id,
        sequence=booking.sequence,
        mediator=_mediator(session, booking.mediator_id),
        starts_at=booking.starts_at,
        minutes=int((booking.ends_at - booking.starts_at).total_seconds() // 60),
        mediator_name=booking.mediator.account.name,
        at_station=booking.attendance is Attendance.STATION and station is not None,
        station=station.name if station else "",
        station_en=(station.name_en or station.name) if station else "",
        station_address=station.address if station else "",
        room=room.name if room else "",
        room_en=(room.name_en or room.name) if room else "",
        pending=booking.state is BookingState.PENDING,
        provisional=orgs.is_provisional(session, local_date(booking.starts_at)),
    )


def still_on(session: Session, booking_id: int, sequence: int) -> bool:
    """Whether the booking is as it was: neither moved nor cancelled since."""
    booking = session.get(Booking, booking_id)
    return (
        booking is not None
        and booking.sequence == sequence
        and booking.state in {BookingState.PENDING, BookingState.CONFIRMED}
    )


def still_ahead(session: Session, booking_id: int, sequence: int | None, now: datetime) -> bool:
    """Whether the booking is as it was and has not begun."""
    booking = session.get(Booking, booking_id)
    return booking is not None and still_on(session, booking_id, sequence or 0) and now < booking.starts_at


def receiving_body(session: Session, referral_id: int) -> tuple[str, str]:
    """Chinese and English name of the body that a case was handed to."""
    org = session.get_one(Referral, referral_id).to_org
    return org.name, org.name_en or org.name


def agreement_number(session: Session, agreement_id: int) -> str:
    return session.get_one(Agreement, agreement_id).number


PAGE = 50


def messages(session: Session, *, address: str = "", limit: int = PAGE) -> list[Message]:
    """The newest messages first; `address` finds one number's or mailbox's."""
    query = select(Notice).order_by(Notice.id.desc()).limit(limit)
    if address:
        query = query.where(Notice.address_index == address_index(address))
    return [_message(notice) for notice in session.scalars(query)]


def attachment(session: Session, public_id: str) -> bytes | None:
    return session.scalar(select(Notice.attachment).where(Notice.public_id == public_id))


def address_index(address: str) -> str:
    return crypto.keyring().blind_index(address.strip().lower(), "notice-address")


def _message(notice: Notice) -> Message:
    return Message(
        public_id=notice.public_id,
        kind=notice.kind,
        channel=notice.channel,
        address=notice.address,
        subject=notice.subject,
        body=notice.body,
        has_attachment=notice.attachment is not None,
        created_at=notice.created_at,
        sent_at=notice.sent_at,
        sent_by=notice.sent_by,
        refused=notice.refused,
    )
