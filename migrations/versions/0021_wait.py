"""Parties who wait for an earlier time."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("passed", sa.JSON(), nullable=False),
        sa.Column("n_offers", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(), nullable=True),
        sa.Column("offered_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_wait_case_id_case")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_wait_booking_id_booking")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_wait_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait")),
    )
    op.create_index(op.f("ix_wait_state_wait_asked_at"), "wait", ["state", "asked_at"], unique=False)
    op.create_index(op.f("ix_wait_booking_id"), "wait", ["booking_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_wait_booking_id"), table_name="wait")
    op.drop_index(op.f("ix_wait_state_wait_asked_at"), table_name="wait")
    op.drop_table("wait")
