"""The cases of the demo district: each at its point of life, whenever it is loaded, and never in production."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from mediation.agreements import queries as agreements
from mediation.agreements.rules.codes import AgreementState
from mediation.app.start import prepare
from mediation.cli import demo, demo_cases
from mediation.disputes.models import Case
from mediation.disputes.rules.codes import CaseState, Channel, DisputeType
from mediation.hearings.models import Hearing
from mediation.hearings.rules.life import OPENS_BEFORE
from mediation.kernel import log
from mediation.kernel.clock import CHINA, local_date
from mediation.kernel.db import make_engine, make_sessions, transaction
from mediation.notices import queries as notices
from mediation.notices.catalogue import NoticeKind
from mediation.scheduling import queries as scheduling
from mediation.scheduling.models import Booking
from mediation.settings import Settings
from mediation.supervision.models import Timer
from mediation.supervision.rules.limits import TimerKind
from tests.cast import SHEN
from tests.fixtures.clock import FakeClock
from tests.fixtures.db import SECRET

pytestmark = pytest.mark.db

MOMENTS = {
    "a working morning": datetime(2026, 11, 24, 10, 2, tzinfo=CHINA),
    "exactly on a quantum": datetime(2026, 11, 24, 14, 0, tzinfo=CHINA),
    "two minutes before a Sunday begins": datetime(2026, 11, 28, 23, 58, tzinfo=CHINA),
    "a night before midnight": datetime(2026, 11, 27, 22, 31, tzinfo=CHINA),
    "a public holiday at night": datetime(2026, 10, 1, 3, 17, tzinfo=CHINA),
}


@pytest.fixture(params=MOMENTS.values(), ids=MOMENTS.keys())
def moment(request: pytest.FixtureRequest) -> datetime:
    return request.param.astimezone(UTC)


@pytest.fixture
def hearing(sessions: sessionmaker[Session], moment: datetime) -> demo_cases.OpenHearing:
    """The district and its cases, loaded at the moment."""
    clock = FakeClock(moment)
    with transaction(sessions) as session:
        demo.load(session, clock=clock)
        return demo_cases.load(session, clock=clock)


def only(session: Session, *conditions: object) -> Case:
    return session.scalars(select(Case).where(*conditions)).one()  # type: ignore[arg-type]


def test_a_new_intake_waits_with_its_limit_running(session: Session, moment, hearing) -> None:
    case = only(session, Case.channel == Channel.WALK_IN, Case.state == CaseState.RECEIVED)
    timer = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.done_at.is_(None))).one()
    assert timer.kind is TimerKind.DECIDE
    assert timer.due_on >= local_date(moment), "late already would be a bad first impression"


def test_the_hotline_passed_one_on_and_its_limit_ends_first(session: Session, moment, hearing) -> None:
    case = only(session, Case.channel == Channel.HOTLINE)
    assert case.state is CaseState.RECEIVED
    assert case.source_reference.startswith("12345-")
    waiting = session.scalars(
        select(Timer).where(Timer.kind == TimerKind.DECIDE, Timer.done_at.is_(None)).order_by(Timer.due_on, Timer.id)
    ).all()
    assert waiting[0].case_id == case.id
    assert waiting[0].due_on >= local_date(moment)


def test_one_is_accepted_and_has_no_mediator_yet(session: Session, hearing) -> None:
    assert only(session, Case.state == CaseState.ACCEPTED, Case.mediator_id.is_(None)).accepted_at is not None


def test_one_has_its_time_tomorrow(session: Session, moment, hearing) -> None:
    case = only(session, Case.dispute_type == DisputeType.PROPERTY_MGMT)
    (booking,) = scheduling.living(session, case.id, after=moment)
    assert local_date(booking.starts_at) == local_date(moment) + timedelta(days=1)


def test_a_hearing_can_be_opened_at_once_and_both_parties_have_their_links(session: Session, moment, hearing) -> None:
    case = only(session, Case.public_id == hearing.case)
    room = session.scalars(select(Hearing).where(Hearing.case_id == case.id)).one()
    assert moment < room.booking.starts_at == hearing.starts_at <= moment + timedelta(minutes=5) < moment + OPENS_BEFORE
    assert room.booking.mediator.account.username == hearing.mediator
    assert tuple(party.person.name for party in case.parties) == hearing.parties
    told = {row.address: row for row in notices.messages(session) if "/p/" in row.body}
    for party in case.parties:
        assert party.person.phone in told


def test_one_agreement_waits_for_the_other_side_and_the_seal(session: Session, hearing) -> None:
    case = only(session, Case.dispute_type == DisputeType.WAGES_MIGRANT)
    agreement = agreements.current(session, case.id)
    assert agreement is not None
    assert agreement.state is AgreementState.SIGNING
    signers = agreements.signers(session, agreement)
    assert [signer.signed_at is not None for signer in signers] == [True, False, True, False]
    assert agreements.agreement_row(session, agreement).is_whole


def test_one_is_sealed_and_what_follows_has_its_limits(session: Session, moment, hearing) -> None:
    case = only(session, Case.state == CaseState.AGREED)
    running = session.scalars(select(Timer).where(Timer.case_id == case.id, Timer.done_at.is_(None))).all()
    assert {timer.kind for timer in running} == {TimerKind.CONFIRM, TimerKind.PERFORM, TimerKind.FOLLOW_UP}
    assert all(timer.due_on > local_date(moment) for timer in running)


def test_one_is_refused_and_told_where_to_go(session: Session, hearing) -> None:
    case = only(session, Case.state == CaseState.REFUSED)
    assert case.refusal_ground is not None
    told = [row for row in notices.messages(session) if row.kind is NoticeKind.CASE_REFUSED]
    assert told
    assert "12348" in case.refusal_reason


def test_the_ordinary_hours_of_the_mediator_stay(session: Session, hearing) -> None:
    booking = session.scalars(select(Booking).join(Case).where(Case.public_id == hearing.case)).one()
    days = scheduling.hours_of(session, booking.mediator_id, local_date(booking.starts_at), local_date(booking.ends_at))
    for day, plan in days.items():
        assert all(not (span.from_minute == 0 and span.to_minute == 24 * 60) for span in plan.spans), day


def test_every_chain_of_the_log_holds(session: Session, hearing) -> None:
    assert list(log.verify(session)) == []
    assert session.scalar(select(func.count()).select_from(Case)) == 8


@pytest.fixture
def empty_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without tables, as `make run` finds it the first time."""
    if request.config.getoption("--db") == "pg":
        server = request.getfixturevalue("postgres")
        name = f"d_{tmp_path.name.lower()[-30:]}".replace("-", "_")
        server.execute(f"CREATE DATABASE {name}")
        yield server.url(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@contextmanager
def looking_at(url: str) -> Iterator[Session]:
    engine = make_engine(url)
    with make_sessions(engine)() as session:
        yield session
    engine.dispose()


def rows(session: Session) -> dict[str, int]:
    return {
        table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Case, Booking, Timer, log.LogEntry)
    }


def test_a_second_start_adds_nothing(empty_url: str, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, database_url=empty_url, secret_key=SecretStr(SECRET), log_level="WARNING")
    first = prepare(settings)
    assert first.hearing is not None
    with looking_at(empty_url) as session:
        before = rows(session)
    assert before["case"] == 8
    again = prepare(settings)
    assert (again.district.fresh, again.hearing) == (False, None)
    assert SHEN in {credential.username for credential in again.district.credentials}
    with looking_at(empty_url) as session:
        assert rows(session) == before


def test_production_has_no_fictional_case(empty_url: str, tmp_path: Path) -> None:
    settings = Settings(
        instance=tmp_path,
        database_url=empty_url,
        secret_key=SecretStr(SECRET),
        log_level="WARNING",
        environment="production",
        public_url="https://tiaohe.example",
    )
    assert prepare(settings) is None
    with looking_at(empty_url) as session:
        assert rows(session)["case"] == 0
