"""`live` killed with -9 and started again: how long until every seat is back in its place and everybody hears again.

Three seats in a running session, without browsers: each is a WebSocket client with an ICE, DTLS and SRTP stand-in
(tests/fixtures/rtp_peer.py) that comes back by the page's own waits (static/src/hearings/socket.js) and sends a packet
of sound every 20 ms. A browser adds its own connection set-up; tests/journeys shows that. Join tokens come from the
service, not over HTTP: `web` does not restart. `live` is started again after the second that `mediation.app.start`
waits. Prints one line; the control is a `live` without anybody, from its start to its first answer, in each round:

    <name> | <figure> | control: <figure>
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
from flask_migrate import upgrade
from sqlalchemy import Engine, select

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mediation import wiring  # noqa: E402 - the tests' helpers are found from here
from mediation.access.models import Account  # noqa: E402
from mediation.access.queries import actor_of  # noqa: E402
from mediation.app import create_app  # noqa: E402
from mediation.app.start import RESTART_AFTER_S  # noqa: E402
from mediation.cli import demo  # noqa: E402
from mediation.disputes.rules.codes import PartyRole  # noqa: E402
from mediation.hearings import policy, service  # noqa: E402
from mediation.kernel import logging  # noqa: E402
from mediation.kernel.clock import system_clock  # noqa: E402
from mediation.kernel.db import make_engine, make_sessions, read, transaction  # noqa: E402
from mediation.settings import Settings  # noqa: E402
from tests.cast import QIN  # noqa: E402
from tests.factories.disputes import as_party  # noqa: E402
from tests.factories.hearings import booked_hearing  # noqa: E402
from tests.fixtures.clock import FakeClock  # noqa: E402
from tests.fixtures.servers import free_port  # noqa: E402
from tests.fixtures.visitors import Browser, Visitors  # noqa: E402

ROUNDS = 20
WAITS_S = (0.0, 0.3, 0.7, 1.5, 2.0)
"""Of static/src/hearings/socket.js; the last one repeats, each with a jitter of 10 % both ways."""
NAMES = ("qin", "zhao", "zhou")


def settings_in(folder: str, ports: dict[str, int]) -> Settings:
    return Settings(
        instance=Path(folder),
        secret_key="bench-secret-bench-secret-bench-secret",  # type: ignore[arg-type]
        media_host="127.0.0.1",
        media_addresses=("127.0.0.1",),
        log_level="ERROR",
        **ports,  # type: ignore[arg-type]
    )


def environment_of(settings: Settings, ports: dict[str, int]) -> dict[str, str]:
    return os.environ | {
        "INSTANCE": str(settings.instance),
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "MEDIA_HOST": "127.0.0.1",
        "MEDIA_ADDRESSES": '["127.0.0.1"]',
        "LOG_LEVEL": "ERROR",
        "START_COUNTDOWN_S": "0",
        **{name.upper(): str(port) for name, port in ports.items()},
    }


def furnish(engine: Engine) -> Callable[[str], str]:
    """Book the hearing for now; the function that gives a person's join token."""
    sessions = make_sessions(engine)
    with transaction(sessions) as session:
        demo.load(session, clock=FakeClock())
        qin = actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        hearing = booked_hearing(session, FakeClock(), qin)
        hearing.booking.starts_at = system_clock()
        hearing.booking.ends_at = system_clock() + timedelta(hours=1)
        case = hearing.case
        actors = dict(zip(NAMES, (qin, as_party(case), as_party(case, PartyRole.RESPONDENT)), strict=True))
        public_id = hearing.public_id

    def token(name: str) -> str:
        with read(sessions) as session:
            return service.token_for(policy.own_seat(session, actors[name], public_id), clock=system_clock)

    return token


