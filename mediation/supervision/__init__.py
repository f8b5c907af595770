"""Time limits and lights."""
