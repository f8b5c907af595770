"""What Janus forwards of a recorded seat: one medium, to one socket of this machine, sealed with a key of its own."""

import asyncio
import base64
import os
from typing import Final

import structlog
from pylibsrtp import Error, Policy, Session

from mediation.live.engines.contract import Sink

log = structlog.get_logger()

HOST: Final = "127.0.0.1"
"""Janus and `live` share the machine where recordings are made: nothing of it goes over a network."""
SUITE: Final = 80
"""AES_CM_128_HMAC_SHA1_80 (RFC 4568 section 6.2.1), as Janus' `srtp_suite` names it."""
SOME: Final = 20
"""Packets that Janus may count and that are still on their way."""
_KEY: Final = 16 + 14
"""Master key and salt."""


class Tap(asyncio.DatagramProtocol):
    """Exists only while the medium is recorded; silenced it hands over nothing, whatever still comes."""

    def __init__(self, sink: Sink, *, video: bool) -> None:
        self.sink: Sink | None = sink
        self.video = video
        self.stream = 0
        """Janus' number of the forwarder; 0: it has not confirmed one."""
        self.n_packets = 0
        self.is_deaf = False
        """The browser sends and nothing arrives here: Janus stands on another machine, or something is in between."""
        self._before: tuple[int, int] | None = None
        self._key = os.urandom(_KEY)
        policy = Policy(
            key=self._key, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80
        )
        self._srtp = Session(policy)
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def key(self) -> str:
        """As Janus takes it."""
        return base64.b64encode(self._key).decode()

    @property
    def runs(self) -> bool:
        return self.sink is not None and self.stream != 0 and not self.is_deaf

    async def open(self) -> int:
        """The port that it listens on. Raises: OSError."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        return int(self._transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, _addr: object) -> None:
        if self.sink is None:
            return
        try:
            packet = self._srtp.unprotect(data)
        except Error:  # not of our Janus, or a second time
            return
        self.n_packets += 1
        self.is_deaf = False
        self.sink.packet(memoryview(packet), video=self.video)

    def is_silent_beside(self, came: int) -> bool:
        """Whether nothing arrived here since the last question, while Janus, which counts `came`, got a good deal."""
        before, self._before = self._before, (self.n_packets, came)
        if before is not None and before[0] == self.n_packets and came - before[1] > SOME:
            self.is_deaf = True
        return self.is_deaf

    def silence(self) -> None:
        self.sink = None

    def close(self) -> None:
        self.sink = None
        if self._transport is not None:
            self._transport.close()
