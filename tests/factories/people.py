"""People and mediators for tests."""

from sqlalchemy.orm import Session

from mediation.access.permissions import Role
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import Clock
from mediation.orgs.models import Org
from mediation.people import service
from mediation.people.models import Mediator, Person
from mediation.people.rules import MediatorKind
from tests.cast import ZHAO, Resident
from tests.factories.access import make_account


def make_person(session: Session, clock: Clock, who: Resident = ZHAO) -> Person:
    command = service.RecordPerson(name=who.name, phone=who.phone, id_number=who.id_number, address=who.address)
    return service.record(session, SYSTEM, command, clock=clock)


def make_mediator(
    session: Session, clock: Clock, body: Org, *skills: str, kind: MediatorKind = MediatorKind.PEOPLE
) -> Mediator:
    account = make_account(session, clock, (Role.MEDIATOR, body))
    command = service.AppointMediator(account_id=account.id, org_id=body.id, kind=kind, skills=skills)
    return service.appoint(session, SYSTEM, command, clock=clock)
