"""What happens to the tree."""

from dataclasses import dataclass

from mediation.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgCreated(Event):
    org_id: int
    level: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationCreated(Event):
    station_id: int
    n_rooms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaysPublished(Event):
    """The notice of a year was applied."""

    year: int
    n_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomHoursChanged(Event):
    room_id: int
    open_minute: int
    close_minute: int
