"""A best-effort nudge between processes: "look at the database now". Losing one loses no fact.

One UDP datagram on loopback per topic; receivers poll anyway.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable


class Nudger:
    """Sends nudges to the ports of `live` and `worker`."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self._ports = ports
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def nudge(self, topic: str) -> None:
        for port in self._ports:
            with contextlib.suppress(OSError):
                self._socket.sendto(topic.encode(), ("127.0.0.1", port))

    def close(self) -> None:
        self._socket.close()


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[0] == "127.0.0.1" and len(data) <= 80:  # noqa: PLR2004 - longer than any topic
            self._heard(data.decode("ascii", "ignore"))


async def listen(port: int, heard: Callable[[str], None]) -> asyncio.DatagramTransport:
    """Call `heard(topic)` for each nudge that reaches `port` from this machine."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Protocol(heard), local_addr=("127.0.0.1", port))
    return transport
