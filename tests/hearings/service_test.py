"""Hearings on a real database: seats follow the booking, places survive lost lines, the case follows the session."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import CaseState, PartyRole
from mediation.hearings import policy, queries, service
from mediation.hearings.models import ChatLine, Hearing
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import RoomControl, SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.people import service as people
from mediation.people.service import RecordPerson
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.codes import CancelReason
from tests.cast import HE, QIN, SHEN
from tests.factories.disputes import as_party, party_of
from tests.factories.hearings import (
    booked_hearing,
    come,
    control,
    do,
    gathered_hearing,
    neutral,
    running_hearing,
    seat_of,
)

pytestmark = pytest.mark.db


def states(session: Session, hearing: Hearing) -> dict[str, tuple[SeatState, str]]:
    session.expire_all()
    return {
        seat.role.value if seat.party is None else seat.party.role.value: (seat.state, seat.room)
        for seat in hearing.seats
    }


def test_a_booking_seats_the_mediator_and_every_party(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    assert hearing.state is HearingState.SCHEDULED
    assert sorted(seat.role for seat in hearing.seats) == [SeatRole.NEUTRAL, SeatRole.PARTY, SeatRole.PARTY]


def test_whoever_joins_the_case_gets_a_seat(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    person = RecordPerson(name="方律师", phone="13700000088")
    applicant = party_of(hearing.case, PartyRole.APPLICANT).id
    add = disputes.AddParty(hearing.case_id, PartyRole.AGENT, person, represents=applicant)
    disputes.add_party(session, SYSTEM, add, clock=clock)
    session.refresh(hearing)
    assert SeatRole.AGENT in {seat.role for seat in hearing.seats}


def test_a_cancelled_booking_cancels_its_hearing(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    cancel = scheduling.CancelBooking(hearing.booking.public_id, CancelReason.ILLNESS)
    scheduling.cancel(session, SYSTEM, cancel, clock=clock)
    assert hearing.state is HearingState.CANCELLED
    with pytest.raises(Refused, match="hearing_closed"):
        service.token_for(policy.own_seat(session, as_party(hearing.case), hearing.public_id), clock=clock)


def test_check_wait_admit_start(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, seat_of(hearing), clock)
    come(session, neutral(hearing), clock)
    assert states(session, hearing)["neutral"] == (SeatState.WAITING, "waiting")
    control(session, hearing, HearingStep.OPEN, clock)
    assert states(session, hearing)["neutral"] == (SeatState.IN_ROOM, "main")
    with pytest.raises(Refused, match="nobody_in_room"):
        control(session, hearing, HearingStep.START, clock)
    do(session, hearing, seat_of(hearing), SeatControl.ADMIT, clock)
    control(session, hearing, HearingStep.START, clock)
    assert (hearing.state, hearing.case.state) == (HearingState.IN_SESSION, CaseState.IN_MEDIATION)


def test_a_party_cannot_let_themselves_in(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    zhao = seat_of(hearing)
    come(session, zhao, clock)
    with pytest.raises(Denied, match="not_yours"):
        service.control_seat(session, service.ControlSeat(zhao.id, zhao.public_id, SeatControl.ADMIT), clock=clock)
    with pytest.raises(Denied, match="not_yours"):
        service.control_hearing(session, service.ControlHearing(zhao.id, HearingStep.START), clock=clock)


def test_the_seat_of_another_hearing_is_not_there(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    command = service.ControlSeat(neutral(hearing).id, "0" * 12, SeatControl.MUTE)
    with pytest.raises(Missing, match="seat_unknown"):
        service.control_seat(session, command, clock=clock)


def test_a_lost_line_keeps_the_place_with_hand_and_mute(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    service.raise_hand(session, zhao.id, raised=True, clock=clock)
    do(session, hearing, zhao, SeatControl.MUTE, clock)
    service.lose_line(session, zhao.id, clock=clock)
    assert states(session, hearing)["applicant"] == (SeatState.DISCONNECTED, "main")
    clock.pass_(seconds=10)
    service.arrive(session, zhao, clock=clock)
    assert states(session, hearing)["applicant"] == (SeatState.IN_ROOM, "main")
    assert zhao.muted
    assert zhao.hand_raised_at is not None


def test_after_a_crash_of_live_everybody_comes_back_to_their_place(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    do(session, hearing, seat_of(hearing, PartyRole.RESPONDENT), SeatControl.DISMISS, clock)
    before = states(session, hearing)
    assert service.lose_all_lines(session, clock=clock) == 3
    for seat in hearing.seats:
        service.arrive(session, seat, clock=clock)
    assert states(session, hearing) == before


def test_protected_people_never_share_the_room_nor_the_list(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    assert zhao.party is not None
    assert zhou.party is not None
    people.protect(
        session,
        SYSTEM,
        person_id=zhao.party.person_id,
        from_person_id=zhou.party.person_id,
        reason="人身安全保护令",
        until=None,
        clock=clock,
    )
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    for seat in (zhao, zhou):
        come(session, seat, clock)
    do(session, hearing, zhao, SeatControl.ADMIT, clock)
    with pytest.raises(Refused, match="protected_pair"):
        do(session, hearing, zhou, SeatControl.ADMIT, clock)
    snapshot = queries.snapshot(session, hearing.id)
    assert snapshot.seat(zhao.public_id).apart == {zhou.public_id}


def test_muted_and_locked_stays_muted(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    do(session, hearing, zhao, SeatControl.LOCK_MUTE, clock)
    with pytest.raises(Refused, match="muted_by_neutral"):
        service.switch(session, service.SwitchDevices(zhao.id, microphone=True), clock=clock)
    do(session, hearing, zhao, SeatControl.UNMUTE, clock)
    service.switch(session, service.SwitchDevices(zhao.id, microphone=True), clock=clock)


def test_muted_and_not_locked_one_speaks_again_by_oneself(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    do(session, hearing, zhao, SeatControl.MUTE, clock)
    assert (zhao.muted, zhao.mute_locked) == (True, False)
    service.switch(session, service.SwitchDevices(zhao.id, microphone=True), clock=clock)
    assert (zhao.muted, zhao.mic_on) == (False, True)
    told = [row.payload for row in session.scalars(select(LogEntry).where(LogEntry.name == "seat_muted"))]
    assert [(one["muted"], one["locked"]) for one in told] == [(True, False), (False, False)]


def test_one_person_at_most_is_large_and_only_in_the_common_room(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    do(session, hearing, zhao, SeatControl.SPOTLIGHT, clock)
    do(session, hearing, zhou, SeatControl.SPOTLIGHT, clock)
    assert (zhao.spotlit, zhou.spotlit) == (False, True)
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    assert not zhou.spotlit
    with pytest.raises(Refused, match="not_now"):
        do(session, hearing, zhou, SeatControl.SPOTLIGHT, clock)


def test_hands_stand_in_the_order_of_their_raising(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    for seat in (zhou, zhao):
        service.raise_hand(session, seat.id, raised=True, clock=clock)
        clock.pass_(seconds=1)
    snapshot = queries.snapshot(session, hearing.id)
    places = [snapshot.place_in_queue(snapshot.seat_by_id(seat.id)) for seat in (zhou, zhao, neutral(hearing))]
    assert places == [1, 2, None]
    lower = service.ControlRoom(neutral(hearing).id, RoomControl.LOWER_HANDS)
    service.control_room(session, lower, clock=clock)
    assert (zhao.hand_raised_at, zhou.hand_raised_at) == (None, None)
    with pytest.raises(Refused, match="not_now"):
        service.control_room(session, lower, clock=clock)


def count_down(session: Session, hearing: Hearing, clock) -> None:
    begin = service.ControlHearing(neutral(hearing).id, HearingStep.START, timedelta(seconds=10))
    service.control_hearing(session, begin, clock=clock)


def test_the_session_begins_when_the_seconds_have_run_out(session: Session, clock, staff) -> None:
    hearing = gathered_hearing(session, clock, staff(QIN))
    count_down(session, hearing, clock)
    assert hearing.state is HearingState.OPEN
    assert not service.begin_due(session, hearing.id, clock=clock)
    with pytest.raises(Refused, match="not_now"):
        count_down(session, hearing, clock)
    clock.pass_(seconds=10)
    assert service.begin_due(session, hearing.id, clock=clock)
    assert (hearing.state, hearing.begins_at) == (HearingState.IN_SESSION, None)
    assert not service.begin_due(session, hearing.id, clock=clock)


def test_the_seconds_can_be_stopped_and_end_when_the_mediator_goes(session: Session, clock, staff) -> None:
    hearing = gathered_hearing(session, clock, staff(QIN))
    count_down(session, hearing, clock)
    control(session, hearing, HearingStep.STOP_COUNT, clock)
    clock.pass_(seconds=10)
    assert not service.begin_due(session, hearing.id, clock=clock)
    count_down(session, hearing, clock)
    service.leave(session, neutral(hearing).id, clock=clock)
    clock.pass_(seconds=10)
    with pytest.raises(Refused, match="neutral_absent"):
        service.begin_due(session, hearing.id, clock=clock)
    service.drop_countdown(session, hearing.id, clock=clock)
    assert (hearing.state, hearing.begins_at) == (HearingState.OPEN, None)


def test_suspended_everybody_waits_and_it_can_be_opened_again(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    control(session, hearing, HearingStep.SUSPEND, clock)
    assert states(session, hearing)["applicant"] == (SeatState.WAITING, "waiting")
    control(session, hearing, HearingStep.OPEN, clock)
    do(session, hearing, seat_of(hearing), SeatControl.ADMIT, clock)
    control(session, hearing, HearingStep.START, clock)
    assert hearing.state is HearingState.IN_SESSION


def test_a_supervisor_opens_again_what_the_mediator_no_longer_can(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    control(session, hearing, HearingStep.CLOSE, clock)
    clock.pass_(minutes=11)
    with pytest.raises(Refused, match="too_late_to_reopen"):
        control(session, hearing, HearingStep.REOPEN, clock)
    with pytest.raises(Denied):
        service.reopen(session, staff(QIN), hearing.public_id, clock=clock)
    service.reopen(session, staff(HE), hearing.public_id, clock=clock)
    assert (hearing.state, hearing.closed_at) == (HearingState.OPEN, None)
    with pytest.raises(Refused, match="not_now"):
        service.reopen(session, staff(HE), hearing.public_id, clock=clock)


def test_a_microphone_found_later_is_not_called_missing_any_more(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    service.arrive(session, zhao, clock=clock)
    bare = {"camera": "missing", "microphone": "denied"}
    service.report_device(session, service.ReportDevice(zhao.id, bare), clock=clock)
    service.switch(session, service.SwitchDevices(zhao.id, microphone=True), clock=clock)
    assert (zhao.mic_on, zhao.device) == (True, {"camera": "missing", "microphone": "ok"})
    service.switch(session, service.SwitchDevices(zhao.id, microphone=False), clock=clock)
    assert zhao.device["microphone"] == "ok", "off is not missing"


def test_the_mediator_mutes_everybody_in_the_own_room_at_once(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    by = neutral(hearing).id
    with pytest.raises(Denied, match="not_yours"):
        service.control_room(session, service.ControlRoom(zhao.id, RoomControl.MUTE_ALL), clock=clock)
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    service.control_room(session, service.ControlRoom(by, RoomControl.MUTE_ALL), clock=clock)
    session.expire_all()
    assert (zhao.muted, zhou.muted, neutral(hearing).muted) == (True, False, False)
    with pytest.raises(Refused, match="not_now"):
        service.control_room(session, service.ControlRoom(by, RoomControl.MUTE_ALL), clock=clock)
    service.control_room(session, service.ControlRoom(by, RoomControl.UNMUTE_ALL), clock=clock)
    session.expire_all()
    assert not zhao.muted


def test_closed_everybody_is_out_and_what_was_typed_is_gone(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    service.say(session, service.Say(seat_of(hearing).id, "你好"), clock=clock)
    control(session, hearing, HearingStep.CLOSE, clock)
    assert states(session, hearing)["applicant"][0] is SeatState.LEFT
    assert session.scalars(select(ChatLine)).all() == []
    clock.pass_(minutes=5)
    control(session, hearing, HearingStep.REOPEN, clock)
    service.arrive(session, seat_of(hearing), clock=clock)
    assert states(session, hearing)["applicant"] == (SeatState.CHECKING, "waiting")


def test_a_token_opens_one_socket_once_and_not_for_long(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    token = service.token_for(policy.own_seat(session, as_party(hearing.case), hearing.public_id), clock=clock)
    assert service.redeem(session, token, clock=clock).id == seat_of(hearing).id
    with pytest.raises(Denied, match="token_used"):
        service.redeem(session, token, clock=clock)
    late = service.token_for(policy.own_seat(session, as_party(hearing.case), hearing.public_id), clock=clock)
    clock.pass_(minutes=3)
    with pytest.raises(Denied, match="token_expired"):
        service.redeem(session, late, clock=clock)
    with pytest.raises(Denied, match="token_unknown"):
        service.redeem(session, late[:-2] + "xx", clock=clock)


def test_a_stranger_gets_no_token(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    with pytest.raises(Missing, match="hearing_unknown"):
        service.token_for(policy.own_seat(session, staff(SHEN), hearing.public_id), clock=clock)


@pytest.mark.parametrize(("text", "code"), [("  ", "chat_empty"), ("x" * 501, "chat_too_long")])
def test_what_is_typed_has_its_bounds(session: Session, clock, staff, text: str, code: str) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    with pytest.raises(Invalid, match=code):
        service.say(session, service.Say(seat_of(hearing).id, text), clock=clock)


def test_the_words_lie_encrypted_and_nowhere_in_the_log(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    service.say(session, service.Say(seat_of(hearing).id, "只有他知道"), clock=clock)
    rows = session.connection().exec_driver_sql("SELECT payload FROM log_entry").all()
    assert "只有他知道" not in str(rows)


def test_the_waiting_room_does_not_open_an_hour_before(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    clock.set(clock() - timedelta(hours=1))
    come(session, neutral(hearing), clock)
    with pytest.raises(Refused, match="too_early"):
        control(session, hearing, HearingStep.OPEN, clock)
