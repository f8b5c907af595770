"""Pages of the hearing: the room of a party, the room of the mediator, their tokens."""

from mediation.hearings.views import minutes, pages, recordings
from mediation.hearings.views.blueprint import bp

__all__ = ["bp", "minutes", "pages", "recordings"]
