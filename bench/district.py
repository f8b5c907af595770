"""A district for benchmarks: the demo one, and in it 500 mediators for one kind of dispute and a station of 100 rooms.

Rows are written raw: a year of a city's bookings through the services would take hours and prove nothing more here.
"""

import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from mediation import wiring
from mediation.access.models import Account
from mediation.cli import demo
from mediation.kernel import crypto
from mediation.kernel.db import Base, make_engine, make_sessions
from mediation.orgs.models import Org, Room, Station
from mediation.orgs.rules import OrgKind
from mediation.people.models import Mediator, MediatorSkill
from mediation.people.rules import MediatorKind
from mediation.scheduling.models import Booking, DayBits, Resource, WeeklyHours
from mediation.scheduling.rules.bits import DAY, WORD, WORDS, quantum_of
from mediation.scheduling.rules.codes import Attendance, BookingState, ChoiceReason, ResourceKind

SECRET = "bench-secret-bench-secret-bench-secret"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday, 09:00 in Shanghai."""
SKILL = "contract"
DAYS_BACK, DAYS_AHEAD = 335, 30
BEGIN_MIN = (0, 90, 180, 270, 360, 450)
"""When the bookings of a day begin, in minutes after 09:00: each takes 60 and a rest of 15."""
TAKEN = 15
"""Quanta of a booking with its rest."""
BUSIEST_ROOMS = 0.9
"""No more of the rooms than this at one hour: some stay free, or there would be nothing to find."""


@dataclass(frozen=True)
class Wide:
    mediator_ids: tuple[int, ...]
    room_ids: tuple[int, ...]


def prepare() -> None:
    crypto.install(crypto.Keyring([SECRET]))
    wiring.subscribe()


def wide_district(engine: Engine, *, mediators: int = 500, rooms: int = 100) -> Wide:
    """Tables, the demo district, and the many."""
    Base.metadata.create_all(engine)
    with make_sessions(engine)() as session:
        demo.load(session, clock=lambda: START)
        # The demo's own give way, so that each search is for the many alone.
        session.query(MediatorSkill).filter(MediatorSkill.dispute_type == SKILL).delete()
        made = Wide(_mediators(session, mediators), _rooms(session, rooms))
        for kind, ids in ((ResourceKind.MEDIATOR, made.mediator_ids), (ResourceKind.ROOM, made.room_ids)):
            session.execute(insert(Resource), [{"kind": kind, "subject_id": one} for one in ids])
        session.commit()
    return made


def _mediators(session: Session, n: int) -> tuple[int, ...]:
    body = session.scalars(select(Org).where(Org.kind == OrgKind.COMMITTEE_PROFESSIONAL)).first()
    assert body is not None
    accounts = [
        Account(username=f"m{i}", name=f"调解员{i}", password_hash="!", phone=f"139{i:08d}", active=True)
        for i in range(10_000, 10_000 + n)
    ]
    session.add_all(accounts)
    session.flush()
    many = [
        Mediator(account_id=one.id, org_id=body.id, kind=MediatorKind.PROFESSIONAL, languages=["普通话"], weight=100)
        for one in accounts
    ]
    session.add_all(many)
    session.flush()
    rng = random.Random(1)
    session.execute(insert(MediatorSkill), [{"mediator_id": one.id, "dispute_type": SKILL} for one in many])
    hours: list[dict[str, Any]] = []
    for one in many:
        begin = rng.choice((8 * 60 + 30, 9 * 60))
        for weekday in range(5):
            spans = ((begin, 12 * 60), (14 * 60, rng.choice((17 * 60, 17 * 60 + 30, 18 * 60))))
            since = date(2026, 1, 1) + timedelta(days=rng.randrange(200))
            hours += [
                {"mediator_id": one.id, "weekday": weekday, "from_minute": a, "to_minute": b, "effective_from": since}
                for a, b in spans
            ]
    session.execute(insert(WeeklyHours), hours)
    return tuple(one.id for one in many)


def _rooms(session: Session, n: int) -> tuple[int, ...]:
    station = session.scalars(select(Station)).first()
    assert station is not None
    big = Station(org_id=station.org_id, name="大站")
    session.add(big)
    session.flush()
    rooms = [Room(station_id=big.id, name=f"第{i + 1}室", open_minute=9 * 60, close_minute=18 * 60) for i in range(n)]
    session.add_all(rooms)
    session.flush()
    return tuple(room.id for room in rooms)


def fill(engine: Engine, wide: Wide, n: int) -> None:
    """`n` bookings over the year around START, with their bitmaps; none overlaps another.

    Claims only from the day before START on: of those before, a search reads nothing but the bitmaps.
    """
    rng = random.Random(2)
    with make_sessions(engine)() as session:
        for table in ("daybits", "claim", "booking"):
            session.execute(text(f"DELETE FROM {table}"))
        resources = {(kind, subject): one for one, kind, subject in session.execute(_RESOURCES)}
        rows: list[dict[str, Any]] = []
        bits: dict[tuple[int, int], int] = {}
        slots = [(day, minute) for day in range(-DAYS_BACK, DAYS_AHEAD) for minute in BEGIN_MIN]
        for i, (day, minute) in enumerate(slots):
            many = n * (i + 1) // len(slots) - n * i // len(slots)
            starts_at = START + timedelta(days=day, minutes=minute)
            stored_day, place = divmod(quantum_of(starts_at), DAY)
            taken = ((1 << TAKEN) - 1) << place
            in_rooms = rng.sample(wide.room_ids, min(many // 3, int(len(wide.room_ids) * BUSIEST_ROOMS)))
            for j, mediator in enumerate(rng.sample(wide.mediator_ids, many)):
                room = in_rooms[j] if j < len(in_rooms) else None
                rows.append(_booking(mediator, room, starts_at))
                for key in ((ResourceKind.MEDIATOR, mediator), (ResourceKind.ROOM, room)):
                    if key[1] is not None:
                        row = stored_day, resources[key]
                        bits[row] = bits.get(row, 0) | taken
            if len(rows) > 20_000:
                session.execute(insert(Booking.__table__), rows)  # type: ignore[arg-type]  # it is a Table
                rows = []
        if rows:
            session.execute(insert(Booking.__table__), rows)  # type: ignore[arg-type]  # it is a Table
        session.execute(insert(DayBits.__table__), [_day_row(*key, some) for key, some in sorted(bits.items())])  # type: ignore[arg-type]  # it is a Table
        since = START - timedelta(days=1)
        session.execute(text(_CLAIMS.format(epoch=_EPOCH[engine.dialect.name])), {"since": since.replace(tzinfo=None)})
        session.commit()
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"}).execute(text("ANALYZE"))


_RESOURCES = select(Resource.id, Resource.kind, Resource.subject_id)


def _day_row(day: int, resource: int, bits: int) -> dict[str, int]:
    words = {f"w{i}": bits >> i * WORD & (1 << WORD) - 1 for i in range(WORDS)}
    return {"day": day, "resource_id": resource, "unit": 1} | words


_numbers = count()


def _booking(mediator: int, room: int | None, starts_at: datetime) -> dict[str, Any]:
    key = f"b{next(_numbers):011d}"
    return {
        "public_id": key,
        "idempotency_key": key,
        "mediator_id": mediator,
        "room_id": room,
        "attendance": Attendance.STATION if room else Attendance.HOME,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "buffer_min": 15,
        "state": BookingState.CONFIRMED,
        "sequence": 0,
        "change_note": "",
        "choice_reason": ChoiceReason.LEAST_LOADED,
        "created_at": START,
        "changed_at": START,
        "version": 1,
    }


_EPOCH = {
    "sqlite": "CAST(strftime('%s', b.starts_at) AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM b.starts_at) AS INTEGER)",
}
_CLAIMS = """
INSERT INTO claim (resource_id, unit, quantum, booking_id)
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 14)
SELECT r.id, 1, {epoch} / 300 + n.i, b.id
FROM booking b
JOIN resource r ON (r.kind = 'mediator' AND r.subject_id = b.mediator_id)
    OR (r.kind = 'room' AND r.subject_id = b.room_id)
CROSS JOIN n
WHERE b.starts_at >= :since
"""


@contextmanager
def databases() -> Iterator[Iterator[Engine]]:
    """An SQLite file, then a PostgreSQL of its own where Debian's package is; both durable as in production."""
    with tempfile.TemporaryDirectory() as folder:
        yield _each(Path(folder))


def _each(folder: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{folder / 'bench.sqlite3'}")
    yield engine
    engine.dispose()
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        print("PostgreSQL is missing: `make test` installs it where it may")
        return
    with _postgres(binaries[-1]) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@contextmanager
def _postgres(binaries: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="tiaohe-bench-"))
    run: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        run = [shutil.which("runuser") or "runuser", "-u", "postgres", "--"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    initdb = [*run, str(binaries / "initdb"), "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True)
    options = f"-p {port} -k '' -h 127.0.0.1 -c shared_buffers=512MB -c max_wal_size=4GB"
    control = [*run, str(binaries / "pg_ctl"), "-D", data, "-w"]
    subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, capture_output=True)
    try:
        yield f"postgresql+psycopg://bench@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
        shutil.rmtree(folder)
