"""Free times against an oracle that walks minute by minute; the booking's life as an approved table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.kernel.clock import CHINA
from mediation.kernel.errors import Invalid, Problem, Refused
from mediation.scheduling.forms import spans_of, text_of
from mediation.scheduling.rules.bits import Window, begin_of, n_quanta, ones, quantum_of, runs
from mediation.scheduling.rules.choose import Candidate, least_loaded
from mediation.scheduling.rules.codes import BlockReason, BookingState, ChoiceReason
from mediation.scheduling.rules.hours import Break, Hours, OtherHours, Span, Weekly, check_spans, instant_of, open_bits
from mediation.scheduling.rules.life import BOOKING_LIFE, BookingFacts, BookingStep
from mediation.scheduling.rules.terms import HORIZON, NOTICE, check_time
from tests.fixtures.golden import approve

STATES = Path(__file__).parents[2] / "docs" / "states"
MONDAY = date(2026, 11, 23)
MINUTE = timedelta(minutes=1)

minutes_of_day = st.integers(0, 24 * 12).map(lambda n: n * 5)


@dataclass(frozen=True)
class World:
    """One mediator's week: hours, single days, holidays, what is taken, and what somebody looks for."""

    weekly: tuple[Weekly, ...]
    others: tuple[OtherHours, ...]
    breaks: tuple[Break, ...]
    overrides: dict[date, bool]
    taken: frozenset[tuple[datetime, datetime]]
    minutes: int
    rest: int
    first: datetime
    days: int


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    begin, end = sorted(draw(st.tuples(minutes_of_day, minutes_of_day)))
    return begin, end


@st.composite
def worlds(draw: st.DrawFn) -> World:
    day = st.integers(0, 6).map(lambda n: MONDAY + timedelta(days=n))
    weekly = draw(st.lists(st.builds(lambda w, s: Weekly(w, *s, MONDAY), st.integers(0, 6), spans()), max_size=6))
    others = draw(st.lists(st.builds(lambda d, s: OtherHours(d, *s), day, spans()), max_size=2))
    breaks = draw(st.lists(st.builds(lambda a, b: Break(*sorted([a, b]), BlockReason.LEAVE), day, day), max_size=1))
    overrides = draw(st.dictionaries(day, st.booleans(), max_size=2))
    taken = draw(st.lists(st.tuples(day, spans()), max_size=5))
    return World(
        weekly=tuple(weekly),
        others=tuple(others),
        breaks=tuple(breaks),
        overrides=overrides,
        taken=frozenset((instant_of(on, a), instant_of(on, b)) for on, (a, b) in taken),
        minutes=draw(st.sampled_from([5, 30, 60, 90])),
        rest=draw(st.sampled_from([0, 15, 30])),
        first=instant_of(MONDAY, 0) + MINUTE * draw(st.integers(0, 1500)),
        days=draw(st.integers(1, 4)),
    )


def by_bits(world: World) -> list[datetime]:
    """As `search` computes it."""
    last = world.first + timedelta(days=world.days)
    window = Window.between(world.first, last + MINUTE * world.rest)
    at_work = open_bits(Hours(world.weekly, world.others, None, world.breaks), window, world.overrides)
    taken = 0
    for begin, end in world.taken:
        taken |= window.stretch(quantum_of(begin), quantum_of(end))
    n, rest = n_quanta(world.minutes), n_quanta(world.rest)
    inside = window.period(world.first, last)
    free = runs(at_work & inside, n) & runs(window.all & ~taken, n + rest) & window.grid(30)
    return [window.at(bit) for bit in ones(free)]


def by_minutes(world: World) -> list[datetime]:
    """The same in the plainest way: look at every minute."""
    last = world.first + timedelta(days=world.days)
    found = []
    at = world.first.replace(second=0, microsecond=0)
    while at < last:
        if at.minute % 30 == 0 and at >= world.first and _suits(world, at, last):
            found.append(at.astimezone(UTC))
        at += MINUTE
    return found


def _suits(world: World, at: datetime, last: datetime) -> bool:
    session = [at + MINUTE * i for i in range(world.minutes)]
    with_rest = session + [session[-1] + MINUTE * (i + 1) for i in range(world.rest)]
    return (
        session[-1] < last
        and all(_at_work(world, minute) for minute in session)
        and not any(begin <= minute < end for minute in with_rest for begin, end in world.taken)
    )


def _at_work(world: World, at: datetime) -> bool:
    local = at.astimezone(CHINA)
    day, minute = local.date(), local.hour * 60 + local.minute
    if any(one.first <= day <= one.last for one in world.breaks):
        return False
    own = [one for one in world.others if one.on == day]
    if own:
        return any(one.from_minute <= minute < one.to_minute for one in own)
    worked = world.overrides.get(day)
    if worked is False:
        return False
    weekday = day.weekday()
    rows = [one for one in world.weekly if one.weekday == weekday and one.from_minute < one.to_minute]
    if not any(one.weekday == weekday for one in world.weekly) and worked and weekday >= 5:
        weekday = {5: 4, 6: 0}[weekday]  # a make-up day is worked like the nearest working weekday
        rows = [one for one in world.weekly if one.weekday == weekday]
    return any(one.from_minute <= minute < one.to_minute for one in rows)


