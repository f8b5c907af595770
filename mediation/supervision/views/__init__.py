"""Pages of those who look after cases: the desk, the list, the case, its trail."""

from mediation.supervision.views import case, desk
from mediation.supervision.views.blueprint import bp

__all__ = ["bp", "case", "desk"]
