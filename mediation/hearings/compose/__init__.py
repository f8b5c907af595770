"""Putting a recording together: everybody side by side, voices mixed, one file that every browser plays."""

from mediation.hearings.compose.child import compose_apart
from mediation.hearings.compose.film import Unplayable, compose
from mediation.hearings.compose.parts import Composed, Order, Part

__all__ = ["Composed", "Order", "Part", "Unplayable", "compose", "compose_apart"]
