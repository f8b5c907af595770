"""Who may mediate a case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.disputes.models import Assignment, Case
from mediation.disputes.rules import recusal
from mediation.disputes.rules.codes import AssignmentState, LeftOutReason, Track
from mediation.disputes.rules.life import OPEN_STATES
from mediation.people import queries as people
from mediation.people.queries import MediatorRow


@dataclass(frozen=True, slots=True)
class MediatorChoice:
    mediator: MediatorRow
    open_cases: int


def mediators_to_choose(session: Session, case: Case) -> list[MediatorChoice]:
    """Who may mediate this case, the least loaded for their share of work first.

    On the people's track the committees that cover the place and the type; else the people of the body that has it.
    Left out: who declined it, and who is a party to it.
    """
    if case.track is Track.PEOPLE:
        able = people.mediators_for(session, dispute_type=case.dispute_type.value, place_path=case.place_path)
    else:
        able = people.all_mediators(session, below=case.handler_path)
    out = _excluded(session, case, [row.account_id for row in able], {row.account_id: row.id for row in able})
    loads = open_cases(session, [row.id for row in able])
    rows = [MediatorChoice(row, loads.get(row.id, 0)) for row in able if row.id not in out]
    return sorted(rows, key=lambda row: (row.open_cases * 100 / row.mediator.weight, row.mediator.id))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mediator who covers the place and is not asked."""

    mediator: MediatorRow
    why: LeftOutReason


def mediators_left_out(session: Session, case: Case) -> list[LeftOut]:
    """Who is nearby and still may not mediate this case, and why not. On the people's track only."""
    if case.track is not Track.PEOPLE:
        return []
    near = people.mediators_for(session, dispute_type=None, place_path=case.place_path)
    able = {row.mediator.id for row in mediators_to_choose(session, case)}
    out = [row for row in near if row.id not in able]
    asked = select(Assignment.mediator_id, Assignment.decline_ground).where(
        Assignment.case_id == case.id, Assignment.state == AssignmentState.DECLINED
    )
    declined = dict(iter(session.execute(asked)))
    skilled = {
        row.id
        for row in people.mediators_for(session, dispute_type=case.dispute_type.value, place_path=case.place_path)
    }
    return [LeftOut(row, recusal.left_out(row.id, declined, skilled)) for row in out]


def _excluded(session: Session, case: Case, account_ids: Sequence[int], mediator_of: dict[int, int]) -> frozenset[int]:
    asked = [
        recusal.Asked(mediator_id, state)
        for mediator_id, state in session.execute(
            select(Assignment.mediator_id, Assignment.state).where(Assignment.case_id == case.id)
        )
    ]
    phones = {
        mediator_of[account_id]: phone or ""
        for account_id, phone in session.execute(select(Account.id, Account.phone).where(Account.id.in_(account_ids)))
    }
    of_parties = frozenset(party.person.phone for party in case.parties if party.person.phone)
    return recusal.excluded(asked, of_parties, phones)


def open_cases(session: Session, mediator_ids: Collection[int]) -> dict[int, int]:
    """How many cases each mediator has open."""
    query = (
        select(Case.mediator_id, func.count())
        .where(Case.mediator_id.in_(mediator_ids), Case.state.in_(OPEN_STATES))
        .group_by(Case.mediator_id)
    )
    return {mediator_id: n for mediator_id, n in session.execute(query) if mediator_id is not None}
