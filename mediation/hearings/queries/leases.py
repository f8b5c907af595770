"""Where a hearing's people connect: the `live` process that holds it, or the one that is to."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.hearings.errors import Busy
from mediation.hearings.models import Hearing, HearingLease, LiveProcess
from mediation.hearings.rules import leases
from mediation.hearings.rules.leases import ProcessFacts


def live_place(session: Session, hearing: Hearing, now: datetime) -> int:
    """The place of the `live` process to connect to; 0 where none lives: the browser tries until one does.

    Raises: Busy where all are full and the hearing is new.
    """
    holder = session.scalars(
        select(LiveProcess)
        .join(HearingLease, HearingLease.process_id == LiveProcess.id)
        .where(HearingLease.hearing_id == hearing.id)
    ).one_or_none()
    if holder is not None and leases.is_living(holder.renewed_at, now):
        return holder.place
    processes = live_processes(session)
    chosen = leases.choose(processes, now, hearing.state)
    if chosen is not None:
        return chosen.place
    if any(leases.is_living(one.renewed_at, now) for one in processes):
        raise Busy
    return 0


def live_processes(session: Session) -> list[ProcessFacts]:
    """All that are not known to be dead."""
    held = func.count(HearingLease.hearing_id)
    rows = session.execute(
        select(LiveProcess, held)
        .outerjoin(HearingLease, HearingLease.process_id == LiveProcess.id)
        .group_by(LiveProcess.id)
        .order_by(LiveProcess.place)
    )
    return [ProcessFacts(row.place, row.renewed_at, row.is_full, n, row.load_percent / 100) for row, n in rows]
