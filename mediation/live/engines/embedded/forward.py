"""Forwarding: a source's packets go out in the slots of those who may hear it. The hot path of the product.

Per packet and listener: patch payload type, sequence, timestamp and SSRC in place, protect, send. A slot keeps its
numbers continuous whoever is in it, so that a change of person is not a change of stream (shared/HEARINGS.md 3).
"""

from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from mediation.live.engines.contract import Sink
from mediation.live.engines.embedded import vp8

_SEQ_TS_SSRC: Final = Struct("!HII")
HISTORY: Final = 512
"""Packets kept for retransmission: 10 s of sound, 4 s of a 600 kbit/s picture."""
REPEAT_EVERY_S: Final = 0.02
FEWEST: Final = 10
"""Packets that a share of loss is taken from."""
_FRAME_S: Final = 1 / 30
_HALF_SEQ: Final = 1 << 15
_HALF_PID: Final = 1 << 14
"""Serial numbers (RFC 1982): less than half the circle ahead is newer."""


class Slot:
    """One outgoing stream of a listener's connection: sound or picture of whoever is in it."""

    __slots__ = (
        "_again", "_history", "_last_at", "_last_pid", "_last_seq", "_last_ts", "_n_missed", "_n_told", "_pid_offset",
        "_seq_offset", "_ts_offset", "abs_send_time", "clock_rate", "counter", "mid", "missed_lately", "n_bytes",
        "n_packets", "payload_type", "send", "source", "ssrc", "started", "strip", "video",
    )  # fmt: skip

    def __init__(
        self, mid: str, ssrc: int, payload_type: int, *, video: bool, send: Callable[[bytearray], None]
    ) -> None:
        self.mid, self.ssrc, self.payload_type, self.video, self.send = mid, ssrc, payload_type, video, send
        self.abs_send_time = 0
        """The listener's number of that header extension."""
        self.clock_rate = 90_000 if video else 48_000
        self.source: Source | None = None
        self.started = False
        self.strip = False
        self.counter: list[int] = [0]
        """Shared cell of (room of the speaker, room of the listener)."""
        self.n_packets = self.n_bytes = 0
        self._history: list[tuple[int, bytearray] | None] = [None] * HISTORY
        self._again: dict[int, float] = {}
        """Number of a packet that was sent again -> when."""
        self._n_missed = self._n_told = 0
        self.missed_lately = 0.0
        """Share of the packets of the last second that the listener asked for again, 0 to 1."""
        self._seq_offset = self._ts_offset = self._pid_offset = 0
        self._last_seq, self._last_ts, self._last_pid, self._last_at = 0, 0, 0, 0.0

    def put(self, source: "Source | None", counter: list[int]) -> None:
        """Put another person in, or nobody."""
        self.counter = counter
        if source is self.source:
            return
        if self.source is not None:
            self.source.drop(self)
        self.source, self.started = source, False
        if source is not None:
            source.add(self)

    def forward(self, packet: memoryview, seq: int, timestamp: int, now: float, start: vp8.Vp8Start | None) -> None:
        """Send one packet of the source here; `start` is read only while some slot of the source waits for it."""
        if not self.started and not self._begin(seq, timestamp, now, start):
            return
        out = bytearray(packet)
        out_seq = (seq + self._seq_offset) & 0xFFFF
        out_ts = (timestamp + self._ts_offset) & 0xFFFFFFFF
        out[1] = (out[1] & 0x80) | self.payload_type
        _SEQ_TS_SSRC.pack_into(out, 2, out_seq, out_ts, self.ssrc)
        if self.video:
            self._shift_picture_id(out)
        if self.strip:
            out = without_extensions(out)
        if ((out_seq - self._last_seq) & 0xFFFF) < _HALF_SEQ:
            self._last_seq, self._last_ts, self._last_at = out_seq, out_ts, now
        self._history[out_seq % HISTORY] = (out_seq, out)
        self.n_packets += 1
        self.n_bytes += len(out)
        self.counter[0] += 1
        self.send(out)

    def _begin(self, seq: int, timestamp: int, now: float, start: vp8.Vp8Start | None) -> bool:
        """Sound begins with any packet, a picture with a whole one."""
        if self.video and (start is None or not start.key_frame):
            return False
        gap = max(_FRAME_S, now - self._last_at) if self._last_at else 0.0
        self._seq_offset = (self._last_seq + 1 - seq) & 0xFFFF
        self._ts_offset = (self._last_ts + int(gap * self.clock_rate) - timestamp) & 0xFFFFFFFF
        if start is not None and start.picture_id is not None:
            self._pid_offset = (self._last_pid + 1 - start.picture_id) & 0x7FFF
        self.started = True
        return True

    def _shift_picture_id(self, out: bytearray) -> None:
        start = vp8.look(out)
        if start.picture_id is None or not start.wide:
            return
        shifted = (start.picture_id + self._pid_offset) & 0x7FFF
        at = start.picture_id_at
        out[at], out[at + 1] = 0x80 | (shifted >> 8), shifted & 0xFF
        if ((shifted - self._last_pid) & 0x7FFF) < _HALF_PID:
            self._last_pid = shifted

    def again(self, seq: int, now: float, rtt_s: float, budget: int) -> int:
        """Send a packet once more that the listener missed; how many bytes that took.

        None, when it is not kept any more, when the last repeat may still be on its way, when it is over `budget`.
        """
        kept = self._history[seq % HISTORY]
        if kept is None or kept[0] != seq:
            return 0
        before = self._again.get(seq)
        if before is None:
            self._n_missed += 1
        elif now - before < max(REPEAT_EVERY_S, 0.8 * rtt_s):
            return 0
        if len(kept[1]) > budget:
            return 0
        if len(self._again) >= HISTORY:
            self._again.clear()
        self._again[seq] = now
        self.counter[0] += 1
        self.send(kept[1])
        return len(kept[1])

    def look_back(self) -> None:
        """Once a second."""
        sent, missed = self.n_packets - self._n_told, self._n_missed
        self._n_told, self._n_missed = self.n_packets, 0
        self.missed_lately = min(1.0, missed / sent) if sent >= FEWEST else 0.0

    def shifted(self, timestamp: int) -> int:
        """A timestamp of the source as this slot's listener counts it."""
        return (timestamp + self._ts_offset) & 0xFFFFFFFF


