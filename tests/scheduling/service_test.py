"""Booking, moving, cancelling, answering: the services on a real database."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import AssignmentReason, CaseState, DeclineGround, PartyRole
from mediation.disputes.service import AssignMediator
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Missing, Refused, Taken
from mediation.kernel.log import LogEntry
from mediation.people import queries as people
from mediation.people.service import RecordPerson
from mediation.scheduling import queries, search, service
from mediation.scheduling.models import Booking, Claim, Resource
from mediation.scheduling.rules.codes import (
    Attendance,
    BookingState,
    CancelReason,
    ChoiceReason,
    ResourceKind,
)
from mediation.scheduling.service import (
    BookHeld,
    CancelBooking,
    HoldTime,
    MoveBooking,
)
from tests.factories.disputes import as_party, ready_case, received_case
from tests.factories.scheduling import at, book, station, wish
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff

pytestmark = pytest.mark.db


def mediator_id(session: Session, staff: Staff, username: str) -> int:
    row = people.mediator_of(session, staff(username).account_id)
    assert row is not None
    return row.id


def claims(session: Session, booking: Booking) -> dict[str, int]:
    """Kind of resource -> how many quanta the booking owns."""
    query = (
        select(Resource.kind, func.count())
        .join(Claim, Claim.resource_id == Resource.id)
        .where(Claim.booking_id == booking.id)
        .group_by(Resource.kind)
    )
    return {kind.value: n for kind, n in session.execute(query)}


def names(session: Session, case_id: int) -> list[str]:
    return list(session.scalars(select(LogEntry.name).where(LogEntry.case_id == case_id).order_by(LogEntry.seq)))


def held(session: Session, clock: FakeClock, key: str = "draft:a", **more: str) -> Booking:
    return service.hold(session, HoldTime(key, wish(session, **more), at(24, 9)), clock=clock)


def test_a_resident_keeps_a_time_and_books_it(session: Session, clock: FakeClock, staff: Staff) -> None:
    kept = held(session, clock)
    assert (kept.state, kept.case_id, kept.attendance) == (BookingState.HELD, None, Attendance.HOME)
    case = received_case(session, clock)
    booking = service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)
    assert booking.id == kept.id
    assert booking.state is BookingState.PENDING
    assert case.mediator_id == booking.mediator_id, "the mediator whose time it is was asked to take the case"
    assert claims(session, booking) == {"mediator": 15, "party": 24}, "an hour and a quarter; an hour for two people"
    assert "booking_made" in names(session, case.id)


def test_sent_twice_it_is_the_same_booking(session: Session, clock: FakeClock, staff: Staff) -> None:
    held(session, clock)
    case = received_case(session, clock)
    first = service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)
    again = service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)
    assert first.id == again.id
    assert names(session, case.id).count("booking_made") == 1


def test_another_choice_moves_the_kept_time(session: Session, clock: FakeClock, staff: Staff) -> None:
    first = held(session, clock)
    moved = service.hold(session, HoldTime("draft:a", wish(session), at(24, 14)), clock=clock)
    assert moved.id == first.id
    assert moved.starts_at == at(24, 14)
    assert claims(session, moved) == {"mediator": 15}
    assert session.scalar(select(func.count()).select_from(Booking)) == 1


def test_a_kept_time_is_offered_to_nobody_else_until_it_expires(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    held(session, clock)
    second = held(session, clock, "draft:b")
    assert second.mediator_id != queries.by_key(session, "draft:a").mediator_id  # type: ignore[union-attr]
    with pytest.raises(Taken):
        held(session, clock, "draft:c")
    clock.pass_(minutes=10, seconds=1)
    third = held(session, clock, "draft:c")
    assert third.state is BookingState.HELD


def test_a_little_late_the_kept_time_is_still_booked_when_nobody_took_it(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    held(session, clock)
    clock.pass_(minutes=30)
    case = received_case(session, clock)
    assert service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock).case_id == case.id


def test_too_late_somebody_else_has_it_and_nothing_of_theirs_changes(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    late = held(session, clock)
    held(session, clock, "draft:b")
    clock.pass_(minutes=11)
    for key in ("draft:c", "draft:d"):
        held(session, clock, key)
    case = received_case(session, clock)
    with pytest.raises(Taken):
        service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)
    assert claims(session, late) == {}


def test_old_holds_are_forgotten(session: Session, clock: FakeClock, staff: Staff) -> None:
    held(session, clock)
    clock.pass_(days=1, minutes=11)
    assert service.forget_holds(session, clock()) == 1
    assert session.scalar(select(func.count()).select_from(Claim)) == 0
    case = received_case(session, clock)
    with pytest.raises(Refused, match="hold_gone"):
        service.book_held(session, as_party(case), BookHeld(case.id, "draft:a"), clock=clock)


def test_at_the_station_a_room_is_taken_with_the_mediator(session: Session, clock: FakeClock, staff: Staff) -> None:
    kept = held(session, clock, at_station=station(session))
    assert kept.attendance is Attendance.STATION
    assert claims(session, kept) == {"mediator": 15, "room": 15}


def test_two_rooms_are_filled_and_then_the_time_is_gone(session: Session, clock: FakeClock, staff: Staff) -> None:
    rooms = service.rooms_of(session, station(session))
    for name in ("qin", "tian"):
        people_of = {"applicant": RecordPerson(name=f"甲{name}"), "respondents": (RecordPerson(name=f"乙{name}"),)}
        case = ready_case(session, clock, staff(name), **people_of)
        booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, room_ids=rooms)
        assert booking.state is BookingState.CONFIRMED, "the mediator has the case already"
    find = service.times_for(session, wish(session, at_station=station(session)), now=clock())
    assert search.free_at(session, find, at(24, 9), now=clock()) is None


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (at(23, 10), "time_too_soon"),
        (at(23, 8), "time_past"),
        (at(24, 9, 3), "time_off_grid"),
        (at(24, 9, month=12), "time_too_far"),
    ],
)
def test_a_time_that_cannot_be_booked_is_refused(
    session: Session, clock: FakeClock, staff: Staff, when: object, code: str
) -> None:
    with pytest.raises(Exception, match=code):
        service.hold(session, HoldTime("k", wish(session), when), clock=clock)  # type: ignore[arg-type]


def test_outside_the_hours_and_on_a_holiday_nobody_is_free(session: Session, clock: FakeClock, staff: Staff) -> None:
    for when in (at(24, 12), at(24, 20), at(28, 9)):
        with pytest.raises(Taken):
            service.hold(session, HoldTime("k", wish(session), when), clock=clock)


def test_nobody_sits_in_two_hearings(session: Session, clock: FakeClock, staff: Staff) -> None:
    one = ready_case(session, clock, staff("qin"))
    other = ready_case(session, clock, staff("tian"))
    book(session, staff("shen"), one.id, at(24, 9), clock=clock)
    with pytest.raises(Taken):
        book(session, staff("shen"), other.id, at(24, 9, 30), clock=clock)


def test_a_party_added_later_is_busy_too(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    before = claims(session, booking)["party"]
    person = RecordPerson(name="孙丽", phone="13800000009")
    disputes.add_party(session, staff("shen"), disputes.AddParty(case.id, PartyRole.THIRD, person), clock=clock)
    assert claims(session, booking)["party"] == before + 12


def test_moving_keeps_the_length_counts_the_change_and_frees_the_old_time(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    command = MoveBooking(booking.public_id, at(25, 15))
    moved = service.reschedule(session, as_party(case), command, clock=clock)
    service.reschedule(session, as_party(case), command, clock=clock)
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (at(25, 15), at(25, 16), 1)
    assert names(session, case.id).count("booking_moved") == 1
    assert claims(session, moved) == {"mediator": 15, "party": 24}


def test_a_new_time_that_overlaps_the_old_one_is_possible(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    command = MoveBooking(booking.public_id, at(24, 9, 30))
    assert service.reschedule(session, staff("shen"), command, clock=clock).starts_at == at(24, 9, 30)


def test_when_the_new_time_is_lost_the_old_one_is_kept(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    other = ready_case(
        session,
        clock,
        staff("qin"),
        applicant=RecordPerson(name="甲", phone="13800000011"),
        respondents=(RecordPerson(name="乙"),),
    )
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    book(session, staff("shen"), other.id, at(24, 14), clock=clock)
    with pytest.raises(Taken):
        service.reschedule(session, as_party(case), MoveBooking(booking.public_id, at(24, 14)), clock=clock)
    assert booking.starts_at == at(24, 9)
    assert claims(session, booking)["mediator"] == 15


def test_a_party_moves_no_later_than_two_hours_before_and_staff_until_it_begins(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    clock.set(at(24, 7, 30))
    command = MoveBooking(booking.public_id, at(24, 16))
    with pytest.raises(Refused, match="too_late_to_move"):
        service.reschedule(session, as_party(case), command, clock=clock)
    assert service.reschedule(session, staff("shen"), command, clock=clock).starts_at == at(24, 16)


def test_cancelled_the_time_is_free_again(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    command = CancelBooking(booking.public_id, CancelReason.CASE_ENDED)
    service.cancel(session, as_party(case), command, clock=clock)
    service.cancel(session, as_party(case), command, clock=clock)
    assert (booking.state, booking.cancel_reason) == (BookingState.CANCELLED, CancelReason.OTHER)
    assert claims(session, booking) == {}
    assert names(session, case.id).count("booking_cancelled") == 1
    again = book(session, staff("shen"), case.id, at(24, 9), clock=clock, key="again")
    assert again.id != booking.id


def test_a_stranger_finds_no_booking(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    other = received_case(session, clock)
    for stranger in (staff("hu"), as_party(other)):
        with pytest.raises(Missing, match="booking_unknown"):
            service.cancel(session, stranger, CancelBooking(booking.public_id, CancelReason.OTHER), clock=clock)


def answer(
    session: Session, clock: FakeClock, mediator: Actor, case_id: int, ground: DeclineGround | None = None
) -> None:
    disputes.answer_assignment(session, mediator, disputes.AnswerAssignment(case_id, ground), clock=clock)


def test_the_mediator_takes_the_case_and_with_it_the_time(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = received_case(session, clock)
    qin = mediator_id(session, staff, "qin")
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, mediator_id=qin)
    assert (booking.state, booking.choice_reason) == (BookingState.PENDING, ChoiceReason.BY_STAFF)
    answer(session, clock, staff("qin"), case.id)
    answer(session, clock, staff("qin"), case.id)
    assert booking.state is BookingState.CONFIRMED
    assert names(session, case.id).count("booking_accepted") == 1


def test_the_next_free_mediator_is_asked_when_the_first_steps_back(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = received_case(session, clock)
    qin, tian = (mediator_id(session, staff, name) for name in ("qin", "tian"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock, mediator_id=qin)
    answer(session, clock, staff("qin"), case.id, DeclineGround.RELATIVE)
    assert (booking.mediator_id, case.mediator_id) == (tian, tian)
    assert (booking.state, booking.sequence) == (BookingState.PENDING, 1)
    resource = select(Resource.subject_id).join(Claim).where(Claim.booking_id == booking.id)
    assert set(session.scalars(resource.where(Resource.kind == ResourceKind.MEDIATOR))) == {tian}


def test_with_nobody_else_free_the_time_is_cancelled_and_said_so(
    session: Session, clock: FakeClock, staff: Staff
) -> None:
    case = received_case(session, clock)
    qin = mediator_id(session, staff, "qin")
    booking = book(session, staff("shen"), case.id, at(24, 16), clock=clock, mediator_id=qin)
    answer(session, clock, staff("qin"), case.id, DeclineGround.BUSY)
    assert (booking.state, booking.cancel_reason) == (BookingState.CANCELLED, CancelReason.DECLINED)
    happened = [name for name in names(session, case.id) if name.startswith("booking_")]
    assert happened[-2:] == ["booking_declined", "booking_cancelled"]
    assert case.mediator_id is None


def test_another_mediator_on_the_case_takes_its_times_over(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    first = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    second = book(session, staff("shen"), case.id, at(24, 16), clock=clock)
    tian = mediator_id(session, staff, "tian")
    disputes.assign(session, staff("shen"), AssignMediator(case.id, tian, AssignmentReason.SPECIALITY), clock=clock)
    assert (first.mediator_id, first.state) == (tian, BookingState.PENDING)
    assert second.cancel_reason is CancelReason.MEDIATOR_CHANGED, "he works in the mornings"
    disputes.answer_assignment(session, staff("tian"), disputes.AnswerAssignment(case.id), clock=clock)
    assert first.state is BookingState.CONFIRMED


def test_a_withdrawn_case_needs_no_time(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    disputes.withdraw(session, as_party(case), disputes.WithdrawCase(case.id), clock=clock)
    assert (case.state, booking.cancel_reason) == (CaseState.WITHDRAWN, CancelReason.CASE_ENDED)
    assert claims(session, booking) == {}
    with pytest.raises(Refused, match="case_not_bookable"):
        book(session, staff("shen"), case.id, at(25, 9), clock=clock)


def test_the_case_panel_offers_what_the_service_lets_through(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = received_case(session, clock)
    qin = mediator_id(session, staff, "qin")
    book(session, staff("shen"), case.id, at(24, 9), clock=clock, mediator_id=qin)
    steps = {
        who: {step.value for step in queries.case_panel(session, case.id, staff(who), now=clock()).coming[0].steps}
        for who in ("shen", "qin", "gao")
    }
    assert steps == {"shen": {"move", "cancel"}, "qin": {"move", "cancel"}, "gao": set()}
    panel = queries.personal_panel(session, case.id, as_party(case), now=clock())
    assert (panel.may_move, panel.may_cancel, panel.may_book) == (True, True, False)


def test_the_nearest_free_times_are_named_around_a_lost_one(session: Session, clock: FakeClock, staff: Staff) -> None:
    for key in ("draft:a", "draft:b"):
        held(session, clock, key)
    find = service.times_for(session, wish(session), now=clock())
    found = search.nearest(session, find, at(24, 9), now=clock())
    assert [one.starts_at for one in found] == [at(24, 10, 30), at(24, 11), at(24, 14)]


def test_a_hearing_that_took_place_finishes_its_booking_once(session: Session, clock: FakeClock, staff: Staff) -> None:
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    for _time in range(2):
        service.finish(session, booking.id, now=at(24, 10))
    assert booking.state is BookingState.DONE
    with pytest.raises(Refused):
        service.cancel(session, staff("shen"), CancelBooking(booking.public_id, CancelReason.OTHER), clock=clock)
