"""Words between the duty desk and one person."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_line_account_id_account")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_desk_line_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_line")),
    )
    op.create_index(op.f("ix_desk_line_seat_id"), "desk_line", ["seat_id"])


def downgrade() -> None:
    op.drop_table("desk_line")
