"""Papers in the hearing over HTTP: the list, laying one on the table, its pages for each viewer and for nobody else."""

from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import PartyRole
from mediation.disputes.service import FileEvidence
from mediation.hearings import queries, service
from mediation.hearings.rules.codes import SeatRole
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.papers import PaperStep
from mediation.kernel.log import LogEntry
from tests.cast import HE, QIN, ZHOU
from tests.factories import files
from tests.factories.disputes import as_party
from tests.factories.hearings import come, do
from tests.fixtures.clock import FakeClock
from tests.hearings.papers_test import Table
from tests.hearings.papers_test import table as table  # noqa: PLC0414 - a fixture
from tests.hearings.views_test import link, signed_in

pytestmark = pytest.mark.db


class Web:
    """The same hearing, from three browsers."""

    def __init__(self, app: Flask, session: Session, clock: FakeClock, table: Table) -> None:
        self.app, self.table = app, table
        case = table.hearing.case
        self.zhao = link(session, clock, case) + "/hearing/papers"
        self.zhou = link(session, clock, case, PartyRole.RESPONDENT) + "/hearing/papers"
        self.qin = f"/hearings/{table.hearing.public_id}/papers"
        self.clients = {self.zhao: app.test_client(), self.zhou: app.test_client(), self.qin: signed_in(app, QIN)}

    def show(self, who: str, name: str) -> tuple[int, str]:
        offer = next(one for one in queries.offers(self.table.session, self.table.qin) if one.name == name)
        self.table.session.rollback()
        data = {"source": offer.source, "reference": offer.reference}
        answer = self.clients[who].post(who, data=data)
        return answer.status_code, answer.get_data(as_text=True)

    def on_table(self) -> str:
        self.table.session.rollback()
        return self.table.told(self.table.qin).id

    def page(self, who: str, paper: str, page: int = 1, size: str = "small"):
        return self.clients[who].get(f"{who}/{paper}/{page}/{size}")


@pytest.fixture
def web(app: Flask, session: Session, clock: FakeClock, table: Table) -> Web:
    web = Web(app, session, clock, table)
    session.commit()
    return web


def test_the_list_says_who_could_not_see_a_paper(web: Web) -> None:
    page = web.clients[web.qin].get(web.qin, headers={"Accept-Language": "en"}).get_data(as_text=True)
    for name in ("合同.pdf", "墙面.jpg", "告知书.pdf"):
        assert name in page
    assert ZHOU.name in page
    own = web.clients[web.zhao].get(web.zhao).get_data(as_text=True)
    assert "合同.pdf" in own
    assert "墙面.jpg" not in own
    assert '<button class="button">' not in own  # without the mediator's leave


def test_shown_each_who_may_gets_the_page_as_a_picture_and_as_words(web: Web) -> None:
    status, page = web.show(web.qin, "合同.pdf")
    assert (status, "data-shown" in page) == (200, True)
    paper = web.on_table()
    for who, size in product((web.qin, web.zhao), ("small", "large")):
        answer = web.page(who, paper, 1, size)
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert web.page(web.zhao, paper, 2, "text").get_data(as_text=True) == "Page 2"
    assert web.page(web.zhao, paper, 1, "huge").status_code == 404
    assert web.page(web.zhao, paper, 9).status_code == 404


def test_who_may_not_gets_the_same_answer_as_for_no_paper(web: Web) -> None:
    web.show(web.qin, "合同.pdf")
    paper = web.on_table()
    strangers = [web.page(web.zhou, paper), web.page(web.zhou, "nonsense"), web.page(web.qin, "nonsense")]
    assert {answer.status_code for answer in strangers} == {404}
    assert signed_in(web.app, HE).get(f"{web.qin}/{paper}/1/small").status_code in {403, 404}
    assert web.app.test_client().get(f"{web.qin}/{paper}/1/small").status_code == 303  # to sign in
    assert web.app.test_client().get(f"/seat/papers/{paper}/1/small").status_code == 404


