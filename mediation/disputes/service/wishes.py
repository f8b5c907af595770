"""Whom the parties wish for as mediator and whom they do not accept; relations that exclude; recusal (回避).

The party says it on the personal link, or staff write down what they were told. What excludes whom is
`disputes.rules.recusal`, who is proposed `disputes.rules.choose`.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission
from mediation.disputes import policy, queries
from mediation.disputes.events import (
    MediatorRecused,
    MediatorWished,
    RecusalDecided,
    RelationRecorded,
    RelationTakenBack,
    WishTakenBack,
)
from mediation.disputes.models import Case, MediatorRelation, MediatorWish, Party
from mediation.disputes.queries.choice import side_of
from mediation.disputes.rules.codes import (
    AssignmentState,
    LeftOutReason,
    RecusalState,
    RelationKind,
    Track,
    WishKind,
)
from mediation.disputes.service.triage import ASSIGNABLE, current_assignment
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused


@dataclass(frozen=True, slots=True)
class WishForMediator:
    case_id: int
    party_id: int
    mediator_id: int


def wish_for(session: Session, actor: Actor, command: WishForMediator, *, clock: Clock) -> MediatorWish:
    """A party names the mediator they wish for; the wish of before is replaced. Said again, nothing more.

    Emits: MediatorWished, WishTakenBack. Raises: Refused `not_now`, `only_the_sides`, `mediator_unsuited`; Missing,
    Denied.
    """
    case, party = _speaker(session, actor, command.case_id, command.party_id)
    known = _said(session, party, command.mediator_id)
    if known is not None and known.kind is WishKind.WANTS:
        return known
    # Somebody whom another party does not accept can be wished for: to be told would give that away.
    able = queries.mediators_serving(session, case, unless=frozenset(LeftOutReason) - {LeftOutReason.UNWANTED})
    if command.mediator_id not in {row.id for row in able}:
        raise Refused("mediator_unsuited", field="mediator")
    wanted = select(MediatorWish).where(MediatorWish.party_id == party.id, MediatorWish.kind == WishKind.WANTS)
    for old in (*session.scalars(wanted), known):
        if old is not None:
            _take_back(session, actor, old, clock=clock)
    return _say(session, actor, MediatorWish(mediator_id=command.mediator_id, kind=WishKind.WANTS), party, clock=clock)


@dataclass(frozen=True, slots=True)
class RefuseMediator:
    case_id: int
    party_id: int
    mediator_id: int
    ground: RelationKind | None = None
    """With a ground the party asks for recusal."""
    why: str = ""


def refuse_mediator(session: Session, actor: Actor, command: RefuseMediator, *, clock: Clock) -> MediatorWish:
    """A party does not accept a mediator, or asks for their recusal; said before about the same one, it is replaced.

    Emits: MediatorWished, WishTakenBack. Raises: Invalid `recusal_ground_missing` on another than the people's track,
    `recusal_words_missing` for another relation without words; Refused `not_now`, `only_the_sides`,
    `mediator_unsuited`, `recusal_decided`; Missing, Denied.
    """
    case, party = _speaker(session, actor, command.case_id, command.party_id)
    if command.ground is None and case.track is not Track.PEOPLE:
        raise Invalid("recusal_ground_missing", field="ground")
    if command.ground is RelationKind.OTHER and not command.why.strip():
        raise Invalid("recusal_words_missing", field="why")
    if command.mediator_id not in {case.mediator_id, *(row.id for row in queries.mediators_serving(session, case))}:
        raise Refused("mediator_unsuited", field="mediator")
    known = _said(session, party, command.mediator_id)
    if known is not None:
        if (known.kind, known.ground, known.why) == (WishKind.REFUSES, command.ground, command.why):
            return known
        if known.recusal not in {None, RecusalState.OPEN}:
            raise Refused("recusal_decided", field="mediator")
        _take_back(session, actor, known, clock=clock)
    wish = MediatorWish(
        mediator_id=command.mediator_id,
        kind=WishKind.REFUSES,
        ground=command.ground,
        why=command.why,
        recusal=RecusalState.OPEN if command.ground is not None else None,
    )
    return _say(session, actor, wish, party, clock=clock)


def _speaker(session: Session, actor: Actor, case_id: int, party_id: int) -> tuple[Case, Party]:
    """The party on the link, or whom staff write it down for. Raises: Refused `not_now`, `only_the_sides`; Missing."""
    if actor.party_id is not None:
        case, party = policy.party_case(session, actor)
        session.refresh(case, with_for_update=True)
    else:
        case = policy.case_by_id(session, actor, case_id, Permission.EDIT_PARTIES, lock=True)
        found = session.get(Party, party_id)
        if found is None or found.case_id != case.id:
            raise Missing("party_unknown", field="party")
        party = found
    if case.state not in ASSIGNABLE:
        raise Refused("not_now")
    if side_of(party, {one.id: one.role for one in case.parties}) is None:
        raise Refused("only_the_sides", field="party")
    return case, party


def _said(session: Session, party: Party, mediator_id: int) -> MediatorWish | None:
    query = select(MediatorWish).where(MediatorWish.party_id == party.id, MediatorWish.mediator_id == mediator_id)
    return session.scalars(query).one_or_none()


def _say(session: Session, actor: Actor, wish: MediatorWish, party: Party, *, clock: Clock) -> MediatorWish:
    wish.case_id, wish.party_id = party.case_id, party.id
    wish.said_at, wish.recorded_by = clock(), actor.ref
    session.add(wish)
    session.flush()
    event = MediatorWished(
        case_id=party.case_id, party_id=party.id, mediator_id=wish.mediator_id, kind=wish.kind, ground=wish.ground
    )
    log.append(session, event, actor=actor, at=clock())
    return wish


@dataclass(frozen=True, slots=True)
class TakeBackWish:
    case_id: int
    wish: str
    """Public id."""


def take_back_wish(session: Session, actor: Actor, command: TakeBackWish, *, clock: Clock) -> None:
    """What was said of a mediator holds no longer: by the party, or staff at their word. Gone already, nothing more.

    A recusal that was granted stays, as the relation it recorded.
    Emits: WishTakenBack. Raises: Refused `not_now`; Missing, Denied.
    """
    wish = session.scalars(select(MediatorWish).where(MediatorWish.public_id == command.wish)).one_or_none()
    case, _party = _speaker(session, actor, command.case_id, wish.party_id if wish is not None else 0)
    if wish is None or wish.case_id != case.id or actor.party_id not in {None, wish.party_id}:
        raise Missing("wish_unknown")
    _take_back(session, actor, wish, clock=clock)


def _take_back(session: Session, actor: Actor, wish: MediatorWish, *, clock: Clock) -> None:
    event = WishTakenBack(case_id=wish.case_id, party_id=wish.party_id, mediator_id=wish.mediator_id, kind=wish.kind)
    session.delete(wish)
    session.flush()
    log.append(session, event, actor=actor, at=clock())


@dataclass(frozen=True, slots=True)
class DecideRecusal:
    case_id: int
    wish: str
    """Public id of the request."""
    granted: bool
    why: str


def decide_recusal(session: Session, actor: Actor, command: DecideRecusal, *, clock: Clock) -> MediatorWish:
    """The desk decides a request for recusal; granted, the mediator leaves the case. Decided so before, nothing more.

    Emits: RecusalDecided, RelationRecorded, MediatorRecused. Raises: Invalid `recusal_why_missing`; Refused `not_now`,
    `recusal_decided`; Missing `wish_unknown`, Denied.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.ASSIGN_MEDIATOR, lock=True)
    wish = session.scalars(
        select(MediatorWish).where(MediatorWish.public_id == command.wish, MediatorWish.case_id == case.id)
    ).one_or_none()
    if wish is None or wish.recusal is None or wish.ground is None:
        raise Missing("wish_unknown")
    decision = RecusalState.GRANTED if command.granted else RecusalState.REJECTED
    if wish.recusal is decision:
        return wish
    if wish.recusal is not RecusalState.OPEN:
        raise Refused("recusal_decided")
    if not command.why.strip():
        raise Invalid("recusal_why_missing", field="why")
    wish.recusal, wish.decision_why = decision, command.why
    wish.decided_at, wish.decided_by = clock(), actor.ref
    session.flush()
    decided = RecusalDecided(
        case_id=case.id, party_id=wish.party_id, mediator_id=wish.mediator_id, granted=command.granted
    )
    log.append(session, decided, actor=actor, at=clock())
    if command.granted:
        _relate(session, actor, case, RecordRelation(case.id, wish.mediator_id, wish.ground, command.why), clock=clock)
    return wish


