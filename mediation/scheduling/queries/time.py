"""What search reads: who owns which quantum, and how busy everybody is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import bindparam as param
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.kernel.types import among
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


@dataclass(frozen=True, slots=True)
class Holds:
    """Quanta that are kept by holds which still live, and those that a booking which moves owns itself."""

    held: Mapping[tuple[ResourceKind, int, int], list[int]]
    """By kind, subject and unit."""
    own: Mapping[tuple[int, int], list[int]]
    """By resource and unit: for it they are free."""


def holds(session: Session, window: Window, *, now: datetime, except_booking: int | None = None) -> Holds:
    """The holds within a window; `except_booking`: what that booking owns counts as free."""
    asked = {"first": window.first, "end": window.first + window.n, "now": now, "own": except_booking}
    held: dict[tuple[ResourceKind, int, int], list[int]] = {}
    own: dict[tuple[int, int], list[int]] = {}
    for kind, subject, unit, quantum, booking in session.execute(_HELD, asked).all():
        if booking != except_booking:
            held.setdefault((kind, subject, unit), []).append(quantum)
    for resource, unit, quantum in session.execute(_OWN, asked) if except_booking is not None else ():
        own.setdefault((resource, unit), []).append(quantum)
    return Holds(held, own)


_C, _R = Claim.__table__.c, Resource.__table__.c
_WITHIN: Final = (_C.quantum >= param("first")) & (_C.quantum < param("end"))
_HELD: Final = select(_R.kind, _R.subject_id, _C.unit, _C.quantum, _C.booking_id).where(
    _R.id == _C.resource_id, _C.expires_at >= param("now"), _WITHIN
)
_OWN: Final = select(_C.resource_id, _C.unit, _C.quantum).where(_C.booking_id == param("own"), _WITHIN)


def taken(
    session: Session,
    kind: ResourceKind,
    subject_ids: Collection[int],
    window: Window,
    holds: Holds,
    *,
    within: int,
    units: Mapping[int, int] = _ONE_EACH,
) -> dict[int, int]:
    """Subject id -> bits of the window that somebody owns or holds; nothing, no entry. Only bits of `within` count.

    `units`: those that more than one may own at once, with how many; they are taken where as many do.
    """
    own = {key: window.quanta(quanta) for key, quanta in holds.own.items()}
    booked = daybits.read(session, kind, subject_ids, window, within=within, but=own, apart=units)
    held = _held(holds, kind, subject_ids, window, units)
    found: dict[int, int] = {}
    for some in (booked, held):
        for (one, unit), bits in some.items():
            if not unit:
                found[one] = found.get(one, 0) | bits
    return found | {one: _several(n, one, booked, held).all for one, n in units.items()}


def _held(
    holds: Holds, kind: ResourceKind, subject_ids: Collection[int], window: Window, apart: Collection[int]
) -> dict[tuple[int, int], int]:
    wanted = set(subject_ids) if holds.held else ()
    found: dict[tuple[int, int], int] = {}
    for (of_kind, one, unit), quanta in holds.held.items():
        if of_kind is kind and one in wanted:
            key = one, unit if one in apart else 0
            found[key] = found.get(key, 0) | window.quanta(quanta)
    return found


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
    known = holds(session, window, now=now, except_booking=except_booking)
    own = {key: window.quanta(quanta) for key, quanta in known.own.items()}
    booked = daybits.read(session, kind, subject_ids, window, within=window.all, but=own, apart=units)
    held = _held(known, kind, subject_ids, window, units)
    found = {one: Occupied(booked.get((one, 0), 0), held.get((one, 0), 0)) for one in subject_ids}
    return found | {one: _several(n, one, booked, held) for one, n in units.items() if one in found}


def _several(n: int, one: int, booked: Mapping[tuple[int, int], int], held: Mapping[tuple[int, int], int]) -> Occupied:
    keys = {key for key in booked.keys() | held.keys() if key[0] == one}
    for_good = at_least(n, [booked.get(key, 0) for key in keys])
    return Occupied(for_good, at_least(n, [booked.get(key, 0) | held.get(key, 0) for key in keys]) & ~for_good)


def units_of(session: Session, kind: ResourceKind, subject_ids: Collection[int]) -> dict[int, int]:
    """Those of the subjects that take more than one session side by side, with how many."""
    return dict(iter(session.execute(_UNITS, {"kind": kind, "ids": list(subject_ids)})))


_UNITS: Final = select(_R.subject_id, _R.units).where(
    _R.kind == param("kind"), among(_R.subject_id, "ids"), _R.units > 1
)


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
