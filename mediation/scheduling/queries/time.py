"""What search reads: who owns which quantum, and how busy everybody is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mediation.scheduling import daybits
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BookingState, ResourceKind
from mediation.scheduling.rules.match import at_least

_ONE_EACH: Final = MappingProxyType[int, int]({})


@dataclass(frozen=True, slots=True)
class Occupied:
    """Bits of a window that somebody owns: for good, and by a hold that still lives."""

    booked: int = 0
    held: int = 0

    @property
    def all(self) -> int:
        return self.booked | self.held


def occupied(
    session: Session,
    kind: ResourceKind,
    subject_ids: Collection[int],
    window: Window,
    *,
    now: datetime,
    except_booking: int | None = None,
    units: Mapping[int, int] = _ONE_EACH,
) -> dict[int, Occupied]:
    """Subject id -> what is taken of the window; `except_booking`: what that booking owns counts as free.

    `units`: those that more than one may own at once, with how many; they are taken where as many do.
    """
    own = _bits_of(session, Claim.booking_id == except_booking, window) if except_booking is not None else {}
    booked = daybits.read(session, kind, subject_ids, window, but=own, apart=units)
    held: dict[tuple[int, int], int] = {}
    live = _bits_of(session, Claim.expires_at >= now, window)
    if live:
        known = select(Resource.id, Resource.subject_id).where(
            Resource.kind == kind, Resource.id.in_({resource for resource, _unit in live})
        )
        subjects = dict(iter(session.execute(known)))
        for (resource, unit), bits in live.items():
            if resource in subjects:
                key = subjects[resource], unit if subjects[resource] in units else 0
                held[key] = held.get(key, 0) | bits & ~own.get((resource, unit), 0)
    found = {one: Occupied(booked.get((one, 0), 0), held.get((one, 0), 0)) for one in subject_ids}
    return found | {one: _several(n, one, booked, held) for one, n in units.items() if one in found}


def _several(n: int, one: int, booked: Mapping[tuple[int, int], int], held: Mapping[tuple[int, int], int]) -> Occupied:
    keys = {key for key in booked.keys() | held.keys() if key[0] == one}
    for_good = at_least(n, [booked.get(key, 0) for key in keys])
    return Occupied(for_good, at_least(n, [booked.get(key, 0) | held.get(key, 0) for key in keys]) & ~for_good)


def units_of(session: Session, kind: ResourceKind, subject_ids: Collection[int]) -> dict[int, int]:
    """Those of the subjects that take more than one session side by side, with how many."""
    query = select(Resource.subject_id, Resource.units).where(
        Resource.kind == kind, Resource.subject_id.in_(subject_ids), Resource.units > 1
    )
    return dict(iter(session.execute(query)))


def _bits_of(session: Session, condition: ColumnElement[bool], window: Window) -> dict[tuple[int, int], int]:
    """Resource and unit -> bits of the window that such claims own."""
    query = select(Claim.resource_id, Claim.unit, Claim.quantum).where(
        condition, Claim.quantum >= window.first, Claim.quantum < window.first + window.n
    )
    quanta: dict[tuple[int, int], list[int]] = {}
    for resource, unit, quantum in session.execute(query):
        quanta.setdefault((resource, unit), []).append(quantum)
    return {key: window.quanta(each) for key, each in quanta.items()}


def loads(session: Session, mediator_ids: Collection[int], *, since: datetime) -> dict[int, int]:
    """How many living bookings each mediator has from `since` on."""
    query = (
        select(Booking.mediator_id, func.count())
        .where(
            Booking.mediator_id.in_(mediator_ids),
            Booking.state.in_([BookingState.PENDING, BookingState.CONFIRMED]),
            Booking.starts_at >= since,
        )
        .group_by(Booking.mediator_id)
    )
    found = dict(iter(session.execute(query)))
    return {one: found.get(one, 0) for one in mediator_ids}


def by_key(session: Session, key: str) -> Booking | None:
    """The booking, or the held time, that was made with this idempotency key."""
    return session.scalars(select(Booking).where(Booking.idempotency_key == key)).one_or_none()
