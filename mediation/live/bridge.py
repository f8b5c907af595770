"""The same services as on the web, from the event loop: a worker thread, a session, one transaction.

What is written of a hearing is written only while this process holds it: the lease is checked in the same transaction.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.orm import Session, sessionmaker

from mediation.hearings import service
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
        self.process = ""
        """Whose leases count (live.leases)."""

    async def write(self, hearing_id: int, work: Callable[[Session], Result], *, quiet: bool = False) -> Result:
        """Run `work` on this hearing in one writing transaction; `quiet`: nobody needs to look again.

        Raises: Elsewhere where another process holds the hearing; what `work` raises. Nothing is written then.
        """

        def held(session: Session) -> Result:
            service.check_lease(session, self.process, hearing_id)
            return work(session)

        return await self.write_unheld(held, quiet=quiet)

    async def write_unheld(self, work: Callable[[Session], Result], *, quiet: bool = False) -> Result:
        """Run `work`, which sees to the leases itself, in one writing transaction."""

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
