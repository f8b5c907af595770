"""One-time codes and messages on their way out, on a real database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.access.service import codes
from mediation.kernel.db import transaction
from mediation.kernel.outbox import OutboxRow
from mediation.notices import queries, service
from mediation.notices.catalogue import ChannelKind
from mediation.notices.channels import Parcel, Undeliverable
from mediation.notices.models import Notice
from mediation.notices.service import deliver
from mediation.settings import Settings
from mediation.worker import tasks
from tests.cast import SHEN, ZHAO
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.hearings.views_test import signed_in

pytestmark = pytest.mark.db


@dataclass
class Road:
    """A channel at the outside world's door, as the contract has it; may be closed for a while or for good."""

    name: str = "gateway"
    carried: list[Parcel] = field(default_factory=list)
    fault: Exception | None = None

    def send(self, parcel: Parcel) -> None:
        if self.fault is not None:
            raise self.fault
        self.carried.append(parcel)


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    road = Road()
    monkeypatch.setattr(deliver._Installed, "channels", dict.fromkeys(ChannelKind, road))
    return road


def ask_for_code(sessions: sessionmaker[Session], clock: FakeClock) -> None:
    with transaction(sessions) as session:
        codes.send_code(session, phone=ZHAO.phone, purpose="intake", clock=clock)


def run_due(sessions: sessionmaker[Session], clock: FakeClock) -> int:
    n = 0
    while tasks.run_one(sessions, clock):
        n += 1
    return n


def notice(sessions: sessionmaker[Session]) -> Notice:
    with sessions() as session:
        return session.scalars(select(Notice)).one()


def test_a_code_reaches_its_phone_and_nothing_else_knows_it(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road
) -> None:
    ask_for_code(sessions, clock)
    assert run_due(sessions, clock) == 1
    (parcel,) = road.carried
    assert parcel.to == ZHAO.phone
    assert (notice(sessions).sent_by, notice(sessions).sent_at) == ("gateway", clock())
    (code,) = re.findall(r"\b\d{6}\b", parcel.body)
    with sessions() as session:
        assert code not in str(session.execute(select(OutboxRow.payload)).all())


def test_a_gateway_that_is_away_is_tried_again_until_it_takes_the_message(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road
) -> None:
    ask_for_code(sessions, clock)
    road.fault = ConnectionError("away")
    assert run_due(sessions, clock) == 1
    assert notice(sessions).sent_at is None
    road.fault = None
    assert run_due(sessions, clock) == 0
    clock.pass_(seconds=15)
    assert run_due(sessions, clock) == 1
    assert len(road.carried) == 1


def test_a_code_that_ran_out_while_the_gateway_was_away_is_not_sent(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road
) -> None:
    ask_for_code(sessions, clock)
    road.fault = ConnectionError("away")
    run_due(sessions, clock)
    clock.pass_(hours=2)
    with transaction(sessions) as session:
        service.forget_codes(session, clock())
    road.fault = None
    run_due(sessions, clock)
    assert road.carried == []
    assert notice(sessions).refused == "outdated"


def test_an_address_that_never_takes_it_is_noted_and_not_tried_again(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road
) -> None:
    ask_for_code(sessions, clock)
    road.fault = Undeliverable("no such number")
    run_due(sessions, clock)
    clock.pass_(days=1)
    assert run_due(sessions, clock) == 0
    assert notice(sessions).refused == "no such number"


def test_killed_between_sending_and_noting_the_same_message_goes_out_again_under_the_same_id(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_code(sessions, clock)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tasks.outbox, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.run_one(sessions, clock)
    assert run_due(sessions, clock) == 0, "the dead worker's lease still holds"
    clock.pass_(minutes=3)
    assert run_due(sessions, clock) == 1
    assert [parcel.public_id for parcel in road.carried] == [notice(sessions).public_id] * 2


def test_a_message_that_was_noted_as_sent_is_not_sent_again(
    sessions: sessionmaker[Session], clock: FakeClock, road: Road
) -> None:
    ask_for_code(sessions, clock)
    run_due(sessions, clock)
    payload = {"notice": notice(sessions).id}
    with transaction(sessions) as session:
        service.sent(session, payload | service.carry(session, payload, clock()), clock())
    assert len(road.carried) == 1


def test_old_codes_are_forgotten(sessions: sessionmaker[Session], clock: FakeClock, road: Road) -> None:
    ask_for_code(sessions, clock)
    clock.pass_(hours=2)
    with transaction(sessions) as session:
        assert service.forget_codes(session, clock()) == 1
        assert service.forget_codes(session, clock()) == 0
    assert (notice(sessions).body, notice(sessions).address) == ("", "")


def test_the_page_shows_one_numbers_messages_and_their_way(
    client: FlaskClient, sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    ask_for_code(sessions, clock)
    assert ZHAO.phone in client.get("/dev/messages").text
    assert ZHAO.phone in client.get("/dev/messages", query_string={"to": ZHAO.phone}).text
    other = client.get("/dev/messages", query_string={"to": "13800009999"}).text
    assert ZHAO.phone not in other
    assert 'http-equiv="refresh"' in client.get("/dev/messages?refresh=on").text


def test_hostile_text_in_the_filter_is_only_text(client: FlaskClient) -> None:
    page = client.get("/dev/messages", query_string={"to": '"><script>alert(1)</script>{{ 7*7 }}'}).text
    assert "<script>alert(1)" not in page
    assert "{{ 7*7 }}" in page


def test_in_production_the_page_is_not_there(settings: Settings, client: FlaskClient) -> None:
    production = settings.model_copy(update={"environment": "production"})
    client.application.extensions["settings"] = production
    assert client.get("/dev/messages").status_code == 404
    assert client.get("/messages").status_code == 303, "staff sign in first"


def test_the_index_finds_an_address_however_it_is_written(session: Session) -> None:
    assert queries.address_index(" Qin@Tiaohe.example ") == queries.address_index("qin@tiaohe.example")
    assert queries.address_index("a") != queries.address_index("b")


def test_staff_see_what_was_given_up_and_try_it_again(
    app: Flask, sessions: sessionmaker[Session], clock: FakeClock, road: Road, staff: Staff
) -> None:
    ask_for_code(sessions, clock)
    road.fault = ConnectionError(f"cannot reach {ZHAO.phone}")
    with transaction(sessions) as session:
        session.scalars(select(OutboxRow).where(OutboxRow.kind == service.SEND)).one().tries = service.SEND_TRIES - 1
    run_due(sessions, clock)
    road.fault = None
    clock.pass_(hours=3)
    assert run_due(sessions, clock) == 0, "given up"
    client = signed_in(app, SHEN)
    page = client.get("/messages").text
    assert "ConnectionError" in page
    assert ZHAO.phone not in page
    again = page.partition('action="/messages/given-up/')[2].partition('"')[0]
    for said in ("正在重新发送", "已经不在放弃之列"):
        assert said in client.post(f"/messages/given-up/{again}", follow_redirects=True).text
    assert run_due(sessions, clock) == 1
    assert "已放弃" not in client.get("/messages").text
