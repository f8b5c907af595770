"""Answers of calendar programs to invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendee_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_attendee_reply_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee_reply")),
        sa.UniqueConstraint("booking_id", "who", name=op.f("uq_attendee_reply_booking_id_who")),
    )
    op.create_table(
        "reply_mail",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reply_mail")),
    )


def downgrade() -> None:
    op.drop_table("reply_mail")
    op.drop_table("attendee_reply")
