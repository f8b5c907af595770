"""Pages of the hearing: the room of a party, the room of the mediator, their tokens."""

from mediation.hearings.views import duty, minutes, pages, papers, passes, recordings, staff, station
from mediation.hearings.views.blueprint import bp

__all__ = ["bp", "duty", "minutes", "pages", "papers", "passes", "recordings", "staff", "station"]
