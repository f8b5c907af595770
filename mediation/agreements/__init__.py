"""Outcome, agreement, signatures."""
