"""The base of all tables and the one transaction at the edge."""

import datetime as dt
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from mediation.kernel.errors import Problem, Stale
from mediation.kernel.types import UTCDateTime

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dt.datetime: UTCDateTime}  # noqa: RUF012 - SQLAlchemy's own class attribute


BUSY_TIMEOUT_MS = 10_000


def configure(engine: Engine) -> Engine:
    """Make an engine keep its promises; idempotent.

    SQLite: WAL with synchronous=FULL, so that an acknowledged commit survives power loss; foreign keys on;
    a writing transaction begins IMMEDIATE, because a check inside a deferred one fails with
    "database is locked" nine times in ten under contention (shared/SCHEDULING.md, measured).
    """
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _begin):
        return engine
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Any) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def make_engine(url: str) -> Engine:
    """An engine for `live`, `worker` and tools; `web` gets its own from Flask-SQLAlchemy."""
    return configure(create_engine(url))


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One writing transaction on a session that may have been reading: commit at the end, or nothing.

    A Problem that `keeps` leaves with what was written before it committed (a wrong code counts as a try).
    Raises: Stale when a row was changed by somebody else meanwhile.
    """
    session.rollback()
    with _turn(session):
        yield from _written(session)


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    """On an SQLite file writers come one after the other: each waits for its turn instead of asking again and again.

    SQLite alone lets whoever asks at the right moment in: of 200 who book at once some asked for ten seconds in vain
    and got "database is locked". The system gives the turn back when a process dies.
    """
    engine = session.get_bind()
    path = engine.dialect.name == "sqlite" and engine.engine.url.database
    if not path or path == ":memory:":
        yield
        return
    with Path(f"{path}-turn").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _written(session: Session) -> Iterator[Session]:
    session.connection(execution_options={"immediate": True})
    try:
        yield session
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Stale("changed_meanwhile") from error
    except Problem as problem:
        if problem.keeps:
            session.commit()
        else:
            session.rollback()
        raise
    except BaseException:
        session.rollback()
        raise


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session with one writing transaction, for `live`, `worker` and `cli`."""
    with sessions() as session, writing(session):
        yield session


@contextmanager
def read(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as session:
        yield session
