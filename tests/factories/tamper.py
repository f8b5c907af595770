"""Somebody with the rights of the database's owner: takes the guards away, and then writes what they refused."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def unguard(session: Session, *tables: str) -> None:
    """From here on this test's database takes every change of these tables; only the hashes can tell."""
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    for table in tables:
        for name in session.scalars(text(found), {"table": table}).all():
            session.execute(text(f"DROP TRIGGER {name}"))
