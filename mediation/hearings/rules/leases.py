"""Which `live` process holds a hearing: leases in the database, renewed by whoever lives (docs/decisions/0090)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediation.hearings.rules.codes import HearingState

RENEW_EVERY: Final = timedelta(seconds=2)
LEASE: Final = timedelta(seconds=6)
"""Two renewals may be late before a process counts as dead."""
KEPT_EMPTY: Final = timedelta(minutes=2)
"""How long a process keeps a hearing that nobody is connected to: whoever lost the line comes back to it."""
ROOM_AGAIN: Final = 0.1
"""A full process takes new hearings again this far below its most: 3 rooms of 4 (shared/HEARINGS.md section 3)."""
UNDER_WAY: Final = frozenset({HearingState.IN_SESSION, HearingState.PAUSED})
"""Its people come in also where no new hearing is taken."""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    place: int
    """0, 1 …: which of the machine's `live` processes; its ports follow from it."""
    renewed_at: datetime
    is_full: bool
    n_hearings: int
    load: float
    """Share of one core."""


def is_living(renewed_at: datetime, now: datetime) -> bool:
    return now < renewed_at + LEASE


def full_now(load: float, most: float, *, was_full: bool) -> bool:
    """Whether a process takes no new hearing: from `most` on, until the load has gone down clearly."""
    return load >= (most - ROOM_AGAIN if was_full else most)


def choose(processes: Iterable[ProcessFacts], now: datetime, state: HearingState) -> ProcessFacts | None:
    """Who is to hold a hearing that nobody holds: of the living with room for it, the one with the fewest.

    The number of hearings counts first, because it is true at once; a load is told every RENEW_EVERY only, and many
    hearings begin on the same minute.
    """
    living = [one for one in processes if is_living(one.renewed_at, now)]
    open_ones = [one for one in living if not one.is_full]
    return min(
        open_ones or (living if state in UNDER_WAY else []),
        key=lambda one: (one.n_hearings, one.load, one.place),
        default=None,
    )
