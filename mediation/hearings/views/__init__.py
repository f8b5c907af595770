"""Pages of the hearing: the room of a party, the room of the mediator, their tokens."""

from mediation.hearings.views import minutes, pages, papers, passes, recordings, staff, station
from mediation.hearings.views.blueprint import bp

__all__ = ["bp", "minutes", "pages", "papers", "passes", "recordings", "staff", "station"]
