"""Limits and lights. Pure."""
