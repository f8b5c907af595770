"""Pages of time: the resident's choice, the desk's booking, the mediator's calendar and hours."""

from mediation.scheduling.views import (
    arrivals,
    choose,
    confirm,
    desk,
    diary,
    feeds,
    holidays,
    hours,
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
    "bp",
    "choose",
    "confirm",
    "desk",
    "diary",
    "feeds",
    "holidays",
    "hours",
    "moving",
    "opening",
    "orphans",
    "outside",
    "party",
    "receptions",
    "why",
]
