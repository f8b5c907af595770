"""Alembic's environment, inside the Flask application: same engine, same metadata."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

from mediation.kernel.db import Base


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """A migration names the database's type, so that it still runs when the class of today is gone."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Two processes that start at once must not migrate at once.

    The lock belongs to the connection, not to a transaction: it would live on in the pool of a program that goes on.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    lock = {"key": 72623859790382856}
    connection.execute(text("SELECT pg_advisory_lock(:key)"), lock)
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), lock)
        connection.commit()


with current_app.extensions["migrate"].db.engine.connect() as connection, alone(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=plain_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
