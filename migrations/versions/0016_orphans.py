"""Bookings that no longer lie in working hours."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orphan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_orphan_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orphan")),
    )
    op.create_index(op.f("ix_orphan_booking_id_orphan_ended_at"), "orphan", ["booking_id", "ended_at"], unique=False)
    op.create_index(op.f("ix_orphan_state"), "orphan", ["state"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_orphan_state"), table_name="orphan")
    op.drop_index(op.f("ix_orphan_booking_id_orphan_ended_at"), table_name="orphan")
    op.drop_table("orphan")
