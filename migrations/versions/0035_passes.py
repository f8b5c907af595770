"""Addresses that open one seat: a second device, a witness."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seat", sa.Column("guest_name", sa.LargeBinary()))
    op.create_table(
        "seat_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("opened_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_pass_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_pass")),
        sa.UniqueConstraint("public_id", name=op.f("uq_seat_pass_public_id")),
    )
    op.create_index(op.f("ix_seat_pass_seat_id"), "seat_pass", ["seat_id"])


def downgrade() -> None:
    op.drop_table("seat_pass")
    # A witness had a seat and nothing else: without the name it is nobody's.
    op.drop_column("seat", "guest_name")
