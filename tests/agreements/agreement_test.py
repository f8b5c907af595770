"""From the draft to the last signature: what was shown is what is signed, and it never changes."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.agreements import queries, service
from mediation.agreements.canonical import fingerprint
from mediation.agreements.rules.codes import AgreementState
from mediation.agreements.rules.life import AGREEMENT_LIFE, AgreementFacts, AgreementStep
from mediation.agreements.rules.outcomes import STEP_OF
from mediation.agreements.service import NewClause, RecordOutcome, SaveDraft, Sign
from mediation.disputes import service as disputes
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import AssignmentReason, CaseState, OutcomeKind, PartyRole
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Denied, Invalid, Missing, Refused, Stale
from mediation.people import queries as people
from mediation.people.service import RecordPerson
from mediation.supervision.models import Timer
from mediation.supervision.rules.limits import TimerKind
from tests.cast import HU, LIN, LUO, QIN, SHEN, WU, ZHAO, ZHOU
from tests.factories.disputes import accepted_case, as_party, party_of, ready_case
from tests.factories.tamper import unguard
from tests.fixtures.codes import CodesSent
from tests.fixtures.golden import approve

pytestmark = pytest.mark.db


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 120), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    return ready_case(session, clock, staff(QIN))


def drafted(session: Session, clock, case: Case, actor, facts: str = "押金三千元未退。") -> None:
    landlord = party_of(case, PartyRole.RESPONDENT).id
    due = local_date(clock()) + timedelta(days=10)
    clauses = (NewClause("房东退还押金", landlord, "银行转账", due, 300_000), NewClause("双方再无其他争议"))
    service.save_draft(session, actor, SaveDraft(case.id, facts, clauses), clock=clock)


def fixed(session: Session, clock, case: Case, actor) -> str:
    drafted(session, clock, case, actor)
    return service.fix(session, actor, case.id, clock=clock).text_hash or ""


def signed_by_all(session: Session, clock, case: Case, staff) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)
    other = as_party(case, PartyRole.RESPONDENT)
    service.sign(session, other, Sign(case.id, text_hash, image=png()), clock=clock)
    service.sign(session, staff(QIN), Sign(case.id, text_hash, typed_name="秦海燕"), clock=clock)
    service.seal(session, staff(WU), case.id, text_hash, clock=clock)


def test_the_table_is_the_approved_one() -> None:
    path = Path(__file__).parents[2] / "docs" / "states" / "agreement_life.md"
    approve(path, AGREEMENT_LIFE.as_markdown("The life of an agreement"))


def test_the_text_names_parties_money_manner_and_time(session: Session, clock, staff, case: Case) -> None:
    fixed(session, clock, case, staff(QIN))
    agreement = queries.current(session, case.id)
    assert agreement is not None
    text = agreement.canonical or ""
    for part in (
        ZHAO.name,
        ZHOU.name,
        "3,000.00元（叁仟元整）",
        "银行转账",
        "2026年12月3日前",
        "桃溪社区人民调解委员会",
    ):
        assert part in text


def test_with_the_last_signature_it_is_in_effect(session: Session, clock, staff, case: Case) -> None:
    signed_by_all(session, clock, case, staff)
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert (agreement.state, case.state) == (AgreementState.EFFECTIVE, CaseState.AGREED)
    assert case.outcome is OutcomeKind.AGREED_WRITTEN


def test_its_deadlines_begin(session: Session, clock, staff, case: Case) -> None:
    signed_by_all(session, clock, case, staff)
    rows = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.done_at.is_(None)))
    today = local_date(clock())
    assert {row.kind: (row.due_on - today).days for row in rows} == {
        TimerKind.CONFIRM: 30,
        TimerKind.PERFORM: 10,
        TimerKind.FOLLOW_UP: 25,
    }


def test_three_of_four_signatures_are_not_an_agreement(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)
    service.sign(session, staff(QIN), Sign(case.id, text_hash, typed_name="秦海燕"), clock=clock)
    service.seal(session, staff(WU), case.id, text_hash, clock=clock)
    assert case.state is CaseState.ACCEPTED


def test_a_text_that_was_not_shown_is_not_signed(session: Session, clock, staff, case: Case) -> None:
    fixed(session, clock, case, staff(QIN))
    with pytest.raises(Stale, match="text_changed"):
        service.sign(session, as_party(case), Sign(case.id, "0" * 64, image=png()), clock=clock)


def test_a_text_changed_in_the_database_is_not_signed_and_is_seen(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    agreement = queries.current(session, case.id)
    assert agreement is not None
    unguard(session, "agreement")
    agreement.canonical = (agreement.canonical or "").replace("3,000", "8,000")
    session.flush()
    assert not queries.agreement_row(session, agreement).is_whole
    with pytest.raises(Stale, match="text_changed"):
        service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)


def test_a_fixed_text_takes_no_more_words(session: Session, clock, staff, case: Case) -> None:
    fixed(session, clock, case, staff(QIN))
    with pytest.raises(Refused, match="text_is_fixed"):
        drafted(session, clock, case, staff(QIN), facts="改一改")


def test_taken_back_the_signatures_are_void_with_the_text(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)
    again = service.void(session, staff(QIN), case.id, clock=clock)
    assert (again.state, again.facts) == (AgreementState.DRAFT, "押金三千元未退。")
    assert service.fix(session, staff(QIN), case.id, clock=clock).signatures == []


def test_signed_twice_is_signed_once(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    for _ in range(2):
        service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert len([s for s in queries.signers(session, agreement) if s.signed_at]) == 1


def test_a_party_without_a_phone_signs_at_the_desk(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    party = party_of(case, PartyRole.RESPONDENT)
    service.sign(session, staff(SHEN), Sign(case.id, text_hash, image=png(), party_id=party.id), clock=clock)
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert {s.party_id for s in queries.signers(session, agreement) if s.signed_at} == {party.id}


@pytest.mark.parametrize(("image", "name", "code"), [(None, "", "signature_missing"), (None, "别人", "name_differs")])
def test_a_signature_is_ones_own(session: Session, clock, staff, case: Case, image, name: str, code: str) -> None:  # noqa: PLR0917
    text_hash = fixed(session, clock, case, staff(QIN))
    with pytest.raises(Invalid, match=code):
        service.sign(session, as_party(case), Sign(case.id, text_hash, image=image, typed_name=name), clock=clock)


def typed(case: Case, text_hash: str, code: str = "", **more) -> Sign:
    return Sign(case.id, text_hash, typed_name=ZHAO.name, code=code, **more)


def test_a_typed_name_needs_the_code_from_the_partys_own_phone(
    session: Session, clock, staff, case: Case, codes_sent: CodesSent
) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    me = as_party(case)
    with pytest.raises(Invalid, match="code_needed"):
        service.sign(session, me, typed(case, text_hash), clock=clock)
    with pytest.raises(Refused, match="code_expired"):
        service.sign(session, me, typed(case, text_hash, "123456"), clock=clock)
    service.send_code(session, me, typed(case, text_hash), locale="en", clock=clock)
    phone, code = codes_sent[-1]
    assert phone == ZHAO.phone
    with pytest.raises(Refused, match="code_wrong"):
        service.sign(session, me, typed(case, text_hash, f"{(int(code) + 1) % 10**6:06d}"), clock=clock)
    agreement = service.sign(session, me, typed(case, text_hash, code), clock=clock)
    assert [s.party_id for s in queries.signers(session, agreement) if s.signed_at] == [me.party_id]


def test_staff_cannot_sign_for_a_party_by_typing(
    session: Session, clock, staff, case: Case, codes_sent: CodesSent
) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    at_the_desk = typed(case, text_hash, party_id=party_of(case, PartyRole.APPLICANT).id)
    with pytest.raises(Invalid, match="code_needed"):
        service.sign(session, staff(SHEN), at_the_desk, clock=clock)
    service.send_code(session, staff(SHEN), at_the_desk, locale="en", clock=clock)
    assert [phone for phone, _ in codes_sent] == [ZHAO.phone], "it goes to the party, not to the desk"


def test_a_code_is_for_the_text_that_was_read(
    session: Session, clock, staff, case: Case, codes_sent: CodesSent
) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    service.send_code(session, as_party(case), typed(case, text_hash), locale="en", clock=clock)
    service.void(session, staff(QIN), case.id, clock=clock)
    other = fixed(session, clock, case, staff(QIN))
    with pytest.raises(Refused, match="code_expired"):
        service.sign(session, as_party(case), typed(case, other, codes_sent[-1][1]), clock=clock)


def test_who_has_no_phone_draws(session: Session, clock, staff) -> None:
    luo = RecordPerson(name=LUO.name, id_number=LUO.id_number)
    case = ready_case(session, clock, staff(QIN), applicant=luo)
    text_hash = fixed(session, clock, case, staff(QIN))
    command = Sign(case.id, text_hash, typed_name=LUO.name, code="123456")
    with pytest.raises(Refused, match="phone_missing"):
        service.sign(session, as_party(case), command, clock=clock)
    with pytest.raises(Refused, match="phone_missing"):
        service.send_code(session, as_party(case), command, locale="en", clock=clock)


def test_a_drawing_that_is_no_picture_is_refused(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    with pytest.raises(Invalid):
        service.sign(session, as_party(case), Sign(case.id, text_hash, image=b"<svg onload=x>"), clock=clock)


def test_only_the_committee_seals_and_only_the_mediator_signs_as_such(session: Session, clock, staff, case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    with pytest.raises(Denied):
        service.seal(session, staff(QIN), case.id, text_hash, clock=clock)
    with pytest.raises(Denied, match="only_the_mediator"):
        service.sign(session, staff(SHEN), Sign(case.id, text_hash, typed_name="沈静"), clock=clock)
    for stranger in (HU, LIN):
        with pytest.raises(Missing):
            service.sign(session, staff(stranger), Sign(case.id, text_hash, typed_name="某"), clock=clock)


def test_nothing_to_sign_without_facts_and_clauses(session: Session, clock, staff, case: Case) -> None:
    service.save_draft(session, staff(QIN), SaveDraft(case.id, "", ()), clock=clock)
    with pytest.raises(Refused, match="agreement_incomplete"):
        service.fix(session, staff(QIN), case.id, clock=clock)


WAYS = {
    OutcomeKind.NOT_AGREED: {"text": "分歧过大", "told_other_ways": True},
    OutcomeKind.ENDED_REFUSAL: {"text": "被申请人拒绝", "told_other_ways": True},
    OutcomeKind.ENDED_OTHER: {"text": "申请人无法联系", "told_other_ways": True},
    OutcomeKind.AGREED_ORAL: {"text": "当场退还押金三千元", "parties_confirm": True},
    OutcomeKind.WITHDRAWN: {},
}


@pytest.mark.parametrize("kind", list(STEP_OF))
def test_each_way_to_end_with_what_the_law_asks(session: Session, clock, staff, case: Case, kind: OutcomeKind) -> None:
    service.record(session, staff(QIN), RecordOutcome(case.id, kind, **WAYS[kind]), clock=clock)
    assert case.outcome is kind
    assert case.state in {CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.AGREED}


@pytest.mark.parametrize(("kind", "leave_out"), [(k, f) for k, fields in WAYS.items() for f in fields])
def test_and_not_without_it(session: Session, clock, staff, case: Case, kind: OutcomeKind, leave_out: str) -> None:  # noqa: PLR0917
    given = {name: value for name, value in WAYS[kind].items() if name != leave_out}
    with pytest.raises(Invalid) as refused:
        service.record(session, staff(QIN), RecordOutcome(case.id, kind, **given), clock=clock)
    assert refused.value.field == leave_out
    assert case.state is CaseState.ACCEPTED


def test_an_oral_agreement_needs_a_mediator(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    command = RecordOutcome(case.id, OutcomeKind.AGREED_ORAL, "当场退还", parties_confirm=True)
    with pytest.raises(Refused, match="mediator_not_ready"):
        service.record(session, staff(SHEN), command, clock=clock)


def test_while_people_sign_nothing_else_is_recorded(session: Session, clock, staff, case: Case) -> None:
    fixed(session, clock, case, staff(QIN))
    command = RecordOutcome(case.id, OutcomeKind.NOT_AGREED, "分歧", told_other_ways=True)
    with pytest.raises(Refused, match="agreement_open"):
        service.record(session, staff(QIN), command, clock=clock)


def test_a_case_taken_up_again_gets_a_new_agreement_and_the_old_one_stands(session, clock, staff, case: Case) -> None:
    signed_by_all(session, clock, case, staff)
    old = queries.current(session, case.id)
    disputes.reopen(session, staff(SHEN), disputes.ReopenCase(case.id), clock=clock)
    assert queries.case_panel(session, case.id, staff(QIN)).outcome is None
    assert not list(session.scalars(select(Timer).where(Timer.kind == TimerKind.CONFIRM, Timer.done_at.is_(None))))
    signed_by_all(session, clock, case, staff)
    new = queries.current(session, case.id)
    assert old is not None
    assert new is not None
    assert new.number != old.number
    assert (old.state, new.state) == (AgreementState.EFFECTIVE, AgreementState.EFFECTIVE)


def test_agreed_by_word_a_second_time_after_it_was_taken_up_again(session, clock, staff, case: Case) -> None:
    for _ in range(2):
        command = RecordOutcome(case.id, OutcomeKind.AGREED_ORAL, "当场退还", parties_confirm=True)
        service.record(session, staff(QIN), command, clock=clock)
        disputes.reopen(session, staff(SHEN), disputes.ReopenCase(case.id), clock=clock)


@pytest.mark.parametrize("by_hand", [True, False])
def test_withdrawn_by_the_party_or_at_the_desk_it_is_an_outcome(session, clock, staff, case, by_hand: bool) -> None:
    if by_hand:
        service.record(session, staff(QIN), RecordOutcome(case.id, OutcomeKind.WITHDRAWN, "和好了"), clock=clock)
    else:
        disputes.withdraw(session, as_party(case), disputes.WithdrawCase(case.id), clock=clock)
    rows = session.scalars(select(log.LogEntry).where(log.LogEntry.name == "outcome_recorded")).all()
    assert [row.payload["kind"] for row in rows] == ["withdrawn"]
    panel = queries.case_panel(session, case.id, staff(QIN))
    assert (panel.outcome, panel.ground) == (OutcomeKind.WITHDRAWN, "和好了" if by_hand else "")


def test_withdrawn_while_people_sign_the_text_is_void(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    disputes.withdraw(session, as_party(case), disputes.WithdrawCase(case.id), clock=clock)
    assert queries.to_sign(session, as_party(case)) is None
    with pytest.raises(Refused, match="not_now"):
        service.sign(session, as_party(case), Sign(case.id, text_hash, image=png()), clock=clock)


def test_nobody_joins_a_text_that_does_not_name_them(session: Session, clock, staff, case: Case) -> None:
    fixed(session, clock, case, staff(QIN))
    joins = disputes.AddParty(case.id, PartyRole.RESPONDENT, RecordPerson(name="第三人", phone="13800000009"))
    with pytest.raises(Refused, match="agreement_open"):
        disputes.add_party(session, staff(SHEN), joins, clock=clock)


def test_each_party_and_the_committee_get_a_copy(session: Session, clock, staff, case: Case) -> None:
    joins = disputes.AddParty(case.id, PartyRole.RESPONDENT, RecordPerson(name="第三人", phone="13800000009"))
    disputes.add_party(session, staff(SHEN), joins, clock=clock)
    fixed(session, clock, case, staff(QIN))
    agreement = queries.current(session, case.id)
    assert agreement is not None
    assert "本协议一式4份" in (agreement.canonical or "")


def test_a_day_of_performance_in_the_year_9999_is_a_slip(session: Session, clock, staff, case: Case) -> None:
    clauses = (NewClause("退还押金", due_on=date(9999, 12, 31)),)
    service.save_draft(session, staff(QIN), SaveDraft(case.id, "押金未退。", clauses), clock=clock)
    with pytest.raises(Invalid, match="due_too_far"):
        service.fix(session, staff(QIN), case.id, clock=clock)


def test_a_text_and_its_fingerprint_changed_together_are_seen(session: Session, clock, staff, case: Case) -> None:
    signed_by_all(session, clock, case, staff)
    agreement = queries.current(session, case.id)
    assert agreement is not None
    unguard(session, "agreement")
    agreement.canonical = (agreement.canonical or "").replace("3,000", "8,000")
    agreement.text_hash = fingerprint(agreement.canonical)
    session.flush()
    assert not queries.agreement_row(session, agreement).is_whole


def test_only_the_committee_that_has_it_in_hand_seals(session: Session, clock, staff, case: Case) -> None:
    text_hash = fixed(session, clock, case, staff(QIN))
    case.handler_path = "/1/999/"  # a professional committee of the district
    session.flush()
    with pytest.raises(Denied):
        service.seal(session, staff(WU), case.id, text_hash, clock=clock)


EVERY = st.builds(
    AgreementFacts,
    state=st.sampled_from(list(AgreementState)),
    complete=st.booleans(),
    two_sided=st.booleans(),
    mediator_ready=st.booleans(),
    all_signed=st.booleans(),
)


@given(EVERY, st.sampled_from(list(AgreementStep)))
def test_whatever_is_tried_effect_needs_every_signature_and_is_the_end(facts, step: AgreementStep) -> None:
    assert (step in AGREEMENT_LIFE.offered(facts)) == (
        facts.state is not AgreementState.EFFECTIVE and _may(facts, step)
    )


def _may(facts: AgreementFacts, step: AgreementStep) -> bool:
    signing = facts.state is AgreementState.SIGNING
    whole = facts.complete and facts.two_sided and facts.mediator_ready
    return {
        AgreementStep.FIX: facts.state is AgreementState.DRAFT and whole,
        AgreementStep.SIGN: signing,
        AgreementStep.CONCLUDE: signing and facts.all_signed,
        AgreementStep.VOID: signing or facts.state is AgreementState.DRAFT,
    }[step]


def test_only_a_mediator_who_said_yes_is_offered_the_text(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    qin = staff(QIN)
    mediator = people.mediator_of(session, qin.account_id)
    assert mediator is not None
    ask = disputes.AssignMediator(case.id, mediator.id, AssignmentReason.SPECIALITY)
    disputes.assign(session, SYSTEM, ask, clock=clock)
    assert not queries.case_panel(session, case.id, qin).may_draft
    with pytest.raises(Refused, match="mediator_not_ready"):
        drafted(session, clock, case, qin)
    disputes.answer_assignment(session, qin, disputes.AnswerAssignment(case.id), clock=clock)
    assert queries.case_panel(session, case.id, qin).may_draft
    drafted(session, clock, case, qin)
