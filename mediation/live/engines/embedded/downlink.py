"""What a browser reports of the streams that we send it: the share that is missing, the round trip.

RFC 3550 sections 6.4.1 (report blocks) and 6.4.3 (round trip from LSR and DLSR). Times in seconds of the loop's clock.
"""

from collections import deque
from typing import Final

from aiortc.rtp import RtcpReceiverInfo

FEWEST: Final = 20
"""Packets that a share of loss is taken from."""
STALE_AFTER: Final = 6
"""Seconds without such a share: then nothing is sent to speak of, and nothing is lost. Sound is reported every 5 s."""
_LONGEST_ROUND_TRIP_S: Final = 10.0
_HALF: Final = 1 << 31
_WHOLE: Final = 1 << 32


class Downlink:
    """Of one connection, all slots together: a line is poor for all of them at once."""

    __slots__ = ("_expected", "_lost", "_seen", "_sent", "_untold", "loss", "rtt_s")

    def __init__(self) -> None:
        self.loss = 0.0
        """Share that was still missing after what was sent again, 0 to 1."""
        self.rtt_s = 0.0
        """0: not known yet."""
        self._seen: dict[int, tuple[int, int]] = {}
        self._sent: dict[int, deque[tuple[int, float]]] = {}
        self._expected = self._lost = self._untold = 0

    def sent(self, ssrc: int, ntp: int, now: float) -> None:
        """A sender report of ours left."""
        self._sent.setdefault(ssrc, deque(maxlen=4)).append(((ntp >> 16) & 0xFFFFFFFF, now))

    def told(self, block: RtcpReceiverInfo, now: float) -> None:
        """One report block of the browser."""
        highest, lost = self._seen.get(block.ssrc, (block.highest_sequence, block.packets_lost))
        self._seen[block.ssrc] = (block.highest_sequence, block.packets_lost)
        expected = (block.highest_sequence - highest) % _WHOLE
        if expected < _HALF:
            self._expected += expected
            self._lost += block.packets_lost - lost
        self._time(block, now)
        if self._expected >= FEWEST:
            self.loss = min(1.0, max(0.0, self._lost / self._expected))
            self._expected = self._lost = self._untold = 0

    def look_back(self) -> None:
        """A second is over."""
        self._untold += 1
        if self._untold > STALE_AFTER:
            self.loss = 0.0

    def _time(self, block: RtcpReceiverInfo, now: float) -> None:
        at = next((at for middle, at in self._sent.get(block.ssrc, ()) if middle == block.lsr), None)
        if at is None:
            return
        rtt = now - at - block.dlsr / 65536
        if 0 <= rtt <= _LONGEST_ROUND_TRIP_S:
            self.rtt_s = rtt if not self.rtt_s else self.rtt_s + (rtt - self.rtt_s) / 4
