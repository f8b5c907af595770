"""How long until a person who comes sees the first whole picture of one who is there: embedded engine and Janus.

From the offer to the first packet of a key frame at the newcomer, who is let in when connected: answer, ICE, DTLS, and
in Janus a second connection with its own. The one who is there sends 25 pictures a second, a whole one when asked; the
newcomer asks when pictures come that are none, as browsers do. No browser: its decoder and the WebSocket to `live`
come on top in both. Prints one line:

    <name> | <figure> | control: <figure>
"""

import asyncio
import contextlib
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import uvloop  # noqa: E402
from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket  # noqa: E402

from mediation.kernel import logging  # noqa: E402
from mediation.live.engines.contract import MediaEngine  # noqa: E402
from mediation.live.engines.embedded import EmbeddedEngine, EngineSettings  # noqa: E402
from tests.fixtures.janus import start_janus  # noqa: E402
from tests.fixtures.rtp_peer import VP8, RtpPeer  # noqa: E402
from tests.fixtures.turn import machine_address  # noqa: E402
from tests.live.engines.contract_test import QIN, ZHAO, Meeting, janus_engine, opened  # noqa: E402

ROUNDS = 20
REST_S = 1.0
"""Between two joins: one must not wait for the limit that the other's whole picture used up."""
ASKS_AFTER_S, TRIES = 0.2, 100
FPS = 25
KEY_FRAME_AT = 12 + 4
"""Where the VP8 payload begins behind header and descriptor: its lowest bit is 0 in a key frame (RFC 7741)."""


async def show(peer: RtpPeer) -> None:
    """Pictures as a browser sends them."""
    wanted = asyncio.Event()

    def asked(packet: object) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == 1:
            wanted.set()

    peer.on_rtcp = asked
    n = 0
    while True:
        n += 1
        peer.send_picture(key=wanted.is_set() or n == 1, picture_id=n & 0x7FFF, n_packets=3, size=900)
        wanted.clear()
        await asyncio.sleep(1 / FPS)


def whole(packet: bytes) -> bool:
    return packet[1] & 0x7F == VP8 and len(packet) > KEY_FRAME_AT and not packet[KEY_FRAME_AT] & 1


async def first_picture(meeting: Meeting, generation: int) -> float:
    """Milliseconds."""
    await meeting.together(QIN)
    await asyncio.sleep(REST_S * (1 + random.random()))
    began = time.perf_counter()
    zhao = await meeting.join(ZHAO, generation=generation)
    await meeting.together(QIN, ZHAO)
    for _ in range(TRIES):
        try:
            await zhao.receiving.until(lambda: any(map(whole, zhao.packets)), ASKS_AFTER_S)
        except TimeoutError:
            ssrc = zhao.receiving.ssrcs[meeting.engine.slots(ZHAO)[0].video_mid]
            zhao.receiving.send_rtcp(RtcpPsfbPacket(RTCP_PSFB_PLI, 1, ssrc))
        else:
            break
    return (time.perf_counter() - began) * 1000


async def measure(engine: MediaEngine, host: str) -> str:
    async with opened((engine, host)) as meeting:
        qin = await meeting.join(QIN)
        showing = asyncio.create_task(show(qin.own))
        times = [await first_picture(meeting, generation) for generation in range(1, ROUNDS + 1)]
        showing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await showing
    times.sort()
    return f"median {statistics.median(times):.0f} ms, p95 {times[int(len(times) * 0.95) - 1]:.0f} ms"


def main() -> None:
    logging.configure(json=False, level="ERROR")
    host = machine_address()
    ours = uvloop.run(measure(EmbeddedEngine(EngineSettings(host=host, addresses=(host,))), host))
    folder = Path(tempfile.mkdtemp(prefix="tiaohe-janus-"))
    server = start_janus(folder, 9)
    try:
        theirs = uvloop.run(measure(janus_engine(server), host))
    finally:
        server.kill()
        shutil.rmtree(folder)
    print(f"first picture of another, {ROUNDS} joins | {ours} | control: Janus: {theirs}", flush=True)


if __name__ == "__main__":
    main()
