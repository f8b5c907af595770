"""What staff on duty and one person wrote to each other."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.models import Account
from mediation.hearings.models import DeskLine
from mediation.hearings.rules.desk import SHOWN


@dataclass(frozen=True, slots=True)
class DeskLineRow:
    id: int
    text: str
    said_at: datetime
    by: str
    """Name of the staff who wrote it; empty: the person."""
    unread: bool
    """An answer that no staff has opened."""


def desk_lines(session: Session, seat_ids: Collection[int]) -> dict[int, tuple[DeskLineRow, ...]]:
    """By seat, the newest SHOWN of each, in their order."""
    rows = session.execute(
        select(DeskLine, Account.name)
        .outerjoin(Account, Account.id == DeskLine.account_id)
        .where(DeskLine.seat_id.in_(seat_ids))
        .order_by(DeskLine.id)
    )
    found: dict[int, list[DeskLineRow]] = {}
    for line, name in rows:
        unread = line.account_id is None and line.read_at is None
        found.setdefault(line.seat_id, []).append(DeskLineRow(line.id, line.text, line.said_at, name or "", unread))
    return {seat_id: tuple(lines[-SHOWN:]) for seat_id, lines in found.items()}
