"""Sums over what citizens said of officers"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_sums",
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("officer", "period", name=op.f("pk_officer_sums")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "officer_spread",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("squares", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_officer_spread")),
    )


def downgrade() -> None:
    op.drop_table("officer_spread")
    op.drop_table("officer_sums")
