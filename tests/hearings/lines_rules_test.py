"""What the desk says and draws of a line."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.hearings.rules.lines import (
    BAR,
    HEIGHT,
    LOWEST,
    SLOT,
    WIDTH,
    WORDS,
    Band,
    LineReading,
    LineSample,
    band,
    bars,
    reading,
)
from mediation.kernel.clock import CHINA

NOW = datetime(2026, 11, 24, 10, 20, 7, tzinfo=CHINA)
shares = st.none() | st.floats(0, 1)
measured = st.builds(
    LineSample,
    st.integers(-60, 1200).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    shares,
    shares,
    st.none() | st.integers(0, 5000),
)
histories = st.lists(measured, max_size=80).map(lambda rows: sorted(rows, key=lambda row: row.at))


def at(seconds_ago: float, loss: float | None = 0.0, rtt_ms: int | None = None) -> LineSample:
    return LineSample(NOW - timedelta(seconds=seconds_ago), loss, None, rtt_ms)


def steady(until_s: float, since_s: float, loss: float | None = 0.0) -> list[LineSample]:
    """A sample each 16 s, as `live` writes them."""
    n = int((since_s - until_s) // 16) + 1
    return [at(until_s + 16 * i, loss) for i in reversed(range(n))]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (None, Band.UNMEASURED),
        (0.0, Band.GOOD),
        (0.0999, Band.GOOD),
        (0.10, Band.WEAK),
        (0.1499, Band.WEAK),
        (0.15, Band.POOR),
        (1.0, Band.POOR),
    ],
)
def test_the_bands_are_those_of_the_design(loss: float | None, expected: Band) -> None:
    assert band(loss) is expected


@pytest.mark.parametrize(
    ("samples", "connected", "said"),
    [
        ([], False, None),
        ([at(1000)], False, None),
        ([], True, LineReading("unmeasured")),
        ([at(90)], True, LineReading("unmeasured")),
        ([at(8, None)], True, LineReading("unmeasured")),
        (steady(8, 600), True, LineReading("good")),
        ([*steady(120, 600), at(8)], True, LineReading("good_again")),
        ([*steady(100, 200, 0.2), *steady(8, 99)], True, LineReading("good_again")),
        ([*steady(400, 600, 0.2), *steady(8, 390)], True, LineReading("good")),
        ([at(8, 0.129)], True, LineReading("weak", percent=12)),
        ([at(8, 0.149, rtt_ms=1600)], True, LineReading("weak", percent=14, rtt_ms=1600)),
        ([at(8, 0.31, rtt_ms=200)], True, LineReading("poor", percent=31)),
        ([at(45)], False, LineReading("just_gone")),
        ([at(200, 0.3)], False, LineReading("gone", minutes=3)),
    ],
)
def test_one_sentence_says_how_it_is(samples: list[LineSample], connected: bool, said: LineReading | None) -> None:
    assert reading(samples, NOW, connected=connected) == said


def test_the_worse_way_counts() -> None:
    assert LineSample(NOW, 0.02, 0.2, None).loss == 0.2
    assert LineSample(NOW, None, 0.1, None).loss == 0.1
    assert LineSample(NOW, None, None, None).loss is None


@given(histories, st.booleans())
def test_every_history_has_a_sentence_of_the_list(samples: list[LineSample], connected: bool) -> None:
    said = reading(samples, NOW, connected=connected)
    assert said is not None or not connected
    assert said is None or (said.word in WORDS and 0 <= said.percent <= 100 and 0 <= said.minutes <= 15)


@given(histories)
def test_the_bars_stay_in_the_box_and_do_not_overlap(samples: list[LineSample]) -> None:
    drawn = bars(samples, NOW)
    ends = 0
    for bar in drawn:
        assert ends <= bar.x
        assert bar.x + bar.width <= WIDTH
        assert bar.width > 0
        assert bar.width % BAR == 0
        assert LOWEST <= bar.height <= HEIGHT
        ends = bar.x + bar.width


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_loss_is_never_drawn_lower(one: float, other: float) -> None:
    low, high = (bars([at(60, loss)], NOW)[0] for loss in sorted((one, other)))
    assert low.height <= high.height


@given(st.integers(0, 59), st.integers(2, 6))
def test_a_steady_line_has_no_gap_and_an_absence_of_a_minute_or_more_has_one(offset: int, minutes: int) -> None:
    now = NOW + timedelta(seconds=offset)
    rows = steady(-60, 1100)
    assert [(bar.x, bar.width) for bar in bars(rows, now)] == [(0, WIDTH)]
    away = [row for row in rows if not timedelta(minutes=3) < now - row.at <= timedelta(minutes=3 + minutes)]
    first, second = bars(away, now)
    gap = (second.x - first.x - first.width) // BAR * SLOT
    assert timedelta(minutes=minutes) - 2 * SLOT < gap <= timedelta(minutes=minutes) + SLOT


def test_the_worst_of_half_a_minute_is_drawn_and_the_drawing_rests_between() -> None:
    rows = [at(30, 0.01), at(20, 0.2)]
    (bar,) = bars(rows, NOW)
    assert bar.band is Band.POOR
    assert bars(rows, NOW + timedelta(seconds=5)) == (bar,)
