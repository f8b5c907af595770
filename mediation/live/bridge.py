"""The same services as on the web, from the event loop: a worker thread, a session, one transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.clock import Clock
from mediation.kernel.db import read, transaction
from mediation.kernel.wake import Nudger

Result = TypeVar("Result")
THREADS = 4
"""SQLite writes one at a time anyway; reads of snapshots go beside them."""


class Bridge:
    """Never called from a worker thread; never blocks the loop."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, nudger: Nudger) -> None:
        self._sessions, self.clock, self._nudger = sessions, clock, nudger
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="database")

    async def write(self, work: Callable[[Session], Result], *, quiet: bool = False) -> Result:
        """Run `work` in one writing transaction; `quiet`: nobody needs to look again.

        Raises: what it raises; nothing is written then.
        """

        def run() -> Result:
            with transaction(self._sessions) as session:
                return work(session)

        result = await asyncio.get_running_loop().run_in_executor(self._threads, run)
        if not quiet:
            self._nudger.nudge("live")
        return result

    async def read(self, work: Callable[[Session], Result]) -> Result:
        def run() -> Result:
            with read(self._sessions) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._nudger.close()
