"""What came from one sender's stream: loss, jitter, and which packets to ask for again.

RFC 3550 appendix A (extended sequence number, jitter, loss) and RFC 4585 section 6.2.1 (generic NACK). Times in
seconds of the loop's clock.
"""

from typing import Final

from aiortc.rtp import RtcpReceiverInfo

ASK_EVERY_S: Final = 0.06
ASK_AT_MOST: Final = 8
GIVE_UP_AFTER_S: Final = 1.0
JUMP: Final = 1000
"""A gap of more is a new start, not a loss."""
_HALF: Final = 1 << 15
_WHOLE: Final = 1 << 16


class Received:
    """Counters of one SSRC."""

    __slots__ = (
        "_asked", "_expected_before", "_jitter", "_received_before", "_transit",
        "base", "clock_rate", "highest", "last_sr", "last_sr_at", "missing", "packets", "ssrc",
    )  # fmt: skip

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc, self.clock_rate = ssrc, clock_rate
        self.base = self.highest = -1
        self.packets = 0
        self.missing: dict[int, tuple[float, float, int]] = {}
        """Sequence number -> when missed, when last asked, how often."""
        self.last_sr, self.last_sr_at = 0, 0.0
        self._expected_before = self._received_before = 0
        self._jitter, self._transit = 0.0, 0.0
        self._asked = 0

    def packet(self, seq: int, timestamp: int, now: float) -> None:
        self.packets += 1
        if self.highest < 0:
            self.base = self.highest = seq
            return
        ahead = (seq - self.highest) & 0xFFFF
        if ahead == 0:
            return
        if ahead < _HALF:
            if 1 < ahead <= JUMP:
                for lost in range(self.highest + 1, self.highest + ahead):
                    self.missing[lost & 0xFFFF] = (now, 0.0, 0)
            elif ahead > JUMP:
                self.missing.clear()
                self.base = self.highest + ahead - (self.packets - 1)
            self.highest += ahead
            self._measure_jitter(timestamp, now)
        else:
            self.missing.pop(seq, None)

    def _measure_jitter(self, timestamp: int, now: float) -> None:
        transit = now * self.clock_rate - timestamp
        if self._transit:
            change = abs(transit - self._transit)
            if change < self.clock_rate:  # else the timestamp wrapped or the sender began anew
                self._jitter += (change - self._jitter) / 16
        self._transit = transit

    def to_ask(self, now: float) -> list[int]:
        """The sequence numbers to ask for again now; forgets those that nobody waits for any more."""
        ask: list[int] = []
        for seq, (missed, asked, times) in list(self.missing.items()):
            if now - missed > GIVE_UP_AFTER_S or times >= ASK_AT_MOST:
                del self.missing[seq]
            elif now - asked >= ASK_EVERY_S:
                self.missing[seq] = (missed, now, times + 1)
                ask.append(seq)
        return sorted(ask)[:64]

    @property
    def expected(self) -> int:
        return self.highest - self.base + 1 if self.highest >= 0 else 0

    @property
    def lost(self) -> int:
        return max(0, self.expected - self.packets)

    def sender_report(self, ntp: int, now: float) -> None:
        self.last_sr, self.last_sr_at = (ntp >> 16) & 0xFFFFFFFF, now

    def report(self, now: float) -> RtcpReceiverInfo:
        """One report block (RFC 3550 section 6.4.1); fraction lost since the last one."""
        expected = self.expected - self._expected_before
        received = self.packets - self._received_before
        self._expected_before, self._received_before = self.expected, self.packets
        fraction = min(255, max(0, (expected - received) * 256 // expected)) if expected > 0 else 0
        delay = int((now - self.last_sr_at) * 65536) & 0xFFFFFFFF if self.last_sr else 0
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=fraction,
            packets_lost=min(self.lost, 0x7FFFFF),
            highest_sequence=self.highest & 0xFFFFFFFF,
            jitter=int(self._jitter),
            lsr=self.last_sr,
            dlsr=delay,
        )
