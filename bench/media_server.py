"""The forwarding side of the media benchmark, alone in its process: by its name and what it needs, see `chosen`.

Commands come as JSON lines on stdin, answers leave on stdout:
{"room": name, "offers": {seat: sdp}} -> {"answers": {seat: sdp}, "offers": {seat: sdp}}, the latter where the engine
has a second connection, to which {"room": name, "answers": {seat: sdp}} -> {} answers; {"settled": name} -> {} when
the forwarding holds; {"read": true} -> {"cpu_s", "rss_mb"} of this process.
"""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import uvloop
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from mediation.hearings.rules.forwarding import Link
from mediation.hearings.service import OpenSource
from mediation.hearings.storage import RecordingFiles
from mediation.kernel.sealed import new_key
from mediation.live.engines.contract import Connected, EngineEvent, MediaEngine, Offered, SeatKey
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.engines.janus import JanusEngine, JanusSettings
from mediation.live.recording.recorder import SYNC_EVERY, TURN_S, batch, write_down
from mediation.live.recording.sinks import SeatSink
from mediation.live.recording.source import SourceFile

LONGEST_LINE = 1 << 20


class Way(Protocol):
    async def start(self) -> None: ...
    async def room(self, name: str, offers: dict[str, str]) -> dict[str, Any]: ...
    async def answered(self, name: str, answers: dict[str, str]) -> None: ...
    async def settled(self, name: str) -> None: ...


class Engine:
    """One of the product's engines, everybody of a room subscribed to everybody."""

    def __init__(self, engine: MediaEngine, *, offers: bool) -> None:
        self.engine, self.offers = engine, offers
        self.offered: dict[SeatKey, str] = {}
        self.connected: set[SeatKey] = set()
        self.news = asyncio.Event()
        engine.listen(self.hear)

    def hear(self, event: EngineEvent) -> None:
        if isinstance(event, Offered):
            self.offered[event.key] = event.sdp
        if isinstance(event, Connected):
            self.connected.add(event.key)
        self.news.set()

    async def start(self) -> None:
        await self.engine.start()

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            self.news.clear()
            await self.news.wait()

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, Any]:
        answers = {seat: await self.engine.connect(SeatKey(name, seat), 1, offer) for seat, offer in offers.items()}
        keys = {seat: SeatKey(name, seat) for seat in offers}
        if self.offers:
            await self.until(lambda: all(key in self.offered for key in keys.values()))
        links = [Link(one, other, audio=True, video=True) for one in offers for other in offers if one != other]
        self.engine.forward(name, links, dict.fromkeys(offers, "main"))
        return {
            "answers": answers,
            "offers": {seat: self.offered[key] for seat, key in keys.items() if key in self.offered},
        }

    async def answered(self, name: str, answers: dict[str, str]) -> None:
        for seat, answer in answers.items():
            await self.engine.answered(SeatKey(name, seat), 1, answer)

    async def settled(self, name: str) -> None:
        keys = {row.key for row in self.engine.statistics() if row.key.hearing == name}
        await self.until(lambda: keys <= self.connected)
        await self.engine.settled(name)


class Recorded(Engine):
    """The same, with everybody recorded: frames, seals and writes as the product does, each half second."""

    def __init__(self, engine: MediaEngine) -> None:
        super().__init__(engine, offers=False)
        self.folder = TemporaryDirectory()
        self.files = RecordingFiles(Path(self.folder.name))
        self.tasks: list[asyncio.Task[None]] = []
        self.writer = ThreadPoolExecutor(max_workers=1)

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, Any]:
        answers = await super().room(name, offers)
        sinks = {seat: SeatSink(f"{name}{seat}", time.time) for seat in offers}
        for seat, sink in sinks.items():
            self.engine.record(SeatKey(name, seat), sink)
        self.tasks.append(asyncio.get_running_loop().create_task(self._turns(list(sinks.values()))))
        return answers

    async def _turns(self, sinks: list[SeatSink]) -> None:
        for turn in count():
            await asyncio.sleep(TURN_S)
            streams = [stream for sink in sinks for stream in sink.streams.values()]
            for number, stream in enumerate(streams):
                if stream.file is None:
                    opened = OpenSource(number, f"{stream.seat}{number}", new_key())
                    stream.file = SourceFile(opened, self.files, stream.clock, video=stream.video)
            await write_down([batch(one) for one in streams], self.writer, sync=turn % SYNC_EVERY == 0)


class Relay:
    """aiortc's own way: every stream decoded once, and encoded again for each listener."""

    def __init__(self) -> None:
        self.relay = MediaRelay()
        self.lines: list[RTCPeerConnection] = []

    async def start(self) -> None:
        return

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, Any]:
        del name
        lines = {seat: await self._line(offer) for seat, offer in offers.items()}
        for seat, line in lines.items():
            others = [tracks for other, (_, tracks) in lines.items() if other != seat]
            wanted = [track for tracks in others for track in tracks]
            receiving = [one for one in line[0].getTransceivers() if one.receiver.track not in line[1]]
            for transceiver, track in zip(receiving, wanted, strict=True):
                transceiver.sender.replaceTrack(self.relay.subscribe(track))
                transceiver.direction = "sendonly"
        answers = {}
        for seat, (line, _) in lines.items():
            await line.setLocalDescription(await line.createAnswer())
            answers[seat] = line.localDescription.sdp
        return {"answers": answers, "offers": {}}

    async def answered(self, name: str, answers: dict[str, str]) -> None:
        """It offers nothing."""

    async def settled(self, name: str) -> None:
        """It holds at once."""

    async def _line(self, offer: str) -> tuple[RTCPeerConnection, list[Any]]:
        line = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.lines.append(line)
        offer = offer.replace("a=setup:actpass", "a=setup:active")  # the load is always the DTLS client
        await line.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        return line, [one.receiver.track for one in line.getTransceivers()[:2]]


def rss_mb(process: int | str = "self") -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else 0.0


async def serve(way: Way) -> None:
    await way.start()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        answer: dict[str, Any] = {}
        if "offers" in asked:
            answer = await way.room(asked["room"], asked["offers"])
        elif "answers" in asked:
            await way.answered(asked["room"], asked["answers"])
        elif "settled" in asked:
            await way.settled(asked["settled"])
        else:
            answer = {"cpu_s": time.process_time(), "rss_mb": rss_mb()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def chosen(kind: str, *more: str) -> Way:
    """`embedded HOST`, `recorded HOST`, `janus URL ADMIN_URL SECRET ADMIN_SECRET` or `relay`."""
    if kind == "relay":
        return Relay()
    if kind == "janus":
        return Engine(JanusEngine(JanusSettings(*more)), offers=True)
    engine = EmbeddedEngine(EngineSettings(host=more[0], addresses=(more[0],)))
    return Recorded(engine) if kind == "recorded" else Engine(engine, offers=False)


if __name__ == "__main__":
    uvloop.run(serve(chosen(*sys.argv[1:])))
    os._exit(0)  # the relay's tasks never end
