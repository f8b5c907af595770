"""Who owns a quantum: one statement takes time, and a primary key makes a double booking impossible.

The same SQL and the same error path on SQLite and PostgreSQL. Rows go in sorted, so that two who want overlapping
sets wait for each other in one order and never deadlock (measured: shared/SCHEDULING.md section 1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy import bindparam as param
from sqlalchemy import func as sql
from sqlalchemy.orm import Session

from mediation.kernel.errors import Taken
from mediation.kernel.types import among
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
    units: int = 1
    """How many may own one quantum: a room's capacity; one more by an override of the staff."""


def want(resource_id: int, starts_at: datetime, minutes: int, *, units: int = 1) -> Want:
    first = quantum_of(starts_at)
    return Want(resource_id, first, first + n_quanta(minutes), units)


def resources(session: Session, kind: ResourceKind, subject_ids: Iterable[int]) -> dict[int, int]:
    """Subject id -> resource id; a subject seen for the first time gets its resource."""
    return {subject: one for (_kind, subject), one in resources_of(session, {kind: subject_ids}).items()}


def resources_of(
    session: Session, subjects: Mapping[ResourceKind, Iterable[int]]
) -> dict[tuple[ResourceKind, int], int]:
    """Kind and subject id -> resource id, of several kinds at once; who is seen for the first time gets a resource.

    Ask for all of a booking in one call: made one after the other, in an order of each transaction's own, the new rows
    wait for each other in a ring on PostgreSQL.
    """
    asked = {kind.value: sorted(set(subjects.get(kind, ()))) for kind in ResourceKind}
    wanted = [(kind, one) for kind in ResourceKind for one in asked[kind.value]]
    if not wanted:
        return {}
    known = {(kind, subject): one for kind, subject, one in session.execute(_RESOURCES, asked)}
    missing = [{"kind": kind, "subject_id": one} for kind, one in wanted if (kind, one) not in known]
    if missing:
        # Somebody else may make the same one at this moment: then theirs counts.
        session.execute(insert_of(session)(Resource).values(missing).on_conflict_do_nothing())
        known = {(kind, subject): one for kind, subject, one in session.execute(_RESOURCES, asked)}
    return known


_R: Final = Resource.__table__.c
_RESOURCES: Final = select(_R.kind, _R.subject_id, _R.id).where(
    or_(*((_R.kind == kind) & among(_R.subject_id, kind.value) for kind in ResourceKind))
)


def alone(session: Session) -> None:
    """Nobody else takes or gives back time until this transaction is over: before it does so for several bookings.

    One booking's rows are locked in one order; several bookings' are not, one after the other. On PostgreSQL such
    transactions came to deadlocks with each other and with single ones (tests/scheduling/races_test.py). SQLite has one
    writer at a time. Call it after the cases' rows are locked and before the first time is taken.
    """
    _queue(session, "pg_advisory_xact_lock")


def _in_line(session: Session) -> None:
    """Beside all who take for one booking, behind one who takes for several."""
    _queue(session, "pg_advisory_xact_lock_shared")


def _queue(session: Session, lock: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(getattr(sql, lock)(_TIME)))


_TIME: Final = 20_210_301
"""Of the lock on all time: a number that nothing else in the database uses."""


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
    _in_line(session)
    owned = _owned(session, booking_id)
    several = max((each.units for each in wants), default=1)
    for tries_left in reversed(range(several * (several + 1) if several > 1 else 1)):
        wanted = _places(session, booking_id, wants, now=now)
        if _written(session, booking_id, wanted | owned.keys(), now=now, expires_at=expires_at):
            break
        if not tries_left:
            raise _taken(session, booking_id, wants, now)
    _give_back(session, booking_id, owned.keys() - wanted)
    before = {row for row, for_good in owned.items() if for_good}
    after = wanted if expires_at is None else set()
    daybits.change(session, taken=after - before, freed=before - after)


