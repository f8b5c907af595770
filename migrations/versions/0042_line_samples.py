"""How each person's line was in the last two hours, for the duty desk."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seat_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("loss_to", sa.Float()),
        sa.Column("loss_from", sa.Float()),
        sa.Column("rtt_ms", sa.Integer()),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_sample_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_sample")),
    )
    op.create_index("ix_seat_sample_seat_id_at", "seat_sample", ["seat_id", "at"])
    op.create_index(op.f("ix_seat_sample_at"), "seat_sample", ["at"])


def downgrade() -> None:
    op.drop_table("seat_sample")
