"""What a booking owns: its mediator, its room, its parties. One door to the claims."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import queries as disputes
from mediation.kernel.errors import Taken
from mediation.orgs import queries as orgs
from mediation.scheduling import caps, claims, queries, search
from mediation.scheduling.models import Booking, Resource
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.caps import FULL
from mediation.scheduling.rules.codes import CapPeriod, ResourceKind
from mediation.scheduling.rules.hours import obstacle


def own(session: Session, booking: Booking, *, now: datetime, expires_at: datetime | None = None) -> None:
    """Take all that the booking needs at its present time, and give back the rest.

    Mediator and room also own the rest after it; people do not.
    Raises: Taken `time_taken`, `party_busy`, nothing changed.
    """
    minutes = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    with_rest = minutes + booking.buffer_min
    beside = booking.override_why is not None
    subjects = {ResourceKind.MEDIATOR: [booking.mediator_id], ResourceKind.PARTY: persons_of(session, booking)}
    if booking.room_id is not None:
        subjects[ResourceKind.ROOM] = [booking.room_id]
    wants = [
        claims.want(owner, booking.starts_at, minutes)
        if kind is ResourceKind.PARTY
        else claims.want(owner, booking.starts_at, with_rest, units=_units(session, kind, one) + beside)
        for (kind, one), owner in claims.resources_of(session, subjects).items()
    ]
    claims.take(session, booking.id, wants, now=now, expires_at=expires_at)


def check_open(session: Session, booking: Booking) -> None:
    """The hours once more, now that the time is taken: a leave that was entered since the search is seen here, one that
    is entered from now on sees the booking (orphans.look_again).

    Raises: Taken `time_closed`.
    """
    needed = [(ResourceKind.MEDIATOR, booking.mediator_id)]
    if booking.room_id is not None:
        needed.append((ResourceKind.ROOM, booking.room_id))
    overrides = orgs.overrides(session)
    for kind, one in needed:
        hours = queries.hours(session, kind, [one])[one]
        if obstacle(hours, booking.starts_at, booking.ends_at, overrides) is not None:
            raise Taken("time_closed", field="slot")


def _units(session: Session, kind: ResourceKind, subject_id: int) -> int:
    """How many may have it at once: of a room as it stands, and nobody changes that until this transaction is over."""
    if kind is not ResourceKind.ROOM:
        return 1
    query = select(Resource.units).where(Resource.kind == kind, Resource.subject_id == subject_id)
    return session.scalars(query.with_for_update(read=True, key_share=True)).one()


def count(
    session: Session, booking: Booking, *, now: datetime, stands: bool = True, since: tuple[int, datetime] | None = None
) -> None:
    """Count the booking for its mediator's caps, after its time was taken; `since`: mediator and time of before.

    Raises: Taken `day_full`, `week_full`, nothing changed.
    """
    to = (booking.mediator_id, booking.starts_at) if stands else None
    owners = claims.resources(session, ResourceKind.MEDIATOR, {place[0] for place in (to, since) if place is not None})
    now_at, was_at = ((owners[place[0]], place[1]) if place is not None else None for place in (to, since))
    caps.count(session, booking.id, now=now, to=now_at, since=was_at)


def refusal(session: Session, find: search.FindTimes, starts_at: datetime, *, now: datetime) -> Taken:
    """Why the time that was asked for is not free: the mediator's day is full, one of the people has another session,
    or somebody took it.
    """
    full = queries.full_time(
        session,
        find.mediator_ids,
        Window.between(starts_at, starts_at + search.QUANTUM),
        now=now,
        except_booking=find.except_booking,
    )
    if set(full) == set(find.mediator_ids):
        period = next(iter(full[find.mediator_ids[0]]), CapPeriod.DAY)
        return Taken(FULL[period].value, field="slot")
    without = search.free_at(session, replace(find, person_ids=()), starts_at, now=now) if find.person_ids else None
    return Taken("party_busy" if without is not None else "time_taken", field="slot")


def person_ids(session: Session, case_id: int | None, left_out: Collection[int] = ()) -> list[int]:
    """The people of a case, each once, without the parties left out; nobody yet for a held time."""
    if case_id is None:
        return []
    return sorted({party.person_id for party in disputes.parties(session, case_id) if party.id not in left_out})


def persons_of(session: Session, booking: Booking) -> list[int]:
    """The people who are asked to a booking."""
    return person_ids(session, booking.case_id, queries.left_out(session, booking.id))


def add_persons(session: Session, booking: Booking, *, now: datetime) -> bool:
    """Take the time of whoever joined the case since, if all of its people have it free. Whether it was taken."""
    window = Window.between(booking.starts_at, booking.ends_at)
    persons = persons_of(session, booking)
    busy = queries.occupied(session, ResourceKind.PARTY, persons, window, now=now, except_booking=booking.id)
    if any(one.all for one in busy.values()):
        return False
    own(session, booking, now=now)
    return True
