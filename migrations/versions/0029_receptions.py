"""Reception days of mediators, their changes, and the bookings made for them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("slot_min", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("to_minute > from_minute", name=op.f("ck_reception_ends_later")),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediator.id"], name=op.f("fk_reception_mediator_id_mediator")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_reception_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reception_public_id")),
    )
    op.create_index(op.f("ix_reception_mediator_id"), "reception", ["mediator_id"])
    op.create_index(op.f("ix_reception_station_id"), "reception", ["station_id"])
    op.create_table(
        "reception_change",
        sa.Column("reception_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["reception.id"], name=op.f("fk_reception_change_reception_id_reception")
        ),
        sa.PrimaryKeyConstraint("reception_id", "on", name=op.f("pk_reception_change")),
    )
    op.create_table(
        "reception_slot",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("reception_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_reception_slot_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reception_id"], ["reception.id"], name=op.f("fk_reception_slot_reception_id_reception")
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_reception_slot")),
    )
    op.create_index(op.f("ix_reception_slot_reception_id"), "reception_slot", ["reception_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reception_slot_reception_id"), table_name="reception_slot")
    op.drop_table("reception_slot")
    op.drop_table("reception_change")
    op.drop_index(op.f("ix_reception_station_id"), table_name="reception")
    op.drop_index(op.f("ix_reception_mediator_id"), table_name="reception")
    op.drop_table("reception")
