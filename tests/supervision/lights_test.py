"""The light of a limit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.supervision.rules.lights import Light, reading

START = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("whole", "passed", "light"),
    [
        (30, 0, Light.GREEN),
        (30, 22, Light.GREEN),
        (30, 23, Light.YELLOW),
        (30, 30, Light.YELLOW),
        (30, 31, Light.RED),
        (3, 1, Light.GREEN),
        (3, 2, Light.YELLOW),
        (1, 0, Light.YELLOW),
    ],
)
def test_green_then_yellow_in_the_last_quarter_then_red(whole: int, passed: int, light: Light) -> None:
    due = START + timedelta(days=whole)
    assert reading(START, due, START + timedelta(days=passed)).light is light


@given(st.integers(0, 400), st.integers(-10, 800))
def test_it_never_turns_back(whole: int, passed: int) -> None:
    due = START + timedelta(days=whole)
    order = list(Light)
    now = order.index(reading(START, due, START + timedelta(days=passed)).light)
    later = order.index(reading(START, due, START + timedelta(days=passed + 1)).light)
    assert later >= now


@given(st.integers(0, 400))
def test_the_last_day_is_still_in_time(whole: int) -> None:
    due = START + timedelta(days=whole)
    assert reading(START, due, due).light is Light.YELLOW
