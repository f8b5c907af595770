"""Drafts keep what was typed; sending one makes one case, however often it is sent."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mediation.disputes import service
from mediation.disputes.models import Case, IntakeDraft
from mediation.disputes.rules.codes import CaseKind, CaseState, Channel, DisputeType, PartyRole, Risk
from mediation.disputes.service import drafts
from mediation.files.models import StoredFile
from mediation.kernel.actor import VISITOR
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.people.service import RecordPerson
from tests.cast import HU, MA, OTHER_COMMUNITY, QIN, SHEN, TANG, WU, ZHAO, ZHOU
from tests.factories.disputes import application, community, received_case

pytestmark = pytest.mark.db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def draft(session: Session, staff, clock) -> IntakeDraft:
    draft = drafts.start(session, CaseKind.MEDIATION, clock=clock)
    what = {
        "dispute_type": "contract",
        "community": community(session),
        "summary": "押金不退",
        "other_name": ZHOU.name,
        "other_phone": ZHOU.phone,
    }
    drafts.save(session, draft, what, clock=clock)
    return drafts.save(session, draft, {"name": ZHAO.name, "phone": ZHAO.phone, "needs": ["large_print"]}, clock=clock)


def test_the_answers_of_both_steps_become_the_case(session: Session, clock, draft: IntakeDraft) -> None:
    case = service.receive_draft(session, VISITOR, draft, clock=clock)
    assert (case.state, case.dispute_type, case.channel) == (CaseState.RECEIVED, DisputeType.CONTRACT, Channel.ONLINE)
    assert [(p.role, p.person.name) for p in case.parties] == [
        (PartyRole.APPLICANT, ZHAO.name),
        (PartyRole.RESPONDENT, ZHOU.name),
    ]
    assert case.parties[0].person.needs == ["large_print"]


def test_a_draft_sent_twice_is_one_case(session: Session, clock, draft: IntakeDraft) -> None:
    first = service.receive_draft(session, VISITOR, draft, clock=clock)
    assert service.receive_draft(session, VISITOR, draft, clock=clock).id == first.id
    assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_form_sent_twice_is_one_case(session: Session, clock, staff) -> None:
    command = application(session, intake_key="form-1")
    first = service.receive(session, staff(SHEN), command, clock=clock)
    assert service.receive(session, staff(SHEN), command, clock=clock).id == first.id


def test_what_was_sent_is_no_longer_kept_in_the_draft(session: Session, clock, draft: IntakeDraft) -> None:
    service.receive_draft(session, VISITOR, draft, clock=clock)
    assert draft.answers == {}
    with pytest.raises(Refused, match="already_sent"):
        drafts.save(session, draft, {"name": "另一人"}, clock=clock)


def test_an_unfinished_draft_names_the_missing_answer(session: Session, clock, staff) -> None:
    draft = drafts.start(session, CaseKind.MEDIATION, clock=clock)
    with pytest.raises(Invalid, match="draft_incomplete") as refused:
        service.receive_draft(session, VISITOR, draft, clock=clock)
    assert refused.value.field == "dispute_type"


def test_files_of_the_draft_become_the_applicants_evidence(session: Session, clock, draft: IntakeDraft) -> None:
    drafts.add_file(session, VISITOR, draft, "合同.pdf", PDF, clock=clock)
    case = service.receive_draft(session, VISITOR, draft, clock=clock)
    (evidence,) = case.evidence
    assert (evidence.file.name, evidence.file.case_id) == ("合同.pdf", case.id)
    assert evidence.party_id == case.parties[0].id


def test_an_old_draft_is_forgotten_with_its_files(session: Session, clock, draft: IntakeDraft) -> None:
    drafts.add_file(session, VISITOR, draft, "合同.pdf", PDF, clock=clock)
    clock.pass_(days=drafts.LIFETIME.days, seconds=1)
    with pytest.raises(Missing, match="draft_unknown"):
        drafts.load(session, draft.public_id, clock=clock)
    assert drafts.forget_old(session, clock()) == 1
    assert session.scalars(select(StoredFile.deleted_at)).one() is not None


def test_forgetting_an_old_draft_leaves_its_case_alone(session: Session, clock, draft: IntakeDraft) -> None:
    drafts.add_file(session, VISITOR, draft, "合同.pdf", PDF, clock=clock)
    case = service.receive_draft(session, VISITOR, draft, clock=clock)
    clock.set(clock() + drafts.LIFETIME + timedelta(seconds=1))
    drafts.forget_old(session, clock())
    assert case.evidence[0].file.deleted_at is None


def test_a_mediation_needs_another_side(session: Session, clock, staff) -> None:
    with pytest.raises(Invalid, match="other_side_missing"):
        received_case(session, clock, respondents=())


def test_a_video_visit_needs_none(session: Session, clock, staff) -> None:
    assert received_case(session, clock, kind=CaseKind.VIDEO_VISIT, respondents=()).kind is CaseKind.VIDEO_VISIT


def test_five_on_one_side_are_a_collective_dispute(session: Session, clock, staff) -> None:
    five = tuple(RecordPerson(name=f"住户{n}", phone=f"1370000000{n}") for n in range(5))
    assert received_case(session, clock, respondents=five).risk is Risk.COLLECTIVE


def test_the_same_person_cannot_stand_on_both_sides(session: Session, clock, staff) -> None:
    with pytest.raises(Refused, match="party_already"):
        received_case(session, clock, respondents=(RecordPerson(name=ZHAO.name, phone=ZHAO.phone),))


@pytest.mark.parametrize("who", [SHEN, MA, QIN, WU])
def test_staff_register_at_their_own_place(session: Session, clock, staff, who: str) -> None:
    case = received_case(session, clock, staff(who), channel=Channel.WALK_IN)
    assert case.registered_by == staff(who).ref


@pytest.mark.parametrize("who", [SHEN, MA, QIN, WU])
def test_and_nowhere_else(session: Session, clock, staff, who: str) -> None:
    with pytest.raises(Denied, match="not_your_place"):
        received_case(session, clock, staff(who), community=community(session, OTHER_COMMUNITY))


def test_a_body_of_the_district_has_what_it_registers(session: Session, clock, staff) -> None:
    case = received_case(session, clock, staff(TANG), channel=Channel.COURT)
    assert case.handler.name == "桃溪区人民法院"


def test_a_clerk_elsewhere_never_saw_it(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    with pytest.raises(Missing, match="case_unknown"):
        service.accept(session, staff(HU), service.AcceptCase(case.id), clock=clock)
