"""Screens, numbers and visits on both databases."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access.errors import WrongAnswer
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings.models import Hearing
from mediation.kernel.clock import local_date
from mediation.kernel.db import transaction
from mediation.kernel.errors import Invalid, Limited, Missing, Problem, Refused
from mediation.kernel.log import LogEntry
from mediation.orgs.models import Room
from mediation.scheduling.models import ArrivalMark
from mediation.scheduling.rules.codes import Arrival
from mediation.stations import queries, service
from mediation.stations.models import QueueDay, Screen, Visit
from mediation.stations.rules import CALL_LIFETIME, SETUP_LIFETIME, VisitEnd, VisitState
from mediation.stations.service import CallVisit, CheckIn, SetUpScreen
from tests.cast import GUO, HU, QIN, SHEN, ZHAO
from tests.factories.disputes import party_of
from tests.factories.scheduling import at
from tests.factories.stations import checked_in, screen_token, station_hearing, station_row
from tests.fixtures.clock import START, FakeClock
from tests.scheduling.claims_test import race

pytestmark = pytest.mark.db
PROCESSES, EACH = 4, 25


class Booth:
    """The station with one room's screen, and Zhao and Zhou booked there."""

    def __init__(self, session: Session, clock: FakeClock, staff) -> None:
        self.session, self.clock = session, clock
        self.shen = staff(SHEN)
        self.hearing: Hearing = station_hearing(session, clock, staff(QIN))
        room = session.get_one(Room, self.hearing.booking.room_id)
        self.room = room.public_id
        self.screen: Screen = service.screen_of(session, screen_token(session, clock, room=self.room))

    def check_in(self, role: PartyRole = PartyRole.APPLICANT) -> Visit:
        return checked_in(self.session, self.clock, self.hearing, self.shen, role)

    def call(self, visit: Visit) -> None:
        service.call(self.session, self.shen, CallVisit(visit.public_id, self.room), clock=self.clock)

    def begin(self, visit: Visit) -> str:
        return service.begin(self.session, self.screen, visit.public_id, clock=self.clock)

    def begun(self) -> tuple[Visit, str]:
        visit = self.check_in()
        self.call(visit)
        return visit, self.begin(visit)

    def opens(self, token: str) -> bool:
        try:
            service.visit_of(self.session, self.screen, token, clock=self.clock)
        except Missing:
            return False
        return True


@pytest.fixture
def booth(session: Session, clock: FakeClock, staff) -> Booth:
    return Booth(session, clock, staff)


def code_of(problem: pytest.ExceptionInfo[Problem]) -> str:
    return problem.value.code


def test_a_code_makes_one_screen_once_and_only_for_ten_minutes(session: Session, clock: FakeClock, staff) -> None:
    row = station_row(session)
    wanted = SetUpScreen(row.public_id, row.rooms[0].public_id)
    code = service.make_code(session, staff(SHEN), wanted, clock=clock)
    token = service.enrol(session, f"{code[:4]} {code[4:]}", clock=clock)
    assert service.screen_of(session, token).room_id == row.rooms[0].id
    assert session.scalars(select(Screen)).one().token_hash != token
    with pytest.raises(Refused) as again:
        service.enrol(session, code, clock=clock)
    late = service.make_code(session, staff(GUO), wanted, clock=clock)
    clock.pass_(seconds=SETUP_LIFETIME.total_seconds())
    with pytest.raises(Refused) as too_late:
        service.enrol(session, late, clock=clock)
    assert code_of(again) == code_of(too_late) == "screen_code_wrong"


def test_a_station_elsewhere_is_nobodys_business(session: Session, clock: FakeClock, staff, booth: Booth) -> None:
    row = station_row(session)
    visit = booth.check_in()
    with pytest.raises(Missing):
        service.make_code(session, staff(HU), SetUpScreen(row.public_id, ""), clock=clock)
    with pytest.raises(Missing):
        checked_in(session, clock, booth.hearing, staff(HU))
    with pytest.raises(Missing):
        service.call(session, staff(HU), CallVisit(visit.public_id, booth.room), clock=clock)
    with pytest.raises(Missing):
        service.end_by_staff(session, staff(GUO), visit.public_id, clock=clock)  # sets up, sees no people
    with pytest.raises(Missing):
        service.revoke(session, staff(HU), booth.screen.public_id, clock=clock)


