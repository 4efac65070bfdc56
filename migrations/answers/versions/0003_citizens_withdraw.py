"""Citizens' words, and hashes of the codes that withdraw an answer"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizen_responses", sa.Column("withdrawal", sa.LargeBinary(), nullable=True))
    op.create_table(
        "suggestions",
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("withdrawal", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("service_point", "period", "key", name=op.f("pk_suggestions")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("suggestions")
    op.drop_column("citizen_responses", "withdrawal")
