"""One sample of every open line now and then, for the staff's desk: all of them in one quiet transaction."""

from collections.abc import Iterable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from mediation.hearings import service
from mediation.hearings.rules.lines import SAMPLE_EVERY, LineSample
from mediation.live.bridge import Bridge
from mediation.live.engines.contract import MediaEngine, SeatKey, SeatStatistics
from mediation.live.line import Line

log = structlog.get_logger()


class Samples:
    """Only the event loop's thread touches it."""

    def __init__(self, bridge: Bridge, engine: MediaEngine) -> None:
        self._bridge, self._engine = bridge, engine
        self._due_at = float("-inf")

    def is_due(self, now: float) -> bool:
        """Whether it is time again; asked once, it is not for a while. `now` of a clock that never leaps."""
        if now < self._due_at:
            return False
        self._due_at = now + SAMPLE_EVERY.total_seconds()
        return True

    async def write(self, lines: Iterable[Line]) -> None:
        """A sample that cannot be written is missing on the desk's drawing, nothing else."""
        measured = {row.key: row for row in self._engine.statistics()}
        samples = {line.seat_id: self._of(line, measured.get(SeatKey(line.hearing, line.seat))) for line in lines}
        if not samples:
            return
        try:
            await self._bridge.write_unheld(lambda session: service.note_samples(session, samples), quiet=True)
        except SQLAlchemyError:
            log.exception("samples.not_written")

    def _of(self, line: Line, media: SeatStatistics | None) -> LineSample:
        if media is None or not media.connected:
            return LineSample(self._bridge.clock(), line.loss_now, None, line.rtt_ms)
        return LineSample(
            at=self._bridge.clock(),
            loss_to=max(line.loss_now or 0.0, media.loss_to_seat),
            loss_from=media.missed_from_seat,
            rtt_ms=media.rtt_ms or line.rtt_ms,
        )
