"""Papers: asked for with the fact, rendered by the worker, read back by another program."""

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.agreements import service as agreements
from mediation.agreements.service import RecordOutcome
from mediation.disputes import service as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import OutcomeKind, PartyRole, RefusalGround
from mediation.documents import queries, render, service
from mediation.documents.catalogue import DocumentKind
from mediation.documents.models import Document
from mediation.kernel import log
from mediation.kernel.actor import Actor, ActorKind
from mediation.kernel.errors import Missing
from mediation.worker import tasks
from tests.agreements.agreement_test import signed_by_all
from tests.cast import HU, QIN, SHEN, ZHOU
from tests.factories.disputes import as_party, ready_case, received_case
from tests.fixtures.servers import missing

pytestmark = pytest.mark.db
HOSTILE = '<img src="http://192.0.2.9/x"><script>alert(1)</script>{{ 7*7 }}'


def words(content: bytes, folder: Path) -> str:
    """The PDF's text as poppler reads it, blanks left out."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext")
    (folder / "paper.pdf").write_bytes(content)
    run = subprocess.run(["pdftotext", folder / "paper.pdf", "-"], capture_output=True, check=True)
    return "".join(run.stdout.decode().split())


def work(sessions: sessionmaker[Session], session: Session, clock) -> None:
    session.commit()
    while tasks.run_one(sessions, clock):
        pass


def only_paper(session: Session, case: Case, actor) -> queries.DocumentRow:
    session.rollback()
    (row,) = queries.case_panel(session, case.id, actor)
    return row


def test_the_signed_agreement_is_a_paper_with_its_words(session, sessions, clock, staff, tmp_path) -> None:
    case = ready_case(session, clock, staff(QIN))
    signed_by_all(session, clock, case, staff)
    assert not only_paper_is_ready(session, case, staff(QIN))
    work(sessions, session, clock)
    row = only_paper(session, case, as_party(case))
    assert row.kind is DocumentKind.AGREEMENT
    name, content = service.read(session, as_party(case), row.public_id, clock=clock)
    text = words(content, tmp_path)
    for part in ("人民调解协议书", ZHOU.name, "叁仟元整", "2026年12月3日前", "SHA-256"):
        assert part in text
    assert name == "人民调解协议书.pdf"
    assert list(log.verify(session)) == []


def only_paper_is_ready(session: Session, case: Case, actor) -> bool:
    (row,) = queries.case_panel(session, case.id, actor)
    return row.ready


def test_in_a_hearing_the_signed_agreement_can_be_shown_to_both_sides(session, sessions, clock, staff) -> None:
    case = ready_case(session, clock, staff(QIN))
    signed_by_all(session, clock, case, staff)
    work(sessions, session, clock)
    row = only_paper(session, case, staff(QIN))
    papers = queries.Papers()
    parties = [as_party(case, role) for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT)]
    for actor in (staff(QIN), *parties):
        assert [one.reference for one in papers.offers(session, actor, case.id)] == [row.public_id]
    for stranger in (staff(HU), Actor(kind=ActorKind.VISITOR)):
        assert not papers.may_read(session, stranger, row.public_id)
    assert not papers.may_read(session, staff(QIN), "nonsense")


def test_an_oral_agreement_has_its_register(session, sessions, clock, staff, tmp_path) -> None:
    case = ready_case(session, clock, staff(QIN))
    command = RecordOutcome(case.id, OutcomeKind.AGREED_ORAL, "当场退还押金三千元", parties_confirm=True)
    agreements.record(session, staff(QIN), command, clock=clock)
    work(sessions, session, clock)
    row = only_paper(session, case, staff(QIN))
    _, content = service.read(session, staff(QIN), row.public_id, clock=clock)
    assert "当场退还押金三千元" in words(content, tmp_path)


def test_words_of_people_are_words_and_open_no_address(session, sessions, clock, staff, tmp_path) -> None:
    case = received_case(session, clock, summary=HOSTILE)
    command = disputes.RefuseCase(case.id, RefusalGround.CRIMINAL, HOSTILE)
    disputes.refuse(session, staff(SHEN), command, clock=clock)
    work(sessions, session, clock)
    row = only_paper(session, case, staff(SHEN))
    _, content = service.read(session, staff(SHEN), row.public_id, clock=clock)
    assert "<script>alert(1)</script>{{7*7}}" in words(content, tmp_path)


def test_no_address_is_ever_opened() -> None:
    with pytest.raises(render.NothingFetched):
        render._fetch("http://127.0.0.1/")
    with pytest.raises(render.NothingFetched):
        render._fetch("file:///etc/passwd")


def test_asked_for_twice_it_is_one_paper(session, clock, staff) -> None:
    case = received_case(session, clock)
    for _ in range(2):
        service.request_paper(session, staff(SHEN), DocumentKind.REFUSAL_NOTICE, "case", case_id=case.id, at=clock())
    assert session.scalar(select(func.count()).select_from(Document)) == 1


def test_a_stranger_does_not_learn_that_it_is_there(session, sessions, clock, staff) -> None:
    case = received_case(session, clock)
    disputes.refuse(session, staff(SHEN), disputes.RefuseCase(case.id, RefusalGround.ALREADY, "已立案"), clock=clock)
    work(sessions, session, clock)
    row = only_paper(session, case, staff(SHEN))
    other = as_party(received_case(session, clock, summary="另一件"))
    for actor in (staff(HU), other):
        with pytest.raises(Missing, match="document_unknown"):
            service.read(session, actor, row.public_id, clock=clock)
