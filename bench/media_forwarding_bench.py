"""What forwarding costs: server CPU, added delay, loss and memory with rooms of 4, in the embedded engine and in Janus.

Everybody of a room gets everybody else's VP8 640x360 25 fps 593 kbit/s and Opus 32 kbit/s over DTLS-SRTP, within this
machine. Server and load are processes of their own; of Janus its own process is measured, not the Python that directs
it. aiortc's MediaRelay (decode and encode) stands beside both at one room. Delay: of the first packet of each picture
and sound, from the sender's clock to the kernel's note of its arrival.
On a machine with other work run it as `chrt -r 10`: otherwise one busy thread gets its share and no more, and Janus
has many. MEDIA_BENCH_S: seconds of each measurement (default 8); MEDIA_BENCH_ROOMS: "1,4,8,16,24,32".
Prints one line each: <name> | <figure> | control: <figure>
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402

from bench.media_load import Media, Player, Seat, encode  # noqa: E402
from bench.media_server import LONGEST_LINE, rss_mb  # noqa: E402
from mediation.live.engines.embedded.seams import Certificate  # noqa: E402
from tests.fixtures.janus import ADMIN_SECRET, API_SECRET, JanusServer, start_janus  # noqa: E402
from tests.fixtures.turn import machine_address  # noqa: E402

SECONDS = float(os.environ.get("MEDIA_BENCH_S", "8"))
WARM_S = 2.0
ROOMS = tuple(int(n) for n in os.environ.get("MEDIA_BENCH_ROOMS", "1,4,8,16,24,32").split(","))
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
    kb_per_seat: float
    """Memory that the server took for each seat."""

    def __str__(self) -> str:
        return (
            f"{self.core:.2f} core, {self.cpu_us:.1f} us/packet at {self.packets_per_s:.0f}/s, "
            f"added delay p50 {self.p50_ms:.2f} p95 {self.p95_ms:.2f} ms, lost {self.lost:.2%}, "
            f"{self.kb_per_seat:.0f} kB/seat"
        )


class Server:
    def __init__(self, process: asyncio.subprocess.Process, janus: JanusServer | None) -> None:
        self._process, self._janus = process, janus

    @classmethod
    async def start(cls, way: str) -> "Server":
        janus, more = None, [machine_address()]
        if way == "janus":
            janus = start_janus(Path(tempfile.mkdtemp(prefix="tiaohe-janus-")), 9)
            more = [janus.url, janus.admin_url, API_SECRET, ADMIN_SECRET]
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "bench" / "media_server.py"),
                way,
                *more,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                limit=LONGEST_LINE,
            ),
            janus,
        )

    async def ask(self, **question: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return dict(json.loads(await self._process.stdout.readline()))

    async def read(self) -> tuple[float, float]:
        """Seconds of CPU and megabytes of the process that forwards."""
        if self._janus is None:
            answer = await self.ask(read=True)
            return answer["cpu_s"], answer["rss_mb"]
        return cpu_s(self._janus.process.pid), rss_mb(self._janus.process.pid)

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 20)
        if self._janus is not None:
            self._janus.kill()
            shutil.rmtree(self._janus.folder)


def cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Load:
    """Who sends and who receives; the same where one connection does both."""

    senders: list[Seat]
    receivers: list[Seat]


async def gather(server: Server, n_rooms: int, media: Media) -> Load:
    """All seats, connected; a room at a time, because each handshake costs both sides."""
    certificate = Certificate()
    load = Load([], [])
    for room in range(n_rooms):
        seats = {f"s{n}": Seat(media, certificate) for n in range(SEATS)}
        told = await server.ask(room=f"r{room}", offers={name: seat.offer() for name, seat in seats.items()})
        answers, offers = told["answers"], told["offers"]
        await asyncio.gather(*(seat.join(answers[name], host=seat.host(answers[name])) for name, seat in seats.items()))
        receivers = {name: Seat(media, certificate) for name in seats} if offers else seats
        if offers:
            mine = {name: seat.answer(offers[name]) for name, seat in receivers.items()}
            await server.ask(room=f"r{room}", answers=mine)
            joins = (seat.join(offers[name], host=seat.host(offers[name])) for name, seat in receivers.items())
            await asyncio.gather(*joins)
        await server.ask(settled=f"r{room}")
        for name, seat in receivers.items():
            others = [other for other_name, other in seats.items() if other_name != name]
            first = 0 if offers else 2
            slots = {ssrc: (int(mid) - first) // 2 for mid, ssrc in seat.ssrcs.items() if int(mid) >= first}
            seat.speakers = {ssrc: others[slot] for ssrc, slot in slots.items() if slot < len(others)}
        load.senders += seats.values()
        load.receivers += receivers.values()
    return load


async def measure(way: str, n_rooms: int, media: Media) -> Figure:
    server = await Server.start(way)
    _, empty_mb = await server.read()
    load = await gather(server, n_rooms, media)
    player = Player(load.senders)
    await asyncio.sleep(WARM_S)
    (cpu_before, _), mine = await server.read(), os.times()
    marks = [mark(seat, packets=way != "relay") for seat in load.receivers]
    await asyncio.sleep(SECONDS)
    (cpu_after, full_mb), mine_after = await server.read(), os.times()
    ends = [mark(seat, packets=way != "relay") for seat in load.receivers]
    player.playing = False
    delays = sorted(d for seat, start in zip(load.receivers, marks, strict=True) for d in seat.delays_ms[start[2] :])
    expected = sum(end[0] - start[0] for start, end in zip(marks, ends, strict=True))
    arrived = sum(end[1] - start[1] for start, end in zip(marks, ends, strict=True))
    cpu = cpu_after - cpu_before
    for seat in {*load.senders, *load.receivers}:
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
        kb_per_seat=(full_mb - empty_mb) * 1024 / (n_rooms * SEATS),
    )


def mark(seat: Seat, *, packets: bool) -> tuple[int, int, int]:
    """Expected, arrived, and how many delays were noted until now. The relay's packets are not the speaker's: there
    pictures and sounds are counted.
    """
    streams = seat.streams.values()
    if packets:
        return sum(one.expected for one in streams), sum(one.received for one in streams), len(seat.delays_ms)
    expected = sum(len(speaker.sent_at) for speaker in set(seat.speakers.values()))
    return expected, sum(len(one.timestamps) for one in streams), len(seat.delays_ms)


def main() -> None:
    """A starved load generator or a busy machine shows in the last bracket: such figures say nothing."""
    media = encode()
    relay = uvloop.run(measure("relay", 1, media)) if 1 in ROOMS else None
    for n_rooms in ROOMS:
        ours, janus = (uvloop.run(measure(way, n_rooms, media)) for way in ("embedded", "janus"))
        name = f"media forwarding, {n_rooms} room{'s' if n_rooms > 1 else ''} of {SEATS}"
        busy = f"load generator {ours.load_core:.2f} and {janus.load_core:.2f} core"
        beside = f"; MediaRelay, 1 room: {relay}" if relay else ""
        machine = f"machine load {os.getloadavg()[0]:.1f}"
        print(f"{name} | {ours} | control: Janus: {janus}{beside} ({busy}, {machine})", flush=True)
        relay = None


if __name__ == "__main__":
    main()
