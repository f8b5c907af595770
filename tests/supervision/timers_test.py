"""Time limits follow what happens to the case."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import ReferralMode
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.kernel.clock import local_date
from mediation.kernel.errors import Refused
from mediation.kernel.log import LogEntry
from mediation.orgs.models import Org
from mediation.supervision import queries, service
from mediation.supervision.models import Timer
from mediation.supervision.rules.limits import TimerKind
from tests.cast import HU, SHEN
from tests.factories.disputes import accepted_case, as_party, received_case
from tests.factories.tamper import unguard

pytestmark = pytest.mark.db


def running(session: Session, case_id: int) -> dict[TimerKind, date]:
    rows = session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.done_at.is_(None)))
    return {row.kind: row.due_on for row in rows}


def test_a_new_case_is_to_be_decided_in_three_working_days(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    assert running(session, case.id) == {TimerKind.DECIDE: date(2026, 11, 26)}


def test_accepted_it_is_to_be_mediated_in_thirty_days(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    assert running(session, case.id) == {TimerKind.MEDIATE: date(2026, 12, 23)}


def test_referred_it_is_to_be_answered_and_taken_over_it_starts_anew(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    court = session.scalars(select(Org.public_id).where(Org.name == "桃溪区人民法院")).one()
    disputes.refer(session, SYSTEM, disputes.ReferCase(case.id, court, ReferralMode.TRANSFER, "涉诉"), clock=clock)
    assert running(session, case.id) == {TimerKind.ANSWER_REFERRAL: date(2026, 11, 26)}
    clock.pass_(days=2)
    disputes.answer_referral(session, SYSTEM, disputes.AnswerReferral(case.id, take=True), clock=clock)
    assert running(session, case.id) == {TimerKind.MEDIATE: date(2026, 12, 25)}


def test_withdrawn_nothing_runs(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    disputes.withdraw(session, as_party(case), disputes.WithdrawCase(case.id), clock=clock)
    assert running(session, case.id) == {}


def test_a_limit_met_late_is_written_down_as_late(session: Session, clock, staff) -> None:
    case = received_case(session, clock)
    clock.pass_(days=10)
    disputes.accept(session, SYSTEM, disputes.AcceptCase(case.id), clock=clock)
    done = select(LogEntry.payload).where(LogEntry.case_id == case.id, LogEntry.name == "timer_done")
    assert session.scalars(done).one()["in_time"] is False


def test_what_the_case_ends_nobody_ticks_off(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    timer = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.done_at.is_(None))).one()
    with pytest.raises(Refused, match="not_now"):
        service.finish(session, staff(SHEN), service.FinishTimer(timer.id), clock=clock)


def test_the_desk_shows_the_nearest_first_and_only_ones_own(session: Session, clock, staff) -> None:
    later = accepted_case(session, clock)
    sooner = received_case(session, clock, summary="另一件")
    today = local_date(clock())
    rows = queries.running_timers(session, staff(SHEN), today=today)
    assert [row.number for row in rows] == [sooner.number, later.number]
    assert queries.running_timers(session, staff(HU), today=today) == []


def test_the_trail_is_whole_until_somebody_changes_a_row(session: Session, clock, staff) -> None:
    case = accepted_case(session, clock)
    other = received_case(session, clock, summary="另一件")
    assert queries.trail(session, case.id, signals=True).whole
    entry = session.scalars(select(LogEntry).where(LogEntry.case_id == case.id)).first()
    assert entry is not None
    unguard(session, "log_entry")
    entry.payload = {**entry.payload, "role": "third"}
    session.flush()
    assert not queries.trail(session, case.id, signals=True).whole
    assert queries.trail(session, other.id, signals=True).whole
    assert [fault.stream for fault in log.verify(session)] == [f"case:{case.id}"]
