"""A process's share of the hearings: renewed while it lives, given up when another has taken over."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, KeysView
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mediation.hearings import service
from mediation.hearings.rules import leases
from mediation.hearings.rules.leases import KEPT_EMPTY, RENEW_EVERY
from mediation.live.bridge import Bridge

log = structlog.get_logger()
MEASURED_OVER: Final = timedelta(seconds=6)


class LoadMeter:
    """What this process uses of one core, of late: all its threads, because they share one interpreter."""

    def __init__(self) -> None:
        self._points = deque([self._point()], maxlen=1 + MEASURED_OVER // RENEW_EVERY)

    @staticmethod
    def _point() -> tuple[float, float]:
        return time.monotonic(), time.process_time()

    def read(self) -> float:
        """The share of a core since the reading MEASURED_OVER ago."""
        began_at, used_before = self._points[0]
        now, used = self._point()
        self._points.append((now, used))
        return (used - used_before) / max(now - began_at, 0.001)


@dataclass(frozen=True, slots=True)
class Hands:
    """What the rooms of this process do for the leases."""

    in_use: Callable[[], KeysView[int]]
    """The hearings that somebody is connected to."""
    let_go: Callable[[int], None]
    """Another process holds this hearing."""


class Leases:
    """Only the event loop's thread touches it; `claim` alone is called in a transaction's thread."""

    def __init__(self, bridge: Bridge, place: int, max_load: float, hands: Hands) -> None:
        self.place, self.load, self.is_full = place, 0.0, False
        self._bridge, self._max_load, self._hands = bridge, max_load, hands
        self._meter = LoadMeter()
        self._stopping = False
        self._empty_since: dict[int, float] = {}
        self._renewing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._begin()
        self._renewing = asyncio.get_running_loop().create_task(self._renew_for_ever())

    async def _begin(self) -> None:
        clock = self._bridge.clock
        self._bridge.process = await self._bridge.write_unheld(
            lambda session: service.begin_process(session, self.place, clock=clock)
        )

    def claim(self, session: Session, hearing_id: int) -> None:
        """Hold the hearing, in the transaction that lets its first person in. Raises: Elsewhere, Busy."""
        service.claim(
            session, self._bridge.process, hearing_id, is_full=self.takes_nothing_new, clock=self._bridge.clock
        )

    @property
    def takes_nothing_new(self) -> bool:
        return self.is_full or self._stopping

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY.total_seconds())
            try:
                await self.renew()
            except SQLAlchemyError:  # the hearings go on: nobody takes them over as long as nobody can write
                log.exception("leases.not_renewed", place=self.place)

    async def renew(self) -> None:
        """Say that this process lives, learn what it holds, free what dead ones held."""
        self.load = self._meter.read()
        self.is_full = leases.full_now(self.load, self._max_load, was_full=self.is_full)
        before, clock = frozenset(self._hands.in_use()), self._bridge.clock
        held = await self._bridge.write_unheld(
            lambda session: service.renew(
                session, self._bridge.process, load=self.load, is_full=self.takes_nothing_new, clock=clock
            ),
            quiet=True,
        )
        if held is None:
            log.error("leases.taken_for_dead", place=self.place)
            held = frozenset()
            await self._begin()
        for hearing_id in (before & self._hands.in_use()) - held:
            self._hands.let_go(hearing_id)
        await self._release(held)
        freed = await self._bridge.write_unheld(lambda s: service.bury_dead(s, clock=clock), quiet=True)
        if freed:
            log.warning("leases.freed", n_hearings=len(freed))

    async def _release(self, held: frozenset[int]) -> None:
        """What nobody has been connected to for a while may go to whoever has the fewest."""
        now = asyncio.get_running_loop().time()
        empty = held - self._hands.in_use()
        self._empty_since = {hearing_id: self._empty_since.get(hearing_id, now) for hearing_id in empty}
        over = {one for one, since in self._empty_since.items() if now - since >= KEPT_EMPTY.total_seconds()}
        if over:
            await self._bridge.write_unheld(lambda s: service.release(s, self._bridge.process, over), quiet=True)

    async def hold_off(self) -> None:
        """The process stops: new hearings go to the others from now on."""
        self._stopping = True
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        await self.renew()

    async def end(self) -> None:
        """Everything this process holds is free."""
        clock = self._bridge.clock
        await self._bridge.write_unheld(
            lambda session: service.end_process(session, self._bridge.process, clock=clock), quiet=True
        )