def test_taken_away_its_address_opens_nothing(web: Web) -> None:
    web.show(web.qin, "合同.pdf")
    paper = web.on_table()
    assert web.page(web.zhao, paper).status_code == 200
    web.show(web.qin, "告知书.pdf")
    assert [web.page(who, paper).status_code for who in (web.qin, web.zhao)] == [404, 404]


def test_a_party_shows_their_own_only_by_leave(web: Web, session: Session, clock: FakeClock) -> None:
    assert web.show(web.zhao, "合同.pdf")[0] == 422
    do(session, web.table.hearing, web.table.zhao, SeatControl.LET_SHOW, clock)
    session.commit()
    assert web.show(web.zhao, "墙面.jpg")[0] == 422
    assert web.show(web.zhao, "合同.pdf")[0] == 200
    paper = web.on_table()
    assert web.page(web.zhou, paper).status_code == 200
    assert web.page(web.zhou, paper, 2).status_code == 404


@pytest.mark.parametrize("content", [files.PDF, b"%PDF-1.7\nnothing", files.pdf(301)])
def test_a_paper_that_cannot_be_drawn_is_refused_with_a_sentence_and_nothing_is_shown(
    web: Web, session: Session, clock: FakeClock, content: bytes
) -> None:
    case = web.table.hearing.case
    disputes.file_evidence(session, as_party(case), FileEvidence(case.id, "坏.pdf", content), clock=clock)
    session.commit()
    status, page = web.show(web.qin, "坏.pdf")
    assert status == 422
    assert 'role="alert"' in page
    session.rollback()
    assert web.table.told(web.table.qin) is None


def test_looking_is_in_the_trail_once_for_each(web: Web, session: Session) -> None:
    web.show(web.qin, "合同.pdf")
    paper = web.on_table()
    for who in (web.qin, web.zhao, web.zhao, web.zhou):
        web.page(who, paper)
    session.rollback()
    names = [row.name for row in session.query(LogEntry).order_by(LogEntry.seq)]
    assert names.count("paper_seen") == 2


def test_a_witness_sees_what_a_party_shows_and_no_paper_of_the_case(
    web: Web, session: Session, clock: FakeClock, staff
) -> None:
    table = web.table
    command = service.NameGuest(table.hearing.public_id, "王证人", SeatRole.WITNESS)
    seat = service.name_guest(session, staff(QIN), command, clock=clock)
    come(session, seat, clock)
    do(session, table.hearing, seat, SeatControl.ADMIT, clock)
    do(session, table.hearing, table.zhao, SeatControl.LET_SHOW, clock)
    row = next(row for row in queries.guests(session, table.hearing.id, now=clock()) if row.pass_id)
    token = service.pass_token(row.pass_id)
    session.commit()
    guest: FlaskClient = web.app.test_client()
    assert guest.post(f"/seat/{token}").status_code == 303
    web.show(web.qin, "合同.pdf")
    assert guest.get(f"/seat/papers/{web.on_table()}/1/small").status_code == 404
    web.show(web.zhao, "合同.pdf")
    assert guest.get(f"/seat/papers/{web.on_table()}/1/small").status_code == 200
    assert "合同.pdf" not in guest.get("/seat/papers").get_data(as_text=True)


def test_the_trail_names_the_pages_that_were_shown(web: Web, session: Session) -> None:
    web.show(web.qin, "告知书.pdf")
    session.rollback()
    for page in (2, 3):
        web.table.move(web.table.qin, PaperStep.TURN, page=page)
    web.table.move(web.table.qin, PaperStep.CLOSE)
    session.commit()
    trail = web.clients[web.qin].get(f"/cases/{web.table.hearing.case.public_id}/trail").get_data(as_text=True)
    assert "1–3" in trail
    assert trail.count("告知书.pdf") == 2
