"""Who may see a booking and act on it: whoever may on its case. Fetch and check in one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.access.permissions import Permission, Scope, allowed, reach
from mediation.disputes import policy as cases
from mediation.kernel.actor import Actor
from mediation.kernel.errors import Denied, Missing
from mediation.orgs import queries as orgs
from mediation.orgs.queries import Place, RoomRow, StationRow
from mediation.people import queries as people
from mediation.people.queries import MediatorRow
from mediation.people.rules import MediatorKind
from mediation.scheduling.models import Booking, Orphan


def booking_for(
    session: Session,
    actor: Actor,
    public_id: str,
    permission: Permission = Permission.BOOK_HEARING,
    *,
    lock: bool = False,
) -> Booking:
    """The booking with this public id; `lock` holds the case's row, behind which all its bookings change in turn.

    Raises: Missing `booking_unknown`, also when the actor may not see its case; Denied `not_allowed`.
    """
    booking = session.scalars(select(Booking).where(Booking.public_id == public_id)).one_or_none()
    if booking is None or booking.case_id is None:
        raise Missing("booking_unknown")
    try:
        cases.case_by_id(session, actor, booking.case_id, permission, lock=lock)
    except Missing as error:
        raise Missing("booking_unknown") from error
    if lock:
        session.refresh(booking)
    return booking


def own_mediator(session: Session, actor: Actor) -> MediatorRow:
    """The mediator that the actor is. Raises: Denied `only_mediators`."""
    row = people.mediator_of(session, actor.account_id)
    if row is None:
        raise Denied("only_mediators")
    return row


def hours_for(session: Session, actor: Actor, mediator_id: int) -> MediatorRow:
    """The mediator whose hours the actor keeps: their own, or those of somebody at their place.

    Raises: Missing `mediator_unknown`; Denied `not_your_hours`.
    """
    row = people.mediator(session, mediator_id)
    mine = actor.account_id is not None and row.account_id == actor.account_id
    if not mine and not may_open_and_close(actor, row.org_path):
        raise Denied("not_your_hours")
    return row


def may_open_and_close(actor: Actor, path: str) -> bool:
    """Whether the actor keeps the opening of what lies at this path."""
    return allowed(actor, Permission.MANAGE_OPENING, scope=Scope((path,)))


def mediators_kept(session: Session, actor: Actor) -> list[MediatorRow]:
    """The mediators whose hours the actor keeps, themselves too."""
    rows = people.all_mediators(session)
    return [row for row in rows if row.account_id == actor.account_id or may_open_and_close(actor, row.org_path)]


def place_for(session: Session, actor: Actor, public_id: str) -> Place:
    """A place or body whose opening the actor keeps. Raises: Missing `org_unknown`; Denied `not_kept_by_you`."""
    place = orgs.place_by_public_id(session, public_id)
    if not may_open_and_close(actor, place.path):
        raise Denied("not_kept_by_you")
    return place


def stations_kept(session: Session, actor: Actor) -> list[StationRow]:
    """The stations whose opening the actor keeps."""
    return [row for row in orgs.stations(session) if may_open_and_close(actor, row.org_path)]


def stations_seen(session: Session, actor: Actor) -> list[StationRow]:
    """The stations whose calendar the actor may look at: those of their places, and those that serve them."""
    paths = reach(actor, Permission.VIEW_CALENDAR).paths
    return [
        row
        for row in orgs.stations(session)
        if any(row.org_path.startswith(path) or path.startswith(row.org_path) for path in paths)
    ]


def mediators_seen(session: Session, actor: Actor) -> list[MediatorRow]:
    """The mediators whose taken times the actor may look at: those of their places, and who serves them.

    As on the page that offers times, where they can be chosen; judges and officers only at their own place.
    """
    paths = reach(actor, Permission.VIEW_CALENDAR).paths
    return [row for row in people.all_mediators(session) if any(_works_for(row, path) for path in paths)]


def _works_for(row: MediatorRow, path: str) -> bool:
    if row.org_path.startswith(path):
        return True
    serves = row.org_path[: row.org_path.rstrip("/").rindex("/") + 1]
    return row.kind not in {MediatorKind.JUDGE, MediatorKind.OFFICER} and path.startswith(serves)


def room_for(session: Session, actor: Actor, public_id: str) -> tuple[StationRow, RoomRow]:
    """A room whose hours the actor keeps, with its station. Raises: Missing `room_unknown`, also when not theirs."""
    for station in stations_kept(session, actor):
        for room in station.rooms:
            if room.public_id == public_id:
                return station, room
    raise Missing("room_unknown")


def orphan_for(session: Session, actor: Actor, booking: str, *, lock: bool = False) -> Orphan:
    """What is or was last to be decided about a booking, by the booking's public id.

    Raises: as `booking_for`; Missing `orphan_unknown` when nothing ever was.
    """
    row = booking_for(session, actor, booking, lock=lock)
    query = select(Orphan).where(Orphan.booking_id == row.id).order_by(Orphan.id.desc()).limit(1)
    orphan = session.scalars(query.execution_options(populate_existing=lock)).one_or_none()
    if orphan is None:
        raise Missing("orphan_unknown")
    return orphan
