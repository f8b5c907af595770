"""Quiet signals of danger, for those who answer them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mediation.access.permissions import Permission, holds
from mediation.disputes import policy
from mediation.disputes.models import Case, Party
from mediation.hearings.models import Hearing, SafetySignal, Seat
from mediation.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SignalRow:
    public_id: str
    signalled_at: datetime
    name: str
    room: str
    hearing: str
    case_public_id: str
    number: str


def open_signals(session: Session, actor: Actor) -> tuple[SignalRow, ...] | None:
    """The signals in the actor's reach that nobody has seen, the first one first; None: not theirs to answer."""
    if not holds(actor, Permission.ANSWER_SIGNAL):
        return None
    rows = session.scalars(
        select(SafetySignal)
        .join(Hearing, Hearing.id == SafetySignal.hearing_id)
        .join(Case, Case.id == Hearing.case_id)
        .where(SafetySignal.seen_at.is_(None), policy.visible_cases(actor, Permission.ANSWER_SIGNAL))
        .options(
            selectinload(SafetySignal.seat).selectinload(Seat.party).selectinload(Party.person),
            selectinload(SafetySignal.seat).selectinload(Seat.hearing).selectinload(Hearing.case),
        )
        .order_by(SafetySignal.id)
    )
    return tuple(_row(row) for row in rows)


def _row(signal: SafetySignal) -> SignalRow:
    seat, case = signal.seat, signal.seat.hearing.case
    return SignalRow(
        signal.public_id,
        signal.signalled_at,
        seat.name,
        signal.room,
        seat.hearing.public_id,
        case.public_id,
        case.number,
    )
