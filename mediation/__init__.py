"""Tiaohe 调和: community mediation and video visits."""

__version__ = "0.1.0"
