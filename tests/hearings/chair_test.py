"""The empty chair: staff sit in, take it when its mediator is not on the line, and give it back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.access.queries import actor_of
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.errors import Denied, Missing, Refused
from mediation.kernel.log import LogEntry
from tests.cast import HE, QIN, SHEN, ZHENG
from tests.factories.disputes import as_party
from tests.factories.hearings import booked_hearing, come, control, neutral, running_hearing, seat_of

pytestmark = pytest.mark.db


def roles(session: Session, hearing: Hearing) -> dict[str, SeatRole]:
    session.expire_all()
    return {seat.account.username: seat.role for seat in hearing.seats if seat.account is not None}


def test_staff_of_the_place_sit_in_and_strangers_do_not(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    seat = service.sit_in(session, staff(SHEN), hearing.public_id)
    assert service.sit_in(session, staff(SHEN), hearing.public_id).id == seat.id
    assert seat.role is SeatRole.CO_MEDIATOR
    with pytest.raises(Denied):
        service.sit_in(session, as_party(hearing.case), hearing.public_id)
    for other in (HE, ZHENG):
        with pytest.raises((Denied, Missing)):
            service.sit_in(session, staff(other), hearing.public_id)


def test_while_the_mediator_is_on_the_line_the_chair_is_taken(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    shen = service.sit_in(session, staff(SHEN), hearing.public_id)
    service.arrive(session, shen, clock=clock)
    with pytest.raises(Refused, match="chair_taken"):
        service.take_over_chair(session, shen.id, clock=clock)
    with pytest.raises(Refused, match="not_yours"):
        service.take_over_chair(session, seat_of(hearing).id, clock=clock)


def test_the_line_lost_a_co_mediator_goes_on_and_the_mediator_comes_back_as_one(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    shen = service.sit_in(session, staff(SHEN), hearing.public_id)
    service.arrive(session, shen, clock=clock)
    qin = neutral(hearing)
    service.lose_line(session, qin.id, clock=clock)
    service.take_over_chair(session, shen.id, clock=clock)
    assert roles(session, hearing) == {QIN: SeatRole.CO_MEDIATOR, SHEN: SeatRole.NEUTRAL}
    assert (shen.state, shen.room, hearing.state) == (SeatState.IN_ROOM, "main", HearingState.IN_SESSION)
    told = session.scalars(select(LogEntry).where(LogEntry.name == "chair_taken")).one()
    assert (told.payload["seat_id"], told.payload["from_seat_id"]) == (shen.id, qin.id)
    service.arrive(session, qin, clock=clock)
    assert (qin.state, qin.room) == (SeatState.IN_ROOM, "main")
    with pytest.raises(Denied, match="not_yours"):
        service.control_hearing(session, service.ControlHearing(qin.id, HearingStep.CLOSE), clock=clock)
    service.control_hearing(session, service.ControlHearing(shen.id, HearingStep.CLOSE), clock=clock)


def test_nobody_came_to_the_chair_the_parties_wait_and_are_let_in_by_who_takes_it(
    session: Session, clock, staff
) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    come(session, zhao, clock)
    shen = service.sit_in(session, staff(SHEN), hearing.public_id)
    come(session, shen, clock)
    service.take_over_chair(session, shen.id, clock=clock)
    assert (zhao.state, zhao.room) == (SeatState.WAITING, "waiting")
    service.control_hearing(session, service.ControlHearing(shen.id, HearingStep.OPEN), clock=clock)
    session.expire_all()
    assert shen.state is SeatState.IN_ROOM
    service.control_seat(session, service.ControlSeat(shen.id, zhao.public_id, SeatControl.ADMIT), clock=clock)
    service.control_hearing(session, service.ControlHearing(shen.id, HearingStep.START), clock=clock)
    assert hearing.state is HearingState.IN_SESSION


def test_the_mediator_leaves_and_the_room_locks(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhou = seat_of(hearing, PartyRole.RESPONDENT)
    service.control_seat(
        session, service.ControlSeat(neutral(hearing).id, zhou.public_id, SeatControl.DISMISS), clock=clock
    )
    service.leave(session, neutral(hearing).id, clock=clock)
    assert hearing.state is HearingState.PAUSED
    snapshot = queries.snapshot(session, hearing.id)
    offered = snapshot.seat_facts(snapshot.seat_by_id(zhou.id))
    assert not offered.neutral_in_room
    assert seat_of(hearing).state is SeatState.IN_ROOM, "parties stay where they are"


def test_a_co_mediator_alone_is_nobody_to_hear(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    shen = service.sit_in(session, staff(SHEN), hearing.public_id)
    come(session, shen, clock)
    admit = service.ControlSeat(neutral(hearing).id, shen.public_id, SeatControl.ADMIT)
    service.control_seat(session, admit, clock=clock)
    with pytest.raises(Refused, match="nobody_in_room"):
        control(session, hearing, HearingStep.START, clock)


def test_another_mediator_is_booked_who_sits_there_already(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    seat = service.sit_in(session, staff(SHEN), hearing.public_id)
    service.arrive(session, seat, clock=clock)
    service.take_over_chair(session, seat.id, clock=clock)
    qin = session.scalars(select(Account).where(Account.username == QIN)).one()
    assert hearing.booking.mediator_id is not None
    service.rebook(session, actor_of(qin), hearing.booking_id, hearing.booking.mediator_id, clock=clock)
    assert roles(session, hearing) == {QIN: SeatRole.NEUTRAL, SHEN: SeatRole.CO_MEDIATOR}
    assert len(session.scalars(select(Seat).where(Seat.hearing_id == hearing.id)).all()) == 4
