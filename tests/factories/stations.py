"""A station in use: a hearing booked in its room, a screen set up there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.models import Hearing
from mediation.kernel.actor import SYSTEM, Actor
from mediation.orgs import queries as orgs
from mediation.orgs.queries import StationRow
from mediation.stations import service
from mediation.stations.models import Visit
from mediation.stations.service import CheckIn, SetUpScreen
from tests.cast import COMMUNITY
from tests.factories.disputes import party_of, ready_case
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock


def station_row(session: Session) -> StationRow:
    """桃溪社区's station."""
    return next(row for row in orgs.stations(session) if row.name.startswith(COMMUNITY))


def station_hearing(session: Session, clock: FakeClock, mediator: Actor) -> Hearing:
    """Zhao and Zhou with `mediator` at the station, on Tuesday at 10:00; the clock is put ten minutes before."""
    case = ready_case(session, clock, mediator)
    rooms = tuple(room.id for room in station_row(session).rooms)
    booking = book(session, SYSTEM, case.id, at(24, 10), clock=clock, room_ids=rooms)
    clock.set(at(24, 9, 50))
    return session.scalars(select(Hearing).where(Hearing.booking_id == booking.id)).one()


def screen_token(session: Session, clock: FakeClock, *, board: bool = False, room: str = "") -> str:
    """A screen of the station's first room (or `room`), or the board."""
    row = station_row(session)
    wanted = "" if board else room or row.rooms[0].public_id
    code = service.make_code(session, SYSTEM, SetUpScreen(row.public_id, wanted), clock=clock)
    return service.enrol(session, code, clock=clock)


def checked_in(
    session: Session, clock: FakeClock, hearing: Hearing, actor: Actor, role: PartyRole = PartyRole.APPLICANT
) -> Visit:
    party = party_of(hearing.case, role).public_id
    command = CheckIn(station_row(session).public_id, hearing.booking.public_id, party, identity_seen=True)
    return service.check_in(session, actor, command, clock=clock)
