"""Every step goes up and down again, on both databases, with the district in it."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from pydantic import SecretStr
from sqlalchemy import MetaData, func, inspect, select

from mediation.access import queries as access
from mediation.access.models import Account
from mediation.app import create_app
from mediation.cli import demo
from mediation.hearings import service as hearings
from mediation.hearings.models import SeatSample, Stay
from mediation.hearings.rules.lines import LineSample
from mediation.kernel.db import Base
from mediation.scheduling.models import CalendarFeed, CapCount, DayBits
from mediation.scheduling.service import FeedAddress, HoldTime, hold, issue_feed
from mediation.settings import Settings
from mediation.web.db import db, write
from tests.cast import QIN
from tests.factories.disputes import ready_case
from tests.factories.hearings import neutral, running_hearing, seat_of
from tests.factories.scheduling import at, book, wish
from tests.fixtures.db import SECRET

pytestmark = pytest.mark.db
FOLDER = Path(__file__).parents[2] / "migrations"
SCRIPTS = ScriptDirectory(str(FOLDER))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def empty_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if request.config.getoption("--db") == "pg":
        server = request.getfixturevalue("postgres")
        name = f"m_{uuid.uuid4().hex[:12]}"
        server.execute(f"CREATE DATABASE {name}")
        yield server.url(name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def empty_app(empty_url: str, tmp_path: Path, clock) -> Iterator[Flask]:
    settings = Settings(
        instance=tmp_path / "instance", database_url=empty_url, secret_key=SecretStr(SECRET), log_level="WARNING"
    )
    app = create_app(settings, clock=clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def row_counts() -> dict[str, int]:
    """Rows of each table that is there now, read without the models of today."""
    there = MetaData()
    there.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in there.tables.items()
            if name != "alembic_version"
        }


def test_there_is_one_head_and_it_is_written_down() -> None:
    """Two branches that both add a migration meet in `.current-head` as a merge conflict, not in production."""
    assert SCRIPTS.get_heads() == [(FOLDER / ".current-head").read_text().strip()]


def test_the_migrated_database_is_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.timeout(300)
def test_each_step_goes_down_and_up_again_with_the_district_in_it(empty_app: Flask, clock) -> None:
    upgrade()
    with write() as session:
        demo.load(session, clock=clock)
    db.session.remove()
    for revision in reversed(REVISIONS):
        before = row_counts()
        step = SCRIPTS.get_revision(revision)
        downgrade(revision=step.down_revision or "base")
        left = row_counts()
        assert left == {name: before[name] for name in left}, "a step down loses no row of another table"
        upgrade(revision=revision)
        assert set(row_counts()) == set(before)
        downgrade(revision=step.down_revision or "base")
    assert tables() == set()


def test_all_the_way_up_twice_changes_nothing(empty_app: Flask) -> None:
    upgrade()
    before = tables()
    upgrade()
    assert tables() == before


def test_the_bitmaps_and_counters_of_time_are_filled_from_what_was_booked_before(empty_app: Flask, clock) -> None:
    upgrade()
    with write() as session:
        demo.load(session, clock=clock)
        qin = access.actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        case = ready_case(session, clock, qin)
        for hour in (9, 14):
            book(session, qin, case.id, at(24, hour), clock=clock)
        hold(session, HoldTime("draft:x", wish(session), at(25, 9)), clock=clock)
        before = session.execute(select(DayBits.__table__)).all()
        counted = session.execute(select(CapCount.__table__)).all()
        assert sorted(row.n for row in counted) == [2, 2]
        assert before
    db.session.remove()
    downgrade(revision="0013")
    assert "daybits" not in tables()
    upgrade()
    with write() as session:
        assert sorted(session.execute(select(DayBits.__table__)).all()) == sorted(before)
        assert sorted(session.execute(select(CapCount.__table__)).all()) == sorted(counted)


def test_a_mediators_address_outlives_the_addresses_that_the_table_of_before_cannot_hold(
    empty_app: Flask, clock
) -> None:
    upgrade()
    with write() as session:
        demo.load(session, clock=clock)
        actor = access.actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        whole = issue_feed(session, actor, FeedAddress(), locale="en", clock=clock).public_id
        issue_feed(session, actor, FeedAddress(busy_only=True), locale="en", clock=clock)
    db.session.remove()
    downgrade(revision="0017")
    upgrade()
    with write() as session:
        (kept,) = session.scalars(select(CalendarFeed))
        assert (kept.public_id, kept.busy_only, kept.locale) == (whole, False, "zh_Hans_CN")


def test_who_is_in_a_room_stays_there_when_the_rooms_apart_come_and_go(empty_app: Flask, clock) -> None:
    upgrade()
    with write() as session:
        demo.load(session, clock=clock)
        qin = access.actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        hearing = running_hearing(session, clock, qin)
        zhao = seat_of(hearing)
        invited = hearings.invite_apart(
            session, hearings.InviteApart(neutral(hearing).id, (zhao.public_id,)), clock=clock
        )
        hearings.answer_invitation(
            session, hearings.AnswerInvitation(zhao.id, invited.public_id, accept=True), clock=clock
        )
        admitted = {seat.id: seat.admitted_at for seat in hearing.seats}
        ids = list(admitted)
    db.session.remove()
    downgrade(revision="0021")
    with db.engine.connect() as connection:
        rooms = connection.exec_driver_sql("SELECT id, room FROM seat").all()
    assert {room for seat, room in rooms if seat in ids} == {"main"}
    upgrade()
    with write() as session:
        stays = {stay.seat_id: stay for stay in session.scalars(select(Stay).where(Stay.seat_id.in_(ids)))}
        assert {seat: stay.entered_at for seat, stay in stays.items()} == admitted
        assert {stay.room for stay in stays.values()} == {"main"}


def test_a_line_can_be_measured_before_and_after_the_samples_come_and_go(empty_app: Flask, clock) -> None:
    upgrade()
    with write() as session:
        demo.load(session, clock=clock)
        qin = access.actor_of(session.scalars(select(Account).where(Account.username == QIN)).one())
        zhao = seat_of(running_hearing(session, clock, qin)).id
        hearings.note_samples(session, {zhao: LineSample(clock(), 0.2, None, 80)})
    db.session.remove()
    downgrade(revision="0041")
    assert "seat_sample" not in tables()
    upgrade()
    with write() as session:
        assert session.scalars(select(SeatSample)).all() == []
        hearings.note_samples(session, {zhao: LineSample(clock(), 0.2, None, 80)})
        (kept,) = session.scalars(select(SeatSample))
        assert (kept.seat_id, kept.loss_to, kept.loss_from, kept.rtt_ms) == (zhao, 0.2, None, 80)
