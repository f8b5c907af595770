"""Who may mediate a case, who is proposed, and why not the others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import case as when
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mediation.access.models import Account
from mediation.disputes.models import Assignment, Case, MediatorRelation, MediatorWish, Party
from mediation.disputes.rules import choose, recusal
from mediation.disputes.rules.codes import (
    AssignmentState,
    LeftOutReason,
    NotProposed,
    PartyRole,
    Track,
    WishKind,
)
from mediation.disputes.rules.life import OPEN_STATES
from mediation.people import queries as people
from mediation.people.models import Person
from mediation.people.queries import MediatorRow


@dataclass(frozen=True, slots=True)
class Load:
    n: int = 0
    weighted: int = 0
    """In ordinary cases (`choose.CASE_WEIGHT`)."""


@dataclass(frozen=True, slots=True)
class MediatorChoice:
    mediator: MediatorRow
    open_cases: int
    burden: Fraction
    """Cases for a full share of work, this one counted."""
    nearness: int
    why_not: NotProposed | None
    """None: this one is proposed."""
    by_parties: bool
    """Both sides chose them together."""
    wished_by: tuple[str, ...]
    """Names of the parties who wish for them."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A mediator who covers the place, or is of the body, and may not be asked."""

    mediator: MediatorRow
    why: LeftOutReason


