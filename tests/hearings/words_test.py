"""Typed words: to one reader alone, on the record, captions; and the screen that one person shows."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import MinuteLine
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.errors import Denied, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.live import picture, reading
from tests.cast import QIN, SHEN
from tests.factories.hearings import booked_hearing, come, control, do, neutral, running_hearing, seat_of

pytestmark = pytest.mark.db


def read_by(session: Session, hearing_id: int, seat_id: int) -> list[str]:
    """What stands on this person's page."""
    snapshot = queries.snapshot(session, hearing_id)
    row = snapshot.seat_by_id(seat_id)
    every = queries.lines(session, hearing_id, frozenset(seat.room for seat in snapshot.seats))
    return [line.text for line in picture.chat(snapshot, row, reading.readable(every, snapshot, row.public_id)).lines]


def test_a_line_to_the_mediator_alone_is_read_by_two_from_whichever_room(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    qin, zhao, zhou = neutral(hearing), seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    service.say(session, service.Say(zhao.id, "我怕他", "mediator"), clock=clock)
    service.say(session, service.Say(qin.id, "我在", zhao.public_id), clock=clock)
    service.say(session, service.Say(zhao.id, "大家好"), clock=clock)
    assert read_by(session, hearing.id, zhao.id) == ["我怕他", "我在", "大家好"]
    assert read_by(session, hearing.id, qin.id) == ["我怕他", "我在", "大家好"]
    assert read_by(session, hearing.id, zhou.id) == ["大家好"]
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    assert read_by(session, hearing.id, zhou.id) == []
    do(session, hearing, zhao, SeatControl.DISMISS, clock)
    assert read_by(session, hearing.id, zhao.id) == ["我怕他", "我在"]


def test_parties_do_not_write_to_each_other_alone(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    with pytest.raises(Refused, match="not_yours"):
        service.say(session, service.Say(zhao.id, "私下", zhou.public_id), clock=clock)
    with pytest.raises(Missing, match="seat_unknown"):
        service.say(session, service.Say(zhao.id, "私下", "nobody"), clock=clock)
    with pytest.raises(Refused, match="nobody_to_hear"):
        service.say(session, service.Say(neutral(hearing).id, "自己", "mediator"), clock=clock)


def test_nobody_came_there_is_no_mediator_to_read_it(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, seat_of(hearing), clock)
    with pytest.raises(Refused, match="nobody_to_hear"):
        service.say(session, service.Say(seat_of(hearing).id, "有人吗", "mediator"), clock=clock)


def test_on_the_record_stands_what_was_typed_to_everybody_with_its_writer(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    qin, zhao = neutral(hearing), seat_of(hearing)
    public = service.say(session, service.Say(zhao.id, "押金三千"), clock=clock)
    private = service.say(session, service.Say(zhao.id, "我只要两千", "mediator"), clock=clock)
    with pytest.raises(Denied, match="not_yours"):
        service.keep_line(session, service.KeepLine(zhao.id, public.id), clock=clock)
    with pytest.raises(Refused, match="line_private"):
        service.keep_line(session, service.KeepLine(qin.id, private.id), clock=clock)
    with pytest.raises(Missing, match="line_unknown"):
        service.keep_line(session, service.KeepLine(qin.id, 0), clock=clock)
    service.keep_line(session, service.KeepLine(qin.id, public.id), clock=clock)
    with pytest.raises(Refused, match="not_now"):
        service.keep_line(session, service.KeepLine(qin.id, public.id), clock=clock)
    control(session, hearing, HearingStep.CLOSE, clock)
    assert [line.text for line in session.scalars(select(MinuteLine))] == ["赵晓明: 押金三千"]


def test_captions_are_typed_by_staff_read_in_the_room_and_kept_nowhere(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    qin, zhao, zhou = neutral(hearing), seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    shen = service.sit_in(session, staff(SHEN), hearing.public_id)
    come(session, shen, clock)
    with pytest.raises(Refused, match="not_in_room"):
        service.caption(session, shen.id, "他说押金三千")
    do(session, hearing, shen, SeatControl.ADMIT, clock)
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    n_before = len(session.scalars(select(LogEntry.id)).all())
    spoken = service.caption(session, shen.id, "他说押金三千")
    assert spoken.readers == {qin.public_id, zhao.public_id, shen.public_id}
    assert len(session.scalars(select(LogEntry.id)).all()) == n_before
    with pytest.raises(Refused, match="not_yours"):
        service.caption(session, zhao.id, "我说")


def test_one_screen_at_a_time_and_the_mediator_stops_it(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    service.share(session, zhao.id, sharing=True, clock=clock)
    with pytest.raises(Refused, match="screen_taken"):
        service.share(session, zhou.id, sharing=True, clock=clock)
    do(session, hearing, zhao, SeatControl.STOP_SHARE, clock)
    assert not zhao.sharing
    service.share(session, zhou.id, sharing=True, clock=clock)
    service.switch(session, service.SwitchDevices(zhou.id, camera=False), clock=clock)
    links = picture.links(queries.snapshot(session, hearing.id))
    assert {link.listener for link in links if link.speaker == zhou.public_id and link.video} == {
        neutral(hearing).public_id,
        zhao.public_id,
    }, "the screen is seen also without a camera"


def test_a_screen_does_not_follow_into_another_room(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    for away in (
        lambda: service.lose_line(session, zhao.id, clock=clock),
        lambda: do(session, hearing, zhao, SeatControl.DISMISS, clock),
    ):
        service.share(session, zhao.id, sharing=True, clock=clock)
        away()
        assert not zhao.sharing
        service.arrive(session, zhao, clock=clock)
