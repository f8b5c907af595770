"""Queue numbers: given at check-in, called to a room."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock, local_date
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs.queries import StationRow
from mediation.scheduling import service as scheduling
from mediation.stations import policy, queries
from mediation.stations.events import VisitCalled, VisitNumbered
from mediation.stations.models import QueueDay, Visit
from mediation.stations.rules import VisitState


@dataclass(frozen=True, slots=True)
class CheckIn:
    station: str
    booking: str
    party: str
    """Public ids."""
    identity_seen: bool
    """Staff looked at the identity card, and this is the person."""


@dataclass(frozen=True, slots=True)
class CallVisit:
    visit: str
    room: str
    """Public ids."""


def give_number(session: Session, station_id: int, on: date) -> int:
    """The next number of the day: one atomic statement, so that no two are the same."""
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    statement = insert(QueueDay).values(station_id=station_id, on=on, last=1)
    counted = statement.on_conflict_do_update(
        index_elements=[QueueDay.station_id, QueueDay.on], set_={"last": QueueDay.last + 1}
    ).returning(QueueDay.last)
    return session.execute(counted).scalar_one()


def check_in(session: Session, actor: Actor, command: CheckIn, *, clock: Clock) -> Visit:
    """Somebody booked for today is here and is who they say: a number. Checked in twice it is one number.

    Emits: ArrivalMarked, VisitNumbered. Raises: Missing `station_unknown`, `booking_unknown`, `party_unknown`;
    Invalid `identity_not_seen`; Refused as `mark_came`.
    """
    station = policy.station_for(session, actor, command.station, Permission.RECEIVE_VISITORS)
    if not command.identity_seen:
        raise Invalid("identity_not_seen", field="identity_seen")
    sittings, _walked_in = queries.day_of(session, station, clock())
    sitting = next((row for row in sittings if row.booking.public_id == command.booking), None)
    if sitting is None:
        raise Missing("booking_unknown")
    guest = next((row for row in sitting.guests if row.party.public_id == command.party), None)
    if guest is None:
        raise Missing("party_unknown")
    booking = policy.locked_booking(session, sitting.booking.id)
    here = (Visit.booking_id == booking.id, Visit.party_id == guest.party.id)
    known = session.scalars(select(Visit).where(*here)).one_or_none()
    if known is not None:
        return known
    scheduling.mark_came(session, actor, booking, guest.party.id, clock=clock)
    return _numbered(session, actor, station, clock, sitting=sitting, party_id=guest.party.id)


def walk_in(session: Session, actor: Actor, station: str, *, clock: Clock) -> Visit:
    """A number for somebody without a booking. Emits: VisitNumbered. Raises: Missing `station_unknown`."""
    found = policy.station_for(session, actor, station, Permission.RECEIVE_VISITORS)
    return _numbered(session, actor, found, clock)


def _numbered(
    session: Session,
    actor: Actor,
    station: StationRow,
    clock: Clock,
    *,
    sitting: queries.Sitting | None = None,
    party_id: int | None = None,
) -> Visit:
    now = clock()
    visit = Visit(
        station_id=station.id,
        on=local_date(now),
        number=give_number(session, station.id, local_date(now)),
        booking_id=sitting.booking.id if sitting else None,
        party_id=party_id,
        state=VisitState.WAITING,
        given_at=now,
    )
    session.add(visit)
    session.flush()
    numbered = VisitNumbered(
        case_id=sitting.booking.case_id if sitting else None,
        visit_id=visit.id,
        number=visit.number,
        visitor_party_id=party_id,
    )
    log.append(session, numbered, actor=actor, at=now)
    return visit


def call(session: Session, actor: Actor, command: CallVisit, *, clock: Clock) -> Visit:
    """The room shows the number for 10 minutes; called again it shows it anew, also after a visit that ended early.

    Emits: VisitCalled. Raises: Missing `visit_unknown`, `room_unknown`; Refused `visit_not_today`, `room_in_use`,
    `visit_under_way`.
    """
    now = clock()
    visit = policy.visit_for(session, actor, command.visit)
    room = next((row for row in visit.station.rooms if row.public_id == command.room), None)
    if room is None:
        raise Missing("room_unknown")
    if visit.on != local_date(now):
        raise Refused("visit_not_today")
    under_way = session.scalars(select(Visit).where(Visit.room_id == room.id, Visit.state == VisitState.UNDER_WAY))
    going_on = [row for row in under_way if queries.over(session, row, now) is None]
    if visit in going_on or (visit.state is VisitState.UNDER_WAY and queries.over(session, visit, now) is None):
        raise Refused("visit_under_way")
    if going_on:
        raise Refused("room_in_use")
    visit.state, visit.room_id, visit.called_at, visit.token_hash = VisitState.CALLED, room.id, now, None
    session.flush()
    case_id = visit.booking.case_id if visit.booking else None
    log.append(session, VisitCalled(case_id=case_id, visit_id=visit.id, room_id=room.id), actor=actor, at=now)
    return visit
