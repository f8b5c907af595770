"""A mediator's outside calendars: added by file or address, read again by the worker, taken out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.kernel import log, outbox
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.scheduling import policy, queries
from mediation.scheduling.calendar import outside
from mediation.scheduling.events import OutsideCalendarAdded, OutsideCalendarRemoved
from mediation.scheduling.models import OutsideBusy, OutsideCalendar
from mediation.scheduling.rules.codes import QUANTUM_S

READ: Final = "scheduling.read_calendar"
MOST: Final = 5


def add_calendar_file(
    session: Session, actor: Actor, found: outside.Read, *, name: str, clock: Clock
) -> OutsideCalendar:
    """Keep the busy times of a file; a file of the same name takes the place of the one before.

    Emits: OutsideCalendarAdded. Raises: Denied `only_mediators`; Invalid with the fault of the reading; Refused
    `calendars_enough`.
    """
    if found.fault:
        raise Invalid(found.fault, field="file")
    mediator = policy.own_mediator(session, actor)
    for row in queries.outside_calendars(session, mediator.id):
        if row.name == name and not row.address:
            _keep(session, row, found, now=clock())
            return row
    row = _add(session, actor, OutsideCalendar(mediator_id=mediator.id, name=name, added_at=clock()), clock)
    _keep(session, row, found, now=clock())
    return row


def add_calendar_address(session: Session, actor: Actor, *, name: str, address: str, clock: Clock) -> OutsideCalendar:
    """The worker reads it at once, and then every hour.

    Emits: OutsideCalendarAdded. Raises: Denied `only_mediators`; Invalid `address_bad`; Refused `calendars_enough`.
    """
    scheme, _, rest = address.partition("://")
    if scheme.lower() not in {"http", "https", "webcal", "webcals"} or not rest:
        raise Invalid("address_bad", field="address")
    plain = f"{'http' if scheme.lower() == 'http' else 'https'}://{rest}"
    mediator = policy.own_mediator(session, actor)
    row = OutsideCalendar(mediator_id=mediator.id, name=name, address=plain, added_at=clock())
    _add(session, actor, row, clock)
    _ask(session, row, clock())
    return row


def _add(session: Session, actor: Actor, row: OutsideCalendar, clock: Clock) -> OutsideCalendar:
    if len(queries.outside_calendars(session, row.mediator_id)) >= MOST:
        raise Refused("calendars_enough", most=MOST)
    session.add(row)
    session.flush()
    added = OutsideCalendarAdded(mediator_id=row.mediator_id, calendar_id=row.id)
    log.append(session, added, actor=actor, at=clock())
    return row


def remove_calendar(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> None:
    """Its times are free again. Emits: OutsideCalendarRemoved. Raises: Denied; Missing `calendar_unknown`."""
    row = _own(session, actor, public_id)
    session.execute(delete(OutsideBusy).where(OutsideBusy.calendar_id == row.id))
    removed = OutsideCalendarRemoved(mediator_id=row.mediator_id, calendar_id=row.id)
    session.delete(row)
    session.flush()
    log.append(session, removed, actor=actor, at=clock())


def read_calendar_now(session: Session, actor: Actor, public_id: str, *, clock: Clock) -> None:
    """Read an address again without waiting. Raises: Denied; Missing `calendar_unknown`."""
    row = _own(session, actor, public_id)
    if row.address:
        _ask(session, row, clock())


def _own(session: Session, actor: Actor, public_id: str) -> OutsideCalendar:
    mediator = policy.own_mediator(session, actor)
    for row in queries.outside_calendars(session, mediator.id):
        if row.public_id == public_id:
            return row
    raise Missing("calendar_unknown")


def _ask(session: Session, row: OutsideCalendar, now: datetime) -> None:
    outbox.put(session, READ, {"calendar": row.id}, key=f"{READ}:{row.id}:{int(now.timestamp())}", due_at=now)


def read_calendars(session: Session, now: datetime) -> int:
    """Ask for every address to be read again; how many."""
    rows = [row for row in session.scalars(select(OutsideCalendar)) if row.address]
    for row in rows:
        _ask(session, row, now)
    return len(rows)


def fetch_calendar(session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Outbox READ, before its transaction: the reading itself, which may take long. A fault is an answer too."""
    row = session.get(OutsideCalendar, int(payload["calendar"]))
    return {"found": outside.read(now=now, address=row.address) if row is not None and row.address else None}


def keep_calendar(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Outbox READ: keep what was read. After a fault the last good copy stays, and its owner sees since when."""
    row = session.get(OutsideCalendar, int(payload["calendar"]))
    found: outside.Read | None = payload["found"]
    if row is None or found is None:
        return
    if found.fault:
        row.fault = found.fault
        return
    _keep(session, row, found, now=now)


def _keep(session: Session, row: OutsideCalendar, found: outside.Read, *, now: datetime) -> None:
    row.read_at, row.fault, row.left_out = now, "", found.left_out
    session.execute(delete(OutsideBusy).where(OutsideBusy.calendar_id == row.id))
    session.add_all(
        OutsideBusy(calendar_id=row.id, starts_at=one, ends_at=other) for one, other in _on_the_grid(found.busy)
    )
    session.flush()


def _on_the_grid(busy: Iterable[tuple[datetime, datetime]]) -> Iterable[tuple[datetime, datetime]]:
    """Whole quanta: of one that is touched, nothing is free."""
    for starts_at, ends_at in busy:
        early, late = starts_at.timestamp() % QUANTUM_S, -ends_at.timestamp() % QUANTUM_S
        yield starts_at - timedelta(seconds=early), ends_at + timedelta(seconds=late)
