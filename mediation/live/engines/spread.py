"""Several engines as one: a hearing is in one of them, new ones go where fewest seats are.

An engine that ends, or that somebody drains, hands its hearings to another: its seats are told that their media are
lost, their browsers offer again by themselves, and everybody finds the same places. The counters go on.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from mediation.hearings.rules.forwarding import Link
from mediation.live.engines.contract import (
    AvailabilityChanged,
    BadOffer,
    EngineEvent,
    Listener,
    Lost,
    MediaEngine,
    NoMedia,
    SeatKey,
    SeatStatistics,
    Sink,
    SlotMap,
)

log = structlog.get_logger()
Pair = tuple[str, str]


@dataclass(slots=True)
class _Hearing:
    """What was said of a hearing, so that it can be said to another engine."""

    engine: MediaEngine
    links: frozenset[Link] = frozenset()
    rooms: Mapping[str, str] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    """Seat -> generation of its connection."""
    sinks: dict[str, tuple[Sink, bool, bool]] = field(default_factory=dict)
    """Of each recorded seat: who takes it, its sound, its picture."""
    counted: dict[Pair, int] = field(default_factory=dict)
    """By engines that had it before."""


class SpreadEngine:
    """Implements `contract.MediaEngine`; only the event loop's thread touches it."""

    def __init__(self, engines: Sequence[MediaEngine]) -> None:
        self._engines = tuple(engines)
        self._hearings: dict[str, _Hearing] = {}
        self._listeners: list[Listener] = []
        self._drained: set[MediaEngine] = set()
        for engine in self._engines:
            engine.listen(lambda event, engine=engine: self._hear(engine, event))  # type: ignore[misc]

    @property
    def available(self) -> bool:
        return any(self._takes(engine) for engine in self._engines)

    def _takes(self, engine: MediaEngine) -> bool:
        return engine.available and engine not in self._drained

    async def start(self) -> None:
        await asyncio.gather(*(engine.start() for engine in self._engines))

    async def stop(self) -> None:
        self._hearings.clear()
        await asyncio.gather(*(engine.stop() for engine in self._engines))

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _tell(self, event: EngineEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _hear(self, engine: MediaEngine, event: EngineEvent) -> None:
        if isinstance(event, AvailabilityChanged):
            if not self._takes(engine):
                self._leave(engine)
            self._tell(event)
            return
        known = self._hearings.get(event.key.hearing)
        if known is None or known.engine is not engine:
            return  # the last words of an engine that has the hearing no more
        if isinstance(event, Lost) and known.seats.get(event.key.seat) == event.generation:
            del known.seats[event.key.seat]
        self._tell(event)

    # ---- who has which hearing

    def load(self, engine: MediaEngine) -> int:
        """Seats with media in it."""
        return sum(len(hearing.seats) for hearing in self._hearings.values() if hearing.engine is engine)

    def engine_of(self, hearing: str) -> MediaEngine | None:
        known = self._hearings.get(hearing)
        return known.engine if known is not None else None

    def _best(self) -> MediaEngine | None:
        return min(filter(self._takes, self._engines), key=self.load, default=None)

    def drain(self, engine: MediaEngine) -> None:
        """It takes no more; what it has goes to the others."""
        self._drained.add(engine)
        self._leave(engine)

    def _leave(self, engine: MediaEngine) -> None:
        for name, hearing in list(self._hearings.items()):
            if hearing.engine is engine:
                other = self._best()
                if other is None:
                    log.warning("spread.nowhere_to_go", hearing=name)
                    return
                self._move(name, hearing, other)

    def _move(self, name: str, hearing: _Hearing, other: MediaEngine) -> None:
        """Cut here, then told to come there: nobody is in both."""
        log.info("spread.moved", hearing=name, n_seats=len(hearing.seats))
        for pair, n in hearing.engine.counts(name).items():
            hearing.counted[pair] = hearing.counted.get(pair, 0) + n
        hearing.engine.close(name)
        hearing.engine = other
        other.forward(name, hearing.links, hearing.rooms)
        for seat, (sink, audio, video) in hearing.sinks.items():
            other.record(SeatKey(name, seat), sink, audio=audio, video=video)
        seats, hearing.seats = hearing.seats, {}
        for seat, generation in seats.items():
            self._tell(Lost(SeatKey(name, seat), generation))

    def _hearing(self, name: str) -> _Hearing:
        """Raises: NoMedia when no engine takes it."""
        known = self._hearings.get(name)
        if known is not None and (self._takes(known.engine) or self._best() is None):
            return known
        best = self._best()
        if best is None:
            raise NoMedia("no engine is available")
        if known is None:
            known = self._hearings[name] = _Hearing(best)
        else:
            self._move(name, known, best)
        return known

    # ---- what the engine of a hearing does

    async def connect(self, key: SeatKey, generation: int, offer: str) -> str:
        hearing = self._hearing(key.hearing)
        engine = hearing.engine
        answer = await engine.connect(key, generation, offer)
        if hearing.engine is not engine:
            raise NoMedia("the hearing moved meanwhile")
        hearing.seats[key.seat] = generation
        return answer

    async def answered(self, key: SeatKey, generation: int, answer: str) -> None:
        known = self._hearings.get(key.hearing)
        if known is None:
            raise BadOffer("nothing was offered")
        await known.engine.answered(key, generation, answer)

    def disconnect(self, key: SeatKey) -> None:
        known = self._hearings.get(key.hearing)
        if known is not None:
            known.seats.pop(key.seat, None)
            known.engine.disconnect(key)

    def forward(self, hearing: str, links: Iterable[Link], rooms: Mapping[str, str]) -> None:
        try:
            known = self._hearing(hearing)
        except NoMedia:
            return  # nobody can be connected; it is said again at the next look
        known.links, known.rooms = frozenset(links), dict(rooms)
        known.engine.forward(hearing, known.links, known.rooms)

    async def settled(self, hearing: str) -> None:
        known = self._hearings.get(hearing)
        if known is not None:
            await known.engine.settled(hearing)

    def close(self, hearing: str) -> None:
        known = self._hearings.pop(hearing, None)
        if known is not None:
            known.engine.close(hearing)

    def slots(self, key: SeatKey) -> tuple[SlotMap, ...]:
        known = self._hearings.get(key.hearing)
        return known.engine.slots(key) if known is not None else ()

    def request_key_frame(self, key: SeatKey) -> None:
        known = self._hearings.get(key.hearing)
        if known is not None:
            known.engine.request_key_frame(key)

    def counts(self, hearing: str) -> Mapping[Pair, int]:
        known = self._hearings.get(hearing)
        if known is None:
            return {}
        counts = dict(known.counted)
        for pair, n in known.engine.counts(hearing).items():
            counts[pair] = counts.get(pair, 0) + n
        return counts

    def statistics(self) -> tuple[SeatStatistics, ...]:
        return tuple(row for engine in self._engines for row in engine.statistics())

    def record(self, key: SeatKey, sink: Sink | None, *, audio: bool = True, video: bool = True) -> None:
        """What is recorded goes with the hearing to another engine."""
        known = self._hearings.get(key.hearing)
        if known is None:
            return  # nobody can be connected; it is said again at the next look
        if sink is None:
            known.sinks.pop(key.seat, None)
        else:
            known.sinks[key.seat] = (sink, audio, video)
        known.engine.record(key, sink, audio=audio, video=video)

    def recorded(self, hearing: str) -> frozenset[str]:
        known = self._hearings.get(hearing)
        return known.engine.recorded(hearing) if known is not None else frozenset()
