"""Pages of access: signing in and out, one's own sessions and password, finding one's way back."""

from mediation.access.views import find, identity, own, sign_in
from mediation.access.views.blueprint import bp

__all__ = ["bp", "find", "identity", "own", "sign_in"]
