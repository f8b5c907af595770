"""Building the tree: places, bodies, stations and their rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mediation.kernel import log
from mediation.kernel.actor import Actor
from mediation.kernel.clock import Clock
from mediation.kernel.errors import Invalid, Missing, Refused
from mediation.orgs.events import HolidaysPublished, OrgCreated, RoomHoursChanged, StationCreated
from mediation.orgs.importer import Row
from mediation.orgs.models import Org, Room, Specialism, Station, WorkdayNotice, WorkdayOverride
from mediation.orgs.rules import OrgKind, OrgLevel, may_hang_below, notice
from mediation.orgs.workdays import KNOWN, Override, is_weekday, overrides_of


@dataclass(frozen=True, slots=True)
class CreateOrg:
    level: OrgLevel
    name: str
    name_en: str = ""
    parent_id: int | None = None
    kind: OrgKind = OrgKind.AREA
    address: str = ""
    phone: str = ""
    specialisms: tuple[str, ...] = ()
    """Codes of dispute types that the body takes; none: all."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    name: str
    name_en: str = ""
    open_minute: int = 9 * 60
    close_minute: int = 18 * 60


@dataclass(frozen=True, slots=True)
class CreateStation:
    org_id: int
    name: str
    name_en: str = ""
    address: str = ""
    phone: str = ""
    rooms: tuple[NewRoom, ...] = ()


def create(session: Session, actor: Actor, command: CreateOrg, *, clock: Clock) -> Org:
    """Add a node of the tree.

    Raises: Missing when the parent is not there; Refused `org_not_here` when such a node cannot hang below it.
    """
    parent = session.get(Org, command.parent_id) if command.parent_id is not None else None
    if command.parent_id is not None and parent is None:
        raise Missing("org_unknown", field="parent")
    if not may_hang_below(command.level, parent.level if parent else None):
        raise Refused("org_not_here", field="parent", level=command.level)
    if (command.level is OrgLevel.BODY) == (command.kind is OrgKind.AREA):
        raise Invalid("org_kind", field="kind")
    org = Org(
        parent_id=command.parent_id,
        path="",
        level=command.level,
        kind=command.kind,
        name=command.name,
        name_en=command.name_en,
        address=command.address,
        phone=command.phone,
        specialisms=[Specialism(dispute_type=code) for code in command.specialisms],
    )
    session.add(org)
    session.flush()  # the path contains the row's own id
    org.path = f"{parent.path if parent else '/'}{org.id}/"
    session.flush()
    happened = OrgCreated(org_id=org.id, level=org.level.value, kind=org.kind.value)
    log.append(session, happened, actor=actor, at=clock())
    return org


def create_station(session: Session, actor: Actor, command: CreateStation, *, clock: Clock) -> Station:
    """A video station of a place, with its rooms.

    Raises: Missing `org_unknown`; Invalid `room_hours` when a room closes before it opens.
    """
    if session.scalar(select(Org.id).where(Org.id == command.org_id)) is None:
        raise Missing("org_unknown", field="org")
    for room in command.rooms:
        if not 0 <= room.open_minute < room.close_minute <= 24 * 60:
            raise Invalid("room_hours", field="rooms")
    station = Station(
        org_id=command.org_id,
        name=command.name,
        name_en=command.name_en,
        address=command.address,
        phone=command.phone,
        rooms=[
            Room(name=room.name, name_en=room.name_en, open_minute=room.open_minute, close_minute=room.close_minute)
            for room in command.rooms
        ],
    )
    session.add(station)
    session.flush()
    happened = StationCreated(station_id=station.id, n_rooms=len(command.rooms))
    log.append(session, happened, actor=actor, at=clock())
    return station


