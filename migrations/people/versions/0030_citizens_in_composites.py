"""Citizens' share in the composite of a cycle"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NEW = {"citizen_period": (sa.String(), ""), "citizen_weight": (sa.Double(), "0")}


def upgrade() -> None:
    op.create_table(
        "citizen_parts",
        sa.Column("appraisal_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("is_banded", sa.Boolean(), nullable=False),
        sa.Column("standard_error", sa.Double(), nullable=False),
        sa.Column("reliability", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraisal_id"], ["appraisals.id"], name=op.f("fk_citizen_parts_appraisal_id_appraisals")
        ),
        sa.PrimaryKeyConstraint("appraisal_id", name=op.f("pk_citizen_parts")),
    )
    for name, (kind, value) in NEW.items():
        with op.batch_alter_table("cycles") as table:
            table.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table("cycles") as table:
            table.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("cycles") as table:
        for name in NEW:
            table.drop_column(name)
    op.drop_table("citizen_parts")
