"""Registers the fixtures; they live in tests/fixtures."""

import pytest

pytest_plugins = [
    "tests.fixtures.servers",
    "tests.fixtures.clock",
    "tests.fixtures.codes",
    "tests.fixtures.db",
    "tests.fixtures.app",
    "tests.fixtures.district",
    "tests.fixtures.browser",
    "tests.fixtures.network",
    "tests.fixtures.house",
    "tests.fixtures.turn",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "pg"), default="sqlite", help="the database of all db tests")
