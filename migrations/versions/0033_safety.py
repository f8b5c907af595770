"""Quiet signals of danger."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safety_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(20), nullable=False),
        sa.Column("signalled_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime()),
        sa.Column("seen_by_id", sa.Integer()),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_safety_signal_hearing_id_hearing")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_safety_signal_seat_id_seat")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["account.id"], name=op.f("fk_safety_signal_seen_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_signal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_safety_signal_public_id")),
    )
    op.create_index(op.f("ix_safety_signal_hearing_id"), "safety_signal", ["hearing_id"])


def downgrade() -> None:
    op.drop_table("safety_signal")
