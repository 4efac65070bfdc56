"""Citizens' words are read: what became of them, and the plan that answers them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestions", sa.Column("follow_up", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("suggestions", "follow_up")
