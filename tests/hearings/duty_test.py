"""The duty desk: who sees it, what calls for staff, who looks after it, a call that is noted."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import Hearing, HearingAlert, SeatSample
from mediation.hearings.rules.codes import AlertKind, AlertOutcome
from mediation.hearings.rules.lines import LineSample
from mediation.kernel.db import transaction
from mediation.kernel.errors import Missing, Refused
from mediation.kernel.log import LogEntry
from tests.cast import HU, QIN, SHEN, WU, ZHAO
from tests.factories.hearings import booked_hearing, neutral, running_hearing, seat_of
from tests.factories.scheduling import at
from tests.fixtures.clock import FakeClock
from tests.hearings.views_test import signed_in
from tests.scheduling.claims_test import race

pytestmark = pytest.mark.db


def open_kinds(session: Session) -> set[AlertKind]:
    query = select(HearingAlert).where(HearingAlert.resolved_at.is_(None))
    return {row.kind for row in session.scalars(query)}


def blocked(session: Session, clock, staff):
    """Zhao waits with a refused camera."""
    hearing = booked_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    service.arrive(session, zhao, clock=clock)
    report = {"camera": "denied", "microphone": "ok"}
    service.report_device(session, service.ReportDevice(zhao.id, report), clock=clock)
    return hearing, session.scalars(select(HearingAlert)).one()


def test_a_refused_camera_calls_the_desk_at_once_and_settles_itself(session: Session, clock, staff) -> None:
    hearing, alert = blocked(session, clock, staff)
    assert (alert.kind, alert.seat_id) == (AlertKind.CAMERA_BLOCKED, seat_of(hearing).id)
    service.see_alerts(session, hearing.id, clock=clock)
    assert len(session.scalars(select(HearingAlert)).all()) == 1
    service.recheck(session, seat_of(hearing).id, clock=clock)
    good = {"camera": "ok", "microphone": "ok"}
    service.report_device(session, service.ReportDevice(seat_of(hearing).id, good), clock=clock)
    assert alert.resolved_at == clock()


def test_time_alone_calls_the_desk(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    service.lose_line(session, seat_of(hearing).id, clock=clock)
    service.tend_alerts(session, clock())
    assert open_kinds(session) == set()
    clock.pass_(seconds=30)
    service.tend_alerts(session, clock())
    assert open_kinds(session) == {AlertKind.DISCONNECTED}
    clock.set(hearing.booking.ends_at + timedelta(minutes=10))
    service.tend_alerts(session, clock())
    assert open_kinds(session) == {AlertKind.DISCONNECTED, AlertKind.OVERRUN}


def test_nobody_came(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    clock.set(hearing.booking.starts_at + timedelta(minutes=10))
    service.tend_alerts(session, clock())
    rows = session.scalars(select(HearingAlert)).all()
    assert {row.kind for row in rows} == {AlertKind.NOBODY_CAME}
    assert len(rows) == 2, "no party, and no mediator"


def test_one_takes_it_and_what_is_done_does_not_come_again(session: Session, clock, staff) -> None:
    hearing, alert = blocked(session, clock, staff)
    service.take_alert(session, staff(SHEN), hearing.public_id, alert.public_id, clock=clock)
    with pytest.raises(Refused, match="alert_taken"):
        service.take_alert(session, staff(WU), hearing.public_id, alert.public_id, clock=clock)
    with pytest.raises(Missing):
        service.take_alert(session, staff(HU), hearing.public_id, alert.public_id, clock=clock)
    done = service.FinishAlert(hearing.public_id, alert.public_id, AlertOutcome.HELPED)
    service.finish_alert(session, staff(SHEN), done, clock=clock)
    service.see_alerts(session, hearing.id, clock=clock)
    assert len(session.scalars(select(HearingAlert)).all()) == 1


def test_the_desk_is_of_the_place(app: Flask, session: Session, clock, staff) -> None:
    hearing, alert = blocked(session, clock, staff)
    session.commit()
    shen, hu = signed_in(app, SHEN), signed_in(app, HU)
    assert alert.public_id in shen.get("/desk/hearings").get_data(as_text=True)
    assert hearing.public_id not in hu.get("/desk/hearings").get_data(as_text=True)
    assert alert.public_id in signed_in(app, QIN).get("/desk/hearings").get_data(as_text=True)  # the case's mediator
    assert app.test_client().get("/desk/hearings").status_code in {302, 303, 403}
    address = f"/desk/hearings/{hearing.public_id}/alerts/{alert.public_id}"
    assert hu.post(f"{address}/take").status_code == 404
    assert shen.post(f"{address}/take").status_code == 303
    assert shen.post(address, data={"note": "试"}).status_code == 422
    assert shen.post(address, data={"outcome": "helped"}).status_code == 303
    assert alert.public_id not in shen.get("/desk/hearings/now").get_data(as_text=True)


def test_a_call_is_noted(app: Flask, session: Session, clock, staff) -> None:
    hearing, _alert = blocked(session, clock, staff)
    session.commit()
    shen = signed_in(app, SHEN)
    address = f"/desk/hearings/{hearing.public_id}/seats/{seat_of(hearing).public_id}/call"
    assert f"tel:{ZHAO.phone}" in shen.get(address).get_data(as_text=True)
    assert shen.post(address, data={"result": "later", "note": "在路上"}).status_code == 303
    assert "在路上" in shen.get("/desk/hearings").get_data(as_text=True)
    assert signed_in(app, HU).get(address).status_code == 404
    assert shen.get(f"/desk/hearings/{hearing.public_id}/seats/none/call").status_code == 404


def test_the_desk_says_how_each_line_is(app: Flask, session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao, zhou = seat_of(hearing), seat_of(hearing, PartyRole.RESPONDENT)
    for _turn in range(4):
        service.note_samples(
            session,
            {
                zhao.id: LineSample(clock(), 0.12, 0.01, 90),
                zhou.id: LineSample(clock(), 0.0, None, None),
                zhou.id + 1000: LineSample(clock(), 0.0, None, None),
            },
        )
        clock.pass_(seconds=15)
    service.lose_line(session, zhou.id, clock=clock)
    clock.pass_(seconds=20)
    (shown,) = queries.duty(session, staff(SHEN), now=clock()).hearings
    lines = {seat.public_id: seat.line for seat in shown.seats}
    assert lines[zhao.public_id].reading.percent == 12
    assert lines[zhou.public_id].reading.word == "just_gone"
    assert lines[neutral(hearing).public_id].reading.word == "unmeasured"
    assert lines[zhao.public_id].bars
    assert not lines[neutral(hearing).public_id].bars
    session.commit()
    page = signed_in(app, SHEN).get("/desk/hearings", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert 'class="line-graph__weak"' in page


def test_what_was_measured_is_forgotten_after_two_hours(session: Session, clock, staff) -> None:
    zhao = seat_of(running_hearing(session, clock, staff(QIN)))
    service.note_samples(session, {zhao.id: LineSample(clock(), 0.12, None, 90)})
    clock.pass_(minutes=119)
    service.note_samples(session, {zhao.id: LineSample(clock(), None, None, None)})
    service.forget_samples(session, clock())
    assert len(session.scalars(select(SeatSample)).all()) == 2
    clock.pass_(minutes=2)
    service.forget_samples(session, clock())
    assert [row.loss_to for row in session.scalars(select(SeatSample))] == [None]


def test_the_desk_says_which_side_somebody_is(app: Flask, session: Session, clock, staff) -> None:
    booked_hearing(session, clock, staff(QIN))
    session.commit()
    page = signed_in(app, SHEN).get("/desk/hearings").get_data(as_text=True)
    assert f'<strong>{ZHAO.name}</strong> <span class="soft">申请人</span>' in page


def tend(sessions: sessionmaker[Session], _number: int) -> str:
    with transaction(sessions) as session:
        service.see_alerts(session, session.scalars(select(Hearing.id)).one(), clock=FakeClock(at(24, 9, 56)))
    return "seen"


@pytest.mark.timeout(120)
def test_twenty_who_see_the_same_cause_open_one_alert(session: Session, clock, staff, db_url: str) -> None:
    """The refused camera's alert is forgotten first, so that all see the cause anew, at once."""
    _hearing, alert = blocked(session, clock, staff)
    session.delete(alert)
    session.commit()
    assert race(db_url, tend, 5) == {"seen": 20}
    (row,) = session.scalars(select(HearingAlert))
    opened = select(LogEntry).where(LogEntry.name == "alert_opened").order_by(LogEntry.id)
    assert [entry.payload["alert_id"] for entry in session.scalars(opened)][1:] == [row.id]