@dataclass(frozen=True, slots=True)
class RecordRelation:
    case_id: int
    mediator_id: int
    kind: RelationKind
    why: str


def record_relation(session: Session, actor: Actor, command: RecordRelation, *, clock: Clock) -> MediatorRelation:
    """Staff know of a relation: the mediator may not take the case, and leaves it. Recorded before, it is renewed.

    Emits: RelationRecorded, MediatorRecused. Raises: Invalid `relation_why_missing`; Refused `not_now`,
    `mediator_unsuited`; Missing, Denied.
    """
    case = policy.case_by_id(session, actor, command.case_id, Permission.ASSIGN_MEDIATOR, lock=True)
    if not command.why.strip():
        raise Invalid("relation_why_missing", field="why")
    if command.mediator_id not in {case.mediator_id, *(row.id for row in queries.mediators_serving(session, case))}:
        raise Refused("mediator_unsuited", field="mediator")
    return _relate(session, actor, case, command, clock=clock)


def _relate(session: Session, actor: Actor, case: Case, command: RecordRelation, *, clock: Clock) -> MediatorRelation:
    if case.state not in ASSIGNABLE:
        raise Refused("not_now")
    row = _relation(session, case, command.mediator_id)
    if row is None:
        row = MediatorRelation(case_id=case.id, mediator_id=command.mediator_id)
        session.add(row)
    row.kind, row.why, row.recorded_at, row.recorded_by = command.kind, command.why, clock(), actor.ref
    session.flush()
    recorded = RelationRecorded(case_id=case.id, mediator_id=row.mediator_id, kind=row.kind)
    log.append(session, recorded, actor=actor, at=clock())
    if case.mediator_id == row.mediator_id:
        _leave(session, actor, case, clock=clock)
    return row


