"""The agreement in the hearing: a party's word holds for exactly the words it was said to; read back, then signed."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.agreements import queries, service
from mediation.agreements.rules.codes import AgreementState, Stance
from mediation.disputes.models import Case
from mediation.kernel.errors import Denied, Missing, Refused, Stale
from mediation.kernel.log import LogEntry
from tests.cast import HU, QIN
from tests.factories.disputes import as_party
from tests.factories.hearings import running_hearing
from tests.hearings.views_test import link, signed_in

pytestmark = pytest.mark.db
CLAUSES = (service.NewClause("房东退还押金三千元", amount_fen=300_000), service.NewClause("双方再无争议"))


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    case = running_hearing(session, clock, staff(QIN)).case
    service.save_draft(session, staff(QIN), service.SaveDraft(case.id, "押金未退。", CLAUSES), clock=clock)
    return case


def said(session: Session, case: Case, position: int = 0) -> list[Stance | None]:
    talk = queries.talk(session, case.id)
    assert talk is not None
    return [row.stance for row in talk.clauses[position].answers]


def text_hash(session: Session, case: Case, position: int = 0) -> str:
    talk = queries.talk(session, case.id)
    assert talk is not None
    return talk.clauses[position].text_hash


def test_the_parties_answer_only_what_is_shown_and_can_change_their_mind(session: Session, clock, staff, case) -> None:
    zhao = as_party(case)
    agree = service.AnswerClause(0, Stance.AGREE, text_hash(session, case))
    with pytest.raises(Refused, match="not_now"):
        service.answer_clause(session, zhao, agree, clock=clock)
    with pytest.raises((Denied, Missing)):
        service.show_draft(session, staff(HU), case.id, shown=True, clock=clock)
    service.show_draft(session, staff(QIN), case.id, shown=True, clock=clock)
    service.answer_clause(session, zhao, agree, clock=clock)
    service.answer_clause(session, zhao, service.AnswerClause(0, Stance.ASK, agree.text_hash), clock=clock)
    assert said(session, case) == [Stance.ASK, None]
    assert said(session, case, 1) == [None, None]
    rows = session.scalars(select(LogEntry).where(LogEntry.name == "clause_answered")).all()
    assert [row.payload["stance"] for row in rows] == ["agree", "ask"]
    service.show_draft(session, staff(QIN), case.id, shown=False, clock=clock)
    with pytest.raises(Refused, match="not_now"):
        service.answer_clause(session, zhao, agree, clock=clock)


def test_a_clause_that_was_changed_has_no_answers_and_takes_none_to_the_old_words(
    session: Session, clock, staff, case
) -> None:
    service.show_draft(session, staff(QIN), case.id, shown=True, clock=clock)
    old = text_hash(session, case)
    service.answer_clause(session, as_party(case), service.AnswerClause(0, Stance.AGREE, old), clock=clock)
    changed = (service.NewClause("房东退还押金两千元", amount_fen=200_000), CLAUSES[1])
    service.save_draft(session, staff(QIN), service.SaveDraft(case.id, "押金未退。", changed), clock=clock)
    assert said(session, case) == [None, None]
    with pytest.raises(Stale, match="text_changed"):
        service.answer_clause(session, as_party(case), service.AnswerClause(0, Stance.AGREE, old), clock=clock)
    service.save_draft(session, staff(QIN), service.SaveDraft(case.id, "押金未退。", CLAUSES), clock=clock)
    assert said(session, case) == [Stance.AGREE, None], "the same words again are the words that were agreed to"


def test_what_is_read_back_is_what_is_signed(session: Session, clock, staff, case) -> None:
    zhao = as_party(case)
    with pytest.raises(Refused, match="not_now"):
        service.confirm_reading(session, zhao, "", clock=clock)
    agreement = service.fix(session, staff(QIN), case.id, clock=clock)
    with pytest.raises(Stale, match="text_changed"):
        service.confirm_reading(session, zhao, "0" * 64, clock=clock)
    service.confirm_reading(session, zhao, agreement.text_hash or "", clock=clock)
    talk = queries.talk(session, case.id)
    assert talk is not None
    assert [bool(at) for _party, _name, at in talk.read_back] == [True, False]
    told = session.scalars(select(LogEntry).where(LogEntry.name == "reading_confirmed")).one()
    assert told.payload["text_hash"] == agreement.text_hash


def test_staff_say_nothing_for_a_party(session: Session, clock, staff, case) -> None:
    service.show_draft(session, staff(QIN), case.id, shown=True, clock=clock)
    answer = service.AnswerClause(0, Stance.AGREE, text_hash(session, case))
    with pytest.raises((Missing, Denied)):
        service.answer_clause(session, staff(HU), answer, clock=clock)


def test_on_the_phone_from_the_first_clause_to_the_signature(app: Flask, session: Session, clock, staff, case) -> None:
    session.commit()
    desk, phone = signed_in(app, QIN), app.test_client()
    room, page = f"/cases/{case.public_id}/agreement/talk", link(session, clock, case) + "/agreement/talk"
    assert "房东退还" not in phone.get(page).get_data(as_text=True), "not before it is shown"
    assert desk.post(room, data={"step": "show"}).status_code == 200
    shown = phone.get(page).get_data(as_text=True)
    assert "房东退还押金三千元" in shown
    form = {"position": "0", "text_hash": hash_in(shown)}
    assert phone.post(page, data=form | {"stance": "agree"}).status_code == 200
    assert phone.post(page, data=form | {"stance": "agree", "text_hash": "0"}).status_code == 422
    assert phone.post(page, data=form | {"stance": "maybe"}).status_code == 422
    assert "同意" in desk.get(room).get_data(as_text=True)
    assert desk.post(room, data={"step": "fix"}).status_code == 200
    fixed = phone.get(page).get_data(as_text=True)
    read = phone.post(page, data={"stance": "read", "text_hash": hash_in(fixed)}).get_data(as_text=True)
    assert 'name="typed_name"' in read
    unsigned = phone.post(page, data={"text_hash": hash_in(read)})
    assert unsigned.status_code == 422
    session.expire_all()
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert (agreement.state, agreement.signatures) == (AgreementState.SIGNING, [])


def hash_in(page: str) -> str:
    found = re.search(r'name="text_hash"[^>]*value="(\w+)"', page)
    assert found is not None
    return found.group(1)
