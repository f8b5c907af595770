"""Words between the staff on duty and one person who waits: who reads them, when they are refused, that they end."""

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import DeskLine, Hearing
from mediation.hearings.rules import desk
from mediation.hearings.rules.codes import HearingState, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import OVER, HearingStep
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.live import reading
from tests.cast import HU, QIN, SHEN
from tests.factories.disputes import as_party
from tests.factories.hearings import booked_hearing, come, control, do, neutral, seat_of
from tests.hearings.views_test import signed_in

db = pytest.mark.db


@given(st.sampled_from(HearingState), st.sampled_from(SeatState), st.booleans())
def test_only_who_was_written_to_answers_and_not_in_a_room(state: HearingState, seat: SeatState, written: bool) -> None:
    refusal = desk.refuse_answer(state, seat, written_to=written)
    if refusal is None:
        assert written
        assert state not in OVER
        assert seat not in {SeatState.IN_ROOM, SeatState.LEFT}
    assert desk.refuse_writing(state, seat) in {None, refusal}


@pytest.fixture
def waiting(session: Session, clock, staff) -> Hearing:
    """Zhao and Zhou wait, Qin has opened."""
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT):
        come(session, seat_of(hearing, role), clock)
    session.commit()
    return hearing


def write(session: Session, staff, clock, hearing: Hearing, text: str = "请您稍等，调解员马上就到") -> DeskLine:
    command = service.WriteToSeat(hearing.public_id, seat_of(hearing).public_id, text)
    return service.write_to_seat(session, staff(SHEN), command, clock=clock)


@db
def test_it_is_read_by_one_person_and_the_answer_by_the_staff(session: Session, clock, staff, waiting: Hearing) -> None:
    write(session, staff, clock, waiting)
    zhao = seat_of(waiting)
    service.answer_desk(session, service.AnswerDesk(zhao.id, "我看不到画面"), clock=clock)
    own = reading.read(session, waiting.id).own
    told = {seat.public_id: [one.model_dump() for one in own[seat.public_id]] for seat in waiting.seats}
    assert [line["text"] for line in told[zhao.public_id][0]["lines"]] == ["请您稍等，调解员马上就到", "我看不到画面"]
    others = {seat: said for seat, said in told.items() if seat != zhao.public_id}
    assert "画面" not in json.dumps(others, default=str, ensure_ascii=False)
    (answer,) = queries.duty(session, staff(SHEN), now=clock()).answers
    assert answer.text == "我看不到画面"
    service.read_answers(session, staff(SHEN), waiting.public_id, zhao.public_id, clock=clock)
    session.expire_all()
    assert queries.duty(session, staff(SHEN), now=clock()).answers == ()


@db
def test_the_log_says_that_and_not_what(session: Session, clock, staff, waiting: Hearing) -> None:
    write(session, staff, clock, waiting, "绝不入册")
    service.answer_desk(session, service.AnswerDesk(seat_of(waiting).id, "绝不入册"), clock=clock)
    rows = session.scalars(select(LogEntry).order_by(LogEntry.id.desc()).limit(2)).all()
    assert {row.name for row in rows} == {"desk_wrote", "desk_answered"}
    assert not any("绝不入册" in json.dumps(row.payload, ensure_ascii=False) for row in rows)


@db
def test_refusals_each_with_its_reason(session: Session, clock, staff, waiting: Hearing) -> None:
    zhao, zhou = seat_of(waiting), seat_of(waiting, PartyRole.RESPONDENT)
    with pytest.raises(Refused, match="desk_silent"):
        service.answer_desk(session, service.AnswerDesk(zhou.id, "有人吗"), clock=clock)
    for text, code in ((" ", "chat_empty"), ("长" * 501, "chat_too_long")):
        with pytest.raises(Invalid, match=code):
            write(session, staff, clock, waiting, text)
    with pytest.raises(Missing):
        service.write_to_seat(
            session, staff(HU), service.WriteToSeat(waiting.public_id, zhao.public_id, "别处的人"), clock=clock
        )
    with pytest.raises((Denied, Missing)):
        service.write_to_seat(
            session, as_party(waiting.case), service.WriteToSeat(waiting.public_id, zhou.public_id, "?"), clock=clock
        )
    write(session, staff, clock, waiting)
    do(session, waiting, zhao, SeatControl.ADMIT, clock)
    with pytest.raises(Refused, match="desk_in_room"):
        write(session, staff, clock, waiting)
    with pytest.raises(Refused, match="desk_in_room"):
        service.answer_desk(session, service.AnswerDesk(zhao.id, "我在里面"), clock=clock)


@db
def test_it_is_gone_when_the_hearing_is_closed(session: Session, clock, staff, waiting: Hearing) -> None:
    write(session, staff, clock, waiting)
    control(session, waiting, HearingStep.CLOSE, clock)
    session.flush()
    assert session.scalars(select(DeskLine)).all() == []


@db
def test_the_page_keeps_what_was_typed_when_refused(app: Flask, session: Session, clock, waiting: Hearing) -> None:
    zhao = seat_of(waiting)
    shen = signed_in(app, SHEN)
    address = f"/desk/hearings/{waiting.public_id}/seats/{zhao.public_id}/words"
    assert shen.post(address, data={"text": "<b>请稍等</b>"}).status_code == 303
    page = shen.get(address).get_data(as_text=True)
    assert "&lt;b&gt;请稍等&lt;/b&gt;" in page
    do(session, waiting, zhao, SeatControl.ADMIT, clock)
    session.commit()
    answer = shen.post(address, data={"text": "还在吗"})
    assert answer.status_code == 422
    assert "还在吗</textarea>" in answer.get_data(as_text=True)
    assert shen.get(f"{address}/now").status_code == 200
