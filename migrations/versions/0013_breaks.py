"""Leaves and closures."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_leave_ends_later")),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediator.id"], name=op.f("fk_leave_mediator_id_mediator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
        sa.UniqueConstraint("public_id", name=op.f("uq_leave_public_id")),
    )
    op.create_index(op.f("ix_leave_mediator_id"), "leave", ["mediator_id"], unique=False)
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("org_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=80), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_closure_ends_later")),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=op.f("fk_closure_org_id_org")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_closure_station_id_station")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_closure_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_closure_public_id")),
    )
    op.create_index(op.f("ix_closure_org_id"), "closure", ["org_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_closure_org_id"), table_name="closure")
    op.drop_table("closure")
    op.drop_index(op.f("ix_leave_mediator_id"), table_name="leave")
    op.drop_table("leave")
