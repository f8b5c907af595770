"""Lines that came through a station's screen end with the visit, whatever runs in the browser still."""

import contextlib
from collections.abc import Iterable
from functools import partial

from sqlalchemy.orm import Session

from mediation.hearings import service
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Refused
from mediation.live.bridge import Bridge
from mediation.live.line import Line
from mediation.stations import queries as stations
from mediation.stations import service as visits


async def shut(bridge: Bridge, lines: Iterable[Line]) -> list[Line]:
    """Those of these lines whose visit is over; their people have left the hearing, and the visit is ended."""
    behind = {line.door: line for line in lines if line.door}
    if not behind:
        return []
    found = await bridge.read(lambda session: stations.shut_doors(session, behind.keys(), bridge.clock()))
    cut = [line for door, line in behind.items() if door in found]
    for line in cut:
        await bridge.write(line.hearing_id, partial(_leave, line=line, clock=bridge.clock))
    return cut


def _leave(session: Session, line: Line, clock: Clock) -> None:
    visits.end_over(session, clock())
    with contextlib.suppress(Refused):  # they have left already
        service.leave(session, line.seat_id, clock=clock)
