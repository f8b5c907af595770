"""The station over HTTP: staff set up, check in and call; the screen shows no names, begins, is wiped."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import service as hearings
from mediation.hearings.models import Hearing
from mediation.orgs.models import Room
from mediation.stations.models import Screen, Visit
from mediation.stations.rules import VisitEnd, VisitState
from tests.cast import GUO, HU, QIN, SHEN, ZHAO, ZHOU
from tests.factories.disputes import party_of
from tests.factories.hearings import seat_of
from tests.factories.scheduling import at
from tests.factories.stations import station_hearing, station_row
from tests.fixtures.clock import FakeClock
from tests.hearings.views_test import signed_in

pytestmark = pytest.mark.db
VISIT_PAGES = ("/kiosk/visit", "/kiosk/visit/room", "/kiosk/visit/sign", "/kiosk/visit/room/papers")


class Desk:
    """Shen at her computer, and the room's screen."""

    def __init__(self, app: Flask, session: Session, clock: FakeClock, hearing: Hearing) -> None:
        self.app, self.session, self.clock, self.hearing = app, session, clock, hearing
        row = station_row(session)
        self.station = f"/stations/{row.public_id}"
        self.room = session.get_one(Room, hearing.booking.room_id).public_id
        self.shen = signed_in(app, SHEN)
        session.rollback()
        self.screen = self.set_up(self.room)

    def code(self, room: str) -> str:
        page = self.shen.post(f"{self.station}/screens", data={"room": room}).get_data(as_text=True)
        return page.split('kiosk-code">')[1].split("<")[0]

    def set_up(self, room: str) -> FlaskClient:
        client = self.app.test_client()
        assert client.post("/kiosk/set-up", data={"code": self.code(room)}).status_code == 303
        return client

    def check_in(self, role: PartyRole = PartyRole.APPLICANT, **more: str):
        party = party_of(self.hearing.case, role).public_id
        data = {"booking": self.hearing.booking.public_id, "party": party, "identity_seen": "1"} | more
        return self.shen.post(f"{self.station}/check-in", data=data)

    def visit(self, number: int = 1) -> Visit:
        self.session.rollback()
        return self.session.scalars(select(Visit).where(Visit.number == number)).one()

    def kept_screen(self) -> Screen:
        self.session.rollback()
        return self.session.scalars(select(Screen)).one()

    def steer(self, **data: str):
        return self.shen.post(f"{self.station}/visits/{self.visit().public_id}", data=data)

    def begin(self) -> None:
        self.check_in()
        assert self.steer(room=self.room).status_code == 303
        answer = self.screen.post("/kiosk/begin", data={"visit": self.visit().public_id})
        assert (answer.status_code, answer.location) == (303, "/kiosk/visit")

    def shows(self, path: str = "/kiosk") -> str:
        answer = self.screen.get(path)
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)


@pytest.fixture
def desk(app: Flask, session: Session, clock: FakeClock, staff) -> Desk:
    hearing = station_hearing(session, clock, staff(QIN))
    session.commit()
    return Desk(app, session, clock, hearing)


def gone(desk: Desk) -> None:
    """Every page of a visit leads to the first page."""
    for path in VISIT_PAGES:
        answer = desk.screen.get(path)
        assert (answer.status_code, answer.location) == (303, "/kiosk"), path
    assert desk.screen.post("/kiosk/visit/room/token", headers={"Accept": "application/json"}).status_code == 404
    assert ZHAO.name not in desk.screen.get("/kiosk", follow_redirects=True).get_data(as_text=True)


def test_an_unknown_browser_is_asked_for_a_code_and_sees_no_number(client: FlaskClient) -> None:
    answer = client.get("/kiosk")
    assert (answer.status_code, answer.location) == (303, "/kiosk/set-up")
    assert client.get("/kiosk/now").status_code == 404
    assert client.get("/kiosk/visit").status_code == 303


def test_the_screens_cookie_is_its_own_and_the_database_does_not_know_it(desk: Desk) -> None:
    kept = desk.screen.get_cookie("screen")
    assert kept is not None
    assert kept.http_only
    assert kept.same_site == "Strict"
    assert desk.kept_screen().token_hash != kept.value


def test_wrong_codes_are_told_and_soon_refused(desk: Desk) -> None:
    client = desk.app.test_client()
    for _try in range(9):
        answer = client.post("/kiosk/set-up", data={"code": "12345678"})
        assert answer.status_code == 422
    right = desk.code(desk.room)
    page = client.post("/kiosk/set-up", data={"code": right})
    assert (page.status_code, client.get_cookie("screen")) == (422, None)
    assert right in page.get_data(as_text=True)  # what was typed stays