@settings(deadline=None)
@given(worlds())
def test_free_times_are_what_a_walk_minute_by_minute_finds(world: World) -> None:
    assert by_bits(world) == by_minutes(world)


@given(st.integers(0, 2**40 - 1), st.integers(1, 20))
def test_a_run_begins_where_so_many_bits_follow(bits: int, length: int) -> None:
    text = f"{bits:b}"[::-1]
    expected = [i for i in range(len(text)) if text[i : i + length] == "1" * length]
    assert list(ones(runs(bits, length))) == expected


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_a_quantum_holds_its_instant(at: datetime) -> None:
    aware = at.replace(tzinfo=UTC)
    begin = begin_of(quantum_of(aware))
    assert begin <= aware < begin + timedelta(minutes=5)


def test_the_life_of_a_booking_is_the_approved_one() -> None:
    approve(STATES / "booking_life.md", BOOKING_LIFE.as_markdown("The life of a booking"))


def test_every_state_of_a_booking_can_be_reached() -> None:
    assert BOOKING_LIFE.unreachable(BookingState.HELD, BookingState) == frozenset()


FACTS = st.builds(
    BookingFacts,
    state=st.sampled_from(BookingState),
    starts_at=st.just(instant_of(MONDAY, 9 * 60)),
    now=st.integers(0, 1440).map(lambda minute: instant_of(MONDAY, minute)),
    by_party=st.booleans(),
)


@given(FACTS)
def test_what_is_offered_of_a_booking_is_exactly_what_is_let_through(facts: BookingFacts) -> None:
    let_through = set()
    for step in BookingStep:
        try:
            BOOKING_LIFE.decide(step, facts)
        except Refused:
            continue
        let_through.add(step)
    assert set(BOOKING_LIFE.offered(facts)) == let_through


@given(FACTS)
def test_a_cancelled_booking_stays_cancelled(facts: BookingFacts) -> None:
    if facts.state in {BookingState.CANCELLED, BookingState.DONE}:
        assert BOOKING_LIFE.offered(facts) == ()


@given(st.lists(st.builds(Candidate, st.integers(1, 9), st.integers(0, 20), st.integers(10, 100)), min_size=1))
def test_nobody_with_a_smaller_burden_is_passed_over(candidates: list[Candidate]) -> None:
    choice = least_loaded(candidates)
    chosen = min((one.load + 1) / one.weight for one in candidates if one.mediator_id == choice.mediator_id)
    assert chosen <= min((one.load + 1) / one.weight for one in candidates) + 1e-9


def test_the_reason_of_a_choice_is_kept() -> None:
    assert least_loaded([Candidate(1, 3)]).reason is ChoiceReason.ONLY_ONE
    assert least_loaded([Candidate(1, 3), Candidate(2, 0)]).reason is ChoiceReason.LEAST_LOADED
    assert least_loaded([Candidate(1, 0), Candidate(2, 0, nearness=3)]).mediator_id == 2


@given(st.lists(spans(), max_size=4))
def test_hours_are_read_back_as_they_were_written(pairs: list[tuple[int, int]]) -> None:
    hours = tuple(sorted(Span(*pair) for pair in pairs))
    try:
        check_spans(hours)
    except Invalid:
        return
    assert spans_of(text_of(hours)) == hours


def refusal(run: Callable[[], object]) -> str | None:
    """The code of the refusal; None when there is none."""
    try:
        run()
    except Problem as problem:
        return problem.code
    return None


@given(st.text(max_size=40))
def test_any_text_is_hours_or_a_clear_refusal(text: str) -> None:
    code = refusal(lambda: spans_of(text))
    assert code is None or code.startswith("hours_")


NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts_at", "minutes", "code"),
    [
        (NOW + NOTICE, 60, None),
        (NOW + HORIZON, 60, None),
        (NOW + NOTICE - timedelta(minutes=5), 60, "time_too_soon"),
        (NOW - timedelta(minutes=5), 60, "time_past"),
        (NOW + HORIZON + timedelta(minutes=5), 60, "time_too_far"),
        (NOW + timedelta(hours=3, minutes=1), 60, "time_off_grid"),
        (NOW + timedelta(hours=3, seconds=1), 60, "time_off_grid"),
        (NOW + timedelta(hours=3), 0, "length_impossible"),
        (NOW + timedelta(hours=3), -60, "length_impossible"),
        (NOW + timedelta(hours=3), 7, "length_impossible"),
        (NOW + timedelta(hours=3), 24 * 60 + 5, "length_impossible"),
    ],
)
def test_a_time_is_bookable_or_says_why_not(starts_at: datetime, minutes: int, code: str | None) -> None:
    assert refusal(lambda: check_time(starts_at, minutes, now=NOW, notice=NOTICE)) == code
