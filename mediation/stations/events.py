"""What happens at a station. Ids and codes only."""

from dataclasses import dataclass

from mediation.kernel.events import Event
from mediation.stations.rules import VisitEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenEnrolled(Event):
    screen_id: int
    room_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRevoked(Event):
    screen_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEvent(Event):
    """Base: which visit."""

    visit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNumbered(VisitEvent):
    """Somebody has a number; with a booking their identity was checked."""

    number: int
    visitor_party_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCalled(VisitEvent):
    room_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBegun(VisitEvent):
    screen_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEnded(VisitEvent):
    why: VisitEnd
