"""The whole picture of one hearing at one moment: for `live`, and for what the rules decide on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from mediation.access import queries as access
from mediation.access.models import Account
from mediation.disputes.models import Party
from mediation.hearings.models import Caucus, ChatLine, Hearing, SafetySignal, Seat
from mediation.hearings.rules import caucus as caucus_rules
from mediation.hearings.rules.caucus import OPEN, CaucusFacts, protected_among, room_name
from mediation.hearings.rules.codes import CaucusState, GuestAnswer, HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import Signs
from mediation.hearings.rules.forwarding import Place
from mediation.hearings.rules.life import OPENS_BEFORE, HearingFacts
from mediation.hearings.rules.seats import CONNECTED, HEARD, MAIN_ROOM, WAITING_ROOM, SeatFacts
from mediation.kernel.actor import VISITOR, Actor, ActorKind
from mediation.kernel.errors import Missing
from mediation.people import queries as people


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat as `live` needs it."""

    id: int
    public_id: str
    party_id: int | None
    account_id: int | None
    name: str
    role: SeatRole
    part: str
    state: SeatState
    room: str
    muted: bool
    mute_locked: bool
    spotlit: bool
    mic_on: bool
    camera_on: bool
    hand_raised_at: datetime | None
    arrived_at: datetime | None
    device: dict[str, Any]
    sharing: bool
    may_show: bool
    signalled_at: datetime | None
    """A quiet signal of danger that nobody has seen yet."""
    apart: frozenset[str]
    """Seats of people who must never share anything with this one."""

    @property
    def signs(self) -> Signs:
        return Signs(
            muted=self.muted,
            mute_locked=self.mute_locked,
            hand_raised=self.hand_raised_at is not None,
            spotlit=self.spotlit,
            signals=self.signalled_at is not None,
            sharing=self.sharing,
            may_show=self.may_show,
        )

    @property
    def place(self) -> Place:
        pictured = self.camera_on or self.sharing
        return Place(self.public_id, self.state, self.room, self.muted, self.mic_on, pictured, self.apart)


