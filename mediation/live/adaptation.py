"""What a slow line is spared, so that the voice stays whole (shared/HEARINGS.md sections 3 and 6). Pure.

Of each person two ways are watched, to them and from them. A way that loses too much carries no pictures for a while;
it gets them back by itself, later each time it was too early. Where packets are lost by chance, what is sent again
needs time to arrive: the listeners' browsers hold the sound back for so long.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from mediation.hearings.rules.forwarding import MOST_HELD_MS, Carried, Reception

POOR: Final = 0.15
"""Share of loss from which a line is poor (shared/HEARINGS.md section 6)."""
TERRIBLE: Final = 0.3
"""So much is believed at once; less when it was seen twice."""
LATE_MS: Final = 1500
NARROW_KBPS: Final = 200
"""A first whole picture takes 25 kB: below this rate it stands a second in the way of the voice."""
WAIT_S: Final = 10.0
WAIT_AT_MOST_S: Final = 60.0
"""A return that was too early costs about three seconds of broken words; who wants none of it chooses sound only."""
PROOF_S: Final = 20.0
"""Pictures that stay for so long came back in time."""
REPAIRED: Final = 0.02
"""Loss by chance from which sound is held back for what is sent again."""
LOOKS: Final = 4
"""Round trips of about 8 s: a queue of pictures is gone by then."""
STEP_MS: Final = 100
CALM_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one person's line, about every 2 s. Shares 0 to 1."""

    loss: float | None = None
    """To them, still missing after repeats; None: nobody measured."""
    rtt_ms: int | None = None
    missed_to: float = 0.0
    """To them, at first."""
    missed_from: float = 0.0
    allowed_kbps: int | None = None
    """What the engine lets them send; None: the engine leaves that to others."""


class Pictures:
    """Whether one way of a line carries pictures."""

    __slots__ = ("_back_at", "_n_bad", "_stopped_at", "_wait_s", "flow")

    def __init__(self) -> None:
        self.flow = True
        self._n_bad = 0
        self._stopped_at = 0.0
        self._back_at = float("-inf")
        self._wait_s = WAIT_S

    def look(self, *, bad: bool, terrible: bool, now: float) -> None:
        """Once per measurement."""
        self._n_bad = self._n_bad + 1 if bad or terrible else 0
        early = now - self._back_at < PROOF_S
        if self.flow and (terrible or self._n_bad > (0 if early else 1)):
            self._wait_s = min(WAIT_AT_MOST_S, 2 * self._wait_s) if early else WAIT_S
            self.flow, self._stopped_at = False, now
        elif not self.flow and not self._n_bad and now - self._stopped_at >= self._wait_s:
            self.flow, self._back_at = True, now


class Repair:
    """How long what is sent again on one way takes to arrive; 0 while next to nothing is lost."""

    __slots__ = ("_enough_at", "_round_trips_ms", "ms")

    def __init__(self) -> None:
        self.ms = 0
        self._enough_at = float("-inf")
        """When less would not have been enough."""
        self._round_trips_ms: deque[int] = deque(maxlen=LOOKS)

    def look(self, missed: float, rtt_ms: int | None, now: float) -> None:
        """It grows at once and shrinks only after a calm time, because each change is heard.

        The shortest of the last round trips counts: pictures that did not fit make the others longer than they will be.
        """
        if missed < REPAIRED or rtt_ms is None:
            needed = 0
        else:
            self._round_trips_ms.append(rtt_ms)
            needed = 50 * round((1.2 * min(self._round_trips_ms) + 60) / 50)
        if needed and needed >= self.ms - STEP_MS:
            self._enough_at = now
        unheard = self.ms > MOST_HELD_MS and needed
        if needed > self.ms or unheard or now - self._enough_at >= CALM_S:
            self.ms, self._enough_at = needed, now
        if not self.ms:
            self._round_trips_ms.clear()


class Adaptation:
    """Of one person's line."""

    __slots__ = ("_from", "_repair_from", "_repair_to", "_to", "wanted")

    def __init__(self) -> None:
        self.wanted = Reception.ALL
        """The person's own choice."""
        self._to, self._from = Pictures(), Pictures()
        self._repair_to, self._repair_from = Repair(), Repair()

    def look(self, measured: Measured, now: float) -> bool:
        """Whether something changed by this measurement. `now` in seconds of a clock that never leaps."""
        before = self.carried
        loss, late = measured.loss or 0.0, (measured.rtt_ms or 0) >= LATE_MS
        self._to.look(bad=loss >= POOR or late, terrible=loss >= TERRIBLE, now=now)
        narrow = measured.allowed_kbps is not None and measured.allowed_kbps < NARROW_KBPS
        self._from.look(bad=narrow, terrible=measured.missed_from >= TERRIBLE, now=now)
        self._repair_to.look(measured.missed_to, measured.rtt_ms, now)
        self._repair_from.look(measured.missed_from, measured.rtt_ms, now)
        return before != self.carried

    @property
    def carried(self) -> Carried:
        narrowed = self.wanted is Reception.ALL and not self._to.flow
        return Carried(
            wanted=self.wanted,
            receives=Reception.SOUND if narrowed else self.wanted,
            sends_picture=self._from.flow,
            repair_to_ms=self._repair_to.ms,
            repair_from_ms=self._repair_from.ms,
        )
