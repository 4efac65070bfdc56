"""How many days had so many answers, without their dates"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "usual_days",
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_point", "period", "stratum", "at_least", name=op.f("pk_usual_days")
        ),
    )


def downgrade() -> None:
    op.drop_table("usual_days")
