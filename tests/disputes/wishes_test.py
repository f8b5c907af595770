"""The parties' choice of a mediator, refusals, relations and recusal: services on a real database."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import queries, service
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import (
    AssignmentReason,
    AssignmentState,
    LeftOutReason,
    NotProposed,
    PartyRole,
    RecusalState,
    RelationKind,
)
from mediation.kernel.actor import SYSTEM, Actor
from mediation.kernel.errors import Denied, Invalid, Missing, Refused
from mediation.kernel.log import LogEntry, verify
from mediation.people import queries as people
from mediation.people import service as people_service
from mediation.people.service import RecordPerson
from mediation.scheduling.rules.codes import BookingState, ChoiceReason
from tests.cast import GAO, HU, QIN, SHEN
from tests.factories.disputes import accepted_case, as_party, party_of, ready_case
from tests.factories.scheduling import at, book

pytestmark = pytest.mark.db
BOTH = (PartyRole.APPLICANT, PartyRole.RESPONDENT)


@pytest.fixture
def case(session: Session, clock, staff) -> Case:
    """Accepted, with nobody to mediate it yet."""
    return accepted_case(session, clock)


def two(session: Session, case: Case) -> tuple[int, int]:
    """The mediator who is proposed, and the one after."""
    first, second, *_ = queries.choice_board(session, case).rows
    return first.mediator.id, second.mediator.id


def wish(session: Session, clock, case: Case, role: PartyRole, mediator_id: int):
    command = service.WishForMediator(case.id, party_of(case, role).id, mediator_id)
    return service.wish_for(session, as_party(case, role), command, clock=clock)


def refuse(session: Session, clock, case: Case, mediator_id: int, role=PartyRole.RESPONDENT, **more: object):
    command = service.RefuseMediator(case.id, party_of(case, role).id, mediator_id, **more)  # type: ignore[arg-type]
    return service.refuse_mediator(session, as_party(case, role), command, clock=clock)


def assign(session: Session, clock, case: Case, mediator_id: int, **said: object):
    command = service.AssignMediator(
        case.id,
        mediator_id,
        **{"reason": AssignmentReason.LEAST_LOADED, **said},  # type: ignore[arg-type]
    )
    return service.assign(session, SYSTEM, command, clock=clock)


def out(session: Session, case: Case) -> dict[int, LeftOutReason]:
    return {one.mediator.id: one.why for one in queries.choice_board(session, case).left_out}


def test_whom_both_sides_wish_for_comes_first_and_the_reason_is_kept(session: Session, clock, case: Case) -> None:
    first, second = two(session, case)
    wish(session, clock, case, PartyRole.APPLICANT, second)
    assert two(session, case) == (first, second), "one side's wish alone changes nothing"
    assert queries.choice_board(session, case).row(second).wished_by == ("赵晓明",)  # type: ignore[union-attr]
    wish(session, clock, case, PartyRole.RESPONDENT, second)
    assert [row.mediator.id for row in queries.mediators_to_choose(session, case)] == [second]
    row = assign(session, clock, case, second, reason=AssignmentReason.SPECIALITY)
    assert row.reason is AssignmentReason.PARTIES_CHOICE
    kept = queries.case_panel(session, case.id, SYSTEM).assignments[-1].considered
    assert kept is not None
    assert NotProposed.NOT_CHOSEN in {one.why for one in kept.others}
    entry = session.scalars(select(LogEntry).where(LogEntry.name == "mediator_assigned")).one()
    assert (entry.payload["reason"], entry.payload["n_considered"]) == ("parties_choice", kept.n_able)
    assert list(verify(session, case_id=case.id)) == []


def test_somebody_else_than_the_parties_chose_needs_words(session: Session, clock, case: Case) -> None:
    first, second = two(session, case)
    for role in BOTH:
        wish(session, clock, case, role, second)
    with pytest.raises(Refused, match="parties_chose"):
        assign(session, clock, case, first)
    with pytest.raises(Invalid, match="assign_why_missing"):
        assign(session, clock, case, first, reason=AssignmentReason.OTHER)
    row = assign(session, clock, case, first, reason=AssignmentReason.OTHER, why="选定的调解员住院，双方同意换人")
    assert (row.reason, row.why) == (AssignmentReason.OTHER, "选定的调解员住院，双方同意换人")


def test_a_reason_that_is_not_so_is_refused(session: Session, clock, staff, case: Case) -> None:
    first, _second = two(session, case)
    with pytest.raises(Refused, match="no_joint_choice"):
        assign(session, clock, case, first, reason=AssignmentReason.PARTIES_CHOICE)
    for number in range(6):
        busy = ready_case(session, clock, staff(QIN), summary=f"第{number}件")
    assert busy.mediator_id is not None
    with pytest.raises(Refused, match="not_least_loaded"):
        assign(session, clock, case, busy.mediator_id)
    row = assign(session, clock, case, busy.mediator_id, reason=AssignmentReason.SPECIALITY)
    kept = queries.case_panel(session, case.id, SYSTEM).assignments[-1].considered
    assert row.reason is AssignmentReason.SPECIALITY
    assert kept is not None
    assert float(kept.burden) > float(kept.least)
    assert NotProposed.BY_STAFF in {one.why for one in kept.others}


def test_whom_one_side_refuses_is_not_asked_until_it_is_taken_back(session: Session, clock, case: Case) -> None:
    first, _second = two(session, case)
    said = refuse(session, clock, case, first)
    assert out(session, case)[first] is LeftOutReason.UNWANTED
    with pytest.raises(Refused, match="mediator_unsuited"):
        assign(session, clock, case, first)
    back = service.TakeBackWish(case.id, said.public_id)
    with pytest.raises(Missing, match="wish_unknown"):
        service.take_back_wish(session, as_party(case), back, clock=clock)
    service.take_back_wish(session, as_party(case, PartyRole.RESPONDENT), back, clock=clock)
    assign(session, clock, case, first)
    assert case.mediator_id == first


def test_a_refusal_of_one_side_undoes_the_joint_choice(session: Session, clock, case: Case) -> None:
    first, second = two(session, case)
    for role in BOTH:
        wish(session, clock, case, role, second)
    refuse(session, clock, case, second)
    board = queries.choice_board(session, case)
    assert (board.joint, board.rows[0].mediator.id) == (None, first)
    assert queries.joint_choice(session, case) is None


def test_said_again_it_is_the_same_and_a_new_wish_replaces_the_old(session: Session, clock, case: Case) -> None:
    first, second = two(session, case)
    said = wish(session, clock, case, PartyRole.APPLICANT, first)
    assert wish(session, clock, case, PartyRole.APPLICANT, first).id == said.id
    wish(session, clock, case, PartyRole.APPLICANT, second)
    assert [row.mediator.id for row in queries.wishes(session, case.id)] == [second]
    refuse(session, clock, case, second, PartyRole.APPLICANT)
    assert [row.kind.value for row in queries.wishes(session, case.id)] == ["refuses"]


def test_a_granted_recusal_takes_the_case_from_the_mediator(session: Session, clock, staff) -> None:
    case = ready_case(session, clock, staff(QIN))
    qin = case.mediator_id
    assert qin is not None
    booking = book(session, SYSTEM, case.id, at(24, 9), clock=clock)
    said = refuse(session, clock, case, qin, ground=RelationKind.RELATIVE, why="是对方的表姐")
    assert case.mediator_id == qin, "the desk decides first"
    command = service.DecideRecusal(case.id, said.public_id, granted=True, why="查实为表亲")
    service.decide_recusal(session, staff(SHEN), command, clock=clock)
    assert qin != case.mediator_id
    assert out(session, case)[qin] is LeftOutReason.RELATED
    states = [row.state for row in queries.case_panel(session, case.id, SYSTEM).assignments]
    assert states[0] is AssignmentState.RECUSED
    session.refresh(booking)
    assert booking.state is BookingState.CANCELLED or booking.mediator_id == case.mediator_id
    assert service.decide_recusal(session, staff(SHEN), command, clock=clock).recusal is RecusalState.GRANTED
    other = service.DecideRecusal(case.id, said.public_id, granted=False, why="又查")
    with pytest.raises(Refused, match="recusal_decided"):
        service.decide_recusal(session, staff(SHEN), other, clock=clock)


def test_a_recusal_needs_a_reason_either_way(session: Session, clock, staff, case: Case) -> None:
    first, _second = two(session, case)
    with pytest.raises(Invalid, match="recusal_words_missing"):
        refuse(session, clock, case, first, ground=RelationKind.OTHER)
    said = refuse(session, clock, case, first, ground=RelationKind.INTEREST)
    empty = service.DecideRecusal(case.id, said.public_id, granted=False, why=" ")
    with pytest.raises(Invalid, match="recusal_why_missing"):
        service.decide_recusal(session, staff(SHEN), empty, clock=clock)
    rejected = service.DecideRecusal(case.id, said.public_id, granted=False, why="没有利害关系")
    service.decide_recusal(session, staff(SHEN), rejected, clock=clock)
    assert out(session, case)[first] is LeftOutReason.UNWANTED, "still nobody whom the party accepts (art. 23)"


def test_a_recorded_relation_excludes_until_it_is_taken_back(session: Session, clock, staff, case: Case) -> None:
    first, _second = two(session, case)
    empty = service.RecordRelation(case.id, first, RelationKind.HOUSEHOLD, "")
    with pytest.raises(Invalid, match="relation_why_missing"):
        service.record_relation(session, staff(SHEN), empty, clock=clock)
    known = service.RecordRelation(case.id, first, RelationKind.HOUSEHOLD, "与周国强同住，网格员反映")
    service.record_relation(session, staff(SHEN), known, clock=clock)
    assert out(session, case)[first] is LeftOutReason.RELATED
    with pytest.raises(Missing, match="case_unknown"):
        service.record_relation(session, staff(HU), known, clock=clock)
    service.take_back_relation(session, staff(SHEN), case.id, first, clock=clock)
    assert first in {row.mediator.id for row in queries.mediators_to_choose(session, case)}


def test_who_represented_a_party_before_is_not_neutral(session: Session, clock, staff) -> None:
    qin = people.mediator_of(session, staff(QIN).account_id)
    assert qin is not None
    earlier = accepted_case(session, clock, summary="去年的一件")
    agent = RecordPerson(name="秦海燕", phone="13900000000")
    joined = service.AddParty(earlier.id, PartyRole.AGENT, agent, represents=party_of(earlier, PartyRole.APPLICANT).id)
    service.add_party(session, SYSTEM, joined, clock=clock)
    case = accepted_case(session, clock, summary="今年的一件")
    assert out(session, case)[qin.id] is LeftOutReason.AGENT_BEFORE


def test_only_the_two_sides_choose_and_only_while_it_is_open(session: Session, clock, staff, case: Case) -> None:
    first, _second = two(session, case)
    witness = service.AddParty(case.id, PartyRole.THIRD, RecordPerson(name="孙老师"))
    third = service.add_party(session, SYSTEM, witness, clock=clock)
    with pytest.raises(Refused, match="only_the_sides"):
        service.wish_for(session, staff(SHEN), service.WishForMediator(case.id, third.id, first), clock=clock)
    with pytest.raises(Refused, match="mediator_unsuited"):
        wish(session, clock, case, PartyRole.APPLICANT, 999_999)
    service.withdraw(session, as_party(case), service.WithdrawCase(case.id), clock=clock)
    with pytest.raises(Refused, match="not_now"):
        wish(session, clock, case, PartyRole.APPLICANT, first)


def test_a_booking_takes_whom_both_sides_chose(session: Session, clock, staff, case: Case) -> None:
    _first, second = two(session, case)
    for role in BOTH:
        party = party_of(case, role)
        noted = service.WishForMediator(case.id, party.id, second)
        service.wish_for(session, staff(SHEN), noted, clock=clock)
    booking = book(session, SYSTEM, case.id, at(24, 9), clock=clock)
    assert (booking.mediator_id, booking.choice_reason) == (second, ChoiceReason.PARTIES)
    assert queries.case_panel(session, case.id, SYSTEM).assignments[-1].reason is AssignmentReason.PARTIES_CHOICE


def test_the_share_of_work_moves_the_proposal(session: Session, clock, staff, case: Case) -> None:
    first, second = two(session, case)
    row = people.mediator(session, first)

    def keep(actor: Actor, percent: int) -> None:
        people_service.set_share(session, actor, people_service.SetShare(row.public_id, percent), clock=clock)

    keep(staff(GAO), 1)
    assert queries.choice_board(session, case).rows[0].mediator.id == second
    for percent in (0, 101, -5):
        with pytest.raises(Invalid, match="weight"):
            keep(staff(GAO), percent)
    with pytest.raises(Denied, match="share_not_kept_by_you"):
        keep(staff(QIN), 100)
    changed = session.scalars(select(LogEntry).where(LogEntry.name == "mediator_share_changed")).one()
    assert changed.payload["percent"] == 1
