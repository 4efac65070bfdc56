"""Briefings of units before a cycle"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "briefings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.String(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_briefings_cycle_id_cycles")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_briefings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_briefings_public_id")),
    )
    op.create_index(op.f("ix_briefings_cycle_id"), "briefings", ["cycle_id"])
    op.create_index(op.f("ix_briefings_unit_id"), "briefings", ["unit_id"])


def downgrade() -> None:
    op.drop_table("briefings")
