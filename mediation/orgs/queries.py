"""Reads of the tree: places, bodies, stations, working days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, selectinload

from mediation.kernel.errors import Missing
from mediation.orgs.models import Org, Room, Specialism, Station, WorkdayNotice, WorkdayOverride
from mediation.orgs.rules import OrgKind, OrgLevel
from mediation.orgs.workdays import KNOWN, KNOWN_UNTIL, PUBLISHED, Override, Overrides


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the tree as other capabilities need it."""

    id: int
    public_id: str
    path: str
    level: OrgLevel
    kind: OrgKind
    name: str
    name_en: str
    address: str
    phone: str

    def label(self, locale: str) -> str:
        return self.name if locale.startswith("zh") else self.name_en or self.name


def _place(org: Org) -> Place:
    return Place(
        id=org.id,
        public_id=org.public_id,
        path=org.path,
        level=org.level,
        kind=org.kind,
        name=org.name,
        name_en=org.name_en,
        address=org.address,
        phone=org.phone,
    )


def place(session: Session, org_id: int) -> Place:
    """Raises: Missing `org_unknown`."""
    org = session.get(Org, org_id)
    if org is None:
        raise Missing("org_unknown")
    return _place(org)


def place_by_public_id(session: Session, public_id: str) -> Place:
    """Raises: Missing `org_unknown`."""
    org = session.scalars(select(Org).where(Org.public_id == public_id)).one_or_none()
    if org is None:
        raise Missing("org_unknown")
    return _place(org)


def ancestors(session: Session, path: str) -> list[Place]:
    """The places from the district down to `path` itself: 桃溪区, 桃溪街道, 桃溪社区."""
    ids = [int(part) for part in path.strip("/").split("/") if part]
    rows = {org.id: org for org in session.scalars(select(Org).where(Org.id.in_(ids)))}
    return [_place(rows[i]) for i in ids if i in rows]


def tree(session: Session, *, below: str = "/", levels: tuple[OrgLevel, ...] = ()) -> list[Place]:
    """Every node at or below a path, parents before children."""
    query = select(Org).where(Org.path.startswith(below))
    if levels:
        query = query.where(Org.level.in_(levels))
    rows = [_place(org) for org in session.scalars(query)]
    return sorted(rows, key=lambda row: [int(part) for part in row.path.strip("/").split("/")])


@dataclass(frozen=True, slots=True)
class CommunityGroup:
    """A street and its communities, as a select shows them."""

    street: Place
    communities: tuple[Place, ...]


def communities(session: Session) -> list[CommunityGroup]:
    rows = tree(session, levels=(OrgLevel.STREET, OrgLevel.COMMUNITY))
    streets = [row for row in rows if row.level is OrgLevel.STREET]
    return [
        CommunityGroup(
            street=street,
            communities=tuple(
                row for row in rows if row.level is OrgLevel.COMMUNITY and row.path.startswith(street.path)
            ),
        )
        for street in streets
    ]


def community(session: Session, public_id: str) -> Place:
    """Raises: Missing `community_unknown`, also for a node that is no community."""
    org = session.scalars(select(Org).where(Org.public_id == public_id, Org.level == OrgLevel.COMMUNITY)).one_or_none()
    if org is None:
        raise Missing("community_unknown", field="community")
    return _place(org)


def bodies(
    session: Session,
    *,
    kinds: tuple[OrgKind, ...] = (),
    place_path: str | None = None,
    dispute_type: str | None = None,
) -> list[Place]:
    """Courts, agencies, committees; narrowed by kind, by the place they serve, by what they take.

    A body serves the place it hangs below. A body that names specialisms takes those only; one that names none takes
    every type.
    """
    parent = aliased(Org)
    query = (
        select(Org)
        .join(parent, parent.id == Org.parent_id)
        .where(Org.level == OrgLevel.BODY)
        .options(selectinload(Org.specialisms))
        .order_by(Org.id)
    )
    if kinds:
        query = query.where(Org.kind.in_(kinds))
    rows = [(org, parent_path) for org, parent_path in session.execute(query.add_columns(parent.path))]
    return [
        _place(org)
        for org, parent_path in rows
        if (place_path is None or place_path.startswith(parent_path)) and _takes(org, dispute_type)
    ]


