"""Why a time is not offered: every time of a day, and whatever stands in its way.

The same hours, claims and rules as search reads, but with names: an empty list and an offered time are the same thing,
which the thousand worlds of the tests prove.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mediation.scheduling import queries, search
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.bits import Window, lasting, stretches
from mediation.scheduling.rules.caps import FULL
from mediation.scheduling.rules.codes import BlockReason, ResourceKind
from mediation.scheduling.rules.hours import DAY_MINUTES, instant_of
from mediation.scheduling.search import FindTimes

LOOKED_AT: Final = 40
"""No more mediators than this are gone through one by one; the page says so."""
_MARGIN: Final = timedelta(hours=9)
"""The longest session and its rest."""


@dataclass(frozen=True, slots=True, order=True)
class Obstacle:
    """What stands in the way from `begin` to `end`; `subject_id` is of a mediator, a room or a person, by `kind`."""

    begin: datetime
    end: datetime
    reason: BlockReason
    kind: ResourceKind | None = None
    subject_id: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    starts_at: datetime
    obstacles: tuple[Obstacle, ...]
    """Empty: the time is offered."""


def why_not(session: Session, find: FindTimes, day: date, *, now: datetime) -> list[Moment]:
    """Each time of the grid on a day, and why it is not offered."""
    begin, end = instant_of(day, 0), instant_of(day, DAY_MINUTES)
    n = -((begin - end) // timedelta(minutes=find.grid_min))
    return _moments(session, find, [begin + i * timedelta(minutes=find.grid_min) for i in range(n)], now=now)


def why_not_at(session: Session, find: FindTimes, starts_at: datetime, *, now: datetime) -> tuple[Obstacle, ...]:
    """Why one time is not offered; empty when it is."""
    return _moments(session, find, [starts_at], now=now)[0].obstacles


def _moments(session: Session, find: FindTimes, times: Sequence[datetime], *, now: datetime) -> list[Moment]:
    find = replace(find, mediator_ids=find.mediator_ids[:LOOKED_AT], from_at=max(find.from_at, now))
    window = Window.between(times[0] - _MARGIN, times[-1] + _MARGIN)
    mediators = _blocked(session, ResourceKind.MEDIATOR, find.mediator_ids, find, window, now=now)
    rooms = _blocked(session, ResourceKind.ROOM, find.room_ids or (), find, window, now=now)
    persons = _blocked(session, ResourceKind.PARTY, find.person_ids, find, window, now=now)
    moments = []
    for at in times:
        session_end = at + timedelta(minutes=find.minutes)
        ready, over = at - timedelta(minutes=find.prepare_min), session_end + timedelta(minutes=find.buffer_min)
        found = [*_of_time(find, at, now), *_hits(persons.values(), at, at, session_end, session_end)]
        for some in (mediators, rooms):
            each = [list(_hits([blocked], at, ready, session_end, over)) for blocked in some.values()]
            if each and all(each):
                found += [one for hits in each for one in hits]
        if not find.mediator_ids:
            found.append(Obstacle(at, session_end, BlockReason.NOBODY))
        moments.append(Moment(at, tuple(found)))
    return moments


def _of_time(find: FindTimes, at: datetime, now: datetime) -> Iterator[Obstacle]:
    end = at + timedelta(minutes=find.minutes)
    if at - timedelta(minutes=find.prepare_min) < now:
        yield Obstacle(at, end, BlockReason.PAST)
    elif at < find.from_at:
        yield Obstacle(at, end, BlockReason.NOTICE)
    if end > find.to_at:
        yield Obstacle(at, end, BlockReason.HORIZON)


def _hits(
    blocked: Iterable[list[Obstacle]], at: datetime, ready: datetime, end: datetime, over: datetime
) -> Iterator[Obstacle]:
    """What lies in the way of a session from `at` to `end`, prepared from `ready` on, with a rest until `over`.

    A cap counts where a session begins.
    """
    for obstacles in blocked:
        for one in obstacles:
            if one.reason in _CAPS:
                if one.begin <= at < one.end:
                    yield one
            elif one.begin < (over if one.reason in OWNED else end) and one.end > ready:
                yield one


_CAPS: Final = frozenset(FULL.values())
OWNED: Final = frozenset({BlockReason.BOOKED, BlockReason.REST, BlockReason.HELD, BlockReason.ELSEWHERE})
"""Somebody has this time: its hours say which session."""


def _blocked(
    session: Session, kind: ResourceKind, ids: Collection[int], find: FindTimes, window: Window, *, now: datetime
) -> dict[int, list[Obstacle]]:
    """Mediator, room or person -> all that blocks it in the window, in order of time."""
    found: dict[int, list[Obstacle]] = {one: [] for one in ids}
    for one in ids if kind is not ResourceKind.PARTY else ():
        for reason, bits in queries.closed_time(session, kind, one, window).items():
            found[one] += [
                Obstacle(window.at(first), window.at(first) + lasting(n), reason, kind, one)
                for first, n in stretches(bits)
            ]
    if kind is ResourceKind.MEDIATOR:
        for one, obstacle in _full(session, ids, find, window, now=now):
            found[one].append(obstacle)
    for one, obstacle in _owned(session, kind, ids, find, window, now=now):
        found[one].append(obstacle)
    return {one: sorted(obstacles) for one, obstacles in found.items()}


def _full(
    session: Session, ids: Collection[int], find: FindTimes, window: Window, *, now: datetime
) -> Iterator[tuple[int, Obstacle]]:
    full = queries.full_time(session, ids, window, now=now, except_booking=find.except_booking)
    for one, by_period in full.items():
        for period, bits in by_period.items():
            for first, n in stretches(bits):
                begin = window.at(first)
                yield one, Obstacle(begin, begin + lasting(n), FULL[period], ResourceKind.MEDIATOR, one)


def _owned(
    session: Session, kind: ResourceKind, ids: Collection[int], find: FindTimes, window: Window, *, now: datetime
) -> Iterator[tuple[int, Obstacle]]:
    query = (
        select(Resource.subject_id, Claim.quantum, Claim.expires_at, Booking.ends_at)
        .join(Claim, Claim.resource_id == Resource.id)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(
            Resource.kind == kind,
            Resource.subject_id.in_(ids),
            Claim.quantum >= window.first,
            Claim.quantum < window.first + window.n,
            or_(Claim.expires_at.is_(None), Claim.expires_at >= now),
        )
    )
    if find.except_booking is not None:
        query = query.where(Claim.booking_id != find.except_booking)
    units = search.units_at(session, kind, tuple(ids), find)
    n_owners: Counter[tuple[int, int]] = Counter()
    owned: dict[tuple[int, BlockReason], list[int]] = {}
    for subject, quantum, expires_at, ends_at in session.execute(query):
        if kind is ResourceKind.PARTY:
            reason = BlockReason.ELSEWHERE
        elif expires_at is not None:
            reason = BlockReason.HELD
        else:
            in_session = window.at(quantum - window.first) < ends_at
            reason = BlockReason.BOOKED if in_session else BlockReason.REST
        owned.setdefault((subject, reason), []).append(quantum)
        n_owners[subject, quantum] += 1
    for (subject, reason), some in owned.items():
        in_the_way = [quantum for quantum in some if n_owners[subject, quantum] >= units.get(subject, 1)]
        for first, n in stretches(window.quanta(in_the_way)):
            begin = window.at(first)
            yield subject, Obstacle(begin, begin + lasting(n), reason, kind, subject)