def test_a_screen_shows_numbers_and_no_names(desk: Desk) -> None:
    desk.check_in()
    desk.check_in(PartyRole.RESPONDENT)
    board = desk.set_up("")
    desk.steer(room=desk.room)
    for page in (desk.shows(), desk.shows("/kiosk/now"), board.get("/kiosk").get_data(as_text=True)):
        assert "A001" in page
        assert "A002" in page
        for person in (ZHAO, ZHOU):
            assert person.name not in page
            assert person.phone not in page
        assert desk.hearing.case.number not in page
    assert "/kiosk/begin" not in board.get("/kiosk/now").get_data(as_text=True)


def test_only_the_stations_own_staff_see_the_people(desk: Desk) -> None:
    assert ZHAO.name in desk.shen.get(desk.station).get_data(as_text=True)
    assert signed_in(desk.app, HU).get(desk.station).status_code == 404
    guo = signed_in(desk.app, GUO)
    assert guo.get(desk.station).status_code == 403
    assert guo.get(f"{desk.station}/screens").status_code == 200
    assert signed_in(desk.app, QIN).get("/stations").status_code == 403
    assert desk.screen.get(desk.station).status_code == 303  # to the sign-in


def test_without_a_look_at_the_card_nobody_is_checked_in(desk: Desk) -> None:
    party = party_of(desk.hearing.case, PartyRole.APPLICANT).public_id
    data = {"booking": desk.hearing.booking.public_id, "party": party}
    answer = desk.shen.post(f"{desk.station}/check-in", data=data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    desk.session.rollback()
    assert desk.session.scalars(select(Visit)).all() == []


def test_a_visit_reaches_the_hearing_and_its_own_case_only(desk: Desk) -> None:
    desk.begin()
    assert ZHAO.name in desk.shows("/kiosk/visit")
    page = desk.shows("/kiosk/visit/room")
    assert "page-station-room" in page
    assert "/p/" not in page
    assert desk.screen.get("/kiosk/visit/room").headers["Cache-Control"] == "no-store"
    token = desk.screen.post("/kiosk/visit/room/token").get_json()["token"]
    desk.session.rollback()
    assert hearings.redeem(desk.session, token, clock=desk.clock).id == seat_of(desk.hearing).id
    desk.session.commit()
    assert desk.shows("/kiosk/visit/room/papers")
    assert desk.screen.get("/desk").status_code == 303
    assert desk.screen.get("/kiosk/visit/sign").location == "/kiosk/visit"  # nothing to sign yet


def test_finish_wipes_the_browser_and_the_server(desk: Desk) -> None:
    desk.begin()
    desk.screen.set_cookie("locale", "en")
    answer = desk.screen.post("/kiosk/finish")
    assert (answer.status_code, answer.location) == (303, "/kiosk")
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    for name in ("visit", "locale", "print", "tiaohe"):
        assert desk.screen.get_cookie(name) is None, name
    assert desk.screen.get_cookie("screen") is not None
    assert desk.visit().why_ended is VisitEnd.FINISHED
    gone(desk)


def test_the_way_back_to_the_first_page_ends_the_visit(desk: Desk) -> None:
    desk.begin()
    answer = desk.screen.get("/kiosk")
    assert "Clear-Site-Data" in answer.headers
    assert (desk.visit().state, desk.visit().why_ended) == (VisitState.ENDED, VisitEnd.LEFT)
    gone(desk)


@pytest.mark.parametrize("end", ["staff", "revoked", "quiet", "day"])
def test_a_visit_ended_elsewhere_is_over_here(desk: Desk, end: str) -> None:
    desk.begin()
    still = "/kiosk/visit/still"
    assert desk.screen.post(still, data={"touched": "1"}).get_json() == {"quiet": 180}
    if end == "staff":
        assert desk.steer(end="1").status_code == 303
    elif end == "revoked":
        screen = desk.kept_screen()
        desk.shen.post(f"{desk.station}/screens/{screen.public_id}/revoke")
    elif end == "quiet":
        desk.clock.pass_(minutes=4)
    else:
        desk.clock.set(at(25, 0, 1))
    assert desk.screen.post(still, headers={"Accept": "application/json"}).status_code == 404
    gone(desk)
    if end == "revoked":
        assert desk.screen.get("/kiosk").location == "/kiosk/set-up"


def test_the_cookie_of_a_visit_opens_nothing_at_another_screen(desk: Desk) -> None:
    desk.begin()
    kept = desk.screen.get_cookie("visit")
    assert kept is not None
    other = desk.set_up("")
    other.set_cookie("visit", kept.value)
    stranger = desk.app.test_client()
    stranger.set_cookie("visit", kept.value)
    for client in (other, stranger):
        assert client.get("/kiosk/visit").location == "/kiosk"


def test_number_and_digits_begin_without_staff_and_wrong_ones_are_all_told_alike(desk: Desk) -> None:
    desk.check_in()
    told = set()
    for number, digits in (("A001", "9999"), ("A321", "0001")):
        answer = desk.screen.post("/kiosk/number", data={"number": number, "digits": digits})
        assert answer.status_code == 422
        told.add(answer.get_data(as_text=True).split('class="error-summary')[1].split("</div>")[0])
    assert len(told) == 1
    right = {"number": "A001", "digits": ZHAO.phone[-4:]}
    assert desk.screen.post("/kiosk/number", data=right).location == "/kiosk/visit"


def test_five_wrong_digits_close_the_number_for_the_day(desk: Desk) -> None:
    desk.check_in()
    for digits in ("1111", "2222", "3333", "4444", "5555"):
        desk.screen.post("/kiosk/number", data={"number": "A001", "digits": digits})
    desk.clock.pass_(minutes=20)
    right = {"number": "A001", "digits": ZHAO.phone[-4:]}
    assert desk.screen.post("/kiosk/number", data=right).status_code == 422
    assert desk.visit().state is VisitState.WAITING


def test_the_rooms_devices_outlive_every_visit(desk: Desk) -> None:
    chosen = {"videoinput": "abc", "videoinput-label": "会议摄像头", "audioinput": "", "other": "x"}
    assert desk.screen.post("/kiosk/devices", data=chosen).status_code == 303
    desk.begin()
    desk.screen.post("/kiosk/finish")
    assert desk.steer(room=desk.room).status_code == 303
    desk.screen.post("/kiosk/begin", data={"visit": desk.visit().public_id})
    assert desk.kept_screen().media == {"videoinput": {"id": "abc", "label": "会议摄像头"}}
    assert "data-media" in desk.shows("/kiosk/visit/room")


def test_the_devices_page_opens_to_staff_only(desk: Desk) -> None:
    chosen = {"videoinput": "abc", "videoinput-label": "会议摄像头"}
    desk.shows()  # back at the first page, it is closed again
    assert "data-media" not in desk.shows("/kiosk/devices")
    assert desk.screen.post("/kiosk/devices", data=chosen).status_code == 422
    assert desk.kept_screen().media == {}
    other = next(room.public_id for room in desk.kept_screen().station.rooms if room.public_id != desk.room)
    assert desk.screen.post("/kiosk/devices", data={"code": desk.code(other)}).status_code == 422
    code = desk.code(desk.room)
    assert desk.screen.post("/kiosk/devices", data={"code": code}).location == "/kiosk/devices"
    assert "data-media" in desk.shows("/kiosk/devices")
    desk.clock.pass_(minutes=10)
    assert desk.screen.post("/kiosk/devices", data=chosen).status_code == 422
    assert desk.screen.post("/kiosk/devices", data={"code": code}).status_code == 422, "it worked once"
    for _try in range(9):
        desk.screen.post("/kiosk/devices", data={"code": "12345678"})
    assert desk.screen.post("/kiosk/devices", data={"code": desk.code(desk.room)}).status_code == 422, "limited"


def test_the_picture_of_a_code_fills_it_in(desk: Desk) -> None:
    page = desk.app.test_client().get("/kiosk/set-up?code=1234+5678").get_data(as_text=True)
    assert 'value="1234 5678"' in page
    staff_page = desk.shen.post(f"{desk.station}/screens", data={"room": desk.room}).get_data(as_text=True)
    assert 'src="data:image/svg+xml' in staff_page


def test_a_walk_in_gets_a_number_and_no_page_of_a_case(desk: Desk) -> None:
    assert desk.shen.post(f"{desk.station}/walk-in").status_code == 303
    assert desk.steer(room=desk.room).status_code == 303
    assert desk.screen.post("/kiosk/begin", data={"visit": desk.visit().public_id}).status_code == 409
    assert desk.steer(end="1").status_code == 303
    assert desk.visit().state is VisitState.ENDED
