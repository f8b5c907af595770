"""Pages of the outcome: drafting, signing, sealing, recording; and the party's own page."""

from mediation.agreements.views import draft, outcome, personal, sign, talk
from mediation.agreements.views.blueprint import bp

__all__ = ["bp", "draft", "outcome", "personal", "sign", "talk"]
