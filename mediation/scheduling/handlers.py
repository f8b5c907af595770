"""Bookings follow what happens to their case."""

from typing import Final

from sqlalchemy.orm import Session

from mediation.disputes.events import AssignmentAnswered, CaseMoved, MediatorAssigned, MediatorRecused, PartyAdded
from mediation.disputes.rules.codes import CaseState
from mediation.disputes.rules.life import CaseStep
from mediation.kernel import log, outbox
from mediation.kernel.log import Happening
from mediation.orgs.events import HolidaysPublished, RoomHoursChanged
from mediation.scheduling import service
from mediation.scheduling.events import BookingCancelled, BookingMoved
from mediation.scheduling.rules.codes import CancelReason
from mediation.scheduling.service.outside import READ
from mediation.scheduling.service.replies import READ_REPLIES
from mediation.scheduling.service.wait import OFFER_FREED

_OVER: Final = frozenset({CaseState.CLOSED, CaseState.REFUSED, CaseState.WITHDRAWN, CaseState.AGREED})


def answered(session: Session, happening: Happening) -> None:
    event: AssignmentAnswered = happening.event
    follow = service.case_taken if event.accepted else service.case_declined
    if event.case_id is not None:
        follow(session, happening.actor, event.case_id, event.mediator_id, now=happening.at)


def recused(session: Session, happening: Happening) -> None:
    event: MediatorRecused = happening.event
    if event.case_id is not None:
        service.case_declined(session, happening.actor, event.case_id, event.mediator_id, now=happening.at)


def assigned(session: Session, happening: Happening) -> None:
    event: MediatorAssigned = happening.event
    if event.case_id is not None:
        service.mediator_changed(session, happening.actor, event.case_id, event.mediator_id, now=happening.at)


def moved(session: Session, happening: Happening) -> None:
    """A case that is over needs no time; a body that takes a case over books with its own people."""
    event: CaseMoved = happening.event
    if event.case_id is None:
        return
    if event.target in _OVER:
        service.cancel_of_case(session, happening.actor, event.case_id, CancelReason.CASE_ENDED, now=happening.at)
    elif event.step == CaseStep.TAKE_OVER:
        service.cancel_of_case(session, happening.actor, event.case_id, CancelReason.CASE_REFERRED, now=happening.at)


def joined(session: Session, happening: Happening) -> None:
    event: PartyAdded = happening.event
    if event.case_id is not None:
        service.party_added(session, event.case_id, now=happening.at)


def holidays_published(session: Session, happening: Happening) -> None:
    service.look(session, happening.actor, now=happening.at)


def room_hours_changed(session: Session, happening: Happening) -> None:
    event: RoomHoursChanged = happening.event
    service.look(session, happening.actor, room_ids=[event.room_id], now=happening.at)


def booking_changed(session: Session, happening: Happening) -> None:
    event: BookingMoved | BookingCancelled = happening.event
    if isinstance(event, BookingMoved):
        service.reception_left(session, event.booking_id)
    same_time = isinstance(event, BookingMoved) and event.starts_at == event.from_starts_at
    service.booking_changed(session, event.booking_id, same_time=same_time, now=happening.at)


def subscribe() -> None:
    outbox.receive(OFFER_FREED, service.offer_freed)
    outbox.receive(service.LOOK_AGAIN, service.look_again)
    log.on(BookingMoved, booking_changed)
    log.on(BookingCancelled, booking_changed)
    log.on(HolidaysPublished, holidays_published)
    log.on(RoomHoursChanged, room_hours_changed)
    log.on(AssignmentAnswered, answered)
    log.on(MediatorAssigned, assigned)
    log.on(MediatorRecused, recused)
    log.on(CaseMoved, moved)
    log.on(PartyAdded, joined)
    outbox.receive(READ, service.keep_calendar, outside=service.fetch_calendar)
    outbox.receive(READ_REPLIES, service.take_replies, outside=service.fetch_replies)
