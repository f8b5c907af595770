"""Implements `contract.MediaEngine` on one Janus."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Final

import structlog

from mediation.hearings.rules.forwarding import Link
from mediation.live.engines.contract import (
    AvailabilityChanged,
    BadOffer,
    Connected,
    EngineEvent,
    Listener,
    Lost,
    NoMedia,
    Offered,
    SeatKey,
    SeatStatistics,
    Sink,
    SlotMap,
)
from mediation.live.engines.embedded import sdp
from mediation.live.engines.janus.hearing import JanusHearing
from mediation.live.engines.janus.instance import Instance, JanusSettings
from mediation.live.engines.janus.recording import Wanted
from mediation.live.engines.janus.seat import JanusSeat
from mediation.live.engines.janus.wire import JanusError

log = structlog.get_logger()

COUNT_EVERY_S: Final = 5.0


class JanusEngine:
    """Only the event loop's thread touches it."""

    def __init__(self, settings: JanusSettings) -> None:
        self._settings = settings
        self._instance = Instance(settings, lambda: self._tell(AvailabilityChanged()), self._gone)
        self._hearings: dict[str, JanusHearing] = {}
        self._listeners: list[Listener] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._counting: asyncio.Task[None] | None = None

    @property
    def available(self) -> bool:
        return self._instance.available

    async def start(self) -> None:
        """A Janus that is not there yet is looked for on and on."""
        await self._instance.start()
        self._counting = asyncio.get_running_loop().create_task(self._count())

    async def stop(self) -> None:
        if self._counting is not None:
            self._counting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._counting
        for name in list(self._hearings):
            self.close(name)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._instance.stop()

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _tell(self, event: EngineEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- connections

    async def connect(self, key: SeatKey, generation: int, offer: str) -> str:
        read = sdp.read(offer)
        if not self.available:
            raise NoMedia("Janus is not available")
        hearing = self._hearing(key.hearing)
        known = hearing.seats.get(key.seat)
        try:
            if known is not None and known.generation == generation:
                return await known.restart(offer)
            if known is not None:
                hearing.leave(known)
            seat = JanusSeat(key, generation, self._instance, await hearing.room(), read)
            seat.tell = lambda what, text: self._seat_says(seat, what, text)
            answer = await seat.publish(offer, self._settings.max_kbps)
        except JanusError as error:
            raise NoMedia(str(error)) from error
        overtaken = hearing.seats.get(key.seat)
        if overtaken is not None:
            hearing.leave(overtaken)
        hearing.seats[key.seat] = seat
        self._spawn(self._subscribe(seat))
        return answer

    async def _subscribe(self, seat: JanusSeat) -> None:
        try:
            await seat.subscribe()
        except JanusError as error:
            log.warning("janus.no_slots", seat=seat.key.seat, why=str(error))
            self._lost(seat)
        else:
            self._touch(seat)

    async def answered(self, key: SeatKey, generation: int, answer: str) -> None:
        seat = self._seat(key)
        if seat is None or seat.generation != generation:
            raise BadOffer("nothing was offered")
        try:
            await seat.take_answer(answer)
        except JanusError as error:
            raise BadOffer(str(error)) from error

    def _seat_says(self, seat: JanusSeat, what: str, text: str) -> None:
        if self._seat(seat.key) not in {seat, None}:
            return
        if what == "offer":
            self._tell(Offered(seat.key, seat.generation, text))
        elif what == "down":
            self._lost(seat)
        else:
            self._touch(seat)
            if seat.connected:
                self._tell(Connected(seat.key, seat.generation))

    def _lost(self, seat: JanusSeat) -> None:
        if self._seat(seat.key) is seat:
            self.disconnect(seat.key)
            self._tell(Lost(seat.key, seat.generation))

    def _gone(self) -> None:
        """Janus ended, or its socket: every connection with it."""
        ended, self._hearings = self._hearings, {}
        for name, hearing in ended.items():
            self._hearings[name] = hearing.anew()
        for hearing in ended.values():
            for seat in hearing.seats.values():
                self._tell(Lost(seat.key, seat.generation))

    def disconnect(self, key: SeatKey) -> None:
        seat = self._seat(key)
        if seat is not None:
            self._hearings[key.hearing].leave(seat)

    def close(self, hearing: str) -> None:
        known = self._hearings.pop(hearing, None)
        if known is not None:
            self._spawn(known.end())

    # ---- forwarding

    def forward(self, hearing: str, links: Iterable[Link], rooms: Mapping[str, str]) -> None:
        known = self._hearing(hearing)
        links = frozenset(links)
        if (known.links, known.rooms) != (links, dict(rooms)):
            known.links, known.rooms = links, dict(rooms)
            known.touch()

    async def settled(self, hearing: str) -> None:
        known = self._hearings.get(hearing)
        if known is not None:
            await known.settled()

    def slots(self, key: SeatKey) -> tuple[SlotMap, ...]:
        seat = self._seat(key)
        return seat.slot_map() if seat is not None else ()

    def request_key_frame(self, key: SeatKey) -> None:
        seat = self._seat(key)
        if seat is not None:
            self._spawn(self._ask_for_key_frame(seat))

    async def _ask_for_key_frame(self, seat: JanusSeat) -> None:
        with contextlib.suppress(JanusError):
            await seat.ask_for_key_frame()

    def counts(self, hearing: str) -> Mapping[tuple[str, str], int]:
        known = self._hearings.get(hearing)
        return dict(known.counts) if known is not None else {}

    def statistics(self) -> tuple[SeatStatistics, ...]:
        return tuple(seat.statistics() for hearing in self._hearings.values() for seat in hearing.seats.values())

    async def _count(self) -> None:
        """Janus counts; it is asked every few seconds and after every change."""
        while True:
            await asyncio.sleep(COUNT_EVERY_S)
            for hearing in list(self._hearings.values()):
                await hearing.settled()
                hearing.recording.listen()

    # ---- recording

    def record(self, key: SeatKey, sink: Sink | None, *, audio: bool = True, video: bool = True) -> None:
        """By a forwarder of Janus' own to a socket of ours: docs/decisions/0086-recording-through-janus.md."""
        wanted = Wanted(sink, audio, video) if sink is not None else None
        if wanted is not None or key.hearing in self._hearings:
            self._hearing(key.hearing).recording.record(key.seat, wanted)

    def recorded(self, hearing: str) -> frozenset[str]:
        known = self._hearings.get(hearing)
        return known.recording.recorded if known is not None else frozenset()

    # ---- what there is

    def _hearing(self, name: str) -> JanusHearing:
        known = self._hearings.get(name)
        if known is None:
            known = self._hearings[name] = JanusHearing(name, self._instance, self._tell, self._lost)
        return known

    def _seat(self, key: SeatKey) -> JanusSeat | None:
        hearing = self._hearings.get(key.hearing)
        return hearing.seats.get(key.seat) if hearing is not None else None

    def _touch(self, seat: JanusSeat) -> None:
        hearing = self._hearings.get(seat.key.hearing)
        if hearing is not None:
            hearing.touch()
            hearing.recording.touch()
