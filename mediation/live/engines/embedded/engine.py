"""The embedded engine: seats, hearings, timers. One per `live` process, on its event loop."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiortc.rtp import RtcpSenderInfo

from mediation.hearings.rules.forwarding import Link
from mediation.live.engines.contract import (
    BadOffer,
    Connected,
    EngineEvent,
    Listener,
    Lost,
    SeatKey,
    SeatStatistics,
    Sink,
    SlotMap,
    SlotsChanged,
)
from mediation.live.engines.embedded import sdp, seams
from mediation.live.engines.embedded.connection import CONSENT_S, Connection, Surroundings
from mediation.live.engines.embedded.forward import Slot, Source
from mediation.live.engines.embedded.port import MediaPort, candidates, own_addresses
from mediation.live.engines.seating import Placed, seated

NACK_EVERY_S: Final = 0.02
REPORT_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where media arrive, and how much of it."""

    host: str = "0.0.0.0"  # noqa: S104
    port: int = 0
    """0: any free one."""
    addresses: tuple[str, ...] = ()
    """As browsers reach us; empty: this machine's own."""
    loopback: bool = False
    max_kbps: int = 800
    """The most that each browser is allowed to send (REMB)."""


@dataclass(slots=True)
class _Hearing:
    """What flows in one hearing."""

    links: frozenset[Link] = frozenset()
    rooms: Mapping[str, str] = field(default_factory=dict)
    seats: dict[str, dict[int, Placed]] = field(default_factory=dict)
    """Listener -> slot -> speaker, audio, video."""
    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    sinks: dict[str, tuple[Sink, bool, bool]] = field(default_factory=dict)
    """Of each recorded seat: who takes it, its sound, its picture."""


