"""What was forwarded between rooms: added up while the hearing runs, certified at its end."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.hearings.events import CaucusCertified
from mediation.hearings.models import Caucus, Hearing, PacketCount
from mediation.hearings.rules.codes import CaucusState
from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock


def count_packets(session: Session, hearing_id: int, more: Mapping[tuple[str, str], int]) -> None:
    """Add what the engine forwarded since the last time, per (room of the speaker, room of the listener)."""
    for (from_room, to_room), n in more.items():
        row = session.get(PacketCount, (hearing_id, from_room, to_room), with_for_update=True)
        if row is None:
            session.add(PacketCount(hearing_id=hearing_id, from_room=from_room, to_room=to_room, n_packets=n))
        else:
            row.n_packets += n


def certify(session: Session, actor: Actor, hearing: Hearing, *, clock: Clock) -> None:
    """Put the counters into the case's log, when somebody has talked apart. Emits: CaucusCertified."""
    session.flush()
    n_caucuses = (
        session.scalar(select(func.count()).where(Caucus.hearing_id == hearing.id, Caucus.state == CaucusState.ENDED))
        or 0
    )
    if not n_caucuses:
        return
    counted = queries.packets(session, hearing.id)
    certified = CaucusCertified(
        case_id=hearing.case_id,
        hearing_id=hearing.id,
        n_caucuses=n_caucuses,
        n_within=counted.n_within,
        n_across=counted.n_across,
        n_restarts=hearing.n_restarts,
    )
    log.append(session, certified, actor=actor, at=clock())
