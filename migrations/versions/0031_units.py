"""Rooms for several sessions side by side, and sessions that staff book beside another with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("resource", sa.Column("units", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("booking", sa.Column("override_why", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "override_why")
    op.drop_column("resource", "units")