def _relation(session: Session, case: Case, mediator_id: int) -> MediatorRelation | None:
    query = select(MediatorRelation).where(
        MediatorRelation.case_id == case.id, MediatorRelation.mediator_id == mediator_id
    )
    return session.scalars(query).one_or_none()


def _leave(session: Session, actor: Actor, case: Case, *, clock: Clock) -> None:
    """The case's mediator leaves it; booked times pass to a successor or are cancelled by whoever hears the event."""
    row = current_assignment(session, case)
    assert row is not None, "a case's mediator was asked"
    row.state = AssignmentState.RECUSED
    case.mediator_id, case.mediator_accepted_at = None, None
    session.flush()
    session.expire(case, ["mediator"])
    log.append(session, MediatorRecused(case_id=case.id, mediator_id=row.mediator_id), actor=actor, at=clock())


def take_back_relation(session: Session, actor: Actor, case_id: int, mediator_id: int, *, clock: Clock) -> None:
    """It was recorded by mistake: the mediator may be asked again. Gone already, nothing more.

    Emits: RelationTakenBack. Raises: Missing, Denied.
    """
    case = policy.case_by_id(session, actor, case_id, Permission.ASSIGN_MEDIATOR, lock=True)
    row = _relation(session, case, mediator_id)
    if row is None:
        return
    session.delete(row)
    session.flush()
    log.append(session, RelationTakenBack(case_id=case.id, mediator_id=mediator_id), actor=actor, at=clock())
