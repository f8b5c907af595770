"""Pages of time: the resident's choice, the desk's booking, the mediator's calendar and hours."""

from mediation.scheduling.views import (
    arrivals,
    beside,
    choose,
    confirm,
    desk,
    diary,
    feeds,
    holidays,
    hours,
    keep,
    moving,
    opening,
    orphans,
    outside,
    party,
    receptions,
    why,
)
from mediation.scheduling.views.blueprint import bp

__all__ = [
    "arrivals",
    "beside",
    "bp",
    "choose",
    "confirm",
    "desk",
    "diary",
    "feeds",
    "holidays",
    "hours",
    "keep",
    "moving",
    "opening",
    "orphans",
    "outside",
    "party",
    "receptions",
    "why",
]
