"""Reminders: three of them, each once, also when the road is closed; none of an hour that is not true any more."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.notices.catalogue import NoticeKind
from mediation.notices.models import Notice
from mediation.scheduling import service
from mediation.scheduling.models import Booking
from mediation.scheduling.rules.codes import CancelReason
from mediation.scheduling.service import CancelBooking, MoveBooking
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.notices.deliver_test import Road, road, run_due

pytestmark = pytest.mark.db
__all__ = ["road"]


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    """Friday 27 November, 09:00; two parties."""
    case = ready_case(session, clock, staff("qin"))
    booking = book(session, staff("shen"), case.id, at(27, 9), clock=clock)
    session.commit()
    return booking


@dataclass
class House:
    """What each test here needs."""

    session: Session
    clock: FakeClock
    staff: Staff
    booking: Booking
    road: Road


@pytest.fixture
def house(session: Session, clock: FakeClock, staff: Staff, booking: Booking, road: Road) -> House:
    return House(session, clock, staff, booking, road)


def reminders(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice).where(Notice.kind == NoticeKind.HEARING_SOON).order_by(Notice.id)))


def test_three_reminders_to_each_party_and_each_once(
    session: Session, sessions: sessionmaker[Session], clock: FakeClock, booking: Booking, road: Road
) -> None:
    counts = []
    for moment in (at(25, 8), at(25, 9), at(26, 8), at(26, 9), at(27, 7, 59), at(27, 8), at(27, 9)):
        clock.set(moment)
        run_due(sessions, clock)
        run_due(sessions, clock)
        counts.append(len({(row.party_id, row.key.split(":")[1]) for row in reminders(session) if row.sent_at}))
    assert counts == [0, 2, 2, 4, 4, 6, 6]


def test_a_closed_road_loses_nothing_and_says_nothing_twice(
    session: Session, sessions: sessionmaker[Session], clock: FakeClock, booking: Booking, road: Road
) -> None:
    run_due(sessions, clock)
    road.fault = ConnectionRefusedError()
    clock.set(at(26, 9))
    run_due(sessions, clock)
    assert [row for row in reminders(session) if row.sent_at] == []
    before = len(road.carried)
    road.fault = None
    clock.pass_(hours=2)
    run_due(sessions, clock)
    sent = [row.key for row in reminders(session) if row.sent_at]
    assert len(road.carried) - before == len(sent) == len(set(sent)) > 0


def test_a_mail_server_that_is_down_over_a_holiday_loses_no_message_and_none_goes_out_twice(
    session: Session, sessions: sessionmaker[Session], clock: FakeClock, booking: Booking, road: Road
) -> None:
    for _turn in range(16):
        road.fault = ConnectionRefusedError()
        run_due(sessions, clock)
        clock.pass_(hours=12)
    road.fault = None
    clock.pass_(hours=2)
    run_due(sessions, clock)
    run_due(sessions, clock)
    session.rollback()
    notices = list(session.scalars(select(Notice)))
    assert {row.key for row in notices if row.refused} == {row.key for row in reminders(session)}, "its hearing is over"
    sent = [row.public_id for row in notices if row.sent_at]
    assert sent
    assert sorted(parcel.public_id for parcel in road.carried) == sorted(sent)
    assert len(sent) + len(reminders(session)) == len(notices)


@pytest.mark.parametrize("how", ["moved", "cancelled", "begun"])
def test_an_old_reminder_never_goes_out(house: House, sessions: sessionmaker[Session], how: str) -> None:
    session, clock, staff, booking, road = house.session, house.clock, house.staff, house.booking, house.road
    road.fault = ConnectionRefusedError()
    clock.set(at(26, 9))
    run_due(sessions, clock)
    old = {row.id for row in reminders(session)}
    assert old, "written, waiting for the road"
    if how == "moved":
        command = MoveBooking(booking.public_id, at(27, 14))
        service.reschedule(session, staff("shen"), command, clock=clock)
    elif how == "cancelled":
        service.cancel(session, staff("shen"), CancelBooking(booking.public_id, CancelReason.ILLNESS), clock=clock)
    session.commit()
    road.fault = None
    clock.set(at(27, 9) if how == "begun" else at(26, 12))
    run_due(sessions, clock)
    found = {row.id: row.refused for row in reminders(session) if row.id in old}
    assert set(found.values()) == {"outdated"}


def test_a_moved_booking_has_its_own_reminders(house: House, sessions: sessionmaker[Session]) -> None:
    session, clock, staff, booking = house.session, house.clock, house.staff, house.booking
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(30, 9)), clock=clock)
    session.commit()
    clock.set(at(27, 8))
    run_due(sessions, clock)
    assert reminders(session) == []
    clock.set(at(30, 9) - timedelta(hours=1))
    run_due(sessions, clock)
    assert {row.key.split(":")[1].split(".")[2] for row in reminders(session)} == {"1h"}, "late ones are left out"