async def started(environment: dict[str, str], port: int) -> asyncio.subprocess.Process:
    """`live`, once it answers."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "mediation.live", env=environment, cwd=ROOT)
    async with aiohttp.ClientSession() as client:
        while process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with client.get(f"http://127.0.0.1:{port}/health") as answer:
                    if answer.status == 200:
                        return process
            await asyncio.sleep(0.02)
    raise RuntimeError(f"live ended with {process.returncode}")


@dataclass
class Seat:
    """One person's page: comes back by itself, speaks all the time."""

    name: str
    visitors: Visitors
    browser: Browser
    others: tuple[bytes, ...] = ()
    generation: int = 1
    talking: asyncio.Task[None] | None = field(default=None)

    @property
    def word(self) -> bytes:
        return b"\xfc" + self.name.encode()

    def talk(self) -> None:
        self.talking = asyncio.get_running_loop().create_task(self._talk())

    async def _talk(self) -> None:
        while self.browser.media is not None and self.browser.media.sock is not None:
            self.browser.media.send_audio(self.word)
            await asyncio.sleep(0.02)

    async def come_back(self) -> tuple[float, float]:
        """When the seat was in its room again, and when it heard all the others."""
        await self.browser.until(lambda: self.browser.socket.closed, 30)
        await self.browser.close()
        self.browser = await self._again()
        await self.browser.until(lambda: self.browser.you.get("state") == "in_room", 30)
        placed = time.perf_counter()
        self.generation += 1
        media = await self.browser.publish(self.generation)
        self.talk()
        await media.until(lambda: all(any(p[12:] == word for p in media.packets) for word in self.others), 30)
        return placed, time.perf_counter()

    async def _again(self) -> Browser:
        attempt = 0
        while True:
            await asyncio.sleep(WAITS_S[min(attempt, len(WAITS_S) - 1)] * random.uniform(0.9, 1.1))
            attempt += 1
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                return await self.visitors.enter(self.name)


async def measure(
    settings: Settings, environment: dict[str, str], token: Callable[[str], str]
) -> tuple[list[float], list[float], list[float]]:
    """Seconds per round: all seats back, everybody hears everybody, a bare start."""
    live = await started(environment, settings.live_port)
    visitors = Visitors(settings.live_port, token)
    back, heard, bare = [], [], []
    try:
        browsers = await visitors.all_in_session()
        seats = [Seat(name, visitors, browser) for name, browser in zip(NAMES, browsers, strict=True)]
        for seat in seats:
            seat.others = tuple(other.word for other in seats if other is not seat)
            seat.talk()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            live.send_signal(signal.SIGKILL)
            returning = [asyncio.create_task(seat.come_back()) for seat in seats]
            await live.wait()
            await asyncio.sleep(RESTART_AFTER_S)
            restarted = time.perf_counter()
            live = await started(environment, settings.live_port)
            bare.append(time.perf_counter() - restarted)
            times = await asyncio.gather(*returning)
            back.append(max(placed for placed, _ in times) - began)
            heard.append(max(hears for _, hears in times) - began)
    finally:
        await visitors.close()
        live.terminate()
        await live.wait()
    return back, heard, bare


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"p50 {ordered[len(ordered) // 2]:.2f} s, p95 {ordered[int(len(ordered) * 0.95) - 1]:.2f} s"


def main() -> None:
    names = ("web_port", "live_port", "worker_port", "live_wake_port", "media_port")
    ports = {name: free_port() for name in names}
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(folder, ports)
        logging.configure(json=False, level=settings.log_level)
        wiring.configure(settings)
        with create_app(settings).app_context():
            upgrade()
        engine = make_engine(settings.database)
        back, heard, bare = asyncio.run(measure(settings, environment_of(settings, ports), furnish(engine)))
        engine.dispose()
    print(
        f"kill -9 of live, 3 seats without browsers, {ROUNDS} rounds, {RESTART_AFTER_S:.0f} s before the start included"
        f" | seats back {spread(back)}; sound back {spread(heard)}"
        f" | control: start of an empty live {spread(bare)}"
    )


if __name__ == "__main__":
    main()
