"""When the staff at the desk are called to a hearing. Pure: facts -> the alerts that are due at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediation.hearings.rules.codes import AlertKind, HearingState, SeatRole, SeatState
from mediation.hearings.rules.life import GATHERING, OVER
from mediation.hearings.rules.seats import CONNECTED, HEARD

DISCONNECTED_AFTER: Final = timedelta(seconds=30)
"""A reload takes seconds; a browser tries again for half a minute by itself (shared/HEARINGS.md section 5 no. 3)."""
NOBODY_AFTER: Final = timedelta(minutes=10)
OVERRUN_AFTER: Final = timedelta(minutes=10)
_BROKEN: Final = frozenset({"failed", "missing", "busy"})
_NEVER_STARTED: Final = frozenset({HearingState.SCHEDULED, HearingState.OPEN})
_STARTED: Final = frozenset({HearingState.IN_SESSION, HearingState.PAUSED})


@dataclass(frozen=True, slots=True)
class SeatSigns:
    """What an alert may come from."""

    id: int
    role: SeatRole
    state: SeatState
    device: Mapping[str, object]
    """Device -> what the check found."""
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    now: datetime
    state: HearingState
    starts_at: datetime
    ends_at: datetime
    seats: tuple[SeatSigns, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One alert; `seat_id` None: it is about the hearing."""

    kind: AlertKind
    seat_id: int | None = None


def due(facts: AlertFacts) -> frozenset[Due]:
    """The alerts whose cause is there now (shared/HEARINGS.md section 6: alerts that become tasks)."""
    if facts.state in OVER or facts.state is HearingState.SUSPENDED:
        return frozenset()
    of_seats = {Due(kind, seat.id) for seat in facts.seats for kind in _of_seat(facts, seat)}
    return frozenset(of_seats | _of_hearing(facts))


def _of_seat(facts: AlertFacts, seat: SeatSigns) -> set[AlertKind]:
    kinds = set()
    if seat.state in CONNECTED:
        found = {seat.device.get(device) for device in ("camera", "microphone")}
        if found & _BROKEN or "failed" in {seat.device.get("loudspeaker"), seat.device.get("media_route")}:
            kinds.add(AlertKind.CHECK_FAILED)
        if "denied" in found:
            kinds.add(AlertKind.CAMERA_BLOCKED)
    lost = seat.state is SeatState.DISCONNECTED and facts.state in GATHERING and seat.last_seen_at is not None
    if lost and seat.last_seen_at and facts.now - seat.last_seen_at >= DISCONNECTED_AFTER:
        kinds.add(AlertKind.DISCONNECTED)
    return kinds


def _of_hearing(facts: AlertFacts) -> set[Due]:
    """Nobody of the parties, and by themselves the neutral: two alerts."""
    found = set()
    if facts.state in _STARTED and facts.now - facts.ends_at >= OVERRUN_AFTER:
        found.add(Due(AlertKind.OVERRUN))
    if facts.state in _NEVER_STARTED and facts.now - facts.starts_at >= NOBODY_AFTER:
        if not any(_came(seat) for seat in facts.seats if seat.role in HEARD):
            found.add(Due(AlertKind.NOBODY_CAME))
        found |= {
            Due(AlertKind.NOBODY_CAME, seat.id)
            for seat in facts.seats
            if seat.role is SeatRole.NEUTRAL and not _came(seat)
        }
    return found


def _came(seat: SeatSigns) -> bool:
    return seat.state not in {SeatState.EXPECTED, SeatState.LEFT}
