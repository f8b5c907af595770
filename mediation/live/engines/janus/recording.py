"""Recording one hearing that is in Janus: a forwarder for each recorded medium, and none for any other.

From the moment that nobody records a seat nothing of it is handed over; then its forwarder is taken from Janus. One
that Janus does not give up is ended with the connection of its seat.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import structlog

from mediation.live.engines.contract import Sink
from mediation.live.engines.janus.seat import JanusSeat
from mediation.live.engines.janus.tap import Tap
from mediation.live.engines.janus.wire import JanusError

log = structlog.get_logger()

AGAIN_AFTER_S: Final = 0.5


class Wanted(NamedTuple):
    """Who takes what of a seat."""

    sink: Sink
    audio: bool
    video: bool


class JanusRecording:
    """Only the event loop's thread touches it; its one task speaks to Janus."""

    def __init__(self, seats: Mapping[str, JanusSeat], by_force: Callable[[JanusSeat], None]) -> None:
        """`by_force` ends a seat's connection."""
        self._seats, self._by_force = seats, by_force
        self._wanted: dict[str, Wanted] = {}
        self._taps: dict[JanusSeat, dict[str, Tap]] = {}
        self._dirty = False
        self._again: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def record(self, seat: str, wanted: Wanted | None) -> None:
        if wanted is None:
            self._wanted.pop(seat, None)
        elif self._wanted.get(seat) == wanted:
            return
        else:
            self._wanted[seat] = wanted
        self.touch()

    @property
    def recorded(self) -> frozenset[str]:
        """Seats of which Janus forwards all that is wanted."""
        return frozenset(
            name
            for name, seat in self._seats.items()
            if (media := self._media(name, seat)) and all(self._runs(seat, medium) for medium in media)
        )

    def _runs(self, seat: JanusSeat, medium: str) -> bool:
        tap = self._taps.get(seat, {}).get(medium)
        return tap is not None and tap.runs

    def _media(self, name: str, seat: JanusSeat) -> dict[str, tuple[Sink, bool]]:
        """The media of a seat that shall be recorded now, with who takes them and whether they are pictures."""
        wanted = self._wanted.get(name)
        if wanted is None or not seat.sends:
            return {}
        kinds = zip(seat.own, (wanted.audio, wanted.video), (False, True), strict=True)
        return {medium: (wanted.sink, video) for medium, is_wanted, video in kinds if is_wanted}

    def touch(self) -> None:
        """Something changed: silence at once what is not wanted any more, then bring the rest about."""
        for seat, taps in self._taps.items():
            media = self._media_here(seat)
            for medium, tap in taps.items():
                if media.get(medium, (None,))[0] is not tap.sink:
                    tap.silence()
        self._dirty = True
        if (self._wanted or self._taps) and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._work())

    def _media_here(self, seat: JanusSeat) -> dict[str, tuple[Sink, bool]]:
        """None of a connection that is not the seat's any more."""
        name = seat.key.seat
        return self._media(name, seat) if self._seats.get(name) is seat else {}

    def listen(self) -> None:
        """Called after Janus has counted: what it gets of a browser must arrive here too, else it is not recorded."""
        for seat, taps in self._taps.items():
            for medium, tap in taps.items():
                if tap.is_silent_beside(seat.traffic.came.get(medium, 0)):
                    log.warning("janus.tap_is_deaf", hearing=seat.key.hearing, seat=seat.key.seat)

    def drop(self) -> dict[str, Wanted]:
        """Nothing more: Janus is gone, or the connections are. What was wanted, for the next Janus."""
        wanted, self._wanted = self._wanted, {}
        for taps in self._taps.values():
            for tap in taps.values():
                tap.close()
        self._taps = {}
        if self._again is not None:
            self._again.cancel()
        return wanted

    async def _work(self) -> None:
        while self._dirty:
            self._dirty = False
            for seat in list(self._taps):
                await self._stop_silent(seat)
            for name, seat in list(self._seats.items()):
                for medium, (sink, video) in self._media(name, seat).items():
                    if medium not in self._taps.get(seat, {}):
                        await self._start(seat, medium, Tap(sink, video=video))

    async def _start(self, seat: JanusSeat, medium: str, tap: Tap) -> None:
        self._taps.setdefault(seat, {})[medium] = tap
        try:
            tap.stream = await seat.forward_to(medium, await tap.open(), tap.key)
        except (JanusError, OSError) as error:
            log.warning("janus.not_recorded", hearing=seat.key.hearing, seat=seat.key.seat, why=str(error))
            tap.close()
            self._taps.get(seat, {}).pop(medium, None)
            if self._again is not None:
                self._again.cancel()
            self._again = asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self.touch)

    async def _stop_silent(self, seat: JanusSeat) -> None:
        taps = self._taps[seat]
        for medium, tap in [(medium, tap) for medium, tap in taps.items() if tap.sink is None]:
            tap.close()
            taps.pop(medium, None)
            if self._seats.get(seat.key.seat) is not seat:
                continue  # its connection ends, and with it all that Janus forwards of it
            try:
                await seat.forward_no_more(tap.stream)
            except JanusError as error:
                log.warning("janus.forwarder_by_force", hearing=seat.key.hearing, seat=seat.key.seat, why=str(error))
                self._by_force(seat)
        if not taps:
            self._taps.pop(seat, None)
