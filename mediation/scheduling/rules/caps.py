"""How many sessions a mediator takes in a day and in a week (Monday to Sunday, in the organisation's zone). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from mediation.kernel.clock import local_date
from mediation.kernel.errors import Invalid
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason, CapPeriod
from mediation.scheduling.rules.hours import instant_of

MOST: Final = 50
"""More than fits into a week of half hours at eight a day says nothing."""
FULL: Final = MappingProxyType({CapPeriod.DAY: BlockReason.DAY_FULL, CapPeriod.WEEK: BlockReason.WEEK_FULL})
_DAYS: Final = MappingProxyType({CapPeriod.DAY: 1, CapPeriod.WEEK: 7})


@dataclass(frozen=True, slots=True)
class Caps:
    """Sessions at most; None: as many as there is time for."""

    daily: int | None = None
    weekly: int | None = None

    def most(self, period: CapPeriod) -> int | None:
        return self.daily if period is CapPeriod.DAY else self.weekly


def first_day(period: CapPeriod, starts_at: datetime) -> date:
    """The day under which a session is counted: its own, or the Monday of its week."""
    on = local_date(starts_at)
    return on if period is CapPeriod.DAY else on - timedelta(days=on.weekday())


def bits_of(period: CapPeriod, first_on: date, window: Window) -> int:
    """Bits of the window that lie in the day, or the week, that begins on a day."""
    return window.period(instant_of(first_on, 0), instant_of(first_on + timedelta(days=_DAYS[period]), 0))


def is_possible(most: int | None) -> bool:
    return most is None or 1 <= most <= MOST


def check_caps(caps: Caps) -> None:
    """Raises: Invalid `cap_impossible`, `cap_week_below_day`."""
    for field, most in (("daily", caps.daily), ("weekly", caps.weekly)):
        if not is_possible(most):
            raise Invalid("cap_impossible", field=field, most=MOST)
    if caps.daily is not None and caps.weekly is not None and caps.weekly < caps.daily:
        raise Invalid("cap_week_below_day", field="weekly")
