"""Who came to a booked time."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("marked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_arrival_booking_id_booking")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_arrival_party_id_party")),
        sa.PrimaryKeyConstraint("booking_id", "party_id", name=op.f("pk_arrival")),
    )


def downgrade() -> None:
    op.drop_table("arrival")