@dataclass(frozen=True, slots=True)
class ChoiceBoard:
    """The choice of a mediator as it stands now, the one who is proposed first."""

    rows: tuple[MediatorChoice, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def joint(self) -> MediatorRow | None:
        """Whom the parties chose together."""
        return self.rows[0].mediator if self.rows and self.rows[0].by_parties else None

    def row(self, mediator_id: int) -> MediatorChoice | None:
        return next((row for row in self.rows if row.mediator.id == mediator_id), None)


def mediators_to_choose(session: Session, case: Case) -> list[MediatorChoice]:
    """Who is asked to mediate this case: whom the parties chose together, and then nobody else; else everybody who
    may, the least loaded for their share of work first.
    """
    rows = _ordered(session, case, _able(session, case))
    return [row for row in rows if row.by_parties] or rows


def choice_board(session: Session, case: Case) -> ChoiceBoard:
    """Everybody who may, in the order of the proposal, and everybody who may not, with the reason."""
    able = _able(session, case)
    rows = _ordered(session, case, able)
    return ChoiceBoard(tuple(rows), tuple(_left_out(session, case, able, {row.mediator.id for row in rows})))


def mediators_left_out(session: Session, case: Case) -> list[LeftOut]:
    """Who is nearby and still is not asked to mediate this case, and why not."""
    able = _able(session, case)
    return _left_out(session, case, able, {row.mediator.id for row in mediators_to_choose(session, case)})


def joint_choice(session: Session, case: Case) -> MediatorRow | None:
    """Whom both sides chose together and who may take the case; without looking at everybody else."""
    chosen = choose.joint(choose.Wish(one.mediator_id, one.applies) for one in _wishes(session, case))
    if chosen is None:
        return None
    row = people.mediator(session, chosen)
    return row if recusal.excluded(_ties(session, case, [row]), row.id) is None else None


def mediators_serving(session: Session, case: Case, *, unless: Collection[LeftOutReason] = ()) -> list[MediatorRow]:
    """The mediators of the place and kind of dispute whom a party can name, the nearest first; left out: who is
    excluded for one of these reasons.
    """
    able = _able(session, case)
    ties = _ties(session, case, able)
    rows = [row for row in able if recusal.excluded(ties, row.id) not in unless]
    return sorted(rows, key=lambda row: (-choose.nearness(row.org_path, case.place_path), row.id))


def _able(session: Session, case: Case) -> list[MediatorRow]:
    """On the people's track the committees that cover place and type; else the people of the body that has it."""
    if case.track is Track.PEOPLE:
        return people.mediators_for(session, dispute_type=case.dispute_type.value, place_path=case.place_path)
    return people.all_mediators(session, below=case.handler_path)


def _ordered(session: Session, case: Case, able: Sequence[MediatorRow]) -> list[MediatorChoice]:
    known = {row.id: row for row in able}
    ties = _ties(session, case, able)
    out = {row.id for row in able if recusal.excluded(ties, row.id) is not None}
    loads = _loads(session, [row.id for row in able])
    wishes = _wishes(session, case)
    wished_by: dict[int, list[str]] = {}
    for one in wishes:
        wished_by.setdefault(one.mediator_id, []).append(one.name)
    proposal = choose.propose(
        (
            choose.Candidate(
                row.id,
                loads.get(row.id, Load()).weighted,
                row.weight,
                choose.nearness(row.org_path, case.place_path),
            )
            for row in able
        ),
        out,
        (choose.Wish(one.mediator_id, one.applies) for one in wishes),
    )
    return [
        MediatorChoice(
            mediator=known[one.candidate.mediator_id],
            open_cases=loads.get(one.candidate.mediator_id, Load()).n,
            burden=one.candidate.burden,
            nearness=one.candidate.nearness,
            why_not=one.why_not,
            by_parties=one.candidate.mediator_id == proposal.joint,
            wished_by=tuple(wished_by.get(one.candidate.mediator_id, ())),
        )
        for one in proposal.placed
    ]


def _left_out(session: Session, case: Case, able: Sequence[MediatorRow], asked: Collection[int]) -> list[LeftOut]:
    ties = _ties(session, case, able)
    found = [
        LeftOut(row, recusal.excluded(ties, row.id) or LeftOutReason.NOT_CHOSEN) for row in able if row.id not in asked
    ]
    if case.track is not Track.PEOPLE:
        return found
    skilled = {row.id for row in able}
    near = people.mediators_for(session, dispute_type=None, place_path=case.place_path)
    return found + [LeftOut(row, LeftOutReason.UNSKILLED) for row in near if row.id not in skilled]


@dataclass(frozen=True, slots=True)
class _Wanted:
    mediator_id: int
    applies: bool
    name: str


def _wishes(session: Session, case: Case) -> list[_Wanted]:
    """What the two sides wish for; a representative speaks for the side of whom they represent."""
    role = {party.id: party.role for party in case.parties}
    by_id = {party.id: party for party in case.parties}
    query = select(MediatorWish).where(MediatorWish.case_id == case.id, MediatorWish.kind == WishKind.WANTS)
    found = []
    for wish in session.scalars(query.order_by(MediatorWish.id)):
        party = by_id[wish.party_id]
        side = side_of(party, role)
        if side is not None:
            found.append(_Wanted(wish.mediator_id, side.applies, party.person.name))
    return found


def side_of(party: Party, roles: Mapping[int, PartyRole]) -> PartyRole | None:
    """Applicant or respondent, of whichever side the party is or represents; None for a third person."""
    role = roles.get(party.represents_id or 0) if party.role is PartyRole.AGENT else party.role
    return role if role in {PartyRole.APPLICANT, PartyRole.RESPONDENT} else None


def _ties(session: Session, case: Case, able: Sequence[MediatorRow]) -> recusal.Ties:
    declined = select(Assignment.mediator_id, Assignment.decline_ground).where(
        Assignment.case_id == case.id, Assignment.state == AssignmentState.DECLINED
    )
    said = session.execute(
        select(MediatorWish.mediator_id, MediatorWish.kind, MediatorWish.recusal).where(MediatorWish.case_id == case.id)
    )
    related = select(MediatorRelation.mediator_id).where(MediatorRelation.case_id == case.id)
    mediator_of = {row.account_id: row.id for row in able}
    phones = {
        mediator_of[account_id]: phone
        for account_id, phone in session.execute(select(Account.id, Account.phone).where(Account.id.in_(mediator_of)))
        if phone
    }
    return recusal.Ties(
        declined=dict(iter(session.execute(declined))),
        related=frozenset(session.scalars(related)),
        unwanted=frozenset(mediator_id for mediator_id, kind, state in said if recusal.counts(kind, state, case.track)),
        parties=_known_by(phones, (party.person.phone for party in case.parties)),
        agents_before=_known_by(phones, _agents_before(session, case)),
    )


def _known_by(phones: Mapping[int, str], wanted: Iterable[str | None]) -> frozenset[int]:
    numbers = {phone for phone in wanted if phone}
    return frozenset(mediator_id for mediator_id, phone in phones.items() if phone in numbers)


def _agents_before(session: Session, case: Case) -> Iterable[str | None]:
    """Phones of those who represented one of this case's people in another case."""
    agent, client = aliased(Party), aliased(Party)
    return session.scalars(
        select(Person.phone)
        .join(agent, agent.person_id == Person.id)
        .join(client, (client.id == agent.represents_id) & (client.case_id == agent.case_id))
        .where(
            agent.role == PartyRole.AGENT,
            agent.case_id != case.id,
            client.person_id.in_([party.person_id for party in case.parties]),
        )
    )


def _loads(session: Session, mediator_ids: Collection[int]) -> dict[int, Load]:
    """How much each mediator has in hand."""
    weight = when({risk.value: n for risk, n in choose.CASE_WEIGHT.items()}, value=Case.risk, else_=1)
    query = (
        select(Case.mediator_id, func.count(), func.sum(weight))
        .where(Case.mediator_id.in_(mediator_ids), Case.state.in_(OPEN_STATES))
        .group_by(Case.mediator_id)
    )
    return {
        mediator_id: Load(n, int(weighted))
        for mediator_id, n, weighted in session.execute(query)
        if mediator_id is not None
    }
