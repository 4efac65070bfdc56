"""Days and quarters with unusual arrivals of citizens' answers"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unusual_arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_point_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_unusual_arrivals_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusual_arrivals")),
    )
    op.create_index(op.f("ix_unusual_arrivals_service_point_id"), "unusual_arrivals", ["service_point_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_unusual_arrivals_service_point_id"), "unusual_arrivals")
    op.drop_table("unusual_arrivals")