@dataclass(frozen=True, slots=True)
class GuestRow:
    seat: str
    answer: GuestAnswer
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CaucusRow:
    """A caucus that somebody still has to do with."""

    id: int
    public_id: str
    number: int
    state: CaucusState
    locked: bool
    guests: tuple[GuestRow, ...]

    @property
    def room(self) -> str:
        return room_name(self.number)

    @property
    def asked(self) -> frozenset[str]:
        """Seats that have not answered yet."""
        return frozenset(guest.seat for guest in self.guests if guest.answer is GuestAnswer.ASKED)

    @property
    def accepted(self) -> frozenset[str]:
        return frozenset(guest.seat for guest in self.guests if guest.answer is GuestAnswer.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A hearing at one moment."""

    id: int
    public_id: str
    case_id: int
    case_public_id: str
    case_number: str
    state: HearingState
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    begins_at: datetime | None
    seats: tuple[SeatRow, ...]
    caucuses: tuple[CaucusRow, ...]

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - OPENS_BEFORE

    @property
    def neutral_in_room(self) -> bool:
        return any(
            seat.role is SeatRole.NEUTRAL and seat.state is SeatState.IN_ROOM and seat.room == MAIN_ROOM
            for seat in self.seats
        )

    def facts(self, now: datetime, *, by_supervisor: bool = False) -> HearingFacts:
        parties = [
            seat
            for seat in self.seats
            if seat.role in HEARD and seat.state is SeatState.IN_ROOM and seat.room == MAIN_ROOM
        ]
        return HearingFacts(
            state=self.state,
            now=now,
            starts_at=self.starts_at,
            closed_at=self.closed_at,
            begins_at=self.begins_at,
            by_supervisor=by_supervisor,
            neutral_in_room=any(
                seat.role is SeatRole.NEUTRAL and seat.state is SeatState.IN_ROOM for seat in self.seats
            ),
            n_parties_in_room=len(parties),
        )

    def seat_facts(self, seat: SeatRow) -> SeatFacts:
        there = {other.public_id for other in self.seats if other.room != WAITING_ROOM}
        return SeatFacts(
            state=seat.state,
            role=seat.role,
            room=seat.room,
            checked="camera" in seat.device,
            hearing=self.state,
            neutral_in_room=self.neutral_in_room,
            neutral_on_line=any(one.role is SeatRole.NEUTRAL and one.state in CONNECTED for one in self.seats),
            screen_taken=any(one.sharing and one.id != seat.id and one.room == seat.room for one in self.seats),
            protected_in_room=bool(seat.apart & there),
        )

    @property
    def next_due(self) -> datetime | None:
        """When something follows by itself: an unanswered invitation ends, the session begins."""
        asked = [g.expires_at for c in self.caucuses for g in c.guests if g.answer is GuestAnswer.ASKED]
        return min(asked if self.begins_at is None else [*asked, self.begins_at], default=None)

    def place_in_queue(self, seat: SeatRow) -> int | None:
        """Which of the raised hands of the room this one is, from 1 on."""
        if seat.hand_raised_at is None:
            return None
        raised = [one.hand_raised_at for one in self.seats if one.hand_raised_at and one.room == seat.room]
        return 1 + sum(at < seat.hand_raised_at for at in raised)

    def caucus_facts(self, caucus: CaucusRow, *, joining: frozenset[str] = frozenset()) -> CaucusFacts:
        """What may be done with a caucus; `joining`: seats that would come in beside those who have accepted."""
        inside = {seat.public_id for seat in self.seats if seat.room == caucus.room}
        neutral = next((seat for seat in self.seats if seat.role is SeatRole.NEUTRAL), None)
        return CaucusFacts(
            state=caucus.state,
            hearing=self.state,
            locked=caucus.locked,
            n_asked=len(caucus.asked),
            neutral_inside=neutral is not None and neutral.room == caucus.room,
            protected=protected_among(
                inside | caucus.asked | caucus.accepted | joining, {seat.public_id: seat.apart for seat in self.seats}
            ),
        )

    def refuse_guest(self, seat: SeatRow) -> str | None:
        """Why this person may not be asked to talk apart now."""
        taken = any(seat.public_id in caucus.asked | caucus.accepted for caucus in self.caucuses if caucus.asked)
        if seat.role is SeatRole.NEUTRAL:
            return "not_yours"
        return caucus_rules.refuse_guest(self.seat_facts(seat), taken=taken)

    def caucus(self, public_id: str) -> CaucusRow:
        """Raises: Missing `caucus_unknown`."""
        for caucus in self.caucuses:
            if caucus.public_id == public_id:
                return caucus
        raise Missing("caucus_unknown")

    def signs_beside(self, neutral: SeatRow) -> tuple[Signs, ...]:
        """Of each other person who is in the neutral's room."""
        return tuple(
            seat.signs
            for seat in self.seats
            if seat.id != neutral.id and seat.room == neutral.room != WAITING_ROOM and seat.state is not SeatState.LEFT
        )

    def seat(self, public_id: str) -> SeatRow:
        """Raises: Missing `seat_unknown`."""
        for seat in self.seats:
            if seat.public_id == public_id:
                return seat
        raise Missing("seat_unknown")

    def seat_by_id(self, seat_id: int) -> SeatRow:
        """Raises: Missing `seat_unknown`."""
        for seat in self.seats:
            if seat.id == seat_id:
                return seat
        raise Missing("seat_unknown")


def snapshot(session: Session, hearing_id: int) -> Snapshot:
    """Raises: Missing `hearing_unknown`."""
    hearing = session.scalars(
        select(Hearing)
        .where(Hearing.id == hearing_id)
        .options(
            selectinload(Hearing.case),
            selectinload(Hearing.booking),
            selectinload(Hearing.seats).selectinload(Seat.party).selectinload(Party.person),
            selectinload(Hearing.seats).selectinload(Seat.account),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if hearing is None:
        raise Missing("hearing_unknown")
    apart, signalled = _apart(session, hearing), _signalled(session, hearing.id)
    return Snapshot(
        id=hearing.id,
        public_id=hearing.public_id,
        case_id=hearing.case_id,
        case_public_id=hearing.case.public_id,
        case_number=hearing.case.number,
        state=hearing.state,
        starts_at=hearing.booking.starts_at,
        ends_at=hearing.booking.ends_at,
        started_at=hearing.started_at,
        closed_at=hearing.closed_at,
        begins_at=hearing.begins_at,
        seats=tuple(_seat(seat, apart[seat.id], signalled.get(seat.id)) for seat in hearing.seats),
        caucuses=_caucuses(session, hearing),
    )


def _caucuses(session: Session, hearing: Hearing) -> tuple[CaucusRow, ...]:
    names = {seat.id: seat.public_id for seat in hearing.seats}
    rows = session.scalars(
        select(Caucus)
        .where(Caucus.hearing_id == hearing.id, Caucus.state.in_(OPEN))
        .options(selectinload(Caucus.guests))
        .order_by(Caucus.number)
        .execution_options(populate_existing=True)
    )
    return tuple(
        CaucusRow(
            id=row.id,
            public_id=row.public_id,
            number=row.number,
            state=row.state,
            locked=row.locked,
            guests=tuple(GuestRow(names[g.seat_id], g.answer, g.expires_at) for g in row.guests),
        )
        for row in rows
    )


def _seat(seat: Seat, apart: frozenset[str], signalled_at: datetime | None) -> SeatRow:
    return SeatRow(
        id=seat.id,
        public_id=seat.public_id,
        party_id=seat.party_id,
        account_id=seat.account_id,
        name=seat.name,
        role=seat.role,
        part=seat.party.role.value if seat.party is not None else "",
        state=seat.state,
        room=seat.room,
        muted=seat.muted,
        mute_locked=seat.mute_locked,
        spotlit=seat.spotlit,
        mic_on=seat.mic_on,
        camera_on=seat.camera_on,
        hand_raised_at=seat.hand_raised_at,
        arrived_at=seat.arrived_at,
        device=seat.device,
        sharing=seat.sharing,
        may_show=seat.may_show,
        signalled_at=signalled_at,
        apart=apart,
    )


def _signalled(session: Session, hearing_id: int) -> dict[int, datetime]:
    """Seat id -> the first quiet signal that nobody has seen."""
    rows = session.scalars(
        select(SafetySignal)
        .where(SafetySignal.hearing_id == hearing_id, SafetySignal.seen_at.is_(None))
        .order_by(SafetySignal.id.desc())
    )
    return {row.seat_id: row.signalled_at for row in rows}


def _apart(session: Session, hearing: Hearing) -> dict[int, frozenset[str]]:
    """Seat id -> seats it is protected from; an agent carries the protection of whom they represent."""
    persons = {seat.id: _persons(hearing, seat) for seat in hearing.seats}
    pairs = people.protected(session, set().union(*persons.values()))
    return {
        seat.id: frozenset(
            other.public_id
            for other in hearing.seats
            if any(frozenset({one, two}) in pairs for one in persons[seat.id] for two in persons[other.id])
        )
        for seat in hearing.seats
    }


def _persons(hearing: Hearing, seat: Seat) -> set[int]:
    if seat.party is None:
        return set()
    by_id = {other.party_id: other.party.person_id for other in hearing.seats if other.party is not None}
    represented = by_id.get(seat.party.represents_id)
    return {seat.party.person_id} | ({represented} if represented is not None else set())


@dataclass(frozen=True, slots=True)
class LineRow:
    id: int
    seat: str
    room: str
    text: str
    said_at: datetime
    to: str | None = None
    """The seat of the one reader; None: the room."""
    kept: bool = False


def lines(session: Session, hearing_id: int, rooms: frozenset[str], *, of_waiting: str | None = None) -> list[LineRow]:
    """What was typed in these rooms, and to one reader alone; in the waiting room only of the seat `of_waiting`."""
    reader = aliased(Seat)
    rows = session.execute(
        select(ChatLine, Seat.public_id, reader.public_id)
        .join(Seat, Seat.id == ChatLine.seat_id)
        .outerjoin(reader, reader.id == ChatLine.to_seat_id)
        .where(ChatLine.hearing_id == hearing_id, or_(ChatLine.room.in_(rooms), ChatLine.to_seat_id.is_not(None)))
        .order_by(ChatLine.id.desc())
        .limit(200)
    )
    found = [
        LineRow(line.id, seat, line.room, line.text, line.said_at, to, line.kept_at is not None)
        for line, seat, to in rows
    ]
    return [row for row in reversed(found) if of_waiting is None or row.room != "waiting" or row.seat == of_waiting]


def seat_actor(session: Session, seat_id: int) -> Actor:
    """Who sits there, with the rights they have now."""
    seat = session.get_one(Seat, seat_id)
    if seat.account_id is not None:
        return access.actor_of(session.get_one(Account, seat.account_id))
    if seat.party_id is None:  # a witness
        return VISITOR
    return Actor(kind=ActorKind.PARTY, party_id=seat.party_id, case_id=seat.hearing.case_id)


def hearing_of_seat(session: Session, seat_id: int) -> int:
    return session.get_one(Seat, seat_id).hearing_id
