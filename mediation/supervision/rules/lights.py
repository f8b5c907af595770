"""The light of a limit. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from mediation.kernel.codes import Code

LAST_SHARE: Final = 4
"""Yellow in the last quarter of the time (shared/DOMAIN.md section 6, practice)."""


class Light(Code):
    GREEN = "green", "按期", "On time"
    YELLOW = "yellow", "即将到期", "Due soon"
    RED = "red", "已超期", "Late"


@dataclass(frozen=True, slots=True)
class Reading:
    light: Light
    days_left: int
    """Negative: days late. 0: today is the last day."""


def reading(started_on: date, due_on: date, today: date) -> Reading:
    """Green in time, yellow in the last quarter or on the last day, red after it."""
    left = (due_on - today).days
    if left < 0:
        return Reading(Light.RED, left)
    whole = (due_on - started_on).days
    soon = left <= 1 or left * LAST_SHARE <= whole
    return Reading(Light.YELLOW if soon else Light.GREEN, left)
