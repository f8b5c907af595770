"""What forwarding costs: server CPU, added delay and loss at 1, 4, 8 and 16 rooms of 4, beside aiortc's MediaRelay.

Everybody of a room gets everybody else's VP8 640x360 25 fps 593 kbit/s and Opus 32 kbit/s over DTLS-SRTP on
loopback. Server and load are processes of their own. MEDIA_BENCH_S: seconds of each measurement (default 8).
Prints one line each: <name> | <figure> | control: <figure>
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402

from bench.media_load import Media, Player, Seat, encode  # noqa: E402
from bench.media_server import LONGEST_LINE  # noqa: E402
from mediation.live.engines.embedded.seams import Certificate  # noqa: E402

SECONDS = float(os.environ.get("MEDIA_BENCH_S", "8"))
WARM_S = 2.0
ROOMS = (1, 4, 8, 16)
SEATS = 4


@dataclass(frozen=True)
class Figure:
    core: float
    packets_per_s: float
    cpu_us: float
    """Server CPU per packet that reached a listener, in microseconds."""
    p50_ms: float
    p95_ms: float
    lost: float
    """Share of what should have arrived and did not."""
    load_core: float
    rss_mb: float

    def __str__(self) -> str:
        return (
            f"{self.core:.2f} core, {self.cpu_us:.1f} us/packet at {self.packets_per_s:.0f}/s, "
            f"added delay p50 {self.p50_ms:.2f} p95 {self.p95_ms:.2f} ms, lost {self.lost:.2%}, {self.rss_mb:.0f} MB"
        )


class Server:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, way: str) -> "Server":
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "bench" / "media_server.py"),
                way,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                limit=LONGEST_LINE,
            )
        )

    async def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return dict(json.loads(await self._process.stdout.readline()))

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 10)


async def gather(server: Server, n_rooms: int, media: Media, *, stamped: bool) -> list[Seat]:
    """All seats, connected; a room at a time, because each handshake costs both sides."""
    certificate = Certificate()
    everybody = []
    for room in range(n_rooms):
        seats = {f"s{n}": Seat(media, certificate, stamped=stamped) for n in range(SEATS)}
        offers = {name: seat.offer() for name, seat in seats.items()}
        answers = (await server.ask(room=f"r{room}", offers=offers))["answers"]
        await asyncio.gather(*(seat.join(answers[name], host=seat.host(answers[name])) for name, seat in seats.items()))
        for name, seat in seats.items():
            others = [other for other_name, other in seats.items() if other_name != name]
            seat.speakers = {ssrc: others[(int(mid) - 2) // 2] for mid, ssrc in seat.ssrcs.items() if int(mid) > 1}
        everybody += seats.values()
    return everybody


async def measure(way: str, n_rooms: int, media: Media) -> Figure:
    server = await Server.start(way)
    stamped = way != "relay"
    seats = await gather(server, n_rooms, media, stamped=stamped)
    player = Player(seats)
    await asyncio.sleep(WARM_S)
    before, mine = await server.ask(read=True), os.times()
    marks = [mark(seat, stamped=stamped) for seat in seats]
    await asyncio.sleep(SECONDS)
    after, mine_after = await server.ask(read=True), os.times()
    ends = [mark(seat, stamped=stamped) for seat in seats]
    player.playing = False
    delays = sorted(delay for seat, start in zip(seats, marks, strict=True) for delay in seat.delays_ms[start[2] :])
    expected = sum(end[0] - start[0] for start, end in zip(marks, ends, strict=True))
    arrived = sum(end[1] - start[1] for start, end in zip(marks, ends, strict=True))
    cpu = after["cpu_s"] - before["cpu_s"]
    for seat in seats:
        seat.cut()
    await server.stop()
    return Figure(
        core=cpu / SECONDS,
        packets_per_s=arrived / SECONDS,
        cpu_us=cpu * 1e6 / max(1, arrived),
        p50_ms=statistics.median(delays or [0.0]),
        p95_ms=(delays or [0.0])[int(len(delays) * 0.95)],
        lost=max(0.0, 1 - arrived / max(1, expected)),
        load_core=(mine_after.user + mine_after.system - mine.user - mine.system) / SECONDS,
        rss_mb=after["rss_mb"],
    )


def mark(seat: Seat, *, stamped: bool) -> tuple[int, int, int]:
    """Expected, arrived, and how many delays were noted until now. The relay's packets are not the speaker's: there
    pictures and sounds are counted.
    """
    streams = seat.streams.values()
    if stamped:
        return sum(one.expected for one in streams), sum(one.received for one in streams), len(seat.delays_ms)
    expected = sum(len(speaker.sent_at) for speaker in set(seat.speakers.values()))
    return expected, sum(len(one.timestamps) for one in streams), len(seat.delays_ms)


def main() -> None:
    """A starved load generator or a busy machine shows in the last bracket: such figures say nothing."""
    media = encode()
    control = uvloop.run(measure("relay", 1, media))
    for n_rooms in ROOMS:
        figure = uvloop.run(measure("embedded", n_rooms, media))
        name = f"media forwarding, {n_rooms} room{'s' if n_rooms > 1 else ''} of {SEATS}"
        busy = f"load generator {figure.load_core:.2f} core, machine load {os.getloadavg()[0]:.1f}"
        print(f"{name} | {figure} | control: MediaRelay, 1 room: {control} ({busy})", flush=True)


if __name__ == "__main__":
    main()
