"""What the parties say of the mediators, what ties them, and how each mediator of a case was chosen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.models import Assignment, Case, MediatorRelation, MediatorWish
from mediation.disputes.queries.choice import ChoiceBoard, MediatorChoice
from mediation.disputes.rules.codes import (
    AssignmentReason,
    AssignmentState,
    DeclineGround,
    LeftOutReason,
    NotProposed,
    RecusalState,
    RelationKind,
    WishKind,
)
from mediation.people import queries as people
from mediation.people.queries import MediatorRow

KEPT_OTHERS: Final = 20
"""Of so many who were not proposed the reason is kept with the assignment; all are counted."""


@dataclass(frozen=True, slots=True)
class WishRow:
    public_id: str
    party_id: int
    party: str
    mediator: MediatorRow
    kind: WishKind
    ground: RelationKind | None
    why: str
    said_at: datetime
    recusal: RecusalState | None
    decision_why: str


def wishes(session: Session, case_id: int, *, party_id: int | None = None) -> tuple[WishRow, ...]:
    """What was said of mediators, in its order; with `party_id` by that party alone."""
    query = select(MediatorWish).where(MediatorWish.case_id == case_id).order_by(MediatorWish.id)
    if party_id is not None:
        query = query.where(MediatorWish.party_id == party_id)
    return tuple(
        WishRow(
            public_id=row.public_id,
            party_id=row.party_id,
            party=row.party.person.name,
            mediator=people.mediator(session, row.mediator_id),
            kind=row.kind,
            ground=row.ground,
            why=row.why,
            said_at=row.said_at,
            recusal=row.recusal,
            decision_why=row.decision_why,
        )
        for row in session.scalars(query)
    )


@dataclass(frozen=True, slots=True)
class RelationRow:
    mediator: MediatorRow
    kind: RelationKind
    why: str
    recorded_at: datetime


def relations(session: Session, case_id: int) -> tuple[RelationRow, ...]:
    rows = session.scalars(
        select(MediatorRelation).where(MediatorRelation.case_id == case_id).order_by(MediatorRelation.id)
    )
    return tuple(
        RelationRow(people.mediator(session, row.mediator_id), row.kind, row.why, row.recorded_at) for row in rows
    )


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who was not proposed when the mediator was chosen."""

    name: str
    why: NotProposed | LeftOutReason
    burden: str
    """Empty for those who may not."""


@dataclass(frozen=True, slots=True)
class Considered:
    """The choice as it stood when it was made."""

    burden: str
    """Cases for a full share of work with this one, one decimal."""
    least: str
    n_able: int
    n_out: int
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    mediator: MediatorRow
    reason: AssignmentReason
    why: str
    state: AssignmentState
    decline_ground: DeclineGround | None
    asked_at: datetime
    answered_at: datetime | None
    considered: Considered | None
    """None for choices from before they were kept."""


def considered(board: ChoiceBoard, chosen: MediatorChoice) -> dict[str, Any]:
    """What is kept of the choice with the assignment."""
    others = [
        {"mediator": row.mediator.id, "why": _why(row), "burden": f"{float(row.burden):.1f}"}
        for row in board.rows
        if row is not chosen
    ]
    others += [{"mediator": row.mediator.id, "out": row.why.value} for row in board.left_out]
    return {
        "burden": f"{float(chosen.burden):.1f}",
        "least": f"{float(min(row.burden for row in board.rows)):.1f}",
        "able": len(board.rows),
        "out": len(board.left_out),
        "others": others[:KEPT_OTHERS],
    }


def _why(row: MediatorChoice) -> str:
    return (row.why_not or NotProposed.BY_STAFF).value


def assignments(session: Session, case: Case) -> tuple[AssignmentRow, ...]:
    """Everybody who was asked, in order."""
    rows = session.scalars(select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)).all()
    asked_of = {one["mediator"] for row in rows for one in (row.considered or {}).get("others", ())}
    names = people.names(session, asked_of)
    return tuple(
        AssignmentRow(
            mediator=people.mediator(session, row.mediator_id),
            reason=row.reason,
            why=row.why or "",
            state=row.state,
            decline_ground=row.decline_ground,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            considered=_considered(row.considered, names),
        )
        for row in rows
    )


def _considered(kept: dict[str, Any] | None, names: dict[int, str]) -> Considered | None:
    if not kept:
        return None
    others = tuple(Other(names.get(one["mediator"], ""), _code(one), one.get("burden", "")) for one in kept["others"])
    return Considered(kept["burden"], kept["least"], kept["able"], kept["out"], others)


def _code(one: dict[str, Any]) -> NotProposed | LeftOutReason:
    return LeftOutReason.of(one["out"]) if "out" in one else NotProposed.of(one["why"])
