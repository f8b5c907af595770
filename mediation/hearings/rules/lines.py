"""What the desk says of a person's line, and how it draws the last quarter of an hour. Pure geometry and words."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

WINDOW: Final = timedelta(minutes=15)
SAMPLE_EVERY: Final = timedelta(seconds=15)
KEPT: Final = timedelta(hours=2)
FRESH: Final = timedelta(seconds=40)
"""Two samples and a slow beat: after that there is none any more."""
RECENT: Final = timedelta(minutes=5)
WEAK_FROM: Final = 0.10
POOR_FROM: Final = 0.15
"""Shares of loss (shared/HEARINGS.md section 6)."""
LATE_MS: Final = 800
"""From such a round trip on people begin to talk at the same time: the desk is told of it."""

SLOT: Final = timedelta(seconds=30)
"""One bar. Twice the time between samples, so that a bar without any is a line that was not there."""
N_SLOTS: Final = WINDOW // SLOT
BAR: Final = 6
WIDTH: Final = N_SLOTS * BAR
HEIGHT: Final = 32
LOWEST: Final = 3
"""A line that loses nothing is still seen: only where there was none, nothing is drawn."""
FULL: Final = 0.30
"""More loss is drawn no higher."""


class Band(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    POOR = "poor"
    UNMEASURED = "unmeasured"
    """The line was there; nobody measured what it lost, because nothing was sent."""


@dataclass(frozen=True, slots=True)
class LineSample:
    """One person's line at one moment. Shares 0 to 1, None: not measured."""

    at: datetime
    loss_to: float | None
    loss_from: float | None
    rtt_ms: int | None

    @property
    def loss(self) -> float | None:
        """Of the worse way."""
        return max((share for share in (self.loss_to, self.loss_from) if share is not None), default=None)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of equal bars, in units of the drawing; it stands on the lower edge."""

    x: int
    width: int
    height: int
    band: Band


@dataclass(frozen=True, slots=True)
class LineReading:
    """`word` is one of `WORDS`; percent and minutes belong to its sentence."""

    word: str
    percent: int = 0
    minutes: int = 0
    rtt_ms: int | None = None
    """Only where it is long."""


WORDS: Final = ("good", "good_again", "weak", "poor", "unmeasured", "just_gone", "gone")


def band(loss: float | None) -> Band:
    if loss is None:
        return Band.UNMEASURED
    return Band.GOOD if loss < WEAK_FROM else Band.WEAK if loss < POOR_FROM else Band.POOR


def reading(samples: Sequence[LineSample], now: datetime, *, connected: bool) -> LineReading | None:
    """The one sentence about a line; None: nothing is known of it. `samples` from the oldest to the newest."""
    seen = [sample for sample in samples if sample.at > now - WINDOW]
    if not connected:
        if not seen:
            return None
        minutes = (now - seen[-1].at) // timedelta(minutes=1)
        return LineReading("gone", minutes=minutes) if minutes > 0 else LineReading("just_gone")
    if not seen or now - seen[-1].at > FRESH:
        return LineReading("unmeasured")
    last = seen[-1]
    late = last.rtt_ms if last.rtt_ms is not None and last.rtt_ms >= LATE_MS else None
    now_in = band(last.loss)
    if now_in is Band.GOOD:
        recent = [sample for sample in seen if sample.at > now - RECENT]
        return LineReading("good_again" if _was_bad(recent) else "good", rtt_ms=late)
    # Rounded down, like the bands: 14.9 % is not yet 15.
    return LineReading(now_in.value, percent=int((last.loss or 0) * 100), rtt_ms=late)


def _was_bad(samples: Sequence[LineSample]) -> bool:
    broken = any(later.at - earlier.at > FRESH for earlier, later in itertools.pairwise(samples))
    return broken or any(band(sample.loss) in {Band.WEAK, Band.POOR} for sample in samples)


def bars(samples: Iterable[LineSample], now: datetime) -> tuple[Bar, ...]:
    """The last 15 minutes from left to right, the worst of each half minute; where there was no line, no bar.

    Begins and ends with whole quarter minutes, so that the drawing changes no oftener than that.
    """
    seconds = int(now.timestamp()) // 15 * 15
    begins = datetime.fromtimestamp(seconds, UTC) - WINDOW
    worst: dict[int, float | None] = {}
    for sample in samples:
        slot = (sample.at - begins) // SLOT
        if 0 <= slot < N_SLOTS:
            known = [loss for loss in (worst.get(slot), sample.loss) if loss is not None]
            worst[slot] = max(known, default=None)
    drawn: list[Bar] = []
    for slot, loss in sorted(worst.items()):
        x, height, there = slot * BAR, _height(loss), band(loss)
        before = drawn[-1] if drawn else None
        if before and (before.x + before.width, before.height, before.band) == (x, height, there):
            drawn[-1] = Bar(before.x, before.width + BAR, height, there)
        else:
            drawn.append(Bar(x, BAR, height, there))
    return tuple(drawn)


def _height(loss: float | None) -> int:
    return LOWEST + round((HEIGHT - LOWEST) * min(max(loss or 0.0, 0.0), FULL) / FULL)
