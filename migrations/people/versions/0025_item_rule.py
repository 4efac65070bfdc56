"""A rule by which an item may be left out, what it named, and what the cycle would tell without"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cycles") as table:
        table.add_column(sa.Column("item_least_r", sa.Double(), nullable=True))
        table.add_column(sa.Column("item_most_unable", sa.Double(), nullable=True))
    op.create_table(
        "item_reviews",
        sa.Column("cycle_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("is_left_out", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_item_reviews_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_item_reviews")),
    )
    op.create_table(
        "alternative_releases",
        sa.Column("cycle_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycles.id"], name=op.f("fk_alternative_releases_cycle_id_cycles")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_alternative_releases")),
    )


def downgrade() -> None:
    op.drop_table("alternative_releases")
    op.drop_table("item_reviews")
    with op.batch_alter_table("cycles") as table:
        table.drop_column("item_most_unable")
        table.drop_column("item_least_r")
