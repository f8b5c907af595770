"""What the parties say to each clause, and to the text that was read back."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("shown_at", sa.DateTime()))
    op.create_table(
        "clause_answer",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(40), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_clause_answer_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_clause_answer_party_id_party")),
        sa.PrimaryKeyConstraint("agreement_id", "position", "party_id", name=op.f("pk_clause_answer")),
    )
    op.create_table(
        "read_back",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_read_back_agreement_id_agreement")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_read_back_party_id_party")),
        sa.PrimaryKeyConstraint("agreement_id", "party_id", name=op.f("pk_read_back")),
    )


def downgrade() -> None:
    op.drop_table("read_back")
    op.drop_table("clause_answer")
    op.drop_column("agreement", "shown_at")
