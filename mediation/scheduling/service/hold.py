"""A chosen time is kept for ten minutes while its form is finished."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.disputes.rules.choose import nearness
from mediation.disputes.rules.codes import CaseKind
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Missing, Refused
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.scheduling import claims, queries, search
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason
from mediation.scheduling.rules.terms import HOLD, HORIZON, LENGTH, NOTICE, check_time
from mediation.scheduling.search import FindTimes
from mediation.scheduling.service import receptions, taking

FORGET_AFTER: Final = timedelta(days=1)
"""An expired hold stays this long, so that somebody who is a little late still gets the time if it is free."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for before there is a case."""

    kind: CaseKind
    dispute_type: str
    place_path: str
    station: str = ""
    """Public id of the station whose room is wanted; empty: from home."""
    phone: str = ""
    """The applicant's: whoever is known by it is not offered a time when another hearing has them."""
    person_ids: tuple[int, ...] = ()
    """Others of the matter who are known already: nor is a time offered when one of them has another hearing."""


@dataclass(frozen=True, slots=True)
class HoldTime:
    key: str
    """Of the form: one time is kept for it, and another choice moves it."""
    wish: Wish
    starts_at: datetime
    reception: str = ""
    """Public id of the reception days to one of which the time belongs."""


def times_for(session: Session, wish: Wish, *, now: datetime, key: str = "") -> FindTimes:
    """The search that a wish means, over the whole horizon. `key`: what it holds already counts as free.

    Raises: Missing `station_unknown`.
    """
    length = LENGTH[wish.kind]
    held = queries.by_key(session, key) if key else None
    persons = {person.id for person in people.persons_with_phone(session, wish.phone)} if wish.phone else set()
    return FindTimes(
        mediator_ids=tuple(one.id for one in mediators(session, wish)),
        room_ids=rooms_of(session, wish.station),
        person_ids=tuple(sorted(persons.union(wish.person_ids))),
        minutes=length.minutes,
        buffer_min=length.buffer_min,
        from_at=now + NOTICE,
        to_at=now + HORIZON,
        except_booking=held.id if held is not None else None,
    )


def mediators(session: Session, wish: Wish) -> list[MediatorRow]:
    return people.mediators_for(session, dispute_type=wish.dispute_type, place_path=wish.place_path)


def rooms_of(session: Session, station: str) -> tuple[int, ...] | None:
    """The rooms of a station, or the one room, of this public id; None from home. Raises: Missing `station_unknown`."""
    if not station:
        return None
    for row in orgs.stations(session):
        if row.public_id == station:
            return tuple(room.id for room in row.rooms)
        for room in row.rooms:
            if room.public_id == station:
                return (room.id,)
    raise Missing("station_unknown", field="station")


def hold(session: Session, command: HoldTime, *, clock: Clock) -> Booking:
    """Keep a time for a form. The least loaded of the free mediators is chosen, and the station's first free room.

    Lock the form's own row first, so that two requests of one form come one after the other.
    Raises: Invalid, Refused as `check_time`; Taken `time_taken`; Refused `already_booked`, `reception_gone`; Missing
    `station_unknown`.
    """
    now = clock()
    check_time(command.starts_at, LENGTH[command.wish.kind].minutes, now=now, notice=NOTICE)
    find = times_for(session, command.wish, now=now, key=command.key)
    day = None
    if command.reception:
        receptions.check_kind(command.wish.kind)
        day = receptions.talk_of(session, find, command.reception, command.starts_at)
    find = receptions.narrowed(find, day) if day is not None else find
    free = search.free_at(session, find, command.starts_at, now=now)
    if free is None:
        raise taking.refusal(session, find, command.starts_at, now=now)
    able = mediators(session, command.wish)
    choice = search.choose(
        session,
        free,
        weights={one.id: one.weight for one in able},
        nearness={one.id: nearness(one.org_path, command.wish.place_path) for one in able},
        now=now,
    )
    booking = queries.by_key(session, command.key) or Booking(
        idempotency_key=command.key, state=BookingState.HELD, created_at=now, case_id=None
    )
    if booking.state is not BookingState.HELD:
        raise Refused("already_booked")
    booking.mediator_id = choice.mediator_id
    booking.choice_reason = ChoiceReason.RECEPTION if day is not None else choice.reason
    booking.room_id = free.room_ids[0] if free.room_ids else None
    booking.attendance = Attendance.STATION if free.room_ids else Attendance.HOME
    booking.starts_at, booking.ends_at, booking.buffer_min = free.starts_at, free.ends_at, find.buffer_min
    booking.changed_at, booking.hold_expires_at = now, now + HOLD
    session.add(booking)
    session.flush()
    taking.own(session, booking, now=now, expires_at=booking.hold_expires_at)
    receptions.belongs(session, booking, day)
    return booking


def keep_longer(session: Session, key: str, *, clock: Clock) -> Booking:
    """Keep the time of a form for another ten minutes from now, with the same mediator and room; also when its time
    ran out and nobody else took it. As often as somebody asks: a slow reader is not hurried (WCAG 2.2, 2.2.1).

    Lock the form's own row first. Raises: Refused `hold_gone`, `already_booked`, `time_past`; Taken `time_taken`.
    """
    booking, now = queries.by_key(session, key), clock()
    if booking is None:
        raise Refused("hold_gone", field="slot")
    if booking.state is not BookingState.HELD:
        raise Refused("already_booked")
    if booking.starts_at < now:
        raise Refused("time_past", field="slot")
    booking.hold_expires_at = now + HOLD
    session.flush()
    taking.own(session, booking, now=now, expires_at=booking.hold_expires_at)
    return booking


def forget_holds(session: Session, now: datetime) -> int:
    """Delete the holds that expired long ago. How many."""
    old = select(Booking.id).where(Booking.state == BookingState.HELD, Booking.hold_expires_at < now - FORGET_AFTER)
    claims.alone(session)
    ids = list(session.scalars(old))
    for booking_id in ids:
        claims.release(session, booking_id)
    session.execute(delete(Booking).where(Booking.id.in_(ids)))
    return len(ids)
