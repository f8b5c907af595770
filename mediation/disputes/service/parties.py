"""People join a case, or refuse to be mediated."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy
from mediation.disputes.events import PartyAdded, PartyRefused
from mediation.disputes.models import Case, Party
from mediation.disputes.rules.codes import CaseState, PartyRole
from mediation.disputes.rules.life import OPEN_STATES
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.people import service as people
from mediation.people.service import RecordPerson

MAX_PARTIES = 40
"""A list that a person can still read; a larger group is represented (Civil Procedure Law art. 56)."""


@dataclass(frozen=True, slots=True)
class AddParty:
    case_id: int
    role: PartyRole
    person: RecordPerson
    represents: int | None = None
    """For an agent: the party's id."""


def add_party(session: Session, actor: Actor, command: AddParty, *, clock: Clock) -> Party:
    """Add somebody to the case.

    Emits: PartyAdded. Raises: Missing, Denied, Invalid `represents_missing`, Refused `party_already`, `not_now`.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.EDIT_PARTIES, lock=True)
    if case.state not in OPEN_STATES or case.state is CaseState.AGREED:
        raise Refused("not_now")
    return join(session, actor, case, command, clock=clock)


def join(session: Session, actor: Actor, case: Case, command: AddParty, *, clock: Clock) -> Party:
    """Add without asking who may: for intake, which has asked already."""
    known = session.scalar(select(func.count()).select_from(Party).where(Party.case_id == case.id)) or 0
    if known >= MAX_PARTIES:
        raise Refused("too_many_parties", n=MAX_PARTIES)
    represented = _represented(session, case, command)
    person = people.record(session, actor, command.person, clock=clock)
    twice = select(Party.id).where(Party.case_id == case.id, Party.person_id == person.id)
    if session.scalar(twice) is not None:
        raise Refused("party_already", field="name")
    party = Party(
        case_id=case.id,
        person_id=person.id,
        role=command.role,
        position=known,
        represents_id=represented,
    )
    session.add(party)
    session.flush()
    session.expire(case, ["parties"])
    log.append(session, PartyAdded(case_id=case.id, party_id=party.id, role=command.role), actor=actor, at=clock())
    return party


def _represented(session: Session, case: Case, command: AddParty) -> int | None:
    if command.role is not PartyRole.AGENT:
        return None
    party = session.get(Party, command.represents) if command.represents is not None else None
    if party is None or party.case_id != case.id or party.role is PartyRole.AGENT:
        raise Invalid("represents_missing", field="represents")
    return party.id


@dataclass(frozen=True, slots=True)
class RefuseMediation:
    case_id: int
    party_id: int


def refuse_mediation(session: Session, actor: Actor, command: RefuseMediation, *, clock: Clock) -> Party:
    """A party says no (People's Mediation Law art. 17): the mediation cannot start, or ends.

    The party on the personal link, or staff who were told. Emits: PartyRefused.
    """
    if actor.party_id is not None:
        case, party = policy.party_case(session, actor)
    else:
        case = policy.case_by_id(session, actor, command.case_id, Permission.EDIT_PARTIES, lock=True)
        found = session.get(Party, command.party_id)
        if found is None or found.case_id != case.id:
            raise Missing("party_unknown")
        party = found
    if case.state not in OPEN_STATES or case.state is CaseState.AGREED:
        raise Refused("not_now")
    if party.refused_at is None:
        party.refused_at = clock()
        session.flush()
        log.append(session, PartyRefused(case_id=case.id, party_id=party.id), actor=actor, at=clock())
    return party


def consent_online(session: Session, actor: Actor, *, clock: Clock) -> Party:
    """The party on the link agrees to mediate online (法释〔2021〕23号); the first consent counts."""
    _, party = policy.party_case(session, actor)
    party.consented_online_at = party.consented_online_at or clock()
    session.flush()
    return party
