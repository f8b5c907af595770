"""Talking apart on a real database: asked, answered, moved, brought back; who was where, and what was counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import Caucus, Hearing, Seat
from mediation.hearings.rules import forwarding
from mediation.hearings.rules.caucus import CaucusStep
from mediation.hearings.rules.codes import CaucusState, GuestAnswer, HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.errors import Denied, Missing, Problem, Refused
from mediation.kernel.log import LogEntry
from mediation.people import service as people
from mediation.people.service import RecordPerson
from tests.cast import QIN
from tests.factories.disputes import as_party
from tests.factories.hearings import come, control, do, neutral, running_hearing, seat_of
from tests.fixtures.clock import FakeClock

pytestmark = pytest.mark.db


@pytest.fixture
def hearing(session: Session, clock: FakeClock, staff: Callable[[str], Actor]) -> Hearing:
    return running_hearing(session, clock, staff(QIN))


class Apart:
    """What the mediator asks, and what they answer."""

    def __init__(self, session: Session, clock: FakeClock, hearing: Hearing) -> None:
        self.session, self.clock, self.hearing = session, clock, hearing

    def ask(self, *seats: Seat, caucus: str | None = None) -> str:
        """The public id of the caucus."""
        command = service.InviteApart(neutral(self.hearing).id, tuple(seat.public_id for seat in seats), caucus)
        return service.invite_apart(self.session, command, clock=self.clock).public_id

    def answer(self, seat: Seat, caucus: str, *, accept: bool = True) -> None:
        service.answer_invitation(self.session, service.AnswerInvitation(seat.id, caucus, accept), clock=self.clock)


@pytest.fixture
def apart(session: Session, clock: FakeClock, hearing: Hearing) -> Apart:
    return Apart(session, clock, hearing)


def rooms(session: Session, hearing: Hearing) -> tuple[str, str, str]:
    """Of the mediator, of Zhao, of Zhou."""
    session.flush()
    session.expire_all()
    return neutral(hearing).room, seat_of(hearing).room, seat_of(hearing, PartyRole.RESPONDENT).room


def step(session: Session, hearing: Hearing, what: CaucusStep, caucus: str | None, clock: FakeClock) -> None:
    service.control_caucus(session, service.ControlCaucus(neutral(hearing).id, what, caucus), clock=clock)


def hears(session: Session, hearing: Hearing) -> set[tuple[str, str]]:
    snapshot = queries.snapshot(session, hearing.id)
    names = {seat.public_id: seat.part or "neutral" for seat in snapshot.seats}
    links = forwarding.matrix(snapshot.state, [seat.place for seat in snapshot.seats])
    return {(names[link.speaker], names[link.listener]) for link in links}


def test_nobody_moves_before_they_have_said_yes(session, clock, hearing, apart) -> None:
    zhao = seat_of(hearing)
    caucus = apart.ask(zhao)
    assert rooms(session, hearing) == ("main", "main", "main")
    apart.answer(zhao, caucus)
    assert rooms(session, hearing) == ("caucus-1", "caucus-1", "main")
    assert hears(session, hearing) == {("neutral", "applicant"), ("applicant", "neutral")}
    step(session, hearing, CaucusStep.END, caucus, clock)
    assert rooms(session, hearing) == ("main", "main", "main")


def test_every_move_has_its_row_in_the_log(session, clock, hearing, apart) -> None:
    caucus = apart.ask(seat_of(hearing))
    apart.answer(seat_of(hearing), caucus)
    step(session, hearing, CaucusStep.END, caucus, clock)
    names = [e.name for e in session.scalars(select(LogEntry).order_by(LogEntry.id))]
    asked = names[names.index("caucus_moved") :]
    assert asked == [
        *("caucus_moved", "guest_answered", "caucus_moved", "seat_moved", "seat_moved"),
        *("caucus_moved", "seat_moved", "seat_moved"),
    ]


def test_a_no_leaves_everybody_where_they_are(session, hearing, apart) -> None:
    caucus = apart.ask(seat_of(hearing))
    apart.answer(seat_of(hearing), caucus, accept=False)
    assert rooms(session, hearing) == ("main", "main", "main")
    assert session.scalars(select(Caucus)).one().state is CaucusState.DECLINED
    with pytest.raises(Missing, match="caucus_unknown"):
        apart.answer(seat_of(hearing), caucus)


def test_an_invitation_that_nobody_answers_ends_after_a_minute(session, clock, hearing, apart) -> None:
    caucus = apart.ask(seat_of(hearing))
    clock.pass_(seconds=59)
    assert service.expire_invitations(session, hearing.id, clock=clock) == 0
    clock.pass_(seconds=1)
    with pytest.raises(Refused, match="invitation_expired"):
        apart.answer(seat_of(hearing), caucus)
    assert service.expire_invitations(session, hearing.id, clock=clock) == 1
    assert session.scalars(select(Caucus)).one().state is CaucusState.EXPIRED
    assert apart.ask(seat_of(hearing)) != caucus, "and may be asked again"


def test_a_mediator_who_was_not_asked_about_it_cannot_be_answered_for(session, hearing, apart) -> None:
    caucus = apart.ask(seat_of(hearing))
    with pytest.raises(Missing, match="caucus_unknown"):
        apart.answer(seat_of(hearing, PartyRole.RESPONDENT), caucus)


def test_a_party_invites_nobody(session, clock, hearing) -> None:
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    with pytest.raises(Denied, match="not_yours"):
        service.invite_apart(session, service.InviteApart(zhao.id, (zhou.public_id,)), clock=clock)
    with pytest.raises(Denied, match="not_yours"):
        service.control_caucus(session, service.ControlCaucus(zhao.id, CaucusStep.END), clock=clock)


def test_both_sides_in_rooms_of_their_own_and_the_mediator_between(session, clock, hearing, apart) -> None:
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    one = apart.ask(zhao)
    other = apart.ask(zhou)
    apart.answer(zhao, one)
    apart.answer(zhou, other)
    assert rooms(session, hearing) == ("caucus-1", "caucus-1", "caucus-2")
    step(session, hearing, CaucusStep.ENTER, other, clock)
    assert rooms(session, hearing) == ("caucus-2", "caucus-1", "caucus-2")
    assert hears(session, hearing) == {("neutral", "respondent"), ("respondent", "neutral")}
    step(session, hearing, CaucusStep.ENTER, None, clock)
    assert rooms(session, hearing) == ("main", "caucus-1", "caucus-2")
    step(session, hearing, CaucusStep.END, None, clock)
    assert rooms(session, hearing) == ("main", "main", "main")


@pytest.fixture
def interpreter(session: Session, clock: FakeClock, hearing: Hearing) -> Seat:
    """Somebody who interprets: a further person of the case, on an interpreter's seat."""
    person = RecordPerson(name="马翻译", phone="13700000077")
    disputes.add_party(session, SYSTEM, disputes.AddParty(hearing.case_id, PartyRole.THIRD, person), clock=clock)
    session.flush()
    session.expire_all()
    seat = seat_of(hearing, PartyRole.THIRD)
    seat.role = SeatRole.INTERPRETER
    come(session, seat, clock)
    do(session, hearing, seat, SeatControl.ADMIT, clock)
    return seat


