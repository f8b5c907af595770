"""Pages of a station: the staff's, and those of the screens."""

from mediation.stations.views import screen, staff, visit
from mediation.stations.views.blueprint import bp

__all__ = ["bp", "screen", "staff", "visit"]