class Tap:
    """A recorder's place among the listeners of a source: packets go to it as they came."""

    __slots__ = ("sink", "video")

    def __init__(self, sink: Sink, *, video: bool) -> None:
        self.sink, self.video = sink, video

    def forward(self, packet: memoryview, _seq: int, _timestamp: int, _now: float, _start: vp8.Vp8Start | None) -> None:
        self.sink.packet(packet, video=self.video)


class Source:
    """One incoming stream: sound or picture of a seat."""

    __slots__ = ("asked_at", "outlets", "repeats", "slots", "ssrc", "tap", "video", "waiting")

    def __init__(self, ssrc: int, *, video: bool, repeats: bool) -> None:
        self.ssrc, self.video = ssrc, video
        self.repeats = repeats
        """The browser sends again what it is asked for (NACK)."""
        self.slots: tuple[Slot, ...] = ()
        self.tap: Tap | None = None
        self.outlets: tuple[Slot | Tap, ...] = ()
        """The slots and the tap: a source that nobody records has none, and costs nothing more for it."""
        self.waiting = False
        """Some slot waits for a key frame."""
        self.asked_at = -1e9

    def add(self, slot: Slot) -> None:
        self.slots = (*self.slots, slot)
        self._connect()
        self.waiting = self.waiting or self.video

    def drop(self, slot: Slot) -> None:
        self.slots = tuple(one for one in self.slots if one is not slot)
        self._connect()

    def record(self, sink: Sink | None) -> bool:
        """Hand packets to `sink` too, or to none; whether it is another one than before."""
        if sink is (self.tap.sink if self.tap is not None else None):
            return False
        self.tap = Tap(sink, video=self.video) if sink is not None else None
        self._connect()
        return True

    def _connect(self) -> None:
        self.outlets = self.slots if self.tap is None else (*self.slots, self.tap)

    def packet(self, packet: memoryview, seq: int, timestamp: int, now: float) -> None:
        """Hand one decrypted packet to every slot of this source, and to who records it."""
        start = vp8.look(packet) if self.waiting else None
        for outlet in self.outlets:
            outlet.forward(packet, seq, timestamp, now, start)
        if start is not None and start.key_frame:
            self.waiting = False


def without_extensions(packet: bytearray) -> bytearray:
    """The packet without its header extension: for a listener who numbers extensions otherwise."""
    if not packet[0] & 0x10:
        return packet
    fixed = 12 + 4 * (packet[0] & 0x0F)
    plain = packet[:fixed] + packet[vp8.payload_at(packet) :]
    plain[0] &= 0xEF
    return plain


def audio_level(packet: Any, extension_id: int) -> int | None:
    """Loudness in -dBov, 0 loudest to 127 silent (RFC 6464), from a one-byte header extension; None without one."""
    if not packet[0] & 0x10 or not extension_id:
        return None
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[at] != 0xBE or packet[at + 1] != 0xDE:  # noqa: PLR2004 - RFC 8285 section 4.2
        return None
    end = at + 4 + 4 * ((packet[at + 2] << 8) | packet[at + 3])
    at += 4
    while at < end:
        identifier, length = packet[at] >> 4, (packet[at] & 0x0F) + 1
        if identifier == extension_id:
            return int(packet[at + 1]) & 0x7F
        at += 1 if packet[at] == 0 else 1 + length
    return None
