"""Units whose raters may answer for longer"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_deadlines",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("chosen_id", sa.Integer(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["chosen_id"], ["units.id"], name=op.f("fk_unit_deadlines_chosen_id_units")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_unit_deadlines_cycle_id_cycles")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_deadlines_unit_id_units")),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", name=op.f("pk_unit_deadlines")),
    )


def downgrade() -> None:
    op.drop_table("unit_deadlines")
