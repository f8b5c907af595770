"""RTP packets into encoded frames: order, loss, VP8 (RFC 7741) and Opus (RFC 7587). Nothing is decoded. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from mediation.live.recording.matroska import AUDIO_CLOCK, VIDEO_CLOCK, Frame

WAITS_S: Final = 0.4
"""For a packet that is missing: time for it to be asked for and to come again."""
_HEADER: Final = Struct("!BBHII")
_HALF, _WHOLE = 1 << 15, 1 << 16
_STAMPS: Final = 1 << 32
_START_CODE: Final = b"\x9d\x01\x2a"


@dataclass(frozen=True, slots=True)
class Packet:
    """What a recorder needs of one RTP packet (RFC 3550 section 5.1)."""

    seq: int
    timestamp: int
    ssrc: int
    marker: bool
    payload: bytes
    at: float
    """When it came, in seconds of the server's clock."""


def parse(raw: bytes, at: float) -> Packet | None:
    """None for what is too short to be one."""
    if len(raw) < _HEADER.size:
        return None
    first, second, seq, timestamp, ssrc = _HEADER.unpack_from(raw)
    start = _HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if len(raw) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(raw[start + 2 : start + 4], "big")
    end = len(raw) - (raw[-1] if first & 0x20 else 0)
    return Packet(seq, timestamp, ssrc, bool(second & 0x80), raw[start:end], at)


class Order:
    """Packets by their number: one that is missing is waited for a little, one that comes again is dropped."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, Packet] = {}
        self.n_lost = 0

    def add(self, packet: Packet) -> Iterator[tuple[Packet, bool]]:
        """The packets that are due now, each with whether something before it was lost."""
        if self._next is None:
            self._next = packet.seq
        if (packet.seq - self._next) % _WHOLE < _HALF:
            self._early[packet.seq] = packet
        yield from self._due(packet.at)

    def rest(self) -> Iterator[tuple[Packet, bool]]:
        """Everything that still waits: nothing more will come."""
        yield from self._due(float("inf"))

    def _due(self, now: float) -> Iterator[tuple[Packet, bool]]:
        lost = False
        while self._early and self._next is not None:
            packet = self._early.pop(self._next, None)
            if packet is not None:
                yield packet, lost
                lost = False
                self._next = (self._next + 1) % _WHOLE
            elif min(one.at for one in self._early.values()) <= now - WAITS_S:
                nearest = min(self._early, key=lambda seq: (seq - (self._next or 0)) % _WHOLE)
                self.n_lost += (nearest - self._next) % _WHOLE
                self._next, lost = nearest, True
            else:
                return


class Stamps:
    """Time stamps of 32 bits as a count that goes on, from the first one."""

    def __init__(self) -> None:
        self.first: int | None = None
        self._last = self._count = 0

    def count(self, timestamp: int) -> int:
        if self.first is None:
            self.first = self._last = timestamp
        step = (timestamp - self._last) % _STAMPS
        self._count += step if step < _STAMPS // 2 else step - _STAMPS
        self._last = timestamp
        return self._count


class Sounds:
    """Each Opus packet is a frame."""

    clock = AUDIO_CLOCK
    wants_key_frame = False
    size = (0, 0)

    def __init__(self) -> None:
        self.stamps = Stamps()

    def frames(self, packet: Packet, *, lost: bool) -> Iterator[Frame]:  # noqa: ARG002
        if packet.payload:
            yield Frame(max(0, self.stamps.count(packet.timestamp)), packet.payload, key=True)


class Pictures:
    """VP8 frames out of their packets. After a loss everything is left out up to the next whole picture."""

    clock = VIDEO_CLOCK

    def __init__(self) -> None:
        self.stamps = Stamps()
        self.size = (0, 0)
        """Width and height of the last whole picture."""
        self.wants_key_frame = True
        self._parts = bytearray()
        self._whole = False

    def frames(self, packet: Packet, *, lost: bool) -> Iterator[Frame]:
        if lost:
            self._whole, self.wants_key_frame = False, True
        if not packet.payload:
            return
        starts, data = _without_descriptor(packet.payload)
        if starts:
            self._parts, self._whole = bytearray(), True
        self._parts += data
        if packet.marker and self._whole:
            yield from self._frame(packet.timestamp)
            self._whole = False

    def _frame(self, timestamp: int) -> Iterator[Frame]:
        data = bytes(self._parts)
        key = _is_key_frame(data)
        if key:
            self.size = (int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF)
            self.wants_key_frame = False
        if not self.wants_key_frame:
            yield Frame(max(0, self.stamps.count(timestamp)), data, key=key)


def _without_descriptor(payload: bytes) -> tuple[bool, bytes]:
    """Whether a frame begins here, and the bytes after the VP8 payload descriptor (RFC 7741 section 4.2)."""
    first, at = payload[0], 1
    if first & 0x80 and len(payload) > 1:
        flags, at = payload[1], 2
        if flags & 0x80:
            at += 2 if len(payload) > at and payload[at] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return bool(first & 0x10) and not first & 0x07, payload[at:]


def _is_key_frame(data: bytes) -> bool:
    """RFC 6386 section 9.1."""
    return len(data) >= 10 and not data[0] & 0x01 and data[3:6] == _START_CODE  # noqa: PLR2004
