"""A list of raters is asked for, then made"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_requests",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("unit_ids", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("of_named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_list_requests_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["accounts.id"], name=op.f("fk_list_requests_asked_by_accounts")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_list_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_list_requests_public_id")),
    )


def downgrade() -> None:
    op.drop_table("list_requests")
