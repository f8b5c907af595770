"""Which `live` process holds a hearing: claimed once, fenced, taken from the dead, given to whoever has the fewest."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.hearings import queries, service
from mediation.hearings.errors import Busy, Elsewhere
from mediation.hearings.models import Hearing, HearingLease, LiveProcess
from mediation.hearings.rules import leases
from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.leases import KEPT_EMPTY, LEASE, RENEW_EVERY, ProcessFacts
from mediation.kernel.db import transaction
from tests.cast import QIN
from tests.factories.hearings import booked_hearing, running_hearing, seat_of
from tests.fixtures.clock import START, FakeClock
from tests.scheduling.claims_test import race

db = pytest.mark.db

processes = st.builds(
    ProcessFacts,
    place=st.integers(0, 31),
    renewed_at=st.integers(0, 20).map(lambda seconds: START - timedelta(seconds=seconds)),
    is_full=st.booleans(),
    n_hearings=st.integers(0, 40),
    load=st.floats(0, 1),
)


@given(st.lists(processes, max_size=6), st.sampled_from(HearingState))
def test_the_choice_lives_has_room_and_holds_the_fewest(found: list[ProcessFacts], state: HearingState) -> None:
    chosen = leases.choose(found, START, state)
    living = [one for one in found if START - one.renewed_at < LEASE]
    with_room = [one for one in living if not one.is_full]
    if chosen is None:
        assert not with_room
        assert not living or state not in leases.UNDER_WAY
        return
    assert chosen in living
    assert chosen in with_room or (not with_room and state in leases.UNDER_WAY)
    assert chosen.n_hearings == min(one.n_hearings for one in (with_room or living))


@pytest.mark.parametrize(
    ("load", "was_full", "full"),
    [(0.84, False, False), (0.85, False, True), (0.80, True, True), (0.74, True, False), (0.80, False, False)],
)
def test_a_full_process_takes_hearings_again_only_when_clearly_below(load: float, was_full: bool, full: bool) -> None:
    assert leases.full_now(load, 0.85, was_full=was_full) is full


def test_a_dead_owner_is_known_in_time() -> None:
    assert timedelta(seconds=10) > LEASE + RENEW_EVERY, "taken over within 10 s (issue 4, part 10)"
    assert LEASE > 2 * RENEW_EVERY, "one renewal may be late"
    assert KEPT_EMPTY > LEASE


@pytest.fixture
def hearing(session: Session, clock: FakeClock, staff) -> Hearing:
    found = running_hearing(session, clock, staff(QIN))
    session.commit()
    return found


def begun(session: Session, clock: FakeClock, place: int) -> str:
    process = service.begin_process(session, place, clock=clock)
    session.commit()
    return process


def claimed(session: Session, process: str, hearing: Hearing, clock: FakeClock, *, is_full: bool = False) -> None:
    service.claim(session, process, hearing.id, is_full=is_full, clock=clock)
    session.commit()


def states(session: Session, hearing: Hearing) -> set[SeatState]:
    session.expire_all()
    return {seat.state for seat in hearing.seats}


@db
def test_who_held_nothing_when_it_began_finds_every_line_lost(session: Session, clock, hearing: Hearing) -> None:
    begun(session, clock, 0)
    assert states(session, hearing) == {SeatState.DISCONNECTED}
    assert hearing.n_restarts == 1


@db
def test_one_holds_it_and_the_other_is_refused(session: Session, clock, hearing: Hearing) -> None:
    first, second = begun(session, clock, 0), begun(session, clock, 1)
    claimed(session, first, hearing, clock)
    claimed(session, first, hearing, clock)
    with pytest.raises(Elsewhere):
        service.claim(session, second, hearing.id, is_full=False, clock=clock)
    session.rollback()
    service.check_lease(session, first, hearing.id)
    with pytest.raises(Elsewhere):
        service.check_lease(session, second, hearing.id)
    assert queries.live_place(session, hearing, clock()) == 0


@db
def test_what_a_dead_one_held_is_taken_over_with_its_lines_lost(session: Session, clock, hearing: Hearing) -> None:
    first, second = begun(session, clock, 0), begun(session, clock, 1)
    claimed(session, first, hearing, clock)
    service.arrive(session, seat_of(hearing), clock=clock)
    session.commit()
    clock.pass_(seconds=LEASE.total_seconds())
    service.renew(session, second, load=0.1, is_full=True, clock=clock)
    assert queries.live_place(session, hearing, clock()) == 1, "a hearing under way goes on, also where it is full"
    claimed(session, second, hearing, clock, is_full=True)
    assert states(session, hearing) == {SeatState.DISCONNECTED}
    assert hearing.n_restarts == 2
    with pytest.raises(Elsewhere):
        service.check_lease(session, first, hearing.id)


@db
def test_the_dead_are_buried_once_and_find_out(session: Session, clock, hearing: Hearing) -> None:
    first, second = begun(session, clock, 0), begun(session, clock, 1)
    claimed(session, first, hearing, clock)
    clock.pass_(seconds=LEASE.total_seconds())
    assert service.renew(session, second, load=0, is_full=False, clock=clock) == frozenset()
    assert service.bury_dead(session, clock=clock) == {hearing.id}
    assert service.bury_dead(session, clock=clock) == frozenset()
    assert service.renew(session, first, load=0, is_full=False, clock=clock) is None
    with pytest.raises(Elsewhere):
        service.claim(session, first, hearing.id, is_full=False, clock=clock)
    assert [row.id for row in session.scalars(select(LiveProcess))] == [second]


@db
def test_a_late_renewal_comes_in_time_where_nobody_else_wanted_it(session: Session, clock, hearing: Hearing) -> None:
    first = begun(session, clock, 0)
    claimed(session, first, hearing, clock)
    clock.pass_(minutes=1)
    assert service.renew(session, first, load=0, is_full=False, clock=clock) == {hearing.id}
    service.check_lease(session, first, hearing.id)


@db
def test_the_next_one_in_the_same_place_frees_what_the_last_one_held(session: Session, clock, hearing: Hearing) -> None:
    first = begun(session, clock, 0)
    claimed(session, first, hearing, clock)
    service.arrive(session, seat_of(hearing), clock=clock)
    session.commit()
    again = begun(session, clock, 0)
    assert states(session, hearing) == {SeatState.DISCONNECTED}
    with pytest.raises(Elsewhere):
        service.check_lease(session, first, hearing.id)
    claimed(session, again, hearing, clock)


@db
def test_an_orderly_end_frees_all_and_is_no_restart(session: Session, clock, hearing: Hearing) -> None:
    first, second = begun(session, clock, 0), begun(session, clock, 1)
    before = hearing.n_restarts
    claimed(session, first, hearing, clock)
    service.arrive(session, seat_of(hearing), clock=clock)
    service.end_process(session, first, clock=clock)
    session.commit()
    assert states(session, hearing) == {SeatState.DISCONNECTED}
    assert hearing.n_restarts == before
    assert queries.live_place(session, hearing, clock()) == 1
    claimed(session, second, hearing, clock)


@db
def test_an_empty_hearing_is_given_back_and_one_with_people_is_kept(session: Session, clock, hearing: Hearing) -> None:
    first = begun(session, clock, 0)
    claimed(session, first, hearing, clock)
    service.arrive(session, seat_of(hearing), clock=clock)
    service.release(session, first, [hearing.id])
    service.check_lease(session, first, hearing.id)
    service.lose_line(session, seat_of(hearing).id, clock=clock)
    service.release(session, first, [hearing.id])
    assert session.scalars(select(HearingLease)).all() == []


@db
def test_full_means_no_new_hearing_and_the_running_ones_go_on(session: Session, clock, staff, hearing: Hearing) -> None:
    process = begun(session, clock, 0)
    claimed(session, process, hearing, clock, is_full=True)
    hearing.state = HearingState.OPEN
    service.release(session, process, [hearing.id])
    service.renew(session, process, load=0.9, is_full=True, clock=clock)
    with pytest.raises(Busy):
        service.claim(session, process, hearing.id, is_full=True, clock=clock)
    with pytest.raises(Busy):
        queries.live_place(session, hearing, clock())


@db
def test_where_no_process_lives_the_first_place_is_tried(session: Session, clock, hearing: Hearing) -> None:
    assert queries.live_place(session, hearing, clock()) == 0
    begun(session, clock, 1)
    clock.pass_(minutes=1)
    assert queries.live_place(session, hearing, clock()) == 0


def first_line(sessions: sessionmaker[Session], number: int) -> str:
    """The first person of the hearing comes to the racer's process; everybody races for one hearing."""
    with sessions() as session:
        hearing_id = session.scalars(select(Hearing.id)).one()
        process = session.scalars(select(LiveProcess.id).where(LiveProcess.place == number // EACH)).one()
    try:
        with transaction(sessions) as session:
            service.claim(session, process, hearing_id, is_full=False, clock=FakeClock())
            service.arrive(session, seat_of(session.get_one(Hearing, hearing_id)), clock=FakeClock())
    except Elsewhere:
        return "elsewhere"
    return process


RACERS, EACH = 4, 5


@db
@pytest.mark.timeout(120)
def test_of_twenty_first_lines_at_four_processes_one_process_wins_all(session: Session, clock, staff, db_url) -> None:
    booked_hearing(session, clock, staff(QIN))
    for place in range(RACERS):
        service.begin_process(session, place, clock=FakeClock())
    session.commit()
    found = race(db_url, first_line, EACH, processes=RACERS)
    winner = session.scalars(select(HearingLease.process_id)).one()
    assert found == {winner: EACH, "elsewhere": EACH * (RACERS - 1)}
