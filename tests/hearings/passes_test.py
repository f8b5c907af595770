"""A seat on a second device, and a witness: one address, one seat, nothing else."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.hearings import queries, service
from mediation.hearings.models import Hearing, Seat
from mediation.hearings.rules.codes import HearingState, SeatRole, SeatState
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from tests.cast import HE, QIN, SHEN
from tests.factories import pictures
from tests.factories.hearings import booked_hearing, come, control, do, neutral, running_hearing, seat_of
from tests.hearings.views_test import link, signed_in

pytestmark = pytest.mark.db


def test_a_code_opens_the_same_seat_once_and_not_for_long(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    zhao = seat_of(hearing)
    first = service.lend_seat(session, zhao, clock=clock)
    second = service.lend_seat(session, zhao, clock=clock)
    with pytest.raises(Missing, match="pass_unknown"):
        service.open_pass(session, first, clock=clock)
    opened = service.open_pass(session, second, clock=clock)
    assert service.seat_of_pass(session, opened.public_id).id == zhao.id
    with pytest.raises(Missing, match="pass_unknown"):
        service.open_pass(session, second, clock=clock)
    late = service.lend_seat(session, zhao, clock=clock)
    clock.pass_(minutes=4)
    with pytest.raises(Missing, match="pass_unknown"):
        service.open_pass(session, late, clock=clock)
    assert session.scalar(select(func.count()).select_from(Seat).where(Seat.hearing_id == hearing.id)) == 3
    assert zhao.state is SeatState.IN_ROOM


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:0], lambda t: t[:-1] + "x", lambda t: "a." + t, lambda t: t.split(".")[0]]
)
def test_an_altered_address_opens_nothing(session: Session, clock, staff, spoil) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    token = service.lend_seat(session, seat_of(hearing), clock=clock)
    with pytest.raises(Missing, match="pass_unknown"):
        service.open_pass(session, spoil(token), clock=clock)


def test_the_hearing_over_no_pass_opens_anything(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    opened = service.open_pass(session, service.lend_seat(session, seat_of(hearing), clock=clock), clock=clock)
    control(session, hearing, HearingStep.CLOSE, clock)
    with pytest.raises(Missing, match="pass_unknown"):
        service.seat_of_pass(session, opened.public_id)
    with pytest.raises(Refused, match="hearing_closed"):
        service.lend_seat(session, seat_of(hearing), clock=clock)


def test_the_phone_takes_the_seat_over(app: Flask, session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    session.commit()
    desk, phone = app.test_client(), app.test_client()
    answer = desk.post(link(session, clock, hearing.case) + "/hearing/device")
    assert answer.json["code"].startswith("data:image/svg+xml")
    address = "/seat/" + service.lend_seat(session, seat_of(hearing), clock=clock)
    session.commit()
    assert phone.get("/seat").status_code == 404
    assert "赵晓明" in phone.get(address).get_data(as_text=True)
    assert phone.post(address).headers["Location"] == "/seat"
    page = phone.get("/seat")
    assert 'data-token-url="/seat/token"' in page.get_data(as_text=True)
    assert phone.post(address).status_code == 404
    given = json.loads(phone.post("/seat/token").data)
    assert service.redeem(session, given["token"], clock=clock).id == seat_of(hearing).id


def called(session: Session, hearing: Hearing, clock, actor) -> Seat:
    witness = service.name_guest(
        session, actor, service.NameGuest(hearing.public_id, " 王 阿姨 ", SeatRole.WITNESS), clock=clock
    )
    come(session, witness, clock)
    return witness


def test_a_witness_waits_outside_is_called_in_and_sent_out(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    witness = called(session, hearing, clock, staff(SHEN))
    assert (witness.name, witness.role, witness.state) == ("王 阿姨", SeatRole.WITNESS, SeatState.WAITING)
    assert told(session, hearing, witness) == {"秦海燕"}, "outside, a witness does not even learn who is there"
    do(session, hearing, witness, SeatControl.ADMIT, clock)
    assert told(session, hearing, witness) == {"秦海燕", "赵晓明", "周国强"}
    do(session, hearing, witness, SeatControl.DISMISS, clock)
    assert told(session, hearing, witness) == {"秦海燕"}
    entry = session.scalars(select(LogEntry).where(LogEntry.name == "guest_named")).one()
    assert "阿姨" not in str(entry.payload)


def told(session: Session, hearing: Hearing, seat: Seat) -> set[str]:
    state = pictures.told(session, hearing.id, seat.id, hearing.booking.starts_at)
    return {one.name for one in state.seats}


def test_with_a_witness_alone_nothing_begins(session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    come(session, neutral(hearing), clock)
    control(session, hearing, HearingStep.OPEN, clock)
    do(session, hearing, called(session, hearing, clock, staff(SHEN)), SeatControl.ADMIT, clock)
    with pytest.raises(Refused, match="nobody_in_room"):
        control(session, hearing, HearingStep.START, clock)
    assert hearing.state is HearingState.OPEN


def test_only_who_works_on_the_case_names_witnesses(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    name = service.NameGuest(hearing.public_id, "王阿姨", SeatRole.WITNESS)
    with pytest.raises(Denied):
        service.name_guest(session, staff(HE), name, clock=clock)
    for bad in ("", " ", "王" * 41):
        with pytest.raises(Invalid, match="guest_name"):
            service.name_guest(
                session, staff(SHEN), service.NameGuest(hearing.public_id, bad, SeatRole.WITNESS), clock=clock
            )
    with pytest.raises(Invalid, match="guest_role"):
        service.name_guest(
            session, staff(SHEN), service.NameGuest(hearing.public_id, "王阿姨", SeatRole.NEUTRAL), clock=clock
        )


def test_an_interpreter_is_let_in_like_a_party(session: Session, clock, staff) -> None:
    hearing = running_hearing(session, clock, staff(QIN))
    name = service.NameGuest(hearing.public_id, "马老师", SeatRole.INTERPRETER)
    interpreter = service.name_guest(session, staff(SHEN), name, clock=clock)
    come(session, interpreter, clock)
    do(session, hearing, interpreter, SeatControl.ADMIT, clock)
    assert (interpreter.role, interpreter.state) == (SeatRole.INTERPRETER, SeatState.IN_ROOM)


def test_an_address_is_taken_back(session: Session, clock, staff) -> None:
    """Who never came leaves no empty seat; who has come is out, and their browser gets no token any more."""
    hearing = running_hearing(session, clock, staff(QIN))
    name = service.NameGuest(hearing.public_id, "马老师", SeatRole.INTERPRETER)
    never, came = (service.name_guest(session, staff(SHEN), name, clock=clock) for _ in range(2))
    addresses = [service.pass_token(row.pass_id) for row in queries.guests(session, hearing.id, now=clock())]
    opened = service.open_pass(session, addresses[1], clock=clock).public_id
    come(session, came, clock)
    do(session, hearing, came, SeatControl.ADMIT, clock)
    with pytest.raises(Refused, match="guest_in_room"):
        withdraw(session, hearing, came, clock, staff(SHEN))
    do(session, hearing, came, SeatControl.DISMISS, clock)
    for seat in (never, came):
        withdraw(session, hearing, seat, clock, staff(SHEN))
    for address in addresses:
        with pytest.raises(Missing, match="pass_unknown"):
            service.look_at_pass(session, address, clock=clock)
    with pytest.raises(Missing, match="pass_unknown"):
        service.seat_of_pass(session, opened)
    assert [(one.name, one.state) for one in hearing.seats if one.role is SeatRole.INTERPRETER] == [
        ("马老师", SeatState.LEFT)
    ]
    with pytest.raises(Missing, match="seat_unknown"):
        withdraw(session, hearing, seat_of(hearing), clock, staff(SHEN))


def withdraw(session: Session, hearing: Hearing, seat: Seat, clock, actor) -> None:
    service.withdraw_guest(session, actor, service.WithdrawGuest(hearing.public_id, seat.public_id), clock=clock)


def test_the_clerk_names_a_witness_and_passes_the_address_on(app: Flask, session: Session, clock, staff) -> None:
    hearing = booked_hearing(session, clock, staff(QIN))
    session.commit()
    client = signed_in(app, SHEN)
    page = f"/hearings/{hearing.public_id}/guests"
    assert client.post(page, data={"name": "", "role": "witness"}).status_code == 422
    unchosen = client.post(page, data={"name": "王阿姨"})
    assert unchosen.status_code == 422
    assert "王阿姨" in unchosen.get_data(as_text=True)
    assert client.post(page, data={"name": "王阿姨", "role": "witness"}).status_code == 303
    text = client.get(page).get_data(as_text=True)
    address = text.partition('value="http://localhost/seat/')[2].partition('"')[0]
    guest = app.test_client()
    assert "王阿姨" in guest.get(f"/seat/{address}").get_data(as_text=True)
    for _ in range(2):  # after a reload too
        assert guest.post(f"/seat/{address}").status_code == 303
    assert guest.get("/seat").status_code == 200
    back = text.partition(f'action="{page}/')[2].partition('"')[0]
    assert client.post(f"{page}/{back}").status_code == 303
    assert guest.get(f"/seat/{address}").status_code == 404
