"""What came from one sender's stream: loss, jitter, and which packets to ask for again.

RFC 3550 appendix A (extended sequence number, jitter, loss) and RFC 4585 section 6.2.1 (generic NACK). Times in
seconds of the loop's clock.
"""

from collections import deque
from typing import Final

from aiortc.rtp import RtcpReceiverInfo

ASK_EVERY_S: Final = 0.06
ASK_AT_MOST: Final = 8
GIVE_UP_AFTER_S: Final = 1.0
ROUND_TRIPS: Final = 4
"""A slow line gets this many tries, and at most `GIVE_UP_AT_LAST_S`: nobody waits longer for a word."""
GIVE_UP_AT_LAST_S: Final = 3.0
LEAP_S: Final = 0.25
"""From one packet to the next no queue grows by so much: the sender's clock leapt."""
REMEMBERED: Final = 30
"""Reports, one a second, whose fastest packet is the measure of the way."""
JUMP: Final = 1000
"""A gap of more is a new start, not a loss."""
_HALF: Final = 1 << 15
_WHOLE: Final = 1 << 16


class Received:
    """Counters of one SSRC."""

    __slots__ = (
        "_expected_before", "_fastest", "_jitter", "_lowest", "_missed", "_received_before", "_transit",
        "base", "clock_rate", "expected_lately", "highest", "last_sr", "last_sr_at", "missed_lately", "missing",
        "packets", "queued_s", "ssrc",
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
        self.expected_lately = self.missed_lately = self._missed = 0
        """Between the last two reports; missed is also what came when it was asked for."""
        self.queued_s = 0.0
        self._lowest: float | None = None
        self._fastest: deque[float] = deque(maxlen=REMEMBERED)

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
                self._missed += ahead - 1
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
            if change > LEAP_S * self.clock_rate:
                self._lowest = None
                self._fastest.clear()
        self._transit = transit
        self._lowest = transit if self._lowest is None else min(self._lowest, transit)

    def to_ask(self, now: float, rtt_s: float) -> list[int]:
        """The sequence numbers to ask for again now; forgets those that nobody waits for any more.

        Not before the answer to the last time can be here: on a slow line that would ask for everything many times.
        """
        again_s = max(ASK_EVERY_S, 1.2 * rtt_s)
        give_up_s = min(GIVE_UP_AT_LAST_S, max(GIVE_UP_AFTER_S, ROUND_TRIPS * rtt_s))
        ask: list[int] = []
        for seq, (missed, asked, times) in list(self.missing.items()):
            if now - missed > give_up_s or times >= ASK_AT_MOST:
                del self.missing[seq]
            elif now - asked >= again_s:
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

    def _look_back(self, expected: int) -> None:
        self.expected_lately, self.missed_lately, self._missed = expected, self._missed, 0
        if self._lowest is None:  # nothing is sent any more, so nothing waits
            self.queued_s = 0.0
            return
        self._fastest.append(self._lowest)
        self.queued_s = max(0.0, (self._lowest - min(self._fastest)) / self.clock_rate)
        self._lowest = None

    def report(self, now: float) -> RtcpReceiverInfo:
        """One report block (RFC 3550 section 6.4.1); fraction lost since the last one."""
        expected = self.expected - self._expected_before
        received = self.packets - self._received_before
        self._expected_before, self._received_before = self.expected, self.packets
        self._look_back(expected)
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
