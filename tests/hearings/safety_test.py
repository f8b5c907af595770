"""The quiet signal: told to those who help, to nobody else, and nothing on the sender's own screen."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.hearings import queries, service
from mediation.hearings.models import SafetySignal
from mediation.hearings.rules.controls import SeatControl
from mediation.kernel.errors import Denied, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.supervision import queries as supervision
from tests.cast import HE, QIN, SHEN, ZHENG
from tests.factories import pictures
from tests.factories.hearings import booked_hearing, come, do, neutral, running_hearing, seat_of
from tests.hearings.views_test import signed_in

pytestmark = pytest.mark.db
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


def test_it_goes_from_the_waiting_room_and_pressed_twice_it_is_one_call(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    come(session, zhao, clock)
    first = service.signal_danger(session, zhao.id, clock=clock)
    clock.pass_(seconds=5)
    assert service.signal_danger(session, zhao.id, clock=clock).id == first.id
    clock.pass_(seconds=60)
    assert service.signal_danger(session, zhao.id, clock=clock).id != first.id
    come(session, neutral(hearing), clock)
    with pytest.raises(Refused, match="not_yours"):
        service.signal_danger(session, neutral(hearing).id, clock=clock)


def test_only_the_mediator_is_told_in_the_room(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    before = {seat.id: told(session, hearing.id, seat.id) for seat in hearing.seats}
    service.signal_danger(session, zhao.id, clock=clock)
    for seat in hearing.seats:
        now = told(session, hearing.id, seat.id)
        if seat is neutral(hearing):
            assert '"signalled_at":"' in now
        else:
            assert now == before[seat.id], "what is sent to the sender and to the others does not change by a letter"
    do(session, hearing, zhao, SeatControl.SEEN_SIGNAL, clock)
    assert told(session, hearing.id, neutral(hearing).id) == before[neutral(hearing).id]


def told(session: Session, hearing_id: int, seat_id: int) -> str:
    return pictures.told(session, hearing_id, seat_id, NOW).model_dump_json()


def test_staff_of_the_place_read_it_and_look_after_it(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    signal = service.signal_danger(session, seat_of(hearing).id, clock=clock)
    rows = queries.open_signals(session, staff(SHEN))
    assert rows is not None
    assert [row.public_id for row in rows] == [signal.public_id]
    assert queries.open_signals(session, staff(HE)) is None
    elsewhere = queries.open_signals(session, staff(ZHENG))
    assert not elsewhere
    with pytest.raises((Missing, Denied)):
        service.see_signal(session, staff(ZHENG), signal.public_id, clock=clock)
    with pytest.raises(Missing, match="signal_unknown"):
        service.see_signal(session, staff(SHEN), "nothing", clock=clock)
    service.see_signal(session, staff(SHEN), signal.public_id, clock=clock)
    assert queries.open_signals(session, staff(SHEN)) == ()
    row = session.scalars(select(SafetySignal)).one()
    assert (row.seen_by_id, row.seen_at) == (staff(SHEN).account_id, clock())


def test_the_log_of_it_is_read_by_those_who_answer_it_only(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    service.signal_danger(session, seat_of(hearing).id, clock=clock)
    names = {row.name for row in supervision.trail(session, hearing.case_id, signals=False).rows}
    assert "safety_signalled" not in names
    whole = supervision.trail(session, hearing.case_id, signals=True)
    assert "safety_signalled" in {row.name for row in whole.rows}
    assert whole.whole
    entry = session.scalars(select(LogEntry).where(LogEntry.name == "safety_signalled")).one()
    assert set(entry.payload) <= {"case_id", "hearing_id", "signal_id"}


def test_the_desk_shows_it_and_asks_again(app: Flask, session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    signal = service.signal_danger(session, seat_of(hearing).id, clock=clock)
    session.commit()
    client = signed_in(app, SHEN)
    desk = client.get("/desk").get_data(as_text=True)
    assert 'hx-get="/desk/signals"' in desk
    assert signal.public_id in client.get("/desk/signals").get_data(as_text=True)
    seen = client.post(f"/desk/signals/{signal.public_id}/seen")
    assert seen.status_code == 303
    assert signal.public_id not in client.get("/desk/signals").get_data(as_text=True)
