"""What HR decided about the quality of a counted cycle"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_reviews_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_reviews")),
    )


def downgrade() -> None:
    op.execute("UPDATE cycles SET state = 'tallied' WHERE state = 'reviewed'")
    op.drop_table("reviews")
