"""Minutes reach the parties; what is tagged *keep* reaches nobody: no page, no paper, no log."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mediation.access import links
from mediation.agreements import service as agreements
from mediation.disputes.rules.codes import OutcomeKind, PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import Hearing
from mediation.hearings.rules import notes
from mediation.hearings.rules.caucus import CaucusStep
from mediation.hearings.rules.codes import MinuteStage, NoteTag
from mediation.hearings.rules.life import HearingStep
from mediation.kernel.errors import Denied, Invalid, Refused
from tests.cast import PASSWORD, QIN
from tests.factories.disputes import as_party, party_of
from tests.factories.hearings import control, neutral, running_hearing, seat_of

pytestmark = pytest.mark.db
MARKER = "底线是两千三百元"
SECRET = f"他说，{MARKER}。不要告诉对方"


@pytest.fixture
def hearing(session: Session, clock, staff) -> Hearing:
    return running_hearing(session, clock, staff(QIN))


def note(session: Session, clock, hearing: Hearing, text: str = SECRET, tag: NoteTag = NoteTag.KEEP) -> None:
    service.write_note(session, service.WriteNote(neutral(hearing).id, tag, text), clock=clock)


def minute(session: Session, clock, hearing: Hearing, text: str) -> None:
    service.write_minute(session, service.WriteMinute(neutral(hearing).id, MinuteStage.PROPOSALS, text), clock=clock)


@given(
    st.text(st.sampled_from("押金二千三百元房租水电"), min_size=6, max_size=20),
    st.sampled_from([" ", "，", "\n", "  "]),
)
def test_no_space_and_no_mark_hides_a_kept_sentence(words: str, mark: str) -> None:
    with pytest.raises(Refused, match="words_kept"):
        notes.check_not_kept(f"甲方：{mark.join(words)}（同意）", [(NoteTag.KEEP, f"开头。{words}！")])
    notes.check_not_kept(words, [(NoteTag.MAY_TELL, words), (NoteTag.TELL_WORDS, words)])


def test_a_kept_sentence_gets_into_no_minutes_no_draft_and_no_outcome(session, clock, staff, hearing) -> None:
    note(session, clock, hearing)
    with pytest.raises(Refused, match="words_kept"):
        minute(session, clock, hearing, f"被申请人表示 {MARKER}")
    clause = agreements.NewClause(f"{MARKER}内给付")
    draft = agreements.SaveDraft(hearing.case_id, "押金未退。", (clause,))
    with pytest.raises(Refused, match="words_kept"):
        agreements.save_draft(session, staff(QIN), draft, clock=clock)
    outcome = agreements.RecordOutcome(hearing.case_id, OutcomeKind.NOT_AGREED, MARKER, told_other_ways=True)
    with pytest.raises(Refused, match="words_kept"):
        agreements.record(session, staff(QIN), outcome, clock=clock)
    note(session, clock, hearing, "可以说的话是先付一半", NoteTag.TELL_WORDS)
    minute(session, clock, hearing, "对方提出：可以说的话是先付一半")


def test_what_is_kept_stands_on_nobodys_page(app: Flask, client, session, clock, hearing) -> None:
    note(session, clock, hearing)
    minute(session, clock, hearing, "双方各说了一遍经过。")
    control(session, hearing, HearingStep.CLOSE, clock)
    case = hearing.case
    paths = [
        links.url_path(links.issue(session, party_id=party_of(case, role).id, case_id=case.id, clock=clock))
        for role in (PartyRole.APPLICANT, PartyRole.RESPONDENT)
    ]
    session.commit()
    qin = app.test_client()
    qin.post("/sign-in", data={"username": QIN, "password": PASSWORD})
    pages = [client.get(path + more) for path in paths for more in ("", "/minutes", "/papers", "/agreement")]
    pages += [qin.get(f"/cases/{case.public_id}{more}") for more in ("", "/trail", "/agreement")]
    for page in pages:
        assert MARKER not in page.get_data(as_text=True), page.request.path
    for own in (pages[1], pages[5], pages[8]):
        assert "双方各说了一遍经过" in own.get_data(as_text=True), own.request.path
    rows = session.connection().exec_driver_sql("SELECT payload FROM log_entry").all()
    assert "底线" not in str(rows)
    raw = session.connection().exec_driver_sql("SELECT text FROM private_note").all()
    assert MARKER.encode() not in raw[0][0]


def test_a_party_says_that_they_are_right_or_what_is_not(client, session, clock, hearing) -> None:
    minute(session, clock, hearing, "申请人同意分期。")
    case = hearing.case
    mine = service.AnswerMinutes(hearing.public_id, right=True)
    with pytest.raises(Refused, match="not_now"):
        service.answer_minutes(session, as_party(case), mine, clock=clock)
    control(session, hearing, HearingStep.CLOSE, clock)
    path = links.url_path(
        links.issue(session, party_id=party_of(case, PartyRole.APPLICANT).id, case_id=case.id, clock=clock)
    )
    session.commit()
    wrong = {"hearing": hearing.public_id, "answer": "wrong", "remark": ""}
    assert client.post(path + "/minutes", data=wrong).status_code == 422
    assert client.post(path + "/minutes", data=wrong | {"remark": "没有同意分期"}).status_code == 303
    session.expire_all()
    (seen,) = queries.minutes(session, case.id, as_party(case))
    assert [(row.right, row.remark) for row in seen.answers] == [(False, "没有同意分期")]
    (other,) = queries.minutes(session, case.id, as_party(case, PartyRole.RESPONDENT))
    assert other.answers == ()


def test_the_minutes_are_written_by_the_mediator_in_the_common_room(session, clock, hearing) -> None:
    zhao = seat_of(hearing)
    with pytest.raises(Denied, match="not_yours"):
        service.write_minute(session, service.WriteMinute(zhao.id, MinuteStage.RESULT, "我赢了"), clock=clock)
    with pytest.raises(Denied, match="not_yours"):
        service.write_note(session, service.WriteNote(zhao.id, NoteTag.KEEP, "我的"), clock=clock)
    with pytest.raises(Invalid, match="note_empty"):
        minute(session, clock, hearing, " \n ")
    invited = service.invite_apart(session, service.InviteApart(neutral(hearing).id, (zhao.public_id,)), clock=clock)
    answer = service.AnswerInvitation(zhao.id, invited.public_id, accept=True)
    service.answer_invitation(session, answer, clock=clock)
    with pytest.raises(Refused, match="minutes_apart"):
        minute(session, clock, hearing, "单独谈时说的话")
    note(session, clock, hearing)
    end = service.ControlCaucus(neutral(hearing).id, CaucusStep.END)
    service.control_caucus(session, end, clock=clock)
    minute(session, clock, hearing, "继续协商。")
    assert [row.text for row in queries.own_notes(session, neutral(hearing).id)] == [SECRET]
