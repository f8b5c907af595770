"""One browser's socket: frames in and out, heartbeats, its share of messages."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog
from aiohttp import web
from pydantic import BaseModel

from mediation.kernel.errors import Problem
from mediation.live.adaptation import Adaptation, Measured
from mediation.live.engines.contract import SeatStatistics
from mediation.live.messages import Bye, ClientBeat, CloseCode, ProblemMessage, ServerBeat

log = structlog.get_logger()

BEAT_EVERY_S: Final = 2.0
LOST_AFTER_S: Final = 6.0
BURST: Final = 60
PER_SECOND: Final = 20.0
CLOSE_WITHIN_S: Final = 3.0
OUTBOX: Final = 256
"""Frames that wait for a slow browser before it is given up."""


class Line:
    """Only the event loop's thread touches it."""

    def __init__(self, socket: web.WebSocketResponse, seat: str, seat_id: int, hearing_id: int) -> None:
        self.seat, self.seat_id, self.hearing_id = seat, seat_id, hearing_id
        self.hearing = ""
        self.door = ""
        """What has to stay open for this line to stay (JoinClaims.door)."""
        self.loss: float | None = None
        """As last measured; what the others are shown."""
        self.loss_now: float | None = None
        """As the browser's last beat says; None: nothing comes, or it does not count."""
        self.rtt_ms: int | None = None
        self.adaptation = Adaptation()
        self.generation = 0
        self.replaced = False
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._outbox: deque[str] = deque()
        self._ending = False
        self._filled = asyncio.Event()
        self._heard_at = self._loop.time()
        self._beats, self._seen = 0, 0
        self._allowance, self._counted_at = float(BURST), self._heard_at
        self._writer = self._loop.create_task(self._write())

    # ---- in

    def heard(self) -> bool:
        """A frame arrived; False when it is one too many."""
        now = self._loop.time()
        self._heard_at = now
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * PER_SECOND) - 1
        self._counted_at = now
        return self._allowance >= 0

    def beat_seen(self, beat: ClientBeat) -> bool:
        """Whether the line is measured now and was not before, or the other way round."""
        self._seen, before = beat.n, self.loss
        self.loss_now = beat.loss
        self.loss = beat.loss if beat.loss is not None else self.loss
        self.rtt_ms = beat.rtt_ms if beat.rtt_ms is not None else self.rtt_ms
        return (before is None) is not (self.loss is None)

    def measured(self, media: SeatStatistics | None, now: float) -> bool:
        """What the engine and the browser found of this line; whether it carries other things now than before."""
        if media is None:
            return self.adaptation.look(Measured(self.loss_now, self.rtt_ms), now)
        measured = Measured(
            loss=max(self.loss_now or 0.0, media.loss_to_seat),
            rtt_ms=media.rtt_ms or self.rtt_ms,
            missed_to=media.missed_to_seat,
            missed_from=media.missed_from_seat,
            allowed_kbps=media.allowed_kbps,
        )
        return self.adaptation.look(measured, now)

    @property
    def silent(self) -> bool:
        return self._loop.time() - self._heard_at > LOST_AFTER_S

    # ---- out

    def send(self, message: BaseModel) -> None:
        if self._ending:
            return
        if len(self._outbox) >= OUTBOX:
            log.info("line.too_slow", seat=self.seat)
            self._loop.create_task(self.end(CloseCode.SILENT))
            return
        self._outbox.append(message.model_dump_json())
        self._filled.set()

    def refuse(self, problem: Problem, *, about: str = "", ref: int | None = None, fatal: bool = False) -> None:
        params = {
            key: value if isinstance(value, str | int | float | bool) or value is None else str(value)
            for key, value in problem.params.items()
        }
        self.send(
            ProblemMessage(code=problem.code, params=params, field=problem.field, about=about, ref=ref, fatal=fatal)
        )

    def beat(self, now: Callable[[], object]) -> None:
        self._beats += 1
        self.send(ServerBeat.model_validate({"n": self._beats, "seen": self._seen, "now": now()}))

    async def _write(self) -> None:
        """Ends when the line does, with the outbox empty: a last sentence is never cut off."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while not (self._ending and not self._outbox):
                if not self._outbox:
                    await self._filled.wait()
                    self._filled.clear()
                while self._outbox:
                    await self._socket.send_str(self._outbox.popleft())

    async def end(self, code: CloseCode, bye: Bye | None = None) -> None:
        """Say goodbye and close, once; what is still in the outbox goes first."""
        if self._ending:
            return
        if bye is not None:
            self._outbox.append(bye.model_dump_json())
        self._ending = True
        self._filled.set()
        with contextlib.suppress(ConnectionError, RuntimeError, TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await asyncio.shield(self._writer)
                await self._socket.close(code=code)
        self._writer.cancel()
