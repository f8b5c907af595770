"""Whom the parties wish for as mediator, what ties a mediator to a party, and how each choice stood."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mediator_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.Column("recusal", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decision_why", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mediator_wish_case_id_case")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_mediator_wish_party_id_party")),
        sa.ForeignKeyConstraint(["mediator_id"], ["mediator.id"], name=op.f("fk_mediator_wish_mediator_id_mediator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator_wish")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mediator_wish_public_id")),
        sa.UniqueConstraint("party_id", "mediator_id", name=op.f("uq_mediator_wish_party_id_mediator_id")),
    )
    op.create_index(op.f("ix_mediator_wish_case_id"), "mediator_wish", ["case_id"])
    op.create_table(
        "mediator_relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mediator_relation_case_id_case")),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_mediator_relation_mediator_id_mediator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator_relation")),
        sa.UniqueConstraint("case_id", "mediator_id", name=op.f("uq_mediator_relation_case_id_mediator_id")),
    )
    with op.batch_alter_table("assignment") as assignment:
        assignment.add_column(sa.Column("why", sa.LargeBinary(), nullable=True))
        assignment.add_column(sa.Column("considered", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("assignment") as assignment:
        assignment.drop_column("considered")
        assignment.drop_column("why")
    op.drop_table("mediator_relation")
    op.drop_index(op.f("ix_mediator_wish_case_id"), table_name="mediator_wish")
    op.drop_table("mediator_wish")
