"""Messages follow what happened: one listener for every event of the catalogue."""

from typing import Final

from sqlalchemy.orm import Session

from mediation.access.service import codes
from mediation.agreements import events as agreements
from mediation.disputes import events as disputes
from mediation.kernel import log, outbox
from mediation.kernel.events import Event
from mediation.kernel.log import Happening
from mediation.notices import service
from mediation.scheduling import events as scheduling

EVENTS: Final[tuple[type[Event], ...]] = (
    disputes.CaseReceived,
    disputes.CaseAccepted,
    disputes.CaseRefused,
    disputes.MediatorAssigned,
    disputes.PartyAdded,
    disputes.ReferralSent,
    scheduling.BookingMade,
    scheduling.BookingAccepted,
    scheduling.BookingMoved,
    scheduling.BookingCancelled,
    scheduling.EarlierTimeOffered,
    scheduling.ReceptionChanged,
    agreements.AgreementFixed,
    agreements.AgreementConcluded,
    agreements.OutcomeRecorded,
)


def hear(session: Session, happening: Happening) -> None:
    service.announce(session, happening.event, actor=happening.actor, at=happening.at)


def subscribe() -> None:
    for event in EVENTS:
        log.on(event, hear)
    codes.delivered_by(service.send_code)
    outbox.receive(service.SEND, service.sent, outside=service.carry, most_tries=service.SEND_TRIES)
    outbox.receive(service.REMIND, service.remind)
