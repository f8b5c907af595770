"""Hearings for tests, made by the services out of a booking."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Case
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import SeatRole
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.actor import SYSTEM, Actor
from tests.factories.disputes import ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock

GOOD = {"camera": "ok", "microphone": "ok"}


def booked_hearing(session: Session, clock: FakeClock, mediator: Actor) -> Hearing:
    """Zhao and Zhou with `mediator`, on Tuesday at 10:00; the clock is put five minutes before."""
    case = ready_case(session, clock, mediator)
    booking = book(session, SYSTEM, case.id, at(24, 10), clock=clock)
    clock.set(at(24, 9, 55))
    return session.scalars(select(Hearing).where(Hearing.booking_id == booking.id)).one()


def neutral(hearing: Hearing) -> Seat:
    return next(seat for seat in hearing.seats if seat.role is SeatRole.NEUTRAL)


def seat_of(hearing: Hearing, role: PartyRole = PartyRole.APPLICANT) -> Seat:
    return next(seat for seat in hearing.seats if seat.party is not None and seat.party.role is role)


def come(session: Session, seat: Seat, clock: FakeClock) -> None:
    """The person opens the page and passes the device check."""
    service.arrive(session, seat, clock=clock)
    service.report_device(session, service.ReportDevice(seat.id, dict(GOOD)), clock=clock)


def control(session: Session, hearing: Hearing, step: HearingStep, clock: FakeClock) -> None:
    service.control_hearing(session, service.ControlHearing(neutral(hearing).id, step), clock=clock)


def do(session: Session, hearing: Hearing, seat: Seat, what: SeatControl, clock: FakeClock) -> None:
    service.control_seat(session, service.ControlSeat(neutral(hearing).id, seat.public_id, what), clock=clock)


def running_hearing(session: Session, clock: FakeClock, mediator: Actor) -> Hearing:
    """All three are in the room and the session runs."""
    hearing = gathered_hearing(session, clock, mediator)
    control(session, hearing, HearingStep.START, clock)
    return hearing


def gathered_hearing(session: Session, clock: FakeClock, mediator: Actor) -> Hearing:
    """All three are in the room; it has not begun."""
    hearing = booked_hearing(session, clock, mediator)
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT):
        come(session, seat_of(hearing, role), clock)
        do(session, hearing, seat_of(hearing, role), SeatControl.ADMIT, clock)
    return hearing


def case_of(hearing: Hearing) -> Case:
    return hearing.case
