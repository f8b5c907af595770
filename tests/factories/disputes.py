"""Cases for tests, made by the services, as far along as the test needs."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import service
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import AssignmentReason, CaseKind, Channel, DisputeType, PartyRole
from mediation.kernel.actor import SYSTEM, VISITOR, Actor, ActorKind
from mediation.kernel.clock import Clock
from mediation.orgs.models import Org
from mediation.people import queries as people
from mediation.people.service import RecordPerson
from tests.cast import COMMUNITY, ZHAO, ZHOU


def community(session: Session, name: str = COMMUNITY) -> str:
    """Public id of a community of the demo district."""
    return session.scalars(select(Org.public_id).where(Org.name == name)).one()


def application(session: Session, **more: Any) -> service.ReceiveCase:
    """Zhao the tenant against Zhou the landlord."""
    known: dict[str, Any] = {
        "kind": CaseKind.MEDIATION,
        "dispute_type": DisputeType.CONTRACT,
        "channel": Channel.ONLINE,
        "community": community(session),
        "summary": "租期已满,房东不退押金三千元。",
        "applicant": RecordPerson(name=ZHAO.name, phone=ZHAO.phone, id_number=ZHAO.id_number),
        "respondents": (RecordPerson(name=ZHOU.name, phone=ZHOU.phone),),
    }
    return service.ReceiveCase(**{**known, **more})


def received_case(session: Session, clock: Clock, actor: Actor = VISITOR, **more: Any) -> Case:
    return service.receive(session, actor, application(session, **more), clock=clock)


def accepted_case(session: Session, clock: Clock, **more: Any) -> Case:
    case = received_case(session, clock, **more)
    return service.accept(session, SYSTEM, service.AcceptCase(case.id), clock=clock)


def ready_case(session: Session, clock: Clock, mediator: Actor, **more: Any) -> Case:
    """Accepted, and `mediator` has said yes."""
    case = accepted_case(session, clock, **more)
    row = people.mediator_of(session, mediator.account_id)
    assert row is not None, "the demo's mediators are qin, peng, tian ..."
    command = service.AssignMediator(case.id, row.id, AssignmentReason.SPECIALITY)
    service.assign(session, SYSTEM, command, clock=clock)
    return service.answer_assignment(session, mediator, service.AnswerAssignment(case.id), clock=clock)


def party_of(case: Case, role: PartyRole) -> Party:
    return next(party for party in case.parties if party.role is role)


def as_party(case: Case, role: PartyRole = PartyRole.APPLICANT) -> Actor:
    """The actor that this party's personal link makes."""
    party = party_of(case, role)
    return Actor(kind=ActorKind.PARTY, name=party.person.name, party_id=party.id, case_id=case.id)
