"""Loading the fictional district of Taoxi through the services, as its own people would have typed it in."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from mediation.access import queries as access_queries
from mediation.access.permissions import Role
from mediation.access.service import accounts
from mediation.cli.demo_district import (
    CLOSED,
    HOURS,
    MAIL_DOMAIN,
    NODES,
    ON_LEAVE,
    PASSWORD,
    ROOMS,
    STAFF,
    STATIONS,
    Appointment,
    Staff,
)
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import Clock, local_date
from mediation.orgs import queries as orgs_queries
from mediation.orgs import service as orgs
from mediation.orgs.rules import OrgLevel
from mediation.people import queries as people_queries
from mediation.people import service as people
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.hours import Span


@dataclass(frozen=True, slots=True)
class Credential:
    """A sign-in that may be shown, because the demo is fictional."""

    username: str
    password: str
    name: str
    role: Role
    place: str
    place_en: str


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """What was loaded; `fresh` is False when there was a district already and nothing was touched."""

    credentials: tuple[Credential, ...]
    fresh: bool


def load(session: Session, *, clock: Clock) -> DemoDistrict:
    """Build the district, its staff and their hours, unless a district is there. Call it in one transaction."""
    fresh = not orgs_queries.tree(session, levels=(OrgLevel.DISTRICT,))
    if fresh:
        places = _build_tree(session, clock)
        for index, somebody in enumerate(STAFF):
            _employ(session, somebody, places, f"139{index:08d}", clock)
        _plan_ahead(session, places, clock)
    return DemoDistrict(credentials=credentials(session), fresh=fresh)


def _plan_ahead(session: Session, places: dict[str, int], clock: Clock) -> None:
    """A leave and a closed day in the weeks to come, so that the pages of hours have something to show."""
    today = local_date(clock())
    away = next(row for row in people_queries.all_mediators(session) if row.name == ON_LEAVE)
    first = today + timedelta(days=20)
    leave = scheduling.TakeLeave(away.id, first, first + timedelta(days=4), "年休假")
    scheduling.take_leave(session, SYSTEM, leave, clock=clock)
    day = today + timedelta(days=14)
    closed = scheduling.Close(orgs_queries.place(session, places[CLOSED]).public_id, day, day, "停电检修")
    scheduling.close(session, SYSTEM, closed, clock=clock)


def credentials(session: Session) -> tuple[Credential, ...]:
    """The demo sign-ins that exist in this database, one for each person, in the order of the cast."""
    known = {row.username: row for row in reversed(access_queries.staff(session))}
    return tuple(
        Credential(
            username=row.username,
            password=PASSWORD,
            name=row.name,
            role=row.role,
            place=row.org_name,
            place_en=row.org_name_en,
        )
        for row in (known[somebody.username] for somebody in STAFF if somebody.username in known)
    )


def _build_tree(session: Session, clock: Clock) -> dict[str, int]:
    """The places by their key here."""
    places: dict[str, int] = {}
    for node in NODES:
        command = orgs.CreateOrg(
            level=node.level,
            name=node.name,
            name_en=node.name_en,
            parent_id=places[node.parent] if node.parent else None,
            kind=node.kind,
            address=node.address,
            phone=node.phone,
            specialisms=node.takes,
        )
        places[node.key] = orgs.create(session, SYSTEM, command, clock=clock).id
    for station in STATIONS:
        orgs.create_station(
            session,
            SYSTEM,
            orgs.CreateStation(
                org_id=places[station.node],
                name=station.name,
                name_en=station.name_en,
                address=station.address,
                phone=station.phone,
                rooms=tuple(orgs.NewRoom(name=name, name_en=name_en) for name, name_en in ROOMS),
            ),
            clock=clock,
        )
    return places


def _employ(session: Session, somebody: Staff, places: dict[str, int], phone: str, clock: Clock) -> None:
    account = accounts.create(
        session,
        SYSTEM,
        accounts.CreateAccount(
            username=somebody.username,
            name=somebody.name,
            password=PASSWORD,
            phone=phone,
            email=f"{somebody.username}@{MAIL_DOMAIN}",
        ),
        clock=clock,
    )
    for role, node in somebody.posts:
        command = accounts.GrantRole(account_id=account.id, role=role, org_id=places[node])
        accounts.grant(session, SYSTEM, command, clock=clock)
    if somebody.mediates is not None:
        _appoint(session, account.id, somebody.mediates, places, clock)


def _appoint(session: Session, account_id: int, appointment: Appointment, places: dict[str, int], clock: Clock) -> None:
    mediator = people.appoint(
        session,
        SYSTEM,
        people.AppointMediator(
            account_id=account_id,
            org_id=places[appointment.node],
            kind=appointment.kind,
            skills=appointment.skills,
            languages=appointment.languages,
            weight=appointment.weight,
        ),
        clock=clock,
    )
    _open_diary(session, mediator.id, HOURS[appointment.hours], clock)


def _open_diary(session: Session, mediator_id: int, hours: tuple[tuple[int, int, int], ...], clock: Clock) -> None:
    """The weekly hours in which a mediator can be booked."""
    days: dict[int, tuple[Span, ...]] = {}
    for weekday, begin, end in hours:
        days[weekday] = (*days.get(weekday, ()), Span(begin, end))
    command = scheduling.SetWeeklyHours(mediator_id=mediator_id, days=days)
    scheduling.set_weekly_hours(session, SYSTEM, command, clock=clock)
