"""The session of a request, and the one place where a request commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from mediation.kernel.clock import Clock
from mediation.kernel.db import Base, writing
from mediation.kernel.wake import Nudger

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)


@contextmanager
def write() -> Iterator[Session]:
    """One writing transaction for a view: commits at the end, or leaves nothing; then nudges live and worker."""
    with writing(db.session()) as session:
        yield session
    cast("Nudger", current_app.extensions["nudger"]).nudge("web")


def reading() -> Session:
    return db.session()


def clock() -> Clock:
    """The application's clock; tests set their own."""
    return cast("Clock", current_app.extensions["clock"])
