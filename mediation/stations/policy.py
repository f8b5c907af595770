"""Which stations are somebody's work, and whose screen and visit it is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Scope, allowed
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Missing
from mediation.orgs import queries as orgs
from mediation.orgs.queries import StationRow
from mediation.scheduling.models import Booking
from mediation.stations.models import Screen, Visit


def stations_of(session: Session, actor: Actor, permission: Permission) -> list[StationRow]:
    """The stations where the actor may do this."""
    return [row for row in orgs.stations(session) if allowed(actor, permission, scope=Scope((row.org_path,)))]


def station_for(session: Session, actor: Actor, public_id: str, permission: Permission) -> StationRow:
    """Raises: Missing `station_unknown`, also when it is not theirs."""
    for row in stations_of(session, actor, permission):
        if row.public_id == public_id:
            return row
    raise Missing("station_unknown")


def visit_for(session: Session, actor: Actor, public_id: str) -> Visit:
    """A visit of the actor's station, locked. Raises: Missing `visit_unknown`, also when it is not theirs."""
    query = select(Visit).where(Visit.public_id == public_id).with_for_update()
    visit = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    here = {row.id for row in stations_of(session, actor, Permission.RECEIVE_VISITORS)}
    if visit is None or visit.station_id not in here:
        raise Missing("visit_unknown")
    return visit


def locked_booking(session: Session, booking_id: int) -> Booking:
    """A booking of the station's day, held until the transaction ends: two check-ins at once are one."""
    return session.get_one(Booking, booking_id, with_for_update=True, populate_existing=True)


def screen_for(session: Session, actor: Actor, public_id: str) -> Screen:
    """A screen of a station that the actor sets up. Raises: Missing `screen_unknown`, also when it is not theirs."""
    screen = session.scalars(select(Screen).where(Screen.public_id == public_id)).one_or_none()
    here = {row.id for row in stations_of(session, actor, Permission.SET_UP_SCREEN)}
    if screen is None or screen.station_id not in here:
        raise Missing("screen_unknown")
    return screen
