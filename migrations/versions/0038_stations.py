"""A station's screens, queue numbers and visits."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screen_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer()),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_screen_code_room_id_room")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_screen_code_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_screen_code_code_hash")),
    )
    op.create_table(
        "station_screen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer()),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime()),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_station_screen_room_id_room")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_station_screen_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_screen")),
        sa.UniqueConstraint("public_id", name=op.f("uq_station_screen_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_station_screen_token_hash")),
    )
    op.create_index(op.f("ix_station_screen_station_id"), "station_screen", ["station_id"])
    op.create_table(
        "queue_day",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_queue_day_station_id_station")),
        sa.PrimaryKeyConstraint("station_id", "on", name=op.f("pk_queue_day")),
    )
    op.create_table(
        "station_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer()),
        sa.Column("party_id", sa.Integer()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("room_id", sa.Integer()),
        sa.Column("screen_id", sa.Integer()),
        sa.Column("token_hash", sa.String(64)),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("called_at", sa.DateTime()),
        sa.Column("begun_at", sa.DateTime()),
        sa.Column("touched_at", sa.DateTime()),
        sa.Column("ends_at", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("why_ended", sa.String(40)),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_station_visit_booking_id_booking")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_station_visit_party_id_party")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_station_visit_room_id_room")),
        sa.ForeignKeyConstraint(
            ["screen_id"], ["station_screen.id"], name=op.f("fk_station_visit_screen_id_station_screen")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_station_visit_station_id_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_visit")),
        sa.UniqueConstraint("public_id", name=op.f("uq_station_visit_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_station_visit_token_hash")),
        sa.UniqueConstraint("station_id", "on", "number", name=op.f("uq_station_visit_station_id_on_number")),
        sa.UniqueConstraint("booking_id", "party_id", name=op.f("uq_station_visit_booking_id_party_id")),
    )
    op.create_index("ix_station_visit_screen_id_station_visit_state", "station_visit", ["screen_id", "state"])


def downgrade() -> None:
    op.drop_table("station_visit")
    op.drop_table("queue_day")
    op.drop_table("station_screen")
    op.drop_table("screen_code")
