"""The rules of reception days against a plain count of days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.kernel.errors import Invalid
from mediation.scheduling.rules.codes import (
    OccurrenceState,
)
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.rules.reception import Change, Series, check, occurrences, slots

WEDNESDAY = date(2026, 11, 25)
AFTERNOON = Span(14 * 60, 16 * 60 + 30)
SERIES = Series(2, AFTERNOON, 30, WEDNESDAY)
DAYS = st.dates(date(2026, 11, 1), date(2027, 1, 31))


@given(
    st.builds(Series, st.integers(0, 6), st.just(AFTERNOON), st.just(30), DAYS, st.none() | DAYS),
    st.dictionaries(DAYS, st.none() | DAYS, max_size=4),
    st.sets(DAYS),
    DAYS,
)
def test_reception_days_are_the_weekdays_less_what_was_changed(series: Series, moved, holidays, begin) -> None:
    """Against a plain walk over every day of a year; a change of a day that has no reception changes nothing."""
    weekday, first, last = series.weekday, series.first, series.last
    changes = {
        on: Change(to_on if to_on is None or abs(to_on - on).days <= 31 else on, Span(600, 660), "", 1)
        for on, to_on in moved.items()
    }
    end = begin + timedelta(days=20)
    found = occurrences(series, changes, dict.fromkeys(holidays, False), first=begin, last=end)
    held = set()
    for i in range(200):
        on = date(2026, 10, 1) + timedelta(days=i)
        if on.weekday() == weekday and first <= on and (last is None or on <= last):
            change = changes.get(on)
            if change is not None and change.to_on is not None:
                held.add((on, change.to_on))
            elif change is None and on not in holidays:
                held.add((on, on))
    assert {(one.on, one.day) for one in found if one.takes_place} == {
        (on, day) for on, day in held if begin <= day <= end
    }
    assert len({one.on for one in found}) == len(found), "one event for each planned day"


@given(st.integers(0, 250), st.integers(1, 60), st.sampled_from((10, 15, 20, 30, 45, 60)))
def test_talks_fill_the_hours_one_after_the_other(begin: int, length: int, slot: int) -> None:
    series = Series(2, Span(begin * 5, begin * 5 + length * 3), slot, WEDNESDAY)
    (day,) = occurrences(series, {}, {}, first=WEDNESDAY, last=WEDNESDAY)
    found = list(slots(day, slot))
    assert len(found) == length * 3 // slot
    assert all(later - earlier == timedelta(minutes=slot) for earlier, later in pairwise(found))
    assert all(at + timedelta(minutes=slot) <= day.ends_at for at in found)


def test_no_talk_on_a_holiday_or_when_it_is_called_off() -> None:
    off = {WEDNESDAY: Change(None, AFTERNOON, "会议", 1)}
    for changes, overrides, state in (
        (off, {}, OccurrenceState.CANCELLED),
        ({}, {WEDNESDAY: False}, OccurrenceState.HOLIDAY),
    ):
        (day,) = occurrences(SERIES, changes, overrides, first=WEDNESDAY, last=WEDNESDAY)
        assert (day.state, list(slots(day, 30))) == (state, [])


@pytest.mark.parametrize(
    ("series", "code"),
    [
        (Series(2, Span(900, 840), 30, WEDNESDAY), "hours_backwards"),
        (Series(2, Span(841, 900), 30, WEDNESDAY), "hours_off_grid"),
        (Series(7, AFTERNOON, 30, WEDNESDAY), "weekday_unknown"),
        (Series(2, AFTERNOON, 25, WEDNESDAY), "slot_length"),
        (Series(2, Span(840, 860), 30, WEDNESDAY), "reception_too_short"),
        (Series(2, Span(960, 1020), 30, WEDNESDAY), "receptions_overlap"),
    ],
)
def test_a_series_that_cannot_be_kept_is_refused(series: Series, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check(series, [SERIES])
