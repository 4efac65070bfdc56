"""Service partners: pairs that HR names, and units whose people rate those of another unit"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_pairs",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_partner_pairs_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employees.id"], name=op.f("fk_partner_pairs_subject_id_employees")
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["employees.id"], name=op.f("fk_partner_pairs_rater_id_employees")
        ),
        sa.PrimaryKeyConstraint("cycle_id", "subject_id", "rater_id", name=op.f("pk_partner_pairs")),
    )
    op.create_table(
        "partner_rules",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_unit_id", sa.Integer(), nullable=False),
        sa.Column("rater_unit_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_partner_rules_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["subject_unit_id"], ["units.id"], name=op.f("fk_partner_rules_subject_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["rater_unit_id"], ["units.id"], name=op.f("fk_partner_rules_rater_unit_id_units")
        ),
        sa.PrimaryKeyConstraint(
            "cycle_id", "subject_unit_id", "rater_unit_id", name=op.f("pk_partner_rules")
        ),
    )


def downgrade() -> None:
    op.drop_table("partner_rules")
    op.drop_table("partner_pairs")