def _places(session: Session, booking_id: int, wants: Sequence[Want], *, now: datetime) -> set[Owned]:
    """The rows to own. Of several units, for each quantum the lowest that nobody else has: two who look at once may
    choose the same, and who comes second looks again.

    Raises: Taken where as many as may own a quantum do.
    """
    found = {(each.resource_id, 1, quantum) for each in wants if each.units == 1 for quantum in _quanta(each)}
    several = [each for each in wants if each.units > 1]
    if not several:
        return found
    query = select(Claim.resource_id, Claim.quantum, Claim.unit).where(_of_others(several, booking_id, now))
    theirs: dict[tuple[int, int], set[int]] = {}
    for resource, quantum, unit in session.execute(query):
        theirs.setdefault((resource, quantum), set()).add(unit)
    for each in several:
        for quantum in _quanta(each):
            units = theirs.get((each.resource_id, quantum), set())
            if len(units) >= each.units:
                raise _taken(session, booking_id, [each], now)
            unit = next(one for one in range(1, each.units + 1) if one not in units)
            found.add((each.resource_id, unit, quantum))
    return found


def _quanta(each: Want) -> range:
    return range(each.first, each.end)


def _written(
    session: Session, booking_id: int, owned: Iterable[Owned], *, now: datetime, expires_at: datetime | None
) -> bool:
    """Whether the booking owns all of these rows now; else nothing changed."""
    rows = [
        {
            "resource_id": resource,
            "unit": unit,
            "quantum": quantum,
            "booking_id": booking_id,
            "expires_at": expires_at,
            "now": now,
            "mine": booking_id,
        }
        # The old rows are written again with the new ones: locked in the same order as everybody locks.
        for resource, unit, quantum in sorted(owned)
    ]
    if not rows:
        return True
    with session.begin_nested() as savepoint:
        # Counted by what comes back: psycopg reports no row count for an insert of many rows.
        if len(session.execute(_upsert(insert_of(session)), rows).all()) == len(rows):
            return True
        savepoint.rollback()
    return False


@cache
def _upsert(insert: Any) -> Any:
    """Rows go as parameters into one statement, whose text is compiled once and not for each booking."""
    statement = insert(_CLAIM)
    return statement.on_conflict_do_update(
        index_elements=[_CLAIM.c.resource_id, _CLAIM.c.unit, _CLAIM.c.quantum],
        set_={"booking_id": statement.excluded.booking_id, "expires_at": statement.excluded.expires_at},
        where=or_(_CLAIM.c.expires_at < param("now"), _CLAIM.c.booking_id == param("mine")),
    ).returning(_CLAIM.c.quantum)


_CLAIM: Final = Claim.__table__


def release(session: Session, booking_id: int) -> None:
    """Give back all that a booking owns."""
    _in_line(session)
    owned = _owned(session, booking_id, lock=True)
    _give_back(session, booking_id, owned.keys())
    daybits.change(session, freed=[row for row, for_good in owned.items() if for_good])


def _owned(session: Session, booking_id: int, *, lock: bool = False) -> dict[Owned, bool]:
    """What a booking owns -> whether for good; in the order of locks."""
    query = _OWNED.with_for_update() if lock else _OWNED
    return {
        (resource, unit, quantum): expires_at is None
        for resource, unit, quantum, expires_at in session.execute(query, {"mine": booking_id}).all()
    }


_OWNED: Final = (
    select(_CLAIM.c.resource_id, _CLAIM.c.unit, _CLAIM.c.quantum, _CLAIM.c.expires_at)
    .where(_CLAIM.c.booking_id == param("mine"))
    .order_by(_CLAIM.c.resource_id, _CLAIM.c.unit, _CLAIM.c.quantum)
)


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
    query = (
        select(Resource.kind, Resource.subject_id)
        .join(Claim, Claim.resource_id == Resource.id)
        .where(_of_others(wants, booking_id, now))
        .order_by(Claim.resource_id, Claim.quantum)
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    if found is None:  # the other one let go between our two statements
        return Taken("time_taken", field="starts_at")
    code = "party_busy" if found.kind is ResourceKind.PARTY else "time_taken"
    return Taken(code, field="starts_at", resource=found.kind, subject_id=found.subject_id)


def _of_others(wants: Sequence[Want], booking_id: int, now: datetime) -> ColumnElement[bool]:
    """Claims in the way of these: another booking's, and not run out."""
    stretches = [
        and_(Claim.resource_id == each.resource_id, Claim.quantum >= each.first, Claim.quantum < each.end)
        for each in wants
    ]
    return and_(
        or_(*stretches), Claim.booking_id != booking_id, or_(Claim.expires_at.is_(None), Claim.expires_at >= now)
    )
