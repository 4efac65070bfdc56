"""Whose supervisor has not been it for long is written down with the list of raters"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("subjects") as table:
        table.add_column(sa.Column("is_newly_led", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("subjects") as table:
        table.alter_column("is_newly_led", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("subjects") as table:
        table.drop_column("is_newly_led")