def test_the_interpreter_must_accept_too(session, clock, hearing, apart, interpreter) -> None:
    zhao = seat_of(hearing)
    caucus = apart.ask(zhao, interpreter)
    apart.answer(zhao, caucus)
    assert rooms(session, hearing)[1] == "main"
    apart.answer(interpreter, caucus)
    assert rooms(session, hearing) == ("caucus-1", "caucus-1", "main")
    assert interpreter.room == "caucus-1"
    again = ask_after_end(session, hearing, caucus, clock, apart, zhao, interpreter)
    apart.answer(zhao, again)
    apart.answer(interpreter, again, accept=False)
    assert rooms(session, hearing) == ("main", "main", "main")


def ask_after_end(session, hearing, caucus: str, clock, apart: Apart, *seats: Seat) -> str:
    step(session, hearing, CaucusStep.END, caucus, clock)
    return apart.ask(*seats)


def test_a_locked_room_takes_nobody_more(session, clock, hearing, apart, interpreter) -> None:
    caucus = apart.ask(seat_of(hearing))
    apart.answer(seat_of(hearing), caucus)
    with pytest.raises(Refused, match="caucus_locked"):
        apart.ask(interpreter, caucus=caucus)
    step(session, hearing, CaucusStep.UNLOCK, caucus, clock)
    apart.ask(interpreter, caucus=caucus)
    apart.answer(interpreter, caucus)
    session.expire_all()
    assert interpreter.room == "caucus-1"
    step(session, hearing, CaucusStep.LOCK, caucus, clock)
    with pytest.raises(Refused, match="caucus_locked"):
        apart.ask(seat_of(hearing, PartyRole.RESPONDENT), caucus=caucus)


def test_protected_people_are_never_asked_into_one_room(session, clock, hearing, apart) -> None:
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    protect(session, clock, zhao, zhou)
    with pytest.raises(Refused, match="protected_pair"):
        apart.ask(zhao, zhou)


def test_protection_that_comes_meanwhile_is_seen_at_the_answer(session, clock, hearing, apart) -> None:
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    caucus = apart.ask(zhao, zhou)
    apart.answer(zhao, caucus)
    protect(session, clock, zhao, zhou)
    with pytest.raises(Refused, match="protected_pair"):
        apart.answer(zhou, caucus)


def protect(session: Session, clock: FakeClock, one: Seat, other: Seat) -> None:
    assert one.party is not None
    assert other.party is not None
    people.protect(
        session,
        SYSTEM,
        person_id=one.party.person_id,
        from_person_id=other.party.person_id,
        reason="人身安全保护令",
        until=None,
        clock=clock,
    )