def import_rows(session: Session, actor: Actor, rows: Sequence[Row], *, clock: Clock) -> list[Org]:
    """Build the tree that `importer.read` found without fault; all of it or, with the transaction, nothing."""
    made: dict[str, Org] = {}
    for row in rows:
        command = CreateOrg(
            level=row.level,
            name=row.name,
            name_en=row.name_en,
            parent_id=made[row.parent].id if row.parent else None,
            kind=row.kind,
            address=row.address,
            phone=row.phone,
            specialisms=row.takes,
        )
        made[row.name] = create(session, actor, command, clock=clock)
        if row.n_rooms:
            create_station(session, actor, _station_of(row, made[row.name].id), clock=clock)
    return list(made.values())


def _station_of(row: Row, org_id: int) -> CreateStation:
    return CreateStation(
        org_id=org_id,
        name=f"{row.name}视频接访站",
        name_en=f"{row.name_en} Video Station" if row.name_en else "",
        address=row.address,
        phone=row.phone,
        rooms=tuple(NewRoom(name=f"第{n}视频室", name_en=f"Video room {n}") for n in range(1, row.n_rooms + 1)),
    )


@dataclass(frozen=True, slots=True)
class ApplyNotice:
    """The whole text of the State Council's notice for a year."""

    year: int
    text: str


def days_of_notice(reading: notice.Reading) -> list[Override]:
    """The special days that a notice means; a day of which an older notice said otherwise becomes what it is."""
    source = f"国务院办公厅关于{reading.year}年部分节假日安排的通知"
    days = {row.on: row for row in overrides_of(reading.holidays, source)}
    for day in KNOWN:
        if day.year == reading.year and day not in days:
            days[day] = Override(day, is_working=is_weekday(day), label="", source=source)
    return [days[day] for day in sorted(days)]


def apply_notice(session: Session, actor: Actor, command: ApplyNotice, *, clock: Clock) -> int:
    """The year's holidays are known; an earlier notice of the same year is replaced. How many special days.

    Emits: HolidaysPublished. Raises: Invalid `notice_unreadable` with `lines`, their numbers, nothing changed.
    """
    reading = notice.read(command.text, command.year)
    if not reading.is_good:
        lines = ", ".join(str(line.number) for line in reading.faults) or "-"
        raise Invalid("notice_unreadable", field="text", lines=lines)
    days = days_of_notice(reading)
    span = WorkdayOverride.on.between(date(command.year, 1, 1), date(command.year, 12, 31))
    session.execute(delete(WorkdayOverride).where(span | WorkdayOverride.on.in_([row.on for row in days])))
    session.execute(delete(WorkdayNotice).where(WorkdayNotice.year == command.year))
    session.add_all(
        WorkdayOverride(on=row.on, is_working=row.is_working, label=row.label, source=row.source) for row in days
    )
    source = days[0].source
    session.add(WorkdayNotice(year=command.year, source=source, text=command.text, applied_at=clock()))
    session.flush()
    log.append(session, HolidaysPublished(year=command.year, n_days=len(days)), actor=actor, at=clock())
    return len(days)


@dataclass(frozen=True, slots=True)
class SetRoomHours:
    room: str
    """Public id."""
    open_minute: int
    close_minute: int


def set_room_hours(session: Session, actor: Actor, command: SetRoomHours, *, clock: Clock) -> Room:
    """The room is open between these minutes of each day; whoever calls has checked that the actor keeps it.

    Emits: RoomHoursChanged. Raises: Missing `room_unknown`; Invalid `room_hours`.
    """
    room = session.scalars(select(Room).where(Room.public_id == command.room)).one_or_none()
    if room is None:
        raise Missing("room_unknown")
    if not 0 <= command.open_minute < command.close_minute <= 24 * 60:
        raise Invalid("room_hours", field="hours")
    room.open_minute, room.close_minute = command.open_minute, command.close_minute
    session.flush()
    changed = RoomHoursChanged(room_id=room.id, open_minute=room.open_minute, close_minute=room.close_minute)
    log.append(session, changed, actor=actor, at=clock())
    return room
