"""The only lines that touch private parts of aiortc and pylibsrtp. Pinned exactly; `check()` proves them at import.

aiortc's `RTCDtlsTransport` runs the DTLS handshake over a transport of ours (it needs `_recv`, `_send`, `role`) and
leaves two SRTP sessions behind. From then on packets do not pass through it: libsrtp is called on one buffer of ours,
because a copy and an object per packet and listener is what the time goes into (shared/HEARINGS.md section 3).
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, Literal, cast

from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from pylibsrtp import Session, ffi, lib  # type: ignore[attr-defined]  # re-exported without saying so

_BUFFER: Final = 2048
_TRAILER: Final = 160
"""SRTP_MAX_SRTCP_TRAILER_LEN of libsrtp, rounded up."""
LARGEST: Final = _BUFFER - _TRAILER

Send = Callable[[Any], None]
"""Takes anything with a buffer."""


class Undecipherable(Exception):
    """A packet that this session's key does not open, or that was seen before."""


class _Srtp:
    """One direction of SRTP on one buffer; what it returns is valid until the next call."""

    def __init__(self, session: Session) -> None:
        self._owner = session
        self._handle = session._srtp[0]  # noqa: SLF001
        self._data = ffi.new("char[]", _BUFFER)
        self._view = memoryview(ffi.buffer(self._data)).cast("B")
        self._length = ffi.new("int *")

    def _run(self, function: Any, packet: Any) -> memoryview:
        length = len(packet)
        if length > LARGEST:
            raise Undecipherable
        self._view[:length] = packet
        self._length[0] = length
        if function(self._handle, self._data, self._length):
            raise Undecipherable
        return self._view[: self._length[0]]


class Inbound(_Srtp):
    def rtp(self, packet: bytes) -> memoryview:
        """Raises: Undecipherable."""
        return self._run(lib.srtp_unprotect, packet)

    def rtcp(self, packet: bytes) -> bytes:
        """Raises: Undecipherable."""
        return bytes(self._run(lib.srtp_unprotect_rtcp, packet))


class Outbound(_Srtp):
    def rtp(self, packet: bytearray) -> memoryview:
        """Raises: Undecipherable when libsrtp refuses, for example a sequence number far in the past."""
        return self._run(lib.srtp_protect, packet)

    def rtcp(self, packet: bytes) -> memoryview:
        return self._run(lib.srtp_protect_rtcp, packet)


class Certificate:
    """The engine's own, made anew at each start; its fingerprint goes into every answer."""

    def __init__(self) -> None:
        self.rtc = RTCCertificate.generateCertificate()
        self.fingerprint = next(p.value for p in self.rtc.getFingerprints() if p.algorithm == "sha-256")


class _Pipe:
    """What RTCDtlsTransport takes for an ICE transport: DTLS datagrams in by a queue, out by a function."""

    role = "controlling"

    def __init__(self, send: Send) -> None:
        self._out = send
        self._in: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=64)

    def feed(self, datagram: bytes | None) -> None:
        if not self._in.full():
            self._in.put_nowait(datagram)

    async def _recv(self) -> bytes:
        datagram = await self._in.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, data: bytes) -> None:
        self._out(data)


class Dtls:
    """One DTLS association; the engine is the server, so that the first flight comes from behind the browser's NAT.
    Load generators and tests are the client.
    """

    def __init__(self, certificate: Certificate, send: Send, role: Literal["server", "client"] = "server") -> None:
        self._pipe = _Pipe(send)
        self._transport = RTCDtlsTransport(cast("Any", self._pipe), [certificate.rtc])
        self._transport._set_role(role)  # noqa: SLF001

    def feed(self, datagram: bytes) -> None:
        self._pipe.feed(datagram)

    async def handshake(self, fingerprints: list[tuple[str, str]]) -> tuple[Inbound, Outbound]:
        """Wait for the handshake and check the peer against the fingerprints of its offer.

        Raises: ConnectionError when it fails.
        """
        remote = RTCDtlsParameters(
            fingerprints=[RTCDtlsFingerprint(algorithm=kind, value=value) for kind, value in fingerprints]
        )
        await self._transport.start(remote)
        if self._transport.state != "connected":
            raise ConnectionError("DTLS handshake failed")
        rx, tx = self._transport._rx_srtp, self._transport._tx_srtp  # noqa: SLF001
        return Inbound(rx), Outbound(tx)

    async def closed(self) -> None:
        """Wait until the other side said goodbye (close_notify)."""
        done = asyncio.Event()
        self._transport.on("statechange", lambda: done.set() if self._transport.state == "closed" else None)
        if self._transport.state != "closed":
            await done.wait()

    async def close(self) -> None:
        await self._transport.stop()
        self._pipe.feed(None)


def check() -> None:
    """Prove that what is touched above is still there. Raises: RuntimeError that names what is gone."""
    missing = [
        f"RTCDtlsTransport.{name}"
        for name in ("_recv_next", "_set_role", "_setup_srtp", "start", "stop")
        if not hasattr(RTCDtlsTransport, name)
    ]
    missing += [
        f"libsrtp.{name}"
        for name in ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp")
        if not hasattr(lib, name)
    ]
    transport = RTCDtlsTransport(cast("Any", _Pipe(lambda _data: None)), [RTCCertificate.generateCertificate()])
    missing += [f"RTCDtlsTransport().{name}" for name in ("_rx_srtp", "_tx_srtp") if not hasattr(transport, name)]
    if not hasattr(Session(), "_srtp"):
        missing.append("pylibsrtp.Session()._srtp")
    if missing:
        raise RuntimeError(f"aiortc changed, the embedded engine needs: {', '.join(missing)}")
