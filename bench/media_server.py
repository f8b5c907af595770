"""The forwarding side of the media benchmark, alone in its process: `media_server.py embedded|recorded|relay`.

Commands come as JSON lines on stdin, answers leave on stdout:
{"room": name, "offers": {seat: sdp}} -> {"answers": {seat: sdp}}; {"read": true} -> {"cpu_s", "forwarded", "rss_mb"}.
"""

import asyncio
import json
import os
import re
import sys
import time
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
from mediation.live.engines.contract import SeatKey
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings
from mediation.live.recording.recorder import SYNC_EVERY, TURN_S, batch, write_down
from mediation.live.recording.sinks import SeatSink
from mediation.live.recording.source import SourceFile

LONGEST_LINE = 1 << 20


class Way(Protocol):
    async def start(self) -> None: ...
    async def room(self, name: str, offers: dict[str, str]) -> dict[str, str]: ...
    def forwarded(self) -> int: ...


class Embedded:
    """The product's engine, everybody of a room subscribed to everybody."""

    def __init__(self) -> None:
        self.engine = EmbeddedEngine(EngineSettings(host="127.0.0.1", addresses=("127.0.0.1",)))

    async def start(self) -> None:
        await self.engine.start()

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, str]:
        answers = {seat: await self.engine.connect(SeatKey(name, seat), 1, offer) for seat, offer in offers.items()}
        links = [Link(one, other, audio=True, video=True) for one in offers for other in offers if one != other]
        self.engine.forward(name, links, dict.fromkeys(offers, "main"))
        return answers

    def forwarded(self) -> int:
        return sum(seat.sent_packets for seat in self.engine.statistics())


class Recorded(Embedded):
    """The same, with everybody recorded: frames, seals and writes as the product does, each half second."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.files = RecordingFiles(Path(self.folder.name))
        self.tasks: list[asyncio.Task[None]] = []
        self.writer = ThreadPoolExecutor(max_workers=1)

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, str]:
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

    async def room(self, name: str, offers: dict[str, str]) -> dict[str, str]:
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
        return answers

    async def _line(self, offer: str) -> tuple[RTCPeerConnection, list[Any]]:
        line = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.lines.append(line)
        offer = offer.replace("a=setup:actpass", "a=setup:active")  # the load is always the DTLS client
        await line.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        return line, [one.receiver.track for one in line.getTransceivers()[:2]]

    def forwarded(self) -> int:
        """What the listeners count: the relay makes packets of its own."""
        return 0


def rss_mb() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found.group(1)) / 1024 if found else 0.0


async def serve(way: Way) -> None:
    await way.start()
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        if "room" in asked:
            answer: dict[str, Any] = {"answers": await way.room(asked["room"], asked["offers"])}
        else:
            answer = {"cpu_s": time.process_time(), "forwarded": way.forwarded(), "rss_mb": rss_mb()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(serve({"embedded": Embedded, "recorded": Recorded, "relay": Relay}[sys.argv[1]]()))
    os._exit(0)  # the relay's tasks never end
