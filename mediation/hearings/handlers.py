"""Hearings follow bookings and parties."""

from sqlalchemy.orm import Session

from mediation.disputes.events import PartyAdded
from mediation.hearings import service
from mediation.hearings.events import HearingMoved, SeatMoved
from mediation.kernel import log, outbox
from mediation.kernel.log import Happening
from mediation.scheduling.events import BookingCancelled, BookingMade, BookingMoved


def booked(session: Session, happening: Happening) -> None:
    service.prepare(session, happening.actor, happening.event, clock=lambda: happening.at)


def moved(session: Session, happening: Happening) -> None:
    event: BookingMoved = happening.event
    service.rebook(session, happening.actor, event.booking_id, event.mediator_id, clock=lambda: happening.at)


def cancelled(session: Session, happening: Happening) -> None:
    event: BookingCancelled = happening.event
    service.cancel(session, happening.actor, event.booking_id, clock=lambda: happening.at)


def joined(session: Session, happening: Happening) -> None:
    event: PartyAdded = happening.event
    if event.case_id is not None:
        service.follow_parties(session, event.case_id)


def changed(session: Session, happening: Happening) -> None:
    """A seat or the hearing moved: the causes of the desk's alerts come and go with it."""
    event: SeatMoved | HearingMoved = happening.event
    service.see_alerts(session, event.hearing_id, clock=lambda: happening.at)


def subscribe() -> None:
    log.on(BookingMade, booked)
    log.on(BookingMoved, moved)
    log.on(BookingCancelled, cancelled)
    log.on(PartyAdded, joined)
    log.on(SeatMoved, changed)
    log.on(HearingMoved, changed)
    outbox.receive(service.COMPOSE, service.recording_composed, outside=service.compose_recording)
    outbox.receive(service.ERASE, service.erase)
