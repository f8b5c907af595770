"""Registers the fixtures; they live in tests/fixtures."""

import pytest
from hypothesis import settings

# An example may take as long as a busy machine makes it: 200 ms on the wall, hypothesis' default, fail without a fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.imap",
    "tests.fixtures.clock",
    "tests.fixtures.codes",
    "tests.fixtures.db",
    "tests.fixtures.app",
    "tests.fixtures.district",
    "tests.fixtures.browser",
    "tests.fixtures.network",
    "tests.fixtures.house",
    "tests.fixtures.turn",
    "tests.fixtures.janus",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "pg"), default="sqlite", help="the database of all db tests")
