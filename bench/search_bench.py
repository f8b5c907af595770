"""The first 20 common times in 30 days: 500 mediators x 100 rooms, with 10 thousand to 1 million bookings.

Beside it, on the same rows in the same run: sorted intervals, read from the table of bookings and merged for each
mediator and room, as most schedulers do it. The bookings lie in the year around now; at a million nine in ten of all
hours are gone. Then the staff's booking page over HTTP, which counts every free time of the 30 days. One line each:

    <name> | <figure> | control: <figure>
"""

import statistics
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench import bare_flask
from bench.district import SECRET, START, Wide, databases, fill, prepare, wide_district
from mediation.app import create_app
from mediation.cli.demo_district import PASSWORD
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import CaseKind, Channel, DisputeType
from mediation.kernel.actor import SYSTEM
from mediation.kernel.db import make_sessions, transaction
from mediation.orgs import queries as orgs
from mediation.people.service import RecordPerson
from mediation.scheduling import search
from mediation.scheduling.models import Booking
from mediation.scheduling.queries.open_time import hours
from mediation.scheduling.rules.codes import ResourceKind
from mediation.scheduling.rules.hours import days_between, instant_of, plan
from mediation.scheduling.search import FindTimes
from mediation.settings import Settings

SIZES = (10_000, 100_000, 1_000_000)
LIMIT, ROUNDS = 20, 15
HORIZON = timedelta(days=30)
Spans = list[tuple[float, float]]


def find(wide: Wide, limit: int | None = LIMIT) -> FindTimes:
    return FindTimes(
        mediator_ids=wide.mediator_ids,
        room_ids=wide.room_ids,
        minutes=60,
        buffer_min=15,
        from_at=START + timedelta(hours=2),
        to_at=START + HORIZON,
        limit=limit,
    )


def by_bits(session: Session, wide: Wide) -> list[float]:
    return [one.starts_at.timestamp() for one in search.free_times(session, find(wide), now=START)]


def by_intervals(session: Session, wide: Wide) -> list[float]:
    """What is free between sorted bookings; starts of any mediator that are starts of any room too; the first 20."""
    starts = [
        _starts(session, kind, ids, column)
        for kind, ids, column in (
            (ResourceKind.MEDIATOR, wide.mediator_ids, Booking.mediator_id),
            (ResourceKind.ROOM, wide.room_ids, Booking.room_id),
        )
    ]
    return sorted(starts[0] & starts[1])[:LIMIT]


def _starts(session: Session, kind: ResourceKind, ids: tuple[int, ...], column: Any) -> set[float]:
    first, last = (START + timedelta(hours=2)).timestamp(), (START + HORIZON).timestamp()
    ask_from = START - timedelta(days=1)
    query = (
        select(column, Booking.starts_at, Booking.ends_at)
        .where(column.in_(ids), Booking.starts_at >= ask_from, Booking.starts_at < START + HORIZON)
        .order_by(column, Booking.starts_at)
    )
    taken: dict[int, Spans] = {one: [] for one in ids}
    for one, begin, end in session.execute(query):
        taken[one].append((begin.timestamp(), end.timestamp() + 900))
    overrides, known = orgs.overrides(session), hours(session, kind, ids)
    days = days_between(START.date(), (START + HORIZON).date())
    found: set[float] = set()
    for one in ids:
        for day in days:
            for span in plan(day, known[one], overrides).spans:
                begin, end = (instant_of(day, minute).timestamp() for minute in (span.from_minute, span.to_minute))
                found |= _between(taken[one], max(begin, first), min(end, last))
    return found


def _between(taken: Spans, begin: float, end: float) -> set[float]:
    """Half hours at which 60 minutes fit before `end`, and 75 before the next booking."""
    at = -(-begin // 1800) * 1800
    found = set()
    while at + 3600 <= end:
        i = bisect_right(taken, (at, float("inf")))
        if (i == 0 or taken[i - 1][1] <= at) and (i == len(taken) or taken[i][0] >= at + 4500):
            found.add(at)
        at += 1800
    return found


@dataclass(frozen=True)
class Took:
    """Median of the rounds; the processor's time is this process' alone, and does not grow with what else runs."""

    ms: float
    cpu_ms: float

    def __str__(self) -> str:
        return f"{self.ms:.1f} ms ({self.cpu_ms:.1f} ms of this process)"


def timed(run: Callable[[], object], rounds: int = ROUNDS) -> Took:
    run()
    rows = []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        run()
        rows.append(((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
    return Took(*(statistics.median(column) for column in zip(*rows, strict=True)))


def compare(engine: Engine, wide: Wide) -> tuple[Took, Took]:
    sessions = make_sessions(engine)

    def run(how: Callable[[Session, Wide], list[float]]) -> list[float]:
        with sessions() as session:
            return how(session, wide)

    if run(by_bits) != run(by_intervals):
        raise RuntimeError("bits and intervals disagree")
    return timed(lambda: run(by_bits)), timed(lambda: run(by_intervals), 3)


def page(engine: Engine) -> tuple[Took, Took]:
    """The clerk's booking page for a case that any of the 500 may take, from home; beside a page of one line."""
    with tempfile.TemporaryDirectory() as folder:
        url = engine.url.render_as_string(hide_password=False)
        settings = Settings(instance=Path(folder), database_url=url, secret_key=SecretStr(SECRET), log_level="ERROR")
        app = create_app(settings, clock=lambda: START)
        app.config.update(WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.post("/sign-in", data={"username": "shen", "password": PASSWORD})
        path = f"/cases/{_case(engine)}/book"
        bare = bare_flask.app.test_client()
        return timed(lambda: _get(client, path), 7), timed(lambda: _get(bare, "/"), 7)


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status}")


def _case(engine: Engine) -> str:
    with transaction(make_sessions(engine)) as session:
        community = next(row for row in orgs.tree(session) if row.name == "桃溪社区")
        command = disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.CONTRACT,
            channel=Channel.ONLINE,
            community=community.public_id,
            summary="押金",
            applicant=RecordPerson(name="赵小梅", phone="13800001111"),
            respondents=(RecordPerson(name="周大伟", phone="13800002222"),),
        )
        return disputes.receive(session, SYSTEM, command, clock=lambda: START).public_id


def main() -> None:
    prepare()
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    with databases() as engines:
        for engine in engines:
            wide, took = wide_district(engine), []
            for n in sizes:
                fill(engine, wide, n)
                ours, control = compare(engine, wide)
                took.append(ours.ms)
                name = f"search, {engine.dialect.name}, {n} bookings"
                print(f"{name} | {ours} | control: sorted intervals {control}", flush=True)
                page_took, bare = page(engine)
                print(f"booking page, {engine.dialect.name}, {n} bookings | {page_took} | control: bare Flask {bare}")
            growth = " and ".join(f"{after / before:.1f}" for before, after in pairwise(took))
            print(f"search, {engine.dialect.name}, growth from size to size | {growth} times", flush=True)


if __name__ == "__main__":
    main()
