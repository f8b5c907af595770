"""The desk's alerts of live hearings, and calls to people."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hearing_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("seat_id", sa.Integer()),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("resolved_at", sa.DateTime()),
        sa.Column("taken_by_id", sa.Integer()),
        sa.Column("taken_at", sa.DateTime()),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("outcome", sa.String(40)),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_alert_hearing_id_hearing")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_hearing_alert_seat_id_seat")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["account.id"], name=op.f("fk_hearing_alert_taken_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_alert")),
        sa.UniqueConstraint("public_id", name=op.f("uq_hearing_alert_public_id")),
    )
    op.create_index(op.f("ix_hearing_alert_hearing_id"), "hearing_alert", ["hearing_id"])
    op.create_index(
        "uq_hearing_alert_open",
        "hearing_alert",
        ["hearing_id", "kind", "subject"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "seat_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seat_call_account_id_account")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_call_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_call")),
    )
    op.create_index(op.f("ix_seat_call_seat_id"), "seat_call", ["seat_id"])


def downgrade() -> None:
    op.drop_table("seat_call")
    op.drop_table("hearing_alert")