class EmbeddedEngine:
    """Implements `contract.MediaEngine`."""

    def __init__(self, settings: EngineSettings) -> None:
        seams.check()
        self._settings = settings
        self._certificate = seams.Certificate()
        self._connections: dict[SeatKey, Connection] = {}
        self._hearings: dict[str, _Hearing] = {}
        self._owner_of_source: dict[int, Connection] = {}
        self._owner_of_slot: dict[int, Connection] = {}
        self._listeners: list[Listener] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._port: MediaPort | None = None
        self._candidates: tuple[str, ...] = ()

    @property
    def port(self) -> MediaPort:
        if self._port is None:
            raise RuntimeError("the engine was not started")
        return self._port

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._port = MediaPort(self._settings.host, self._settings.port, loop.time)
        self._port.open()
        addresses = self._settings.addresses or own_addresses(loopback=self._settings.loopback)
        self._candidates = candidates(addresses, self._port.number)
        self._tasks = [loop.create_task(self._ask_again()), loop.create_task(self._report())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for key in list(self._connections):
            self.disconnect(key)
        await asyncio.sleep(0)  # the goodbyes leave
        self.port.close()

    @property
    def available(self) -> bool:
        return self._port is not None

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _tell(self, event: EngineEvent) -> None:
        for listener in self._listeners:
            listener(event)

    # ---- connections

    async def connect(self, key: SeatKey, generation: int, offer: str) -> str:
        read = sdp.read(offer)
        known = self._connections.get(key)
        if known is not None and known.generation == generation and known.offer.fingerprints == read.fingerprints:
            known.renew()
            connection = known
        else:
            if known is not None:
                self.disconnect(key)
            connection = self._open(key, generation, read)
        ours = sdp.OurSide(
            ufrag=connection.ufrag,
            pwd=connection.password,
            fingerprint=self._certificate.fingerprint,
            candidates=self._candidates,
        )
        ssrcs = {slot.mid: slot.ssrc for pair in connection.slots for slot in pair}
        answer = sdp.answer(read, ours, ssrcs, secrets.randbits(60))
        self._apply(key.hearing)
        return answer

    def _open(self, key: SeatKey, generation: int, offer: sdp.Offer) -> Connection:
        around = Surroundings(
            port=self.port,
            certificate=self._certificate,
            connected=lambda: self._tell(Connected(key, generation)),
            lost=lambda: self._lost(key, generation),
            max_bps=self._settings.max_kbps * 1000,
            want_key_frame=self._want_key_frame,
            report_to=self._report_to,
        )
        connection = Connection(key, generation, offer, around)
        self._connections[key] = connection
        for source in connection.sources.values():
            self._owner_of_source[id(source)] = connection
        for pair in connection.slots:
            for slot in pair:
                self._owner_of_slot[id(slot)] = connection
        return connection

    def disconnect(self, key: SeatKey) -> None:
        connection = self._connections.pop(key, None)
        if connection is None:
            return
        for source in connection.sources.values():
            self._owner_of_source.pop(id(source), None)
        for pair in connection.slots:
            for slot in pair:
                self._owner_of_slot.pop(id(slot), None)
        connection.close()
        self._apply(key.hearing)

    def _lost(self, key: SeatKey, generation: int) -> None:
        connection = self._connections.get(key)
        if connection is not None and connection.generation == generation:
            self.disconnect(key)
            self._tell(Lost(key, generation))

    def close(self, hearing: str) -> None:
        for key in [key for key in self._connections if key.hearing == hearing]:
            self.disconnect(key)
        self._hearings.pop(hearing, None)

    async def answered(self, key: SeatKey, generation: int, answer: str) -> None:
        """Slots are in the browser's own connection: nothing was offered."""
        del key, generation, answer
        raise BadOffer("nothing was offered")

    # ---- forwarding

    async def settled(self, hearing: str) -> None:
        """`forward` holds when it returns."""

    def forward(self, hearing: str, links: Iterable[Link], rooms: Mapping[str, str]) -> None:
        known = self._hearings.setdefault(hearing, _Hearing())
        known.links, known.rooms = frozenset(links), dict(rooms)
        self._apply(hearing)

    def _apply(self, hearing: str) -> None:
        known = self._hearings.get(hearing)
        if known is None:
            return
        for key, connection in self._connections.items():
            if key.hearing == hearing:
                before = known.seats.get(key.seat, {})
                known.seats[key.seat] = seated(before, known.links, key.seat, len(connection.slots))
                self._fill(known, connection)
                self._tap(known, connection)
                if known.seats[key.seat] != before:
                    self._tell(SlotsChanged(key))

    def _fill(self, hearing: _Hearing, connection: Connection) -> None:
        """Put the speakers' sources into the listener's slots, and take the others out."""
        listener = connection.key.seat
        for index, (audio, video) in enumerate(connection.slots):
            speaker, hears, sees = hearing.seats[listener].get(index, ("", False, False))
            other = self._connections.get(SeatKey(connection.key.hearing, speaker))
            pair = (hearing.rooms.get(speaker, ""), hearing.rooms.get(listener, ""))
            counter = hearing.counts.setdefault(pair, [0]) if speaker else [0]
            _put(audio, other, counter, wanted=hears)
            if _put(video, other, counter, wanted=sees) and video.source is not None:
                self._want_key_frame(video.source)

    def _want_key_frame(self, source: Source) -> None:
        source.waiting = True
        owner = self._owner_of_source.get(id(source))
        if owner is not None:
            owner.ask_for_key_frame(source, asyncio.get_running_loop().time())

    def _report_to(self, slot: Slot, info: RtcpSenderInfo) -> None:
        owner = self._owner_of_slot.get(id(slot))
        if owner is not None:
            owner.report(slot, info)

    def request_key_frame(self, key: SeatKey) -> None:
        connection = self._connections.get(key)
        if connection is not None and True in connection.sources:
            self._want_key_frame(connection.sources[True])

    def slots(self, key: SeatKey) -> tuple[SlotMap, ...]:
        connection = self._connections.get(key)
        known = self._hearings.get(key.hearing)
        if connection is None:
            return ()
        return connection.slot_map(known.seats.get(key.seat, {}) if known is not None else {})

    def counts(self, hearing: str) -> Mapping[tuple[str, str], int]:
        known = self._hearings.get(hearing)
        return {pair: cell[0] for pair, cell in known.counts.items()} if known is not None else {}

    def statistics(self) -> tuple[SeatStatistics, ...]:
        return tuple(connection.statistics() for connection in self._connections.values())

    # ---- recording

    def record(self, key: SeatKey, sink: Sink | None, *, audio: bool = True, video: bool = True) -> None:
        known = self._hearings.setdefault(key.hearing, _Hearing())
        if sink is None:
            known.sinks.pop(key.seat, None)
        else:
            known.sinks[key.seat] = (sink, audio, video)
        if key in self._connections:
            self._tap(known, self._connections[key])

    def _tap(self, hearing: _Hearing, connection: Connection) -> None:
        sink, audio, video = hearing.sinks.get(connection.key.seat, (None, False, False))
        for source in connection.sources.values():
            wanted = video if source.video else audio
            if source.record(sink if wanted else None) and source.video and source.tap is not None:
                self._want_key_frame(source)

    def recorded(self, hearing: str) -> frozenset[str]:
        return frozenset(
            key.seat
            for key, connection in self._connections.items()
            if key.hearing == hearing
            and connection.connected
            and any(source.tap is not None for source in connection.sources.values())
        )

    # ---- timers

    async def _ask_again(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(NACK_EVERY_S)
            now = loop.time()
            for connection in list(self._connections.values()):
                connection.ask_for_lost(now)

    async def _report(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            now = loop.time()
            for connection in list(self._connections.values()):
                connection.look_back()
                connection.report_reception(now)
                for source in connection.sources.values():
                    if source.video and source.waiting and source.outlets:
                        connection.ask_for_key_frame(source, now)
                if now - connection.alive_at > CONSENT_S:
                    self._lost(connection.key, connection.generation)


def _put(slot: Slot, other: Connection | None, counter: list[int], *, wanted: bool) -> bool:
    """Whether somebody new is in the slot."""
    source = other.sources[slot.video] if other is not None and wanted else None
    before = slot.source
    slot.strip = other is not None and wanted and _extensions_differ(slot, other)
    slot.put(source, counter)
    return source is not None and source is not before


def _extensions_differ(slot: Slot, other: Connection) -> bool:
    """A picture's packets carry the send time under the speaker's number; a listener with another would misread it."""
    media = next(media for media in other.offer.own if media.video == slot.video)
    return slot.video and media.abs_send_time != slot.abs_send_time
