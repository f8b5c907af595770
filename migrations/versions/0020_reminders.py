"""Which booking a reminder is about."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("booking_id", sa.Integer(), nullable=True))
        notice.add_column(sa.Column("booking_sequence", sa.Integer(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_booking_id_booking"), "booking", ["booking_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("fk_notice_booking_id_booking"), type_="foreignkey")
        notice.drop_column("booking_sequence")
        notice.drop_column("booking_id")
