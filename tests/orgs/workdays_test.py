"""Working days of 2026 as the State Council's notice has them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.orgs.workdays import (
    KNOWN,
    PUBLISHED,
    add_working_days,
    is_known,
    is_workday,
    next_workday,
    working_days_between,
)

days = st.dates(date(2025, 6, 1), date(2027, 12, 31))


def test_the_year_2026_has_248_working_days() -> None:
    # 365 days, 104 at weekends, 19 weekdays off, 6 weekend days worked.
    assert sum(is_workday(date(2026, 1, 1) + timedelta(days=i)) for i in range(365)) == 248
    assert len([row for row in PUBLISHED if row.is_working and row.on.year == 2026]) == 6


def test_the_year_2025_has_248_working_days() -> None:
    # 365 days, 104 at weekends, 18 weekdays off, 5 weekend days worked.
    assert sum(is_workday(date(2025, 1, 1) + timedelta(days=i)) for i in range(365)) == 248


def test_a_weekend_inside_a_holiday_is_a_holiday() -> None:
    assert KNOWN[date(2026, 5, 2)] is False


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 4, 6), False),
        (date(2026, 5, 9), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: date, worked: bool) -> None:
    assert is_workday(day) is worked


def test_three_working_days_over_the_spring_festival() -> None:
    assert add_working_days(date(2026, 2, 13), 3) == date(2026, 2, 25)


def test_three_working_days_from_a_friday_end_on_wednesday() -> None:
    assert add_working_days(date(2026, 11, 20), 3) == date(2026, 11, 25)


def test_a_district_may_correct_a_day() -> None:
    corrected = {**KNOWN, date(2026, 11, 24): False}
    assert add_working_days(date(2026, 11, 23), 1, corrected) == date(2026, 11, 25)


def test_a_limit_that_ends_on_a_holiday_ends_on_the_next_working_day() -> None:
    assert next_workday(date(2026, 10, 1)) == date(2026, 10, 8)
    assert next_workday(date(2026, 11, 23)) == date(2026, 11, 23)


def test_next_year_is_not_known_yet() -> None:
    assert is_known(date(2026, 12, 31))
    assert not is_known(date(2027, 1, 1))


@given(days, st.integers(1, 60))
def test_the_nth_working_day_is_worked_and_has_n_working_days_up_to_it(start: date, n: int) -> None:
    end = add_working_days(start, n)
    assert is_workday(end)
    assert working_days_between(start, end) == n
    assert working_days_between(end, start) == -n


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 working days"):
        add_working_days(date(2026, 11, 23), 0)
