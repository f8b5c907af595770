"""A line that came through a station's screen: it ends with the visit, even when the browser says nothing."""

import pytest
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service
from mediation.hearings.models import Hearing
from mediation.kernel.actor import Actor
from mediation.kernel.db import writing
from mediation.stations import queries
from mediation.stations import service as stations
from mediation.stations.models import Visit
from mediation.stations.rules import VisitEnd
from tests.cast import QIN, SHEN
from tests.factories.disputes import as_party
from tests.factories.hearings import seat_of
from tests.factories.stations import checked_in, screen_token, station_hearing, station_row
from tests.fixtures.clock import FakeClock
from tests.live.live_test import House, live_settings, opened

__all__ = ["live_settings"]
pytestmark = pytest.mark.db


@pytest.fixture
def visit(session: Session, clock: FakeClock, staff) -> tuple[Hearing, Visit, dict[str, Actor]]:
    """Zhao sits at the station's screen; who takes part."""
    hearing = station_hearing(session, clock, staff(QIN))
    room = next(room for room in station_row(session).rooms if room.id == hearing.booking.room_id)
    screen = stations.screen_of(session, screen_token(session, clock, room=room.public_id))
    visit = checked_in(session, clock, hearing, staff(SHEN))
    stations.call(session, staff(SHEN), stations.CallVisit(visit.public_id, room.public_id), clock=clock)
    stations.begin(session, screen, visit.public_id, clock=clock)
    people = {
        "qin": staff(QIN),
        "zhao": as_party(hearing.case),
        "zhou": as_party(hearing.case, PartyRole.RESPONDENT),
        "shen": staff(SHEN),
    }
    session.commit()
    return hearing, visit, people


class Booth(House):
    """Zhao comes through the screen, the others by their own ways."""

    visit: Visit

    def _token(self, name: str) -> str:
        if name != "zhao":
            return super()._token(name)
        self.session.rollback()
        return service.token_for(seat_of(self.hearing), clock=self.clock, door=queries.door(self.visit))


@pytest.mark.parametrize("end", [VisitEnd.QUIET, VisitEnd.STAFF, VisitEnd.TIME])
async def test_the_visit_over_the_line_is_cut_and_no_token_opens_it_again(
    live_settings, session, visit, clock, end: VisitEnd
) -> None:
    hearing, here, people = visit
    async with opened(live_settings, session, (hearing, people), clock, Booth) as house:
        house.visit = here
        qin, zhao = await house.gathered()
        unused = house.token("zhao")
        if end is VisitEnd.STAFF:
            with writing(session):
                stations.end_by_staff(session, people["shen"], here.public_id, clock=clock)
        else:
            clock.pass_(minutes=16 if end is VisitEnd.QUIET else 200)
        await zhao.until(lambda: zhao.socket.closed)
        assert zhao.last("bye") == {"type": "bye", "reason": "left", "reconnect": False}
        await qin.until(lambda: qin.seat("applicant").get("state") == "left")
        again = await house.socket()
        await again.send_json({"type": "hello", "token": unused})
        assert (await again.receive_json())["code"] == "token_expired"
        session.rollback()
        assert here.why_ended is end
