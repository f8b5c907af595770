"""Due work is done at least once, by whoever is alive, and never holds the database while it waits for others."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel import outbox
from mediation.kernel.clock import system_clock
from mediation.kernel.db import transaction
from mediation.kernel.outbox import OutboxRow
from mediation.kernel.wake import Nudger
from mediation.worker import schedule, tasks
from mediation.worker.loop import Loop
from tests.fixtures.clock import FakeClock
from tests.fixtures.db import SECRET
from tests.fixtures.servers import free_port

pytestmark = pytest.mark.db
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def done() -> Iterator[list[dict[str, Any]]]:
    """What the receiver of kind `test.work` did."""
    seen: list[dict[str, Any]] = []

    def receive(_session: Session, payload: dict[str, Any], _now: datetime) -> None:
        if payload.get("fault"):
            raise RuntimeError(payload["fault"])
        seen.append(payload)

    outbox.receive("test.work", receive)
    yield seen
    outbox._work.pop("test.work")


def put(sessions: sessionmaker[Session], key: str, now: datetime, **payload: Any) -> None:
    with transaction(sessions) as session:
        outbox.put(session, "test.work", payload, key=key, due_at=now)


def test_work_is_done_once_and_only_when_due(
    sessions: sessionmaker[Session], clock: FakeClock, done: list[dict[str, Any]]
) -> None:
    put(sessions, "now", clock(), n=1)
    put(sessions, "later", clock() + timedelta(minutes=5), n=2)
    assert tasks.run_one(sessions, clock)
    assert not tasks.run_one(sessions, clock)
    clock.pass_(minutes=6)
    assert tasks.run_one(sessions, clock)
    assert [payload["n"] for payload in done] == [1, 2]


def test_work_that_fails_waits_longer_each_time_and_is_given_up_in_the_end(
    sessions: sessionmaker[Session], clock: FakeClock, done: list[dict[str, Any]]
) -> None:
    put(sessions, "bad", clock(), fault="no paper")
    waits = []
    for _ in range(outbox.MAX_TRIES):
        start = clock()
        while not tasks.run_one(sessions, clock):
            clock.pass_(seconds=30)
        waits.append(clock() - start)
    with sessions() as session:
        row = session.scalars(select(OutboxRow)).one()
    assert row.dead_at is not None
    assert row.last_error == "RuntimeError: no paper"
    assert waits[2] < waits[5] < waits[8] <= timedelta(hours=1.5)
    clock.pass_(days=2)
    assert not tasks.run_one(sessions, clock)


def test_a_row_of_an_unknown_kind_does_not_stop_the_others(
    sessions: sessionmaker[Session], clock: FakeClock, done: list[dict[str, Any]]
) -> None:
    with transaction(sessions) as session:
        outbox.put(session, "test.nobody", {}, key="nobody", due_at=clock())
    clock.pass_(seconds=1)
    put(sessions, "good", clock(), n=1)
    while tasks.run_one(sessions, clock):
        pass
    assert done == [{"n": 1}]


def test_while_a_slow_server_is_spoken_to_others_can_write(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    speaking, written = threading.Event(), threading.Event()

    def outside(_session: Session, _payload: dict[str, Any], _now: datetime) -> dict[str, Any]:
        speaking.set()
        assert written.wait(5), "the writer was kept waiting"
        return {"answer": 42}

    answers: list[object] = []
    outbox.receive("test.slow", lambda _s, payload, _n: answers.append(payload["answer"]), outside=outside)
    with transaction(sessions) as session:
        outbox.put(session, "test.slow", {}, key="slow", due_at=clock())
    worker = threading.Thread(target=tasks.run_one, args=(sessions, clock))
    worker.start()
    assert speaking.wait(5)
    with transaction(sessions) as session:
        outbox.put(session, "test.slow", {}, key="meanwhile", due_at=clock() + timedelta(days=1))
    written.set()
    worker.join()
    outbox._work.pop("test.slow")
    assert answers == [42]


def test_each_chore_has_one_turn_in_its_time(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    schedule.subscribe()
    schedule.ask_for_turns(sessions, clock)
    schedule.ask_for_turns(sessions, clock)
    with sessions() as session:
        assert session.scalar(select(func.count(OutboxRow.id))) == len(schedule.CHORES)
    while tasks.run_one(sessions, clock):
        pass
    clock.pass_(days=40)
    schedule.ask_for_turns(sessions, clock)
    while tasks.run_one(sessions, clock):
        pass
    with sessions() as session:
        assert session.scalar(select(func.count(OutboxRow.id))) == len(schedule.CHORES), "old rows are gone"


async def test_a_nudge_wakes_the_worker_and_stop_lets_it_finish(
    sessions: sessionmaker[Session], done: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediation.worker.loop.POLL_S", 3600.0)
    port = free_port()
    loop = Loop(sessions, system_clock, port=port)
    running = asyncio.create_task(loop.run())
    await until(lambda: not _free(port))
    put(sessions, "nudged", system_clock(), n=1)
    nudger = Nudger((port,))
    await until(lambda: nudger.nudge("test") or bool(done))  # type: ignore[func-returns-value]
    nudger.close()
    loop.stop()
    await asyncio.wait_for(running, 10)
    assert done == [{"n": 1}]


async def until(true: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for lies in a database or another process
            await asyncio.sleep(0.02)


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def start_worker(db_url: str, tmp_path: Path, port: int) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": db_url,
        "SECRET_KEY": SECRET,
        "INSTANCE": str(tmp_path),
        "WORKER_PORT": str(port),
    }
    command = [sys.executable, "-m", "mediation.worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def has_started(worker: subprocess.Popen[str]) -> bool:
    assert worker.stderr is not None
    return any("worker.started" in line for line in worker.stderr)


def test_a_port_in_use_is_one_clear_line(db_url: str, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        worker = start_worker(db_url, tmp_path, port)
        _, errors = worker.communicate(timeout=30)
    assert worker.returncode == 2
    assert errors.strip().splitlines() == [f"WORKER_PORT: UDP port {port} cannot be used: Address already in use"]


def test_asked_to_stop_it_stops_in_order_and_killed_it_loses_nothing(
    db_url: str, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    port = free_port()
    killed = start_worker(db_url, tmp_path, port)
    assert has_started(killed)
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    with transaction(sessions) as session:
        for n in range(20):
            outbox.put(session, "chore.outbox.forget", {}, key=f"work-{n}", due_at=system_clock())
    second = start_worker(db_url, tmp_path, port)
    assert has_started(second)

    def n_left() -> int:
        with sessions() as session:
            query = select(func.count(OutboxRow.id)).where(OutboxRow.done_at.is_(None), OutboxRow.key.like("work-%"))
            return session.scalar(query) or 0

    asyncio.run(until(lambda: n_left() == 0, 20))
    second.send_signal(signal.SIGTERM)
    assert second.wait(15) == 0
