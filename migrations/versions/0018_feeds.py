"""Calendar addresses of stations and rooms, busy times only; rendered events."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calendar_feed") as batch:
        batch.alter_column("mediator_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("station_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("room_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("busy_only", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("locale", sa.String(length=20), nullable=False, server_default="zh_Hans_CN"))
        batch.create_foreign_key(op.f("fk_calendar_feed_station_id_station"), "station", ["station_id"], ["id"])
        batch.create_foreign_key(op.f("fk_calendar_feed_room_id_room"), "room", ["room_id"], ["id"])
    with op.batch_alter_table("calendar_feed") as batch:  # the defaults were for the rows of before only
        batch.alter_column("busy_only", existing_type=sa.Boolean(), server_default=None)
        batch.alter_column("locale", existing_type=sa.String(length=20), server_default=None)
    op.create_table(
        "event_text",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=20), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_event_text_booking_id_booking")),
        sa.PrimaryKeyConstraint("booking_id", "variant", name=op.f("pk_event_text")),
    )


def downgrade() -> None:
    op.drop_table("event_text")
    # The table of before knows whole diaries of mediators only; an address that it cannot hold ends.
    op.execute("DELETE FROM calendar_feed WHERE mediator_id IS NULL OR busy_only")
    with op.batch_alter_table("calendar_feed") as batch:
        batch.drop_constraint(op.f("fk_calendar_feed_room_id_room"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_calendar_feed_station_id_station"), type_="foreignkey")
        for name in ("locale", "busy_only", "room_id", "station_id"):
            batch.drop_column(name)
        batch.alter_column("mediator_id", existing_type=sa.Integer(), nullable=False)
