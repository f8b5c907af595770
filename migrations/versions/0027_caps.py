"""How many sessions a mediator takes in a day and a week; what is booked already is counted."""

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CHINA = timedelta(hours=8)


def upgrade() -> None:
    op.create_table(
        "cap",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("daily_most", sa.Integer(), nullable=True),
        sa.Column("weekly_most", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_cap_resource_id_resource")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_cap")),
    )
    counts = op.create_table(
        "cap_count",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_cap_count_resource_id_resource")),
        sa.PrimaryKeyConstraint("resource_id", "period", "first_on", name=op.f("pk_cap_count")),
    )
    rows = [
        {"resource_id": resource, "period": period, "first_on": first_on, "n": n}
        for (resource, period, first_on), n in _booked().items()
    ]
    if rows:
        op.bulk_insert(counts, rows)


def _booked() -> Counter:
    """By resource, period and first day, in China's zone."""
    booking = sa.table(
        "booking", sa.column("mediator_id"), sa.column("starts_at", sa.DateTime()), sa.column("state")
    )
    resource = sa.table("resource", sa.column("id"), sa.column("kind"), sa.column("subject_id"))
    query = (
        sa.select(resource.c.id, booking.c.starts_at)
        .join(resource, sa.and_(resource.c.kind == "mediator", resource.c.subject_id == booking.c.mediator_id))
        .where(booking.c.state.in_(["pending", "confirmed", "done"]))
    )
    found: Counter = Counter()
    for owner, starts_at in op.get_bind().execute(query):
        on = (starts_at + CHINA).date()
        found[owner, "day", on] += 1
        found[owner, "week", on - timedelta(days=on.weekday())] += 1
    return found


def downgrade() -> None:
    op.drop_table("cap_count")
    op.drop_table("cap")
