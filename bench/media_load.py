"""The light load of the media benchmark: seats that send media encoded beforehand and read no more than headers.

What a packet is of is told by its RTP timestamp, which SRTP leaves readable and every way of forwarding counts on; the
kernel stamps its arrival. So neither decryption nor this process's own queue is in the figure.
"""

import asyncio
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from struct import Struct, pack
from typing import Any, Final

import av
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtcpPsfbPacket

from mediation.live.engines.embedded.seams import Certificate
from tests.fixtures.rtp_peer import OPUS, VP8, RtpPeer

WIDTH, HEIGHT, FPS, KBPS = 640, 360, 25, 593
N_PICTURES: Final = 50
"""Two seconds, played round and round; the first is a whole one."""
NOISY: Final = 160
"""That part of each plane is noise, which makes the bit rate what it should be."""
DESCRIPTOR: Final = 4
SO_TIMESTAMPNS: Final = 35
_HEADER: Final = Struct("!BBHII")
_EXTENSION: Final = Struct("!HHB3s")
"""RFC 8285: abs-send-time as browsers send it (id 2)."""
_KERNEL: Final = Struct("qq")


@dataclass(frozen=True)
class Media:
    """Payloads per picture without their VP8 descriptor, and sounds of 20 ms."""

    pictures: list[list[bytes]]
    sounds: list[bytes]


