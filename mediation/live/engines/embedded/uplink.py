"""What a browser may send: its bit rate follows what its line brings through. Told by REMB; pure.

aiortc has no transport-wide congestion control (shared/HEARINGS.md section 3). Like the loss-based part of Google's
(draft-ietf-rmcat-gcc-02 section 6) it falls with loss and rises again when there is none; a queue that grows on the
way is a loss that has not happened yet. Loss by chance is not congestion: up to `LOSSY` the rate stays.
"""

from dataclasses import dataclass
from typing import Final

LEAST_BPS: Final = 60_000
"""Sound with its headers, and a picture that stands nearly still."""
LOSSY: Final = 0.18
"""Share of loss, before repeats, that is taken for a full line."""
CALM: Final = 0.12
QUEUED_S: Final = 0.2
CALM_QUEUE_S: Final = 0.1
FALL: Final = 0.85
RISE: Final = 1.08
HOLD_S: Final = 3.0
"""After a fall the rate stays for so long: what stood in the queue has to leave it first."""
UNPROVEN_BPS: Final = 250_000
"""Enough for a picture to begin with; more is allowed to who sends half of it."""
FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Second:
    """What came in one second, of sound and picture together."""

    expected: int
    missed: int
    """Packets that were not there in their turn, also those that came later because they were asked for."""
    received_bps: int
    queued_s: float
    """By how much even the fastest packet of this second was slower than the fastest lately."""


class UplinkRate:
    """Of one browser."""

    __slots__ = ("_held_until", "_loss", "bps", "most_bps")

    def __init__(self, most_bps: int) -> None:
        self.most_bps = self.bps = most_bps
        self._loss = 0.0
        self._held_until = 0.0

    def turn(self, second: Second, now: float) -> int:
        """The bit rate to allow from now on."""
        loss = second.missed / second.expected if second.expected >= FEWEST else 0.0
        self._loss += (loss - self._loss) / 2
        if self._loss > LOSSY or second.queued_s > QUEUED_S:
            if now >= self._held_until:
                self.bps = max(LEAST_BPS, int(min(self.bps, second.received_bps) * FALL))
                self._held_until = now + HOLD_S
        elif self._loss < CALM and second.queued_s < CALM_QUEUE_S and now >= self._held_until:
            unproven = max(UNPROVEN_BPS, 2 * second.received_bps)
            self.bps = max(self.bps, min(self.most_bps, unproven, int(self.bps * RISE)))
        return self.bps
