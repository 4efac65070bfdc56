"""Nominations of peers"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nominations",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_nominations_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employees.id"], name=op.f("fk_nominations_subject_id_employees")
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["employees.id"], name=op.f("fk_nominations_rater_id_employees")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "subject_id", "rater_id", name=op.f("pk_nominations")),
    )
    op.create_index(op.f("ix_nominations_rater_id"), "nominations", ["rater_id"])


def downgrade() -> None:
    op.drop_table("nominations")
