"""Weeks that take each other's place, and what stands in the way of a session: against a walk day by day and minute by
minute."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.kernel.clock import CHINA
from mediation.kernel.errors import Invalid
from mediation.scheduling.forms import slot_of
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason
from mediation.scheduling.rules.hours import (
    Break,
    Hours,
    OtherHours,
    Span,
    Weekly,
    check_days,
    instant_of,
    obstacle,
    open_bits,
    plan,
    replan,
)

FIRST = date(2026, 11, 23)
DAYS = [FIRST + timedelta(days=i) for i in range(60)]
days = st.sampled_from(DAYS)
spans = st.lists(st.integers(0, 288), min_size=2, max_size=2, unique=True).map(lambda two: sorted(n * 5 for n in two))


@st.composite
def plans(draw: st.DrawFn) -> list[Weekly]:
    """What planning week after week leaves behind; a refused one changes nothing."""
    rows: list[Weekly] = []
    for _ in range(draw(st.integers(1, 5))):
        first, last = draw(days), draw(st.none() | days)
        weekday, span = draw(st.integers(0, 6)), draw(spans)
        if last is None or last >= first:
            rows = after(rows, Weekly(weekday, span[0], span[1], first, last))
    return rows


def after(rows: list[Weekly], new: Weekly) -> list[Weekly]:
    try:
        found = replan(rows, new.effective_from, new.effective_to)
    except Invalid:
        return rows
    ends = dict(found.ends)
    kept = [
        Weekly(row.weekday, row.from_minute, row.to_minute, row.effective_from, ends.get(row, row.effective_to))
        for row in rows
        if row not in found.goes
    ]
    return [*kept, *found.resumes, new]


@settings(deadline=None, max_examples=300)
@given(plans(), st.integers(0, 6), spans, days, st.none() | days)
def test_a_new_week_holds_in_its_time_and_changes_no_other_day(
    rows: list[Weekly], weekday: int, span: list[int], first: date, last: date | None
) -> None:
    if last is not None and last < first:
        return
    new = Weekly(weekday, span[0], span[1], first, last)
    changed = after(rows, new)
    refused = changed is rows
    for day in DAYS:
        inside = not refused and first <= day and (last is None or day <= last)
        mine = [new] if inside else [row for row in rows if row.holds_on(day)]
        assert sorted(row.from_minute for row in changed if row.holds_on(day)) == sorted(
            row.from_minute for row in mine
        ), day


@settings(deadline=None)
@given(
    st.lists(st.builds(lambda w, s: Weekly(w, s[0], s[1], FIRST), st.integers(0, 6), spans), max_size=4),
    st.lists(st.builds(lambda d, s: OtherHours(d, s[0], s[1]), st.sampled_from(DAYS[:3]), spans), max_size=2),
    st.lists(st.builds(lambda d: Break(d, d, BlockReason.CLOSURE, "x"), st.sampled_from(DAYS[:3])), max_size=1),
    st.dictionaries(st.sampled_from(DAYS[:3]), st.booleans(), max_size=2),
    st.integers(0, 500),
)
def test_an_obstacle_is_the_first_minute_that_is_not_worked(
    weekly: list[Weekly], others: list[OtherHours], breaks: list[Break], overrides: dict[date, bool], start: int
) -> None:
    hours = Hours(tuple(weekly), tuple(others), None, tuple(breaks))
    begins = instant_of(FIRST, 0) + timedelta(minutes=5 * start)
    ends = begins + timedelta(minutes=60)
    reasons = []
    for i in range(60):
        at = (begins + timedelta(minutes=i)).astimezone(CHINA)
        reasons.append(plan(at.date(), hours, overrides).blocked(at.hour * 60 + at.minute))
    expected = next((reason for reason in reasons if reason is not None), None)
    found = obstacle(hours, begins, ends, overrides)
    assert (found.reason if found else None) is expected


def test_a_room_is_open_every_day_but_on_holidays_and_closed_days() -> None:
    hours = Hours(daily=Span(540, 1080), breaks=(Break(DAYS[1], DAYS[1], BlockReason.ROOM_CLOSED, "检修"),))
    overrides = {DAYS[2]: False}
    assert [plan(day, hours, overrides).closed for day in DAYS[:4]] == [
        None,
        BlockReason.ROOM_CLOSED,
        BlockReason.HOLIDAY,
        None,
    ]
    day = Window.between(instant_of(DAYS[0], 0), instant_of(DAYS[1], 0))
    assert open_bits(hours, day, overrides).bit_count() == 9 * 12


@pytest.mark.parametrize("text", ["2026-11-24T09:00", "2026-11-24", "gestern", "", "2026-13-01T09:00+08:00"])
def test_a_time_of_no_zone_is_no_time(text: str) -> None:
    """Only instants come in: no clock's gap or fold (such as China's of 1986 to 1991) can make two of one time."""
    with pytest.raises(Invalid, match="slot_unreadable"):
        slot_of(text)


@pytest.mark.parametrize(
    ("last", "code"),
    [(FIRST - timedelta(days=1), "days_backwards"), (FIRST + timedelta(days=367), "day_too_far"), (FIRST, None)],
)
def test_days_that_can_be_planned(last: date, code: str | None) -> None:
    def check() -> None:
        check_days(FIRST, last, today=FIRST, furthest=timedelta(days=366))

    if code is None:
        check()
    else:
        with pytest.raises(Invalid, match=code):
            check()
