"""Who is not asked to a session."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "left_out",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_left_out_booking_id_booking")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_left_out_party_id_party")),
        sa.PrimaryKeyConstraint("booking_id", "party_id", name=op.f("pk_left_out")),
    )


def downgrade() -> None:
    op.drop_table("left_out")
