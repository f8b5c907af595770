"""Lines for one reader, lines on the record, a shared screen."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seat", sa.Column("sharing", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("chat_line") as table:
        table.add_column(sa.Column("to_seat_id", sa.Integer()))
        table.add_column(sa.Column("kept_at", sa.DateTime()))
        table.create_foreign_key(op.f("fk_chat_line_to_seat_id_seat"), "seat", ["to_seat_id"], ["id"])


def downgrade() -> None:
    # Without the column a line for one reader would be everybody's.
    op.execute(sa.text("DELETE FROM chat_line WHERE to_seat_id IS NOT NULL"))
    with op.batch_alter_table("chat_line") as table:
        table.drop_constraint(op.f("fk_chat_line_to_seat_id_seat"), type_="foreignkey")
        table.drop_column("kept_at")
        table.drop_column("to_seat_id")
    op.drop_column("seat", "sharing")
