"""How the lines of the people are, as `live` measures them. Not in the log: measurements are nobody's act."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from mediation.hearings.models import Seat, SeatSample
from mediation.hearings.rules.lines import KEPT, LineSample


def note_samples(session: Session, samples: Mapping[int, LineSample]) -> None:
    """Keep one sample of each seat (by its id); a seat that is gone meanwhile is left out."""
    there = session.scalars(select(Seat.id).where(Seat.id.in_(samples)).order_by(Seat.id)).all()
    rows = [
        {"seat_id": seat_id, "at": one.at, "loss_to": one.loss_to, "loss_from": one.loss_from, "rtt_ms": one.rtt_ms}
        for seat_id in there
        for one in (samples[seat_id],)
    ]
    if rows:
        session.execute(insert(SeatSample), rows)


def forget_samples(session: Session, now: datetime) -> None:
    session.execute(delete(SeatSample).where(SeatSample.at < now - KEPT))
