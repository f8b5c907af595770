"""Leave, closures and hours that change: what they orphan, and how each orphan ends."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.notices.models import Notice
from mediation.orgs import queries as orgs
from mediation.people import queries as people
from mediation.scheduling import queries, service
from mediation.scheduling.models import Booking, Closure, Leave, Orphan, WeeklyHours
from mediation.scheduling.rules.bits import Window
from mediation.scheduling.rules.codes import BlockReason, BookingState, CancelReason, OrphanState, ResourceKind
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.service import (
    CancelBooking,
    Close,
    HoldTime,
    KeepBooking,
    MoveBooking,
    SetDay,
    SetWeeklyHours,
    TakeLeave,
)
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, station, wish
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff

pytestmark = pytest.mark.db
TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)


@pytest.fixture
def qin(session: Session, staff: Staff) -> int:
    row = people.mediator_of(session, staff("qin").account_id)
    assert row is not None
    return row.id


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    """Tuesday 09:00, 秦海燕, at the station."""
    case = ready_case(session, clock, staff("qin"))
    rooms = service.rooms_of(session, station(session))
    return book(session, staff("shen"), case.id, at(24, 9), clock=clock, room_ids=rooms)


def orphan(session: Session) -> Orphan:
    return session.scalars(select(Orphan)).one()


def names(session: Session, case_id: int | None) -> list[str]:
    return list(session.scalars(select(LogEntry.name).where(LogEntry.case_id == case_id).order_by(LogEntry.seq)))


def test_a_leave_orphans_the_bookings_in_it_and_no_other(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    later = book(session, staff("shen"), booking.case_id or 0, at(30, 9), clock=clock)
    n = service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, FRIDAY, "住院"), clock=clock)
    assert n == 1
    found = orphan(session)
    assert (found.booking_id, found.reason, found.state) == (booking.id, BlockReason.LEAVE, OrphanState.OPEN)
    assert later.id != found.booking_id
    assert booking.state is BookingState.CONFIRMED, "nothing is decided for anybody"
    assert "booking_orphaned" in names(session, booking.case_id)


def test_nobody_is_offered_a_time_in_a_leave(session: Session, clock: FakeClock, staff: Staff, qin: int) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    found = service.hold(session, HoldTime("draft:a", wish(session), at(24, 9)), clock=clock)
    assert found.mediator_id != qin


def test_a_kept_orphan_has_a_reason_and_is_not_asked_about_again(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    with pytest.raises(Invalid, match="why_missing"):
        service.keep(session, staff("shen"), KeepBooking(booking.public_id, ""), clock=clock)
    kept = service.keep(session, staff("shen"), KeepBooking(booking.public_id, "她从家里主持"), clock=clock)
    assert (kept.state, kept.why, kept.decided_by) == (OrphanState.KEPT, "她从家里主持", staff("shen").ref)
    assert service.look(session, staff("shen"), now=clock()) == 0
    assert len(session.scalars(select(Orphan)).all()) == 1
    assert names(session, booking.case_id)[-1] == "orphan_decided"


def test_moving_the_booking_settles_it(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    before = session.scalars(select(Notice.key)).all()
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(25, 9)), clock=clock)
    assert orphan(session).state is OrphanState.MOVED
    told = set(session.scalars(select(Notice.key))) - set(before)
    assert any(key.startswith("hearing_moved") for key in told), "the parties hear of it"


def test_cancelling_the_booking_settles_it(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    command = CancelBooking(booking.public_id, CancelReason.MEDIATOR_AWAY)
    service.cancel(session, staff("shen"), command, clock=clock)
    assert orphan(session).state is OrphanState.CANCELLED
    assert service.look(session, staff("shen"), now=clock()) == 0


def test_a_leave_that_is_taken_back_leaves_nothing_to_decide(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    leave = session.scalars(select(Leave).where(Leave.mediator_id == qin)).one()
    service.end_leave(session, staff("qin"), leave.public_id, clock=clock)
    assert orphan(session).state is OrphanState.STANDS
    with pytest.raises(Refused, match="orphan_decided"):
        service.keep(session, staff("shen"), KeepBooking(booking.public_id, "x"), clock=clock)
    assert service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock) == 1


@pytest.mark.parametrize("what", ["place", "station", "room"])
def test_a_closed_place_station_or_room_orphans_what_lies_in_it(
    session: Session, clock: FakeClock, staff: Staff, booking: Booking, what: str
) -> None:
    here = next(row for row in orgs.stations(session) if row.public_id == station(session))
    assert booking.room_id is not None
    room = next(row for row in here.rooms if row.id == booking.room_id)
    subject = {
        "place": next(row.public_id for row in orgs.tree(session) if row.id == here.org_id),
        "station": here.public_id,
        "room": room.public_id,
    }[what]
    n = service.close(session, staff("shen"), Close(subject, TUESDAY, TUESDAY, "停电检修"), clock=clock)
    assert n == 1
    reason = BlockReason.CLOSURE if what == "place" else BlockReason.ROOM_CLOSED
    assert (orphan(session).reason, orphan(session).note) == (reason, "停电检修")
    closure = session.scalars(select(Closure).where(Closure.why == "停电检修", Closure.first_on == TUESDAY)).one()
    service.reopen(session, staff("shen"), closure.public_id, clock=clock)
    assert orphan(session).state is OrphanState.STANDS


def test_other_hours_on_a_day_and_of_the_week_orphan_too(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    day = SetDay(qin, TUESDAY, (Span(13 * 60, 17 * 60),))
    assert service.set_day(session, staff("qin"), day, clock=clock) == 1
    assert service.clear_day(session, staff("qin"), qin, TUESDAY, clock=clock) == 0
    assert orphan(session).state is OrphanState.STANDS
    week = SetWeeklyHours(qin, {0: (Span(540, 720),)})
    assert service.set_weekly_hours(session, staff("qin"), week, clock=clock) == 1


def test_a_time_that_is_only_kept_is_given_up(session: Session, clock: FakeClock, staff: Staff, qin: int) -> None:
    held = service.hold(session, HoldTime("draft:a", wish(session), at(24, 9)), clock=clock)
    service.take_leave(session, staff("shen"), TakeLeave(held.mediator_id, TUESDAY, TUESDAY), clock=clock)
    assert queries.by_key(session, "draft:a") is None


def test_who_keeps_whose_hours(session: Session, clock: FakeClock, staff: Staff, qin: int) -> None:
    service.take_leave(session, staff("shen"), TakeLeave(qin, TUESDAY, TUESDAY), clock=clock)
    with pytest.raises(Denied, match="not_your_hours"):
        service.take_leave(session, staff("fan"), TakeLeave(qin, FRIDAY, FRIDAY), clock=clock)
    elsewhere = next(row.public_id for row in orgs.stations(session) if not row.name.startswith("桃溪社区"))
    with pytest.raises((Denied, Missing)):
        service.close(session, staff("shen"), Close(elsewhere, FRIDAY, FRIDAY), clock=clock)
    leave = session.scalars(select(Leave).where(Leave.mediator_id == qin)).one()
    with pytest.raises(Denied):
        service.end_leave(session, staff("fan"), leave.public_id, clock=clock)


@pytest.mark.parametrize(
    "wrong",
    [
        (FRIDAY, TUESDAY, "days_backwards"),
        (date(2026, 11, 22), TUESDAY, "day_over"),
        (date(2028, 1, 1), date(2028, 1, 2), "day_too_far"),
        (FRIDAY, date(2027, 11, 30), "day_too_far"),
    ],
)
def test_a_leave_that_cannot_be_is_refused_and_nothing_changes(
    session: Session, clock: FakeClock, staff: Staff, qin: int, wrong: tuple[date, date, str]
) -> None:
    first, last, code = wrong
    with pytest.raises(Invalid, match=code):
        service.take_leave(session, staff("qin"), TakeLeave(qin, first, last), clock=clock)
    assert session.scalars(select(Leave).where(Leave.mediator_id == qin)).all() == []


def test_two_leaves_of_one_mediator_do_not_overlap(session: Session, clock: FakeClock, staff: Staff, qin: int) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, FRIDAY), clock=clock)
    with pytest.raises(Invalid, match="leave_overlaps"):
        service.take_leave(session, staff("qin"), TakeLeave(qin, FRIDAY, FRIDAY), clock=clock)


def worked(session: Session, mediator_id: int, *days: date) -> list[tuple[Span, ...]]:
    plans = queries.hours_of(session, mediator_id, min(days), max(days))
    return [plans[day].spans for day in days]


def test_a_week_for_some_time_gives_way_again_and_a_planned_one_is_never_cut(
    session: Session, clock: FakeClock, staff: Staff, qin: int
) -> None:
    me, before, within, after = staff("qin"), date(2026, 12, 4), date(2026, 12, 11), date(2026, 12, 25)
    usual = worked(session, qin, before)[0]
    short = (Span(540, 600),)
    command = SetWeeklyHours(qin, {4: short}, date(2026, 12, 7), date(2026, 12, 20))
    service.set_weekly_hours(session, me, command, clock=clock)
    assert worked(session, qin, before, within, after) == [usual, short, usual]
    count = len(session.scalars(select(WeeklyHours)).all())
    with pytest.raises(Invalid, match="weeks_overlap") as refusal:
        service.set_weekly_hours(session, me, SetWeeklyHours(qin, {4: short}, date(2026, 12, 1)), clock=clock)
    assert refusal.value.params["begins"] == date(2026, 12, 7)
    assert len(session.scalars(select(WeeklyHours)).all()) == count
    service.drop_week(session, me, qin, date(2026, 12, 7), clock=clock)
    assert worked(session, qin, before, within, after) == [usual, usual, usual]


def test_what_is_closed_has_its_reason(session: Session, clock: FakeClock, staff: Staff, qin: int) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, FRIDAY, FRIDAY), clock=clock)
    day = queries.closed_time(session, ResourceKind.MEDIATOR, qin, _day(FRIDAY))
    assert set(day) == {BlockReason.LEAVE}
    usual = queries.closed_time(session, ResourceKind.MEDIATOR, qin, _day(TUESDAY))
    assert set(usual) == {BlockReason.OFF_HOURS}


def _day(on: date) -> Window:
    return Window.between(at(on.day, 0), at(on.day + 1, 0))


def test_whoever_loses_the_time_reads_why(
    session: Session, clock: FakeClock, staff: Staff, qin: int, booking: Booking
) -> None:
    service.take_leave(session, staff("qin"), TakeLeave(qin, TUESDAY, TUESDAY, "住院"), clock=clock)
    rooms = service.rooms_of(session, station(session))
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(30, 9), rooms), clock=clock)
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(30, 14), rooms), clock=clock)
    told = session.scalars(select(Notice.body).where(Notice.kind == "hearing_moved").order_by(Notice.id)).all()
    assert ["原因：调解员请假" in body for body in told] == [True, True, False, False], (
        "later moves have no such reason"
    )
    assert not any("住院" in body for body in told)