def _takes(org: Org, dispute_type: str | None) -> bool:
    types = {row.dispute_type for row in org.specialisms}
    return dispute_type is None or not types or dispute_type in types


def committees(session: Session, *, place_path: str, dispute_type: str) -> list[Place]:
    """The committees that may take a dispute: those that specialise in it first, then the nearest."""
    kinds = tuple(kind for kind in OrgKind if kind.is_committee)
    rows = bodies(session, kinds=kinds, place_path=place_path, dispute_type=dispute_type)
    special = set(session.scalars(select(Specialism.org_id).where(Specialism.dispute_type == dispute_type)))
    return sorted(rows, key=lambda row: (row.id not in special, -row.path.count("/"), row.id))


@dataclass(frozen=True, slots=True)
class RoomRow:
    id: int
    public_id: str
    name: str
    name_en: str
    open_minute: int
    close_minute: int

    def label(self, locale: str) -> str:
        return self.name if locale.startswith("zh") else self.name_en or self.name


@dataclass(frozen=True, slots=True)
class StationRow:
    id: int
    public_id: str
    name: str
    name_en: str
    address: str
    phone: str
    org_id: int
    org_path: str
    rooms: tuple[RoomRow, ...]

    def label(self, locale: str) -> str:
        return self.name if locale.startswith("zh") else self.name_en or self.name


def stations(session: Session, *, near: str = "/") -> list[StationRow]:
    """All stations with their rooms: those that share most of the path `near` first, then by name."""
    found = session.scalars(select(Station).options(selectinload(Station.rooms), selectinload(Station.org)))
    rows = [_station(row) for row in found]
    return sorted(rows, key=lambda row: (-_shared(row.org_path, near), row.name, row.id))


def in_the_street(near_first: Sequence[StationRow], near: str) -> StationRow | None:
    """The first station, if it lies in the same street or community as the path `near`; else None."""
    two_steps = 2  # district and street
    return near_first[0] if near_first and _shared(near_first[0].org_path, near) >= two_steps else None


def _station(row: Station) -> StationRow:
    return StationRow(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        name_en=row.name_en,
        address=row.address,
        phone=row.phone,
        org_id=row.org_id,
        org_path=row.org.path,
        rooms=tuple(_room(room) for room in row.rooms),
    )


def _room(room: Room) -> RoomRow:
    return RoomRow(
        id=room.id,
        public_id=room.public_id,
        name=room.name,
        name_en=room.name_en,
        open_minute=room.open_minute,
        close_minute=room.close_minute,
    )


def _shared(one: str, other: str) -> int:
    """How many steps from the root two paths have in common."""
    n = 0
    for a, b in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if a != b:
            break
        n += 1
    return n


def overrides(session: Session) -> Overrides:
    """Days that are not what their weekday says: the published ones, corrected by the district's own rows."""
    rows = session.execute(select(WorkdayOverride.on, WorkdayOverride.is_working))
    return {**KNOWN, **{row.on: row.is_working for row in rows}}


def known_until(session: Session) -> date:
    """The last day whose holidays were published; what lies after it is provisional."""
    years = set(session.scalars(select(WorkdayNotice.year)))
    year = KNOWN_UNTIL.year
    while year + 1 in years:
        year += 1
    return date(year, 12, 31)


def is_provisional(session: Session, on: date) -> bool:
    """Whether a day lies beyond what is published: it may become a holiday, or a working weekend, still."""
    return on > KNOWN_UNTIL and on > known_until(session)


def special_days(session: Session, year: int) -> list[Override]:
    """The holidays and make-up days of a year, in order."""
    days = {row.on: row for row in PUBLISHED}
    for row in session.scalars(select(WorkdayOverride)):
        days[row.on] = Override(row.on, is_working=row.is_working, label=row.label, source=row.source)
    return [days[on] for on in sorted(days) if on.year == year]
