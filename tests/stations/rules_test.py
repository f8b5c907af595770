"""Queue numbers and the end of a visit, for all values."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mediation.kernel.clock import local_date
from mediation.stations.rules import (
    GRACE,
    PER_LETTER,
    Quiet,
    VisitEnd,
    VisitFacts,
    end_due,
    number_of,
    ticket,
)

QUIET = Quiet(alone=timedelta(minutes=3), in_room=timedelta(minutes=15), warning=timedelta(seconds=30))
NUMBERS = st.integers(1, 26 * PER_LETTER)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def test_the_first_of_a_day_is_a001_and_the_thousandth_b001() -> None:
    assert [ticket(1), ticket(12), ticket(999), ticket(1000)] == ["A001", "A012", "A999", "B001"]


@given(NUMBERS)
def test_a_number_is_read_back_however_it_is_typed(number: int) -> None:
    shown = ticket(number)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in shown)
    for typed in (shown, shown.lower(), f" {shown} ", f"{shown[0]} {int(shown[1:])}", wide):
        assert number_of(typed) == number


@given(NUMBERS, NUMBERS)
def test_two_numbers_never_look_alike(one: int, other: int) -> None:
    assert (ticket(one) == ticket(other)) is (one == other)


@given(st.text(max_size=10))
def test_anything_may_be_typed(text: str) -> None:
    number = number_of(text)
    assert number is None or number_of(ticket(number)) == number


@given(INSTANTS, INSTANTS, INSTANTS, st.booleans(), st.booleans())
def test_once_over_a_visit_stays_over(
    touched: datetime, ends: datetime, now: datetime, in_room: bool, revoked: bool
) -> None:
    facts = VisitFacts(local_date(touched), ends, touched, in_room=in_room, screen_revoked=revoked)
    if now >= touched and end_due(facts, QUIET, now) is not None:
        for later in (timedelta(seconds=1), timedelta(hours=3), timedelta(days=2)):
            assert end_due(facts, QUIET, now + later) is not None


@given(INSTANTS, st.booleans(), st.integers(0, 1200))
def test_quiet_ends_it_exactly_after_warning_and_grace(touched: datetime, in_room: bool, seconds: int) -> None:
    limit = QUIET.limit(in_room=in_room) + QUIET.warning + GRACE
    now = touched + timedelta(seconds=seconds)
    facts = VisitFacts(local_date(now), now + timedelta(hours=1), touched, in_room=in_room, screen_revoked=False)
    assert end_due(facts, QUIET, now) is (VisitEnd.QUIET if now >= touched + limit else None)


@given(INSTANTS)
def test_each_end_has_its_reason(now: datetime) -> None:
    def due(*, on: int = 0, ends: int = 1, revoked: bool = False) -> VisitEnd | None:
        day = local_date(now) + timedelta(days=on)
        return end_due(
            VisitFacts(day, now + timedelta(minutes=ends), now, in_room=False, screen_revoked=revoked), QUIET, now
        )

    assert due() is None
    assert due(on=-1) is VisitEnd.DAY
    assert due(ends=0) is VisitEnd.TIME
    assert due(revoked=True) is VisitEnd.STAFF
