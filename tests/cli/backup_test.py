"""A copy taken in use lives again in another folder; a copy that changed is refused."""

import sqlite3
import threading
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select

from mediation.app import create_app
from mediation.cli import demo
from mediation.files import service as files
from mediation.kernel import log
from mediation.kernel.actor import SYSTEM
from mediation.orgs.models import Org
from mediation.settings import Settings
from mediation.web.db import db, reading, write
from tests.factories.files import PDF
from tests.fixtures.clock import FakeClock
from tests.fixtures.db import SECRET

pytestmark = pytest.mark.db


@pytest.fixture
def lived_in(app: Flask, clock: FakeClock, request: pytest.FixtureRequest) -> Flask:
    """An installation with the district and a stored file."""
    if request.config.getoption("--db") == "pg":
        pytest.skip("PostgreSQL has pg_dump")
    with app.app_context(), write() as session:
        demo.load(session, clock=clock)
        files.store(session, SYSTEM, files.StoreFile("lease.pdf", PDF), clock=clock)
    return app


def elsewhere(tmp_path: Path) -> Settings:
    folder = tmp_path / "elsewhere"
    return Settings(instance=folder, database_url=f"sqlite:///{folder}/tiaohe.sqlite3", secret_key=SecretStr(SECRET))


def test_a_copy_taken_in_use_lives_again_elsewhere(lived_in: Flask, clock: FakeClock, tmp_path: Path) -> None:
    address = lived_in.extensions["settings"].database.removeprefix("sqlite:///")
    stop = threading.Event()

    def writes() -> None:
        connection = sqlite3.connect(address, timeout=10)
        connection.execute("CREATE TABLE busy (n INTEGER)")
        while not stop.is_set():
            connection.execute("INSERT INTO busy VALUES (1)")
            connection.commit()
        connection.close()

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        copied = lived_in.test_cli_runner().invoke(args=["backup", str(tmp_path / "copy")])
    finally:
        stop.set()
        writer.join()
    assert "every sum holds" in copied.output
    other = create_app(elsewhere(tmp_path), clock=clock)
    restored = other.test_cli_runner().invoke(args=["restore", str(tmp_path / "copy")])
    assert restored.exit_code == 0, restored.output
    with other.app_context():
        assert reading().scalar(select(func.count()).select_from(Org))
        assert list(log.verify(reading())) == []
        assert list(files.verify(reading())) == []
        db.session.remove()
        db.engine.dispose()


def test_a_changed_copy_is_named_and_nothing_is_restored(lived_in: Flask, clock: FakeClock, tmp_path: Path) -> None:
    lived_in.test_cli_runner().invoke(args=["backup", str(tmp_path / "copy")])
    stored = next(path for path in (tmp_path / "copy" / "files").rglob("*") if path.is_file())
    stored.write_bytes(b"changed")
    settings = elsewhere(tmp_path)
    restored = create_app(settings, clock=clock).test_cli_runner().invoke(args=["restore", str(tmp_path / "copy")])
    assert restored.exit_code == 1
    assert stored.name in restored.output
    assert not Path(settings.database.removeprefix("sqlite:///")).exists()


def test_neither_a_copy_nor_an_installation_is_overwritten(lived_in: Flask, tmp_path: Path) -> None:
    run = lived_in.test_cli_runner()
    assert run.invoke(args=["backup", str(tmp_path / "copy")]).exit_code == 0
    assert "exists already" in run.invoke(args=["backup", str(tmp_path / "copy")]).output
    assert "exists; restore into" in run.invoke(args=["restore", str(tmp_path / "copy")]).output
