"""Seconds before the beginning; muted and locked; one person large on every screen."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hearing", sa.Column("begins_at", sa.DateTime()))
    op.add_column("seat", sa.Column("mute_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("seat", sa.Column("spotlit", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Whoever is muted while this step runs was told that they cannot undo it.
    op.execute(sa.text("UPDATE seat SET mute_locked = muted"))


def downgrade() -> None:
    op.drop_column("seat", "spotlit")
    op.drop_column("seat", "mute_locked")
    op.drop_column("hearing", "begins_at")
