"""Bookings per second with all that a booking keeps, beside a bare insert of the same rows, on both databases.

All: the booking, the claims of mediator and room with their conflict rule, the day bitmaps, the counters of the
mediator's caps, an entry in the hash-linked log. Bare: the booking's and the claims' rows alone. One durable
transaction each, in turn, in the same run. One line for each database:

    <name> | <figure> | control: <figure>
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session, sessionmaker

from bench.district import START, Wide, databases, prepare, wide_district
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import make_sessions, transaction
from mediation.scheduling import claims, service
from mediation.scheduling.events import AvailabilityChanged
from mediation.scheduling.models import Booking, Claim
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason, ResourceKind
from mediation.scheduling.service import taking

EACH, ROUNDS = 100, 5
Place = tuple[int, int, int, datetime]
"""Number, mediator, room, begin: no two overlap."""


def places(wide: Wide) -> Iterator[Place]:
    for number in count():
        hour, room = divmod(number, len(wide.room_ids))
        yield number, wide.mediator_ids[room], wide.room_ids[room], START + timedelta(days=1, minutes=90 * hour)


def booking(number: int, mediator: int, room: int, starts_at: datetime) -> Booking:
    return Booking(
        idempotency_key=f"bench:{number}",
        mediator_id=mediator,
        room_id=room,
        attendance=Attendance.STATION,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        buffer_min=15,
        state=BookingState.CONFIRMED,
        choice_reason=ChoiceReason.BY_STAFF,
        created_at=START,
        changed_at=START,
    )


def with_all(session: Session, place: Place) -> None:
    made = booking(*place)
    session.add(made)
    session.flush()
    taking.own(session, made, now=START)
    taking.count(session, made, now=START)
    # An entry that nobody listens to: cases and hearings have their own costs.
    log.append(session, AvailabilityChanged(mediator_id=made.mediator_id), actor=SYSTEM, at=START)


def bare(session: Session, place: Place) -> None:
    made = booking(*place)
    session.add(made)
    session.flush()
    rows = []
    for kind, one in ((ResourceKind.MEDIATOR, made.mediator_id), (ResourceKind.ROOM, made.room_id or 0)):
        wanted = claims.want(claims.resources(session, kind, [one])[one], made.starts_at, 75)
        row = {"resource_id": wanted.resource_id, "unit": 1, "booking_id": made.id, "expires_at": None}
        rows += [row | {"quantum": quantum} for quantum in range(wanted.first, wanted.end)]
    session.execute(insert(Claim), rows)


def per_second(sessions: sessionmaker[Session], how: Callable[[Session, Place], None], todo: Iterator[Place]) -> float:
    began = time.perf_counter()
    for _ in range(EACH):
        with transaction(sessions) as session:
            how(session, next(todo))
    return EACH / (time.perf_counter() - began)


def line(engine: Engine) -> str:
    sessions, todo = make_sessions(engine), places(wide_district(engine))
    ours, control = [], []
    for _ in range(ROUNDS):
        ours.append(per_second(sessions, with_all, todo))
        control.append(per_second(sessions, bare, todo))
        with transaction(sessions) as session:  # what the bare rows left out
            service.rebuild(session)
            for made in session.scalars(select(Booking).order_by(Booking.id.desc()).limit(EACH)):
                taking.count(session, made, now=START)
    with sessions() as session:
        faults = list(service.verify(session))
    if faults:
        raise RuntimeError(faults[0].fault)
    name = f"bookings with all bookkeeping, {engine.dialect.name}"
    middle, bare_middle = (sorted(some)[ROUNDS // 2] for some in (ours, control))
    return f"{name} | {middle:.0f} a second | control: bare insert of the same rows {bare_middle:.0f} a second"


def main() -> None:
    prepare()
    with databases() as engines:
        for engine in engines:
            print(line(engine), flush=True)


if __name__ == "__main__":
    main()
