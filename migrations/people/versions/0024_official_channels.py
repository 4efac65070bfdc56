"""Channels that an index counts are fixed before the quarter"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "official_channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_period", sa.String(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("fixed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_official_channels_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_channels")),
        sa.UniqueConstraint(
            "unit_id", "from_period", name=op.f("uq_official_channels_unit_id_from_period")
        ),
    )
    op.create_index(op.f("ix_official_channels_unit_id"), "official_channels", ["unit_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_official_channels_unit_id"), "official_channels")
    op.drop_table("official_channels")
