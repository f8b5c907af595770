"""Lanes that do due work until they are told to stop; woken by nudges, and by themselves every few seconds."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.clock import Clock
from mediation.kernel.wake import listen
from mediation.worker import schedule, tasks

LANES: Final = 3
"""A slow mail server holds one lane, not all. More would only queue for SQLite's one writer."""
POLL_S: Final = 3.0
CHORES_S: Final = 60.0
ERROR_PAUSE_S: Final = 5.0

Step = Callable[[sessionmaker[Session], Clock], object]

log = structlog.get_logger()


class Loop:
    """The worker without its process: tests run it in theirs."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, *, port: int) -> None:
        self._sessions, self._clock, self._port = sessions, clock, port
        self._stopping = asyncio.Event()
        self._woken = [asyncio.Event() for _ in range(LANES)]

    def stop(self) -> None:
        """Finish the rows in hand, take no more."""
        self._stopping.set()
        self._wake("stop")

    async def run(self) -> None:
        """Returns after `stop()`, when every lane has finished its row. Raises: OSError when the port is taken."""
        nudges = await listen(self._port, self._wake)
        log.info("worker.started", lanes=LANES)
        try:
            await asyncio.gather(self._turns(), *(self._lane(woken) for woken in self._woken))
        finally:
            nudges.close()
            log.info("worker.stopped")

    def _wake(self, _topic: str) -> None:
        for woken in self._woken:
            woken.set()

    async def _lane(self, woken: asyncio.Event) -> None:
        while not self._stopping.is_set():
            woken.clear()
            if not await self._guarded(tasks.run_one):
                await _either(woken, POLL_S)

    async def _turns(self) -> None:
        while not self._stopping.is_set():
            await self._guarded(schedule.ask_for_turns)
            self._wake("chores")
            await _either(self._stopping, CHORES_S)

    async def _guarded(self, step: Step) -> bool:
        """Run one step in a thread. A database that is away (locked, restarting, full) is tried again, not died of."""
        try:
            return bool(await asyncio.to_thread(step, self._sessions, self._clock))
        except Exception:
            log.exception("worker.step_failed", step=getattr(step, "__name__", ""))
            await _either(self._stopping, ERROR_PAUSE_S)
            return False


async def _either(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