def test_a_lost_line_inside_comes_back_inside(session, clock, hearing, apart) -> None:
    zhao = seat_of(hearing)
    apart.answer(zhao, apart.ask(zhao))
    service.lose_all_lines(session, clock=clock)
    for seat in hearing.seats:
        service.arrive(session, seat, clock=clock)
    assert rooms(session, hearing) == ("caucus-1", "caucus-1", "main")
    assert {seat.state for seat in hearing.seats} == {SeatState.IN_ROOM}
    assert hearing.n_restarts == 1


def test_a_party_may_go_back_by_themselves_and_the_empty_room_ends(session, clock, hearing, apart) -> None:
    zhao = seat_of(hearing)
    apart.answer(zhao, apart.ask(zhao))
    service.come_together(session, zhao.id, clock=clock)
    assert rooms(session, hearing) == ("main", "main", "main")
    assert session.scalars(select(Caucus)).one().state is CaucusState.ENDED


@pytest.mark.parametrize("gone", ["asked", "mediator"])
def test_a_question_ends_with_those_it_is_about(session, clock, hearing, apart, gone: str) -> None:
    zhao = seat_of(hearing)
    caucus = apart.ask(zhao)
    service.leave(session, zhao.id if gone == "asked" else neutral(hearing).id, clock=clock)
    row = session.scalars(select(Caucus)).one()
    assert (row.state, row.guests[0].answer) == (CaucusState.WITHDRAWN, GuestAnswer.WITHDRAWN)
    with pytest.raises(Problem):
        apart.answer(zhao, caucus)


def test_whoever_is_apart_stays_so_when_the_mediator_hangs_up(session, clock, hearing, apart) -> None:
    zhao = seat_of(hearing)
    apart.answer(zhao, apart.ask(zhao))
    service.leave(session, neutral(hearing).id, clock=clock)
    assert rooms(session, hearing) == ("waiting", "caucus-1", "main")
    come(session, neutral(hearing), clock)
    step(session, hearing, CaucusStep.END, None, clock)
    assert rooms(session, hearing) == ("main", "main", "main")


@pytest.mark.parametrize("end", [HearingStep.CLOSE, HearingStep.SUSPEND])
def test_the_end_leaves_nobody_apart(session, clock, hearing, apart, end: HearingStep) -> None:
    zhao = seat_of(hearing)
    apart.answer(zhao, apart.ask(zhao))
    control(session, hearing, end, clock)
    assert rooms(session, hearing) == ("main", "waiting", "waiting")


def test_nobody_is_asked_before_the_session_begins_or_in_a_pause(session, clock, hearing, apart) -> None:
    control(session, hearing, HearingStep.PAUSE, clock)
    assert hearing.state is HearingState.PAUSED
    with pytest.raises(Refused, match="not_in_session"):
        apart.ask(seat_of(hearing))


def test_the_certificate_says_where_one_was_and_nothing_of_the_others(session, clock, hearing, apart) -> None:
    zhao = seat_of(hearing)
    began = clock()
    clock.pass_(minutes=10)
    caucus = apart.ask(zhao)
    apart.answer(zhao, caucus)
    clock.pass_(minutes=5)
    service.count_packets(session, hearing.id, {("main", "main"): 100, ("caucus-1", "caucus-1"): 40})
    service.count_packets(session, hearing.id, {("main", "main"): 11})
    step(session, hearing, CaucusStep.END, caucus, clock)
    assert queries.certificates(session, hearing.case_id, as_party(hearing.case)) == ()
    control(session, hearing, HearingStep.CLOSE, clock)
    mine, other = (
        queries.certificates(session, hearing.case_id, as_party(hearing.case, role))[0]
        for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT)
    )
    assert (mine.counted.n_within, mine.counted.n_across) == (151, 0)
    apart = [stay for stay in mine.stays if stay.apart]
    assert [(stay.others, stay.left_at - stay.entered_at) for stay in apart] == [(("秦海燕",), timedelta(minutes=5))]
    assert apart[0].entered_at == began + timedelta(minutes=10)
    assert [stay.apart for stay in other.stays] == [False]
    entry = session.scalars(select(LogEntry).where(LogEntry.name == "caucus_certified")).one()
    assert (entry.payload["n_within"], entry.payload["n_across"]) == (151, 0)


def test_without_talks_apart_there_is_nothing_to_certify(session, clock, hearing, apart) -> None:
    apart.answer(seat_of(hearing), apart.ask(seat_of(hearing)), accept=False)
    control(session, hearing, HearingStep.CLOSE, clock)
    assert queries.certificates(session, hearing.case_id, as_party(hearing.case)) == ()
    assert session.scalars(select(LogEntry).where(LogEntry.name == "caucus_certified")).all() == []
