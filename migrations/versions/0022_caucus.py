"""Rooms apart: who was asked, who was where, what was forwarded between rooms."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hearing", sa.Column("n_restarts", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(20), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime()),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_stay_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    op.create_index(op.f("ix_stay_seat_id"), "stay", ["seat_id"])
    # Who is in the room while this step runs has been there since the door was opened to them.
    op.execute(
        "INSERT INTO stay (seat_id, room, entered_at) "
        "SELECT id, room, admitted_at FROM seat WHERE room <> 'waiting' AND admitted_at IS NOT NULL"
    )
    op.create_table(
        "caucus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(16), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_caucus_hearing_id_hearing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caucus")),
        sa.UniqueConstraint("public_id", name=op.f("uq_caucus_public_id")),
        sa.UniqueConstraint("hearing_id", "number", name=op.f("uq_caucus_hearing_id_number")),
    )
    op.create_table(
        "caucus_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caucus_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["caucus_id"], ["caucus.id"], name=op.f("fk_caucus_guest_caucus_id_caucus")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_caucus_guest_seat_id_seat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caucus_guest")),
    )
    op.create_index(op.f("ix_caucus_guest_caucus_id"), "caucus_guest", ["caucus_id"])
    op.create_table(
        "packet_count",
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("from_room", sa.String(20), nullable=False),
        sa.Column("to_room", sa.String(20), nullable=False),
        sa.Column("n_packets", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_packet_count_hearing_id_hearing")),
        sa.PrimaryKeyConstraint("hearing_id", "from_room", "to_room", name=op.f("pk_packet_count")),
    )


def downgrade() -> None:
    for table in ("packet_count", "caucus_guest", "caucus", "stay"):
        op.drop_table(table)
    # Without rooms apart, who was in one is in the main room again.
    op.execute("UPDATE seat SET room = 'main' WHERE room LIKE 'caucus-%'")
    op.drop_column("hearing", "n_restarts")
