"""Accept, refuse, assign, refer; parties and their refusals; the limits that run."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import queries, service
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import (
    AssignmentReason,
    CaseState,
    DeclineGround,
    OutcomeKind,
    PartyRole,
    ReferralMode,
    RefusalGround,
    Track,
)
from mediation.disputes.rules.life import CaseStep
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.orgs.models import Org
from mediation.people import queries as people
from mediation.people.service import RecordPerson
from tests.cast import HU, LIN, QIN, SHEN, TANG, WU
from tests.factories.disputes import accepted_case, as_party, party_of, ready_case, received_case

pytestmark = pytest.mark.db


def body(session: Session, name: str) -> str:
    return session.scalars(select(Org.public_id).where(Org.name == name)).one()


def refer(session: Session, clock, case: Case, actor, **more: object):
    known = {"mode": ReferralMode.TRANSFER, "reason": "涉及诉讼保全", "to_body": body(session, "桃溪区人民法院")}
    return service.refer(session, actor, service.ReferCase(case_id=case.id, **{**known, **more}), clock=clock)


def assign(session: Session, clock, case: Case, mediator):
    row = people.mediator_of(session, mediator.account_id)
    command = service.AssignMediator(case.id, row.id, AssignmentReason.SPECIALITY)
    return service.assign(session, SYSTEM, command, clock=clock)


def test_accepting_gives_it_to_the_committee_of_the_place(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    service.accept(session, staff(SHEN), service.AcceptCase(case.id), clock=clock)
    assert (case.state, case.handler.name) == (CaseState.ACCEPTED, "桃溪社区人民调解委员会")


def test_the_days_to_decide_are_working_days(session: Session, clock, staff) -> None:
    """Received on Thursday: Friday, Monday, Tuesday."""
    clock.pass_(days=3)
    case = received_case(session, clock)
    limit = queries.running_limit(session, case)
    assert limit is not None
    assert limit.due_on == date(2026, 12, 1)


def test_thirty_days_run_from_acceptance(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    limit = queries.running_limit(session, case)
    assert limit is not None
    assert limit.due_on == date(2026, 12, 23)


def test_more_time_needs_everybodys_consent(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    until = local_date(clock()) + timedelta(days=45)
    with pytest.raises(Refused, match="consent_missing"):
        service.extend(
            session, staff(SHEN), service.ExtendMediation(case.id, until, all_parties_agree=False), clock=clock
        )
    service.extend(session, staff(SHEN), service.ExtendMediation(case.id, until, all_parties_agree=True), clock=clock)
    limit = queries.running_limit(session, case)
    assert limit is not None
    assert limit.due_on == until


@pytest.mark.parametrize("days", [-1, 0, 30, 61])
def test_more_time_has_its_bounds(session: Session, clock, staff, days: int) -> None:
    case = accepted_case(session, clock)
    until = local_date(clock()) + timedelta(days=days)
    command = service.ExtendMediation(case.id, until, all_parties_agree=True)
    with pytest.raises(Invalid, match="extension_range"):
        service.extend(session, staff(SHEN), command, clock=clock)


def test_a_refusal_carries_ground_and_reason(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    no_reason = service.RefuseCase(case.id, RefusalGround.CRIMINAL, " ")
    with pytest.raises(Invalid, match="reason_missing"):
        service.refuse(session, staff(SHEN), no_reason, clock=clock)
    command = service.RefuseCase(case.id, RefusalGround.CRIMINAL, "请向桃溪派出所报案。")
    service.refuse(session, staff(SHEN), command, clock=clock)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.REFUSED, OutcomeKind.REFUSED, clock())


def test_the_mediator_says_yes_before_it_starts(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    assign(session, clock, case, staff(QIN))
    with pytest.raises(Refused, match="mediator_not_ready"):
        service.move(session, SYSTEM, service.MoveCase(case.id, CaseStep.START), clock=clock)
    service.answer_assignment(session, staff(QIN), service.AnswerAssignment(case.id), clock=clock)
    service.move(session, SYSTEM, service.MoveCase(case.id, CaseStep.START), clock=clock)
    assert case.state is CaseState.IN_MEDIATION


def test_who_stepped_back_is_not_offered_again(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    assign(session, clock, case, staff(QIN))
    decline = service.AnswerAssignment(case.id, DeclineGround.RELATIVE)
    service.answer_assignment(session, staff(QIN), decline, clock=clock)
    names = [row.mediator.name for row in queries.mediators_to_choose(session, case)]
    assert "秦海燕" not in names
    with pytest.raises(Refused, match="mediator_unsuited"):
        assign(session, clock, case, staff(QIN))


def test_nobody_answers_in_the_mediators_name(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    assign(session, clock, case, staff(QIN))
    with pytest.raises(Denied, match="only_the_mediator"):
        service.answer_assignment(session, staff(SHEN), service.AnswerAssignment(case.id), clock=clock)


def test_a_party_never_mediates_their_own_case(session: Session, clock, staff) -> None:
    qin = people.mediator_of(session, staff(QIN).account_id)
    case = accepted_case(session, clock, respondents=(RecordPerson(name="秦海燕", phone="13900000000"),))
    assert qin is not None
    assert qin.id not in [row.mediator.id for row in queries.mediators_to_choose(session, case)]


def test_the_one_with_fewer_cases_for_their_share_comes_first(session: Session, clock, staff) -> None:
    for number in range(2):
        ready_case(session, clock, staff(QIN), summary=f"第{number}件")
    other = accepted_case(session, clock, summary="另一件")
    choice = queries.mediators_to_choose(session, other)
    burdens = [row.burden for row in choice]
    assert burdens == sorted(burdens)
    assert choice[0].mediator.name != "秦海燕"


def test_a_transfer_is_seen_by_the_court_and_taken_over(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    court = staff(TANG)
    assert queries.cases(session, court) == []
    refer(session, clock, case, staff(SHEN))
    assert [row.id for row in queries.cases(session, court)] == [case.id]
    service.answer_referral(session, court, service.AnswerReferral(case.id, take=True), clock=clock)
    assert (case.state, case.track, case.handler.name) == (CaseState.ACCEPTED, Track.JUDICIAL, "桃溪区人民法院")
    assert {row.mediator.name for row in queries.mediators_to_choose(session, case)} == {"林峰"}


def test_the_body_that_is_asked_sees_but_does_not_decide(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    refer(session, clock, case, staff(SHEN))
    command = service.RefuseCase(case.id, RefusalGround.ALREADY, "已立案")
    with pytest.raises(Denied):
        service.refuse(session, staff(TANG), command, clock=clock)


def test_a_return_needs_its_ground_and_goes_back_to_where_it_was(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    refer(session, clock, case, staff(SHEN))
    with pytest.raises(Invalid, match="reason_missing"):
        service.answer_referral(session, staff(LIN), service.AnswerReferral(case.id, take=False), clock=clock)
    back = service.AnswerReferral(case.id, take=False, ground="不属于本院管辖")
    service.answer_referral(session, staff(LIN), back, clock=clock)
    assert (case.state, case.returns) == (CaseState.RECEIVED, 1)


def test_the_sender_cannot_answer_for_the_court(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    refer(session, clock, case, staff(WU))
    with pytest.raises(Missing):
        service.answer_referral(session, staff(WU), service.AnswerReferral(case.id, take=True), clock=clock)


def test_a_third_return_is_the_supervisors_to_decide(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    back = service.AnswerReferral(case.id, take=False, ground="不属于本院管辖")
    for _ in range(2):
        refer(session, clock, case, staff(SHEN))
        service.answer_referral(session, staff(TANG), back, clock=clock)
    refer(session, clock, case, staff(SHEN))
    with pytest.raises(Refused, match="returned_twice"):
        service.answer_referral(session, staff(TANG), back, clock=clock)


def test_entrusting_needs_the_parties_consent(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    with pytest.raises(Refused, match="consent_missing"):
        refer(session, clock, case, staff(SHEN), mode=ReferralMode.ENTRUST)


def test_an_express_refusal_stops_acceptance(session: Session, clock, staff) -> None:
    """People's Mediation Law art. 17."""
    case = received_case(session, clock)
    landlord = as_party(case, PartyRole.RESPONDENT)
    service.refuse_mediation(session, landlord, service.RefuseMediation(case.id, landlord.party_id or 0), clock=clock)
    with pytest.raises(Refused, match="party_refuses"):
        service.accept(session, staff(SHEN), service.AcceptCase(case.id), clock=clock)


