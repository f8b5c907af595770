"""Who owns a quantum: one statement takes time, and a primary key makes a double booking impossible.

The same SQL and the same error path on SQLite and PostgreSQL. Rows go in sorted, so that two who want overlapping
sets wait for each other in one order and never deadlock (measured: shared/SCHEDULING.md section 1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from mediation.kernel.errors import Taken
from mediation.scheduling import daybits
from mediation.scheduling.daybits import Owned, insert_of
from mediation.scheduling.models import Claim, Resource
from mediation.scheduling.rules.bits import n_quanta, quantum_of
from mediation.scheduling.rules.codes import ResourceKind


@dataclass(frozen=True, slots=True, order=True)
class Want:
    """Quanta of one resource: from `first` up to but not with `end`."""

    resource_id: int
    first: int
    end: int
    unit: int = 1
    """2: beside somebody else, by an override of the staff (terms.OVERRIDE_UNIT)."""

    @property
    def rows(self) -> set[Owned]:
        return {(self.resource_id, self.unit, quantum) for quantum in range(self.first, self.end)}


def want(resource_id: int, starts_at: datetime, minutes: int, *, unit: int = 1) -> Want:
    first = quantum_of(starts_at)
    return Want(resource_id, first, first + n_quanta(minutes), unit)


def resources(session: Session, kind: ResourceKind, subject_ids: Iterable[int]) -> dict[int, int]:
    """Subject id -> resource id; a subject seen for the first time gets its resource."""
    wanted = sorted(set(subject_ids))
    if not wanted:
        return {}
    query = select(Resource.subject_id, Resource.id).where(Resource.kind == kind, Resource.subject_id.in_(wanted))
    known = dict(iter(session.execute(query)))
    missing = [subject for subject in wanted if subject not in known]
    if missing:
        rows = [{"kind": kind, "subject_id": subject} for subject in missing]
        # Somebody else may make the same one at this moment: then theirs counts.
        session.execute(insert_of(session)(Resource).values(rows).on_conflict_do_nothing())
        known = dict(iter(session.execute(query)))
    return known


def take(
    session: Session,
    booking_id: int,
    wants: Sequence[Want],
    *,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Own all wanted quanta for a booking, or none.

    What the booking owned before and does not want any more is given back in the same step, so that a booking that
    moves never stands without a time. An expired hold is taken over, a live one never.
    Raises: Taken `time_taken`, or `party_busy` where a person's time is another's, with `resource` (a ResourceKind)
    and `subject_id`; nothing changed.
    """
    wanted = set[Owned]().union(*(each.rows for each in wants))
    owned = _owned(session, booking_id)
    rows = [
        {
            "resource_id": resource,
            "unit": unit,
            "quantum": quantum,
            "booking_id": booking_id,
            "expires_at": expires_at,
        }
        # The old rows are written again with the new ones: locked in the same order as everybody locks.
        for resource, unit, quantum in sorted(wanted | owned.keys())
    ]
    if not rows:
        return
    statement = insert_of(session)(Claim).values(rows)
    upsert = statement.on_conflict_do_update(
        index_elements=[Claim.resource_id, Claim.unit, Claim.quantum],
        set_={"booking_id": statement.excluded.booking_id, "expires_at": statement.excluded.expires_at},
        where=or_(Claim.expires_at < now, Claim.booking_id == booking_id),
    )
    with session.begin_nested():
        # Counted by what comes back: psycopg reports no row count for an insert of many rows.
        if len(session.execute(upsert.returning(Claim.quantum)).all()) != len(rows):
            raise _taken(session, booking_id, wants, now)
    _give_back(session, booking_id, owned.keys() - wanted)
    before = {row for row, for_good in owned.items() if for_good}
    after = wanted if expires_at is None else set()
    daybits.change(session, taken=after - before, freed=before - after)


def release(session: Session, booking_id: int) -> None:
    """Give back all that a booking owns."""
    owned = _owned(session, booking_id, lock=True)
    _give_back(session, booking_id, owned.keys())
    daybits.change(session, freed=[row for row, for_good in owned.items() if for_good])


def _owned(session: Session, booking_id: int, *, lock: bool = False) -> dict[Owned, bool]:
    """What a booking owns -> whether for good; in the order of locks."""
    query = (
        select(Claim.resource_id, Claim.unit, Claim.quantum, Claim.expires_at)
        .where(Claim.booking_id == booking_id)
        .order_by(Claim.resource_id, Claim.unit, Claim.quantum)
    )
    if lock:
        query = query.with_for_update()
    return {
        (resource, unit, quantum): expires_at is None for resource, unit, quantum, expires_at in session.execute(query)
    }


def _give_back(session: Session, booking_id: int, rows: Iterable[Owned]) -> None:
    by_unit: dict[tuple[int, int], list[int]] = {}
    for resource, unit, quantum in rows:
        by_unit.setdefault((resource, unit), []).append(quantum)
    for resource, unit in sorted(by_unit):
        session.execute(
            delete(Claim).where(
                Claim.booking_id == booking_id,
                Claim.resource_id == resource,
                Claim.unit == unit,
                Claim.quantum.in_(by_unit[resource, unit]),
            )
        )


def _taken(session: Session, booking_id: int, wants: Sequence[Want], now: datetime) -> Taken:
    """The refusal that names the first resource which somebody else owns."""
    stretches = [
        and_(
            Claim.resource_id == each.resource_id,
            Claim.unit == each.unit,
            Claim.quantum >= each.first,
            Claim.quantum < each.end,
        )
        for each in wants
    ]
    query = (
        select(Resource.kind, Resource.subject_id)
        .join(Claim, Claim.resource_id == Resource.id)
        .where(
            or_(*stretches), Claim.booking_id != booking_id, or_(Claim.expires_at.is_(None), Claim.expires_at >= now)
        )
        .order_by(Claim.resource_id, Claim.quantum)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    if found is None:  # the other one let go between our two statements
        return Taken("time_taken", field="starts_at")
    code = "party_busy" if found.kind is ResourceKind.PARTY else "time_taken"
    return Taken(code, field="starts_at", resource=found.kind, subject_id=found.subject_id)
