"""Bitmaps of owned time beside the claims, filled from them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WORDS = [f"w{i}" for i in range(6)]


def upgrade() -> None:
    op.create_table(
        "daybits",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resource_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(word, sa.BigInteger(), nullable=False) for word in WORDS),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_daybits_resource_id_resource")),
        sa.PrimaryKeyConstraint("day", "resource_id", "unit", name=op.f("pk_daybits")),
    )
    # A claim's key is unique, so that a sum of its bits is their OR; the same statement on both databases.
    words = ", ".join(
        f"CAST(SUM(CASE WHEN quantum % 288 / 48 = {i} THEN CAST(1 AS BIGINT) << (quantum % 48) ELSE 0 END) AS BIGINT)"
        for i in range(6)
    )
    op.execute(
        f"INSERT INTO daybits (day, resource_id, unit, {', '.join(WORDS)}) "  # noqa: S608 - constants only
        f"SELECT quantum / 288, resource_id, unit, {words} FROM claim WHERE expires_at IS NULL "
        "GROUP BY quantum / 288, resource_id, unit"
    )
    op.create_index(
        op.f("ix_claim_expires_at"),
        "claim",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_claim_expires_at"), table_name="claim")
    op.drop_table("daybits")