def test_the_applicant_withdraws_and_the_other_side_cannot(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    with pytest.raises(Refused, match="only_the_applicant"):
        service.withdraw(session, as_party(case, PartyRole.RESPONDENT), service.WithdrawCase(case.id), clock=clock)
    service.withdraw(session, as_party(case), service.WithdrawCase(case.id), clock=clock)
    assert (case.state, case.outcome) == (CaseState.WITHDRAWN, OutcomeKind.WITHDRAWN)


def test_an_agent_stands_for_a_party_of_this_case(session: Session, clock, staff) -> None:
    case, other = accepted_case(session, clock), accepted_case(session, clock, summary="另一件")
    person = RecordPerson(name="方律师", phone="13700000088")
    stranger = party_of(other, PartyRole.APPLICANT).id
    wrong = service.AddParty(case.id, PartyRole.AGENT, person, represents=stranger)
    with pytest.raises(Invalid, match="represents_missing"):
        service.add_party(session, staff(SHEN), wrong, clock=clock)
    right = service.AddParty(case.id, PartyRole.AGENT, person, represents=party_of(case, PartyRole.APPLICANT).id)
    service.add_party(session, staff(SHEN), right, clock=clock)
    assert queries.parties(session, case.id)[-1].represents == "赵晓明"


def test_reopening_keeps_both_lives_in_the_trail(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    service.withdraw(session, as_party(case), service.WithdrawCase(case.id), clock=clock)
    service.reopen(session, staff(SHEN), service.ReopenCase(case.id), clock=clock)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.RECEIVED, None, None)
    moves = select(LogEntry.payload).where(LogEntry.case_id == case.id, LogEntry.name == "case_moved")
    assert [row["step"] for row in session.scalars(moves.order_by(LogEntry.seq))] == ["accept", "withdraw", "reopen"]
    assert list(log.verify(session)) == []


def test_lists_go_on_after_the_last_row(session: Session, clock, staff) -> None:
    numbers = []
    for n in range(5):
        numbers.append(received_case(session, clock, summary=f"第{n}件").number)
        clock.pass_(minutes=n % 2)
    seen, after = [], ""
    while rows := queries.cases(session, staff(SHEN), after=after, limit=2):
        seen += [row.number for row in rows]
        after = rows[-1].key
    assert seen == numbers[::-1]
    assert queries.cases(session, staff(HU)) == []
