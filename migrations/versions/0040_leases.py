"""Which `live` process holds a hearing."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_process",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(), nullable=False),
        sa.Column("load_percent", sa.Integer(), nullable=False),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_process")),
    )
    op.create_table(
        "hearing_lease",
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_lease_hearing_id_hearing")),
        sa.ForeignKeyConstraint(
            ["process_id"], ["live_process.id"], name=op.f("fk_hearing_lease_process_id_live_process")
        ),
        sa.PrimaryKeyConstraint("hearing_id", name=op.f("pk_hearing_lease")),
    )
    op.create_index(op.f("ix_hearing_lease_process_id"), "hearing_lease", ["process_id"])


def downgrade() -> None:
    op.drop_table("hearing_lease")
    op.drop_table("live_process")
