"""Persons, their data, mediators."""