def encode() -> Media:
    """A moving pattern with noise at 593 kbit/s, and Opus at 32 kbit/s."""
    dice = Random(1)
    noise = dice.randbytes(WIDTH * HEIGHT * 2)
    encoder = Vp8Encoder()
    encoder.target_bitrate = KBPS * 1000
    pictures = []
    for n in range(N_PICTURES):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        frame.pts, frame.time_base = n, Fraction(1, FPS)
        for index, plane in enumerate(frame.planes):
            start = (n * 7919) % (WIDTH * HEIGHT) if index == 0 else 0
            pattern = bytes((row * 2 + n * 4) & 0xFF for row in range(plane.height))
            lines = (pattern[row : row + 1] * plane.line_size for row in range(plane.height))
            data = bytearray(b"".join(lines))
            data[: plane.buffer_size // NOISY] = noise[start : start + plane.buffer_size // NOISY]
            plane.update(bytes(data))
        payloads, _ = encoder.encode(frame, force_keyframe=n == 0)
        pictures.append([payload[DESCRIPTOR:] for payload in payloads])
    return Media(pictures, _sounds(dice))


def _sounds(dice: Random) -> list[bytes]:
    codec: Any = av.CodecContext.create("libopus", "w")
    codec.bit_rate, codec.format, codec.layout = 32_000, "s16", "stereo"
    codec.sample_rate, codec.time_base = 48_000, Fraction(1, 48_000)
    sounds: list[bytes] = []
    for n in range(110):
        frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
        frame.planes[0].update(bytes(dice.randbytes(960 * 4)))
        frame.sample_rate, frame.pts, frame.time_base = 48_000, n * 960, Fraction(1, 48_000)
        sounds += [bytes(packet) for packet in codec.encode(frame)]
    return sounds[:100]


@dataclass(slots=True)
class Stream:
    """One stream as a listener gets it."""

    highest: int
    expected: int = 0
    received: int = 0
    first_timestamp: int = 0
    timestamps: set[int] = field(default_factory=set)


class Seat(RtpPeer):
    """One seat of the load."""

    def __init__(self, media: Media, certificate: Certificate) -> None:
        super().__init__(3, certificate=certificate)
        self.media = media
        self.picture = self.sound = self.picture_id = 0
        self.n_sent = 0
        self.sent_at: dict[tuple[bool, int], int] = {}
        """(video, RTP timestamp) -> ns."""
        self.streams: dict[int, Stream] = {}
        self.delays_ms = array("d")
        self.on_rtcp = self._asked

    def _asked(self, packet: Any) -> None:
        if isinstance(packet, RtcpPsfbPacket) and packet.fmt == 1:
            self.picture = 0

    # ---- out

    def send_next_picture(self) -> None:
        self.timestamp[True] = (self.timestamp[True] + 90_000 // FPS) & 0xFFFFFFFF
        self.picture_id = (self.picture_id + 1) & 0x7FFF
        payloads = self.media.pictures[self.picture]
        self.picture = (self.picture + 1) % N_PICTURES
        for index, payload in enumerate(payloads):
            descriptor = pack("!BBH", 0x80 | (0x10 if index == 0 else 0), 0x80, 0x8000 | self.picture_id)
            self._send_stamped(descriptor + payload, video=True, marker=index == len(payloads) - 1)

    def send_next_sound(self) -> None:
        self.timestamp[False] = (self.timestamp[False] + 960) & 0xFFFFFFFF
        self.sound = (self.sound + 1) % len(self.media.sounds)
        self._send_stamped(self.media.sounds[self.sound], video=False, marker=False)

    def _send_stamped(self, payload: bytes, *, video: bool, marker: bool) -> None:
        assert self.tx is not None
        seq = self.seq[video] = (self.seq[video] + 1) & 0xFFFF
        kind = (VP8 if video else OPUS) | (0x80 if marker else 0)
        ssrc = self.video_ssrc if video else self.audio_ssrc
        now = time.time_ns()
        header = _HEADER.pack(0x90, kind, seq, self.timestamp[video], ssrc)
        extension = _EXTENSION.pack(0xBEDE, 1, 0x22, b"\0\0\0")
        self.sent_at.setdefault((video, self.timestamp[video]), now)
        self.n_sent += 1
        self._send(self.tx.rtp(bytearray(header + extension + payload)))

    # ---- in

    async def join(self, answer: str, *, host: str = "127.0.0.1") -> None:
        await super().join(answer, host=host)
        assert self.sock is not None
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)

    @staticmethod
    def host(answer: str) -> str:
        """The IPv4 address of the first candidate: aiortc does not offer loopback."""
        return next(line.split()[4] for line in answer.splitlines() if "typ host" in line and "." in line.split()[4])

    def _readable(self) -> None:
        for _ in range(64):
            if self.sock is None:
                return
            try:
                data, extra, _, _ = self.sock.recvmsg(2048, 64)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if 127 < data[0] < 192 and not 191 < data[1] < 224:
                self._media_arrived(data, extra)
            else:
                self._arrived(data)

    def _media_arrived(self, data: bytes, extra: list[Any]) -> None:
        _, kind, seq, timestamp, ssrc = _HEADER.unpack_from(data)
        stream = self.streams.get(ssrc)
        if stream is None:
            stream = self.streams[ssrc] = Stream(seq - 1, first_timestamp=timestamp)
        ahead = (seq - stream.highest) & 0xFFFF
        if ahead < 0x8000:
            stream.highest, stream.expected = seq, stream.expected + ahead
        stream.received += 1
        seconds, nanoseconds = _KERNEL.unpack(extra[0][2])
        arrived = seconds * 1_000_000_000 + nanoseconds
        if timestamp not in stream.timestamps:
            stream.timestamps.add(timestamp)
            self._late(ssrc, (timestamp - stream.first_timestamp) & 0xFFFFFFFF, arrived, video=kind & 0x7F == VP8)

    def _late(self, ssrc: int, since_first: int, arrived: int, *, video: bool) -> None:
        """The first picture of a stream is the speaker's first one, and so on, by whatever numbers."""
        speaker = self.speakers.get(ssrc)
        if speaker is not None:
            sent = speaker.sent_at.get((video, (speaker.began[video] + since_first) & 0xFFFFFFFF))
            if sent is not None:
                self.delays_ms.append((arrived - sent) / 1e6)

    speakers: dict[int, "Seat"]
    began: dict[bool, int]


class Player:
    """Plays the media of all seats, each at its own moment, until stopped."""

    def __init__(self, seats: list[Seat]) -> None:
        self._loop = asyncio.get_running_loop()
        self.playing = True
        dice = Random(2)
        for seat in seats:
            seat.began = {video: seat.timestamp[video] + (90_000 // FPS if video else 960) for video in (False, True)}
            start = self._loop.time() + dice.random() / FPS
            self._again(seat.send_next_picture, 1 / FPS, start)
            self._again(seat.send_next_sound, 0.02, start + dice.random() * 0.02)

    def _again(self, send: Callable[[], None], every_s: float, at: float) -> None:
        if self.playing:
            self._loop.call_at(at, self._play, send, every_s, at)

    def _play(self, send: Callable[[], None], every_s: float, at: float) -> None:
        send()
        self._again(send, every_s, at + every_s)
