"""Outside calendars of mediators and the times they take."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outside_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediator.id"], name=op.f("fk_outside_calendar_mediator_id_mediator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_calendar")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outside_calendar_public_id")),
    )
    op.create_index(op.f("ix_outside_calendar_mediator_id"), "outside_calendar", ["mediator_id"], unique=False)
    op.create_table(
        "outside_busy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["outside_calendar.id"], name=op.f("fk_outside_busy_calendar_id_outside_calendar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_busy")),
    )
    op.create_index(
        op.f("ix_outside_busy_calendar_id_outside_busy_starts_at"), "outside_busy", ["calendar_id", "starts_at"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_outside_busy_calendar_id_outside_busy_starts_at"), table_name="outside_busy")
    op.drop_table("outside_busy")
    op.drop_index(op.f("ix_outside_calendar_mediator_id"), table_name="outside_calendar")
    op.drop_table("outside_calendar")
