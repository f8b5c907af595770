"""The engine's counters per (from room, to room), brought into the database while the hearing runs.

A crash loses what was counted since the last time, never what was written; the certificate says how often that was.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from mediation.hearings import service
from mediation.live.bridge import Bridge
from mediation.live.engines.contract import MediaEngine

log = structlog.get_logger()
Pair = tuple[str, str]


class Counts:
    """Only the event loop's thread touches it."""

    def __init__(self, bridge: Bridge, engine: MediaEngine) -> None:
        self._bridge, self._engine = bridge, engine
        self._written: dict[str, dict[Pair, int]] = {}

    async def write(self, hearing_id: int, hearing: str) -> None:
        """Add what was forwarded since the last time."""
        written = self._written.setdefault(hearing, {})
        counts = dict(self._engine.counts(hearing))
        more = {pair: n - written.get(pair, 0) for pair, n in counts.items() if n > written.get(pair, 0)}
        if not more:
            return
        written.update(counts)
        try:
            await self._bridge.write(
                hearing_id, lambda session: service.count_packets(session, hearing_id, more), quiet=True
            )
        except SQLAlchemyError:
            log.exception("counts.not_written", hearing=hearing)
            for pair, n in more.items():  # once more the next time
                written[pair] -= n

    def forget(self, hearing: str) -> None:
        """The engine counts from 0 again."""
        self._written.pop(hearing, None)
