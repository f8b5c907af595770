"""What was signed and what happened never changes, whoever holds the connection.

The services never write these rows again; the hashes prove it afterwards. These guards refuse the write itself: of a
slip in a later service, of a console, of an injected statement. Whoever may change the schema can drop them: the hashes
remain. A step that rebuilds one of these tables on SQLite drops its guards with the old table and makes them again.
"""

from collections.abc import Iterator

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_entry", "signature")
TEXT_OF_AGREEMENT = (
    "id", "public_id", "number", "case_id", "oral", "facts", "place", "n_copies", "canonical", "text_hash",
    "signing_at", "created_at",
)  # fmt: skip
TEXT_OF_CLAUSE = ("id", "agreement_id", "position", "text", "obligor_id", "manner", "due_on", "amount_fen")
"""Whether it was performed is not text."""

_FIXED = "EXISTS (SELECT 1 FROM agreement WHERE agreement.id = {row}.agreement_id AND agreement.state <> 'draft')"
_OWN_TEXT = (
    "EXISTS (SELECT 1 FROM agreement WHERE agreement.id = NEW.agreement_id"
    " AND agreement.state = 'signing' AND agreement.text_hash = NEW.text_hash)"
)


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)


def guards() -> Iterator[tuple[str, str, str, str]]:
    """Name, what is done, table, when it is refused (for each row)."""
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            yield f"guard_{table}_{verb.lower()}", verb, table, "1 = 1"
    yield "guard_log_head_update", "UPDATE", "log_head", "NEW.stream <> OLD.stream OR NEW.seq <= OLD.seq"
    yield "guard_log_head_delete", "DELETE", "log_head", "1 = 1"
    text = f"OLD.state <> 'draft' AND (NEW.state = 'draft' OR {_changed(TEXT_OF_AGREEMENT)})"
    effect = "(OLD.effective_at IS NOT NULL AND OLD.effective_at IS DISTINCT FROM NEW.effective_at)"
    yield "guard_agreement_update", "UPDATE", "agreement", f"({text}) OR {effect}"
    yield "guard_agreement_delete", "DELETE", "agreement", "OLD.state <> 'draft'"
    yield "guard_clause_insert", "INSERT", "clause", _FIXED.format(row="NEW")
    was_or_would_be = f"({_FIXED.format(row='OLD')} OR {_FIXED.format(row='NEW')})"
    yield "guard_clause_update", "UPDATE", "clause", f"{was_or_would_be} AND ({_changed(TEXT_OF_CLAUSE)})"
    yield "guard_clause_delete", "DELETE", "clause", _FIXED.format(row="OLD")
    yield "guard_signature_insert", "INSERT", "signature", f"NOT {_OWN_TEXT}"


REPLACED = {
    "log_entry": "id = NEW.id OR (stream = NEW.stream AND seq = NEW.seq)",
    "log_head": "stream = NEW.stream",
    "signature": "id = NEW.id",
    "agreement": "id = NEW.id OR public_id = NEW.public_id OR number = NEW.number",
    "clause": "id = NEW.id",
}
"""SQLite's INSERT OR REPLACE deletes what stands in its way, and no trigger hears of it."""


def of_sqlite() -> Iterator[tuple[str, str, str, str]]:
    yield from guards()
    for table, same in REPLACED.items():
        yield f"guard_{table}_replace", "INSERT", table, f"EXISTS (SELECT 1 FROM {table} WHERE {same})"


TRUNCATED = (*APPEND_ONLY, "log_head", "agreement", "clause")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, verb, table, refused in of_sqlite():
            when = refused.replace("IS DISTINCT FROM", "IS NOT")
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW WHEN {when}"
                f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
        return
    for name, verb, table, refused in guards():
        gone = "OLD" if verb == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused} THEN"
            f" RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {gone}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    op.execute(
        "CREATE FUNCTION guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'guard_truncate' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TRUNCATED:
        op.execute(
            f"CREATE TRIGGER guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION guard_truncate()"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, _, _, _ in of_sqlite():
            op.execute(f"DROP TRIGGER {name}")
        return
    for table in TRUNCATED:
        op.execute(f"DROP TRIGGER guard_truncate ON {table}")
    op.execute("DROP FUNCTION guard_truncate()")
    for name, _, table, _ in guards():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