def test_checked_in_with_a_look_at_the_card_gives_one_number(session: Session, clock: FakeClock, booth: Booth) -> None:
    party = party_of(booth.hearing.case, PartyRole.APPLICANT)
    unseen = CheckIn(station_row(session).public_id, booth.hearing.booking.public_id, party.public_id, False)
    with pytest.raises(Invalid) as refusal:
        service.check_in(session, booth.shen, unseen, clock=clock)
    assert code_of(refusal) == "identity_not_seen"
    first, again = booth.check_in(), booth.check_in()
    assert (first.id, first.number) == (again.id, 1)
    assert booth.check_in(PartyRole.RESPONDENT).number == 2
    mark = session.get_one(ArrivalMark, (booth.hearing.booking_id, party.id))
    assert mark.state is Arrival.CAME


def test_numbers_begin_anew_each_day(session: Session, clock: FakeClock, booth: Booth) -> None:
    here = station_row(session).public_id
    assert [service.walk_in(session, booth.shen, here, clock=clock).number for _ in range(3)] == [1, 2, 3]
    clock.pass_(days=1)
    assert service.walk_in(session, booth.shen, here, clock=clock).number == 1


def take_number(sessions: sessionmaker[Session], number: int) -> str:
    with transaction(sessions) as session:
        return str(service.give_number(session, station_row(session).id, local_date(START)))


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_hundred_at_once_get_a_hundred_numbers(db_url: str, sessions: sessionmaker[Session], staff) -> None:
    found = race(db_url, take_number, EACH, processes=PROCESSES)
    assert found == Counter({str(n): 1 for n in range(1, PROCESSES * EACH + 1)})
    with sessions() as session:
        assert session.scalars(select(QueueDay)).one().last == PROCESSES * EACH


def test_only_the_called_person_begins_at_the_rooms_own_screen(
    session: Session, clock: FakeClock, booth: Booth
) -> None:
    visit = booth.check_in()
    other = service.screen_of(session, screen_token(session, clock, board=True))
    with pytest.raises(Refused):
        booth.begin(visit)
    booth.call(visit)
    with pytest.raises(Refused):
        service.begin(session, other, visit.public_id, clock=clock)
    clock.pass_(seconds=CALL_LIFETIME.total_seconds())
    with pytest.raises(Refused):
        booth.begin(visit)
    booth.call(visit)
    token = booth.begin(visit)
    assert booth.opens(token)
    with pytest.raises(Refused):
        booth.begin(visit)
    with pytest.raises(Refused) as busy:
        booth.call(booth.check_in(PartyRole.RESPONDENT))
    assert code_of(busy) == "room_in_use"


def test_a_visitor_is_one_party_of_one_case(booth: Booth) -> None:
    visit, _token = booth.begun()
    actor = queries.visitor(visit)
    assert (actor.party_id, actor.case_id) == (
        party_of(booth.hearing.case, PartyRole.APPLICANT).id,
        booth.hearing.case_id,
    )
    assert actor.grants == ()


def test_number_and_four_digits_open_it_and_nothing_else_tells_why_not(
    session: Session, clock: FakeClock, booth: Booth
) -> None:
    booth.check_in()
    wrong = (("A001", "0002"), ("A002", ZHAO.phone[-4:]), ("", ""), ("A001", ""))
    codes = set()
    for number, digits in wrong:
        with pytest.raises(WrongAnswer) as refusal:
            service.begin_by_number(session, booth.screen, number, digits, clock=clock)
        codes.add((code_of(refusal), refusal.value.field, str(refusal.value.params)))
    assert len(codes) == 1
    assert booth.opens(service.begin_by_number(session, booth.screen, "a1", ZHAO.phone[-4:], clock=clock))


