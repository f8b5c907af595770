"""The bitmaps follow the claims through everything that happens to a booking; a difference is found and named."""

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel.db import transaction
from mediation.kernel.errors import Taken
from mediation.people import queries as people
from mediation.scheduling import queries, service
from mediation.scheduling.models import Booking, Claim, DayBits
from mediation.scheduling.rules.bits import Window, of_words, ones, words_of
from mediation.scheduling.rules.codes import CancelReason, ResourceKind
from mediation.scheduling.service import BookHeld, CancelBooking, HoldTime, MoveBooking
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book, wish
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff

pytestmark = pytest.mark.db


def faults(session: Session) -> list[str]:
    return [f"{each.where}: {each.fault}" for each in service.verify(session)]


def busy_minutes(session: Session, mediator_id: int) -> int:
    """Of 24 November, as search sees it."""
    window = Window.between(at(24, 0), at(25, 0))
    found = queries.occupied(session, ResourceKind.MEDIATOR, [mediator_id], window, now=at(23, 9))
    return found[mediator_id].all.bit_count() * 5


def test_a_days_words_are_small_and_read_back() -> None:
    words = words_of(range(288))
    assert len(words) == 6
    assert max(words) < 2**48
    assert of_words(words) == 2**288 - 1
    assert list(ones(of_words(words_of([288 * 5 + 3, 288 * 5 + 287])))) == [3, 287]


def test_a_window_touches_the_stored_days_that_it_lies_in() -> None:
    window = Window(288 * 5 + 100, 300)
    assert list(window.stored_days) == [5, 6]


def test_booking_moving_and_cancelling_are_followed(
    sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
        booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
        mediator, public_id = booking.mediator_id, booking.public_id
        assert busy_minutes(session, mediator) == 75
        assert faults(session) == []
    with transaction(sessions) as session:
        service.reschedule(session, staff("shen"), MoveBooking(public_id, at(24, 9, 30)), clock=clock)
        assert busy_minutes(session, mediator) == 75
        assert faults(session) == []
    with transaction(sessions) as session:
        service.cancel(session, staff("shen"), CancelBooking(public_id, CancelReason.SETTLED), clock=clock)
        assert busy_minutes(session, mediator) == 0
        assert faults(session) == []


def test_a_hold_is_busy_until_it_ends_and_no_bitmap_knows_it(
    sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        held = service.hold(session, HoldTime("draft:x", wish(session), at(24, 9)), clock=clock)
        assert session.scalars(select(DayBits)).all() == []
        window = Window.between(at(24, 0), at(25, 0))
        ask = (session, ResourceKind.MEDIATOR, [held.mediator_id], window)
        assert queries.occupied(*ask, now=clock())[held.mediator_id].held.bit_count() == 15
        assert queries.occupied(*ask, now=clock(), except_booking=held.id)[held.mediator_id].all == 0
        clock.pass_(minutes=10, seconds=1)
        assert queries.occupied(*ask, now=clock())[held.mediator_id].all == 0
        case = ready_case(session, clock, staff("qin"))
        service.book_held(session, staff("shen"), BookHeld(case.id, "draft:x"), clock=clock)
        assert queries.occupied(*ask, now=clock())[held.mediator_id].booked.bit_count() == 15
        assert faults(session) == []


def test_a_refused_booking_leaves_no_bit(sessions: sessionmaker[Session], clock: FakeClock, staff: Staff) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
        book(session, staff("shen"), case.id, at(24, 9), clock=clock)
        before = session.execute(select(DayBits.__table__)).all()
        with pytest.raises(Taken):
            book(session, staff("shen"), case.id, at(24, 9, 30), clock=clock)
        assert session.execute(select(DayBits.__table__)).all() == before


def run(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["scheduling", "verify", *words])
    return result.exit_code, result.output


def test_verify_names_what_somebody_changed_and_rebuild_mends_it(
    app: Flask, sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
        book(session, staff("shen"), case.id, at(24, 9), clock=clock)
        qin = next(row for row in people.all_mediators(session) if row.name == "秦海燕")
    assert run(app) == (0, "scheduling: 0 differences\n")
    with transaction(sessions) as session:
        session.execute(update(DayBits).values(w1=DayBits.w1.bitwise_or(1)))
    code, said = run(app)
    assert code == 1
    assert f"mediator {qin.id} on 2026-11-24 (UTC), unit 1: 0 quanta only claimed, 1 only in the bitmap" in said
    with transaction(sessions) as session:
        session.execute(delete(DayBits))
    assert run(app)[0] == 1
    assert run(app, "--rebuild") == (0, "scheduling: 0 differences\n")


def test_verify_names_a_booking_with_a_missing_or_an_extra_claim(
    app: Flask, sessions: sessionmaker[Session], clock: FakeClock, staff: Staff
) -> None:
    with transaction(sessions) as session:
        case = ready_case(session, clock, staff("qin"))
        booking = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
        number, mediator = booking.id, booking.mediator_id
    with transaction(sessions) as session:
        first = session.scalars(select(Claim.quantum).where(Claim.booking_id == number).order_by(Claim.quantum)).first()
        session.execute(delete(Claim).where(Claim.booking_id == number, Claim.quantum == first))
    code, said = run(app, "--rebuild")
    assert code == 1
    assert f"booking {number}: mediator {mediator} is taken for 14 quanta" in said
    with transaction(sessions) as session:
        session.execute(delete(Claim))
    assert f"booking {number}: mediator {mediator} is not taken" in run(app, "--rebuild")[1]
    with transaction(sessions) as session:
        found = session.get_one(Booking, number)
        service.cancel(session, staff("shen"), CancelBooking(found.public_id, CancelReason.SETTLED), clock=clock)
    assert run(app)[0] == 0
