"""Single-use codes of service points, and kiosks"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_rolls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("service_point_id", sa.Integer(), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_code_rolls_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_rolls")),
        sa.UniqueConstraint("public_id", name=op.f("uq_code_rolls_public_id")),
    )
    op.create_index(op.f("ix_code_rolls_service_point_id"), "code_rolls", ["service_point_id"])
    op.create_table(
        "visit_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["roll_id"], ["code_rolls.id"], name=op.f("fk_visit_codes_roll_id_code_rolls")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_visit_codes")),
    )
    op.create_index(op.f("ix_visit_codes_roll_id"), "visit_codes", ["roll_id"])
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("service_point_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name=op.f("fk_kiosks_service_point_id_service_points")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kiosks_public_id")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_kiosks_secret_hash")),
    )
    op.create_index(op.f("ix_kiosks_service_point_id"), "kiosks", ["service_point_id"])


def downgrade() -> None:
    op.drop_table("kiosks")
    op.drop_table("visit_codes")
    op.drop_table("code_rolls")