def test_guessing_is_soon_over_also_for_numbers_that_do_not_exist(
    session: Session, clock: FakeClock, booth: Booth
) -> None:
    for number in ("A001", "A777"):
        for _try in range(5):
            service.attempt(session, booth.screen, number, clock=clock)
        with pytest.raises(Limited):
            service.attempt(session, booth.screen, number, clock=clock)
        clock.pass_(minutes=15)


def test_every_end_closes_the_cookie(session: Session, clock: FakeClock, booth: Booth) -> None:
    visit, token = booth.begun()
    service.leave(session, booth.screen, clock=clock, why=VisitEnd.FINISHED)
    assert (visit.state, visit.why_ended, visit.token_hash) == (VisitState.ENDED, VisitEnd.FINISHED, None)
    assert not booth.opens(token)
    booth.call(visit)  # the same person once more
    token = booth.begin(visit)
    assert booth.opens(token)
    service.end_by_staff(session, booth.shen, visit.public_id, clock=clock)
    assert not booth.opens(token)
    booth.call(visit)
    token = booth.begin(visit)
    service.revoke(session, booth.shen, booth.screen.public_id, clock=clock)
    assert not booth.opens(token)


def test_without_a_touch_it_ends_by_itself(session: Session, clock: FakeClock, booth: Booth) -> None:
    visit, token = booth.begun()
    clock.pass_(minutes=3, seconds=59)
    assert booth.opens(token)
    service.note_touch(session, visit.id, clock=clock)
    clock.pass_(minutes=4)
    assert not booth.opens(token)
    service.leave(session, booth.screen, clock=clock)
    assert visit.why_ended is VisitEnd.QUIET


def test_what_is_over_is_ended_without_any_browser(session: Session, clock: FakeClock, booth: Booth) -> None:
    visit, _token = booth.begun()
    door = queries.door(visit)
    assert (service.end_over(session, clock()), queries.shut_doors(session, {door}, clock())) == (0, set())
    clock.pass_(minutes=4)
    assert queries.shut_doors(session, {door, "another"}, clock()) == {door, "another"}
    assert (service.end_over(session, clock()), service.end_over(session, clock())) == (1, 0)
    assert (visit.state, visit.why_ended, queries.door(visit)) == (VisitState.ENDED, VisitEnd.QUIET, "")


def test_the_day_ends_it_whatever_is_touched(session: Session, clock: FakeClock, booth: Booth) -> None:
    visit, token = booth.begun()
    clock.set(at(24, 11, 59))
    service.note_touch(session, visit.id, clock=clock)
    assert booth.opens(token)
    clock.set(at(25, 0, 0))
    service.note_touch(session, visit.id, clock=clock)
    assert not booth.opens(token)


def test_a_visitor_is_only_at_one_screen(session: Session, clock: FakeClock, booth: Booth) -> None:
    visit, first = booth.begun()
    clock.pass_(minutes=5)  # left without a word
    again = service.begin_by_number(session, booth.screen, "A001", ZHAO.phone[-4:], clock=clock)
    assert (booth.opens(first), booth.opens(again)) == (False, True)
    assert visit.begun_at == clock()


def test_the_trail_tells_it_without_names(session: Session, clock: FakeClock, booth: Booth) -> None:
    booth.begun()
    service.leave(session, booth.screen, clock=clock)
    rows = session.scalars(select(LogEntry).where(LogEntry.case_id == booth.hearing.case_id)).all()
    told = [row for row in rows if row.name.startswith("visit_")]
    assert [row.name for row in told] == ["visit_numbered", "visit_called", "visit_begun", "visit_ended"]
    assert not any(ZHAO.name in str(row.payload) or ZHAO.phone in str(row.payload) for row in told)
    assert timedelta(0) <= clock() - told[0].at
