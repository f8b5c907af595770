"""Does every booking own exactly its time, and do bitmaps and counters say what claims and bookings say?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.scheduling import daybits
from mediation.scheduling.models import Booking, CapCount, Claim, Resource
from mediation.scheduling.rules.bits import DAY, begin_of, quantum_of
from mediation.scheduling.rules.caps import first_day
from mediation.scheduling.rules.codes import BookingState, CapPeriod, ResourceKind

_Key = tuple[ResourceKind, int]
_OWNING: Final = frozenset({BookingState.PENDING, BookingState.CONFIRMED, BookingState.DONE})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: `booking 7` or `mediator 3 on 2026-11-24`."""

    where: str
    fault: str


def verify(session: Session) -> Iterator[Fault]:
    """Every booking with missing or extra claims, every wrong counter, every day whose bitmap is not as claimed."""
    yield from _bookings(session)
    yield from _counts(session)
    for each in daybits.differences(session):
        day = begin_of(each.day * DAY).date()
        yield Fault(
            f"{each.kind} {each.subject_id} on {day} (UTC), unit {each.unit}",
            f"{each.claimed} quanta only claimed, {each.kept} only in the bitmap",
        )


def rebuild(session: Session) -> None:
    """Make the bitmaps anew out of the claims."""
    daybits.rebuild(session)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What a booking owns of one resource."""

    n: int
    n_quanta: int
    over: int
    """By how many units more than the resource has."""
    first: int
    last: int
    n_expiring: int


def _bookings(session: Session) -> Iterator[Fault]:
    owned: dict[int, dict[_Key, _Stretch]] = {}
    query = (
        select(
            Claim.booking_id,
            Resource.kind,
            Resource.subject_id,
            func.count(),
            func.count(Claim.quantum.distinct()),
            func.max(Claim.unit) - Resource.units,
            func.min(Claim.quantum),
            func.max(Claim.quantum),
            func.count(Claim.expires_at),
        )
        .join(Resource, Resource.id == Claim.resource_id)
        .group_by(Claim.booking_id, Resource.kind, Resource.subject_id, Resource.units)
    )
    for booking_id, kind, subject, *found in session.execute(query):
        owned.setdefault(booking_id, {})[kind, subject] = _Stretch(*found)
    for booking in session.scalars(select(Booking).order_by(Booking.id).execution_options(yield_per=1000)):
        for fault in _of_booking(booking, owned.get(booking.id, {})):
            yield Fault(f"booking {booking.id}", fault)


def _of_booking(booking: Booking, owned: dict[_Key, _Stretch]) -> Iterator[str]:
    if booking.state is BookingState.CANCELLED and owned:
        yield "cancelled, and still owns time"
    if booking.state not in _OWNING:
        return
    wanted = _wanted(booking, [key for key in owned if key[0] is ResourceKind.PARTY])
    for key in sorted(wanted.keys() | owned.keys()):
        found = owned.get(key)
        fault = _compared(found, *wanted.get(key, (0, 0)))
        if fault:
            yield f"{key[0]} {key[1]} {fault}"
        if found is not None and found.over > (booking.override_why is not None and key[0] is not ResourceKind.PARTY):
            yield f"{key[0]} {key[1]} is shared with more than may have it"


def _wanted(booking: Booking, parties: list[_Key]) -> dict[_Key, tuple[int, int]]:
    """What it should own: first quantum and the one after the last, by resource.

    Whoever joined a case late may be at another hearing then (follow.party_added), so that a party may be missing.
    """
    first, end = quantum_of(booking.starts_at), quantum_of(booking.ends_at)
    end_of_rest = quantum_of(booking.ends_at + timedelta(minutes=booking.buffer_min))
    wanted = dict.fromkeys(parties, (first, end))
    wanted[ResourceKind.MEDIATOR, booking.mediator_id] = first, end_of_rest
    if booking.room_id is not None:
        wanted[ResourceKind.ROOM, booking.room_id] = first, end_of_rest
    return wanted


def _compared(found: _Stretch | None, first: int, end: int) -> str:
    if found is None:
        return "is not taken"
    if (found.n, found.n_quanta, found.first, found.last + 1) != (end - first, end - first, first, end):
        return f"is taken for {found.n} quanta from {begin_of(found.first):%Y-%m-%d %H:%M} UTC, not for {end - first}"
    return "is only held" if found.n_expiring else ""


def _counts(session: Session) -> Iterator[Fault]:
    """Where a counter of sessions is not what is booked."""
    booked: Counter[tuple[int, CapPeriod, date]] = Counter()
    query = select(Booking.mediator_id, Booking.starts_at).where(Booking.state.in_(_OWNING))
    for mediator_id, starts_at in session.execute(query):
        booked.update((mediator_id, period, first_day(period, starts_at)) for period in CapPeriod)
    rows = session.execute(
        select(Resource.subject_id, CapCount.period, CapCount.first_on, CapCount.n).join(
            Resource, Resource.id == CapCount.resource_id
        )
    )
    counted = {(subject, period, first_on): n for subject, period, first_on, n in rows}
    for key in sorted(booked.keys() | counted.keys()):
        if booked[key] != counted.get(key, 0):
            mediator_id, period, first_on = key
            fault = f"{counted.get(key, 0)} sessions counted, {booked[key]} booked"
            yield Fault(f"mediator {mediator_id} {period} {first_on}", fault)
