"""Papers on the table of a hearing's room, and whom the mediator lets show theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seat", sa.Column("may_show", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "shown_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("n_pages", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("mark_x", sa.Integer()),
        sa.Column("mark_y", sa.Integer()),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("seen_by", sa.JSON(), nullable=False),
        sa.Column("shown_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_shown_paper_file_id_stored_file")),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_shown_paper_hearing_id_hearing")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_shown_paper_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_paper")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shown_paper_public_id")),
    )
    op.create_index(op.f("ix_shown_paper_hearing_id"), "shown_paper", ["hearing_id"])
    op.create_index(
        "uq_shown_paper_table",
        "shown_paper",
        ["hearing_id", "room"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("shown_paper")
    op.drop_column("seat", "may_show")
