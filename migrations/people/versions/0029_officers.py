"""Codes for the visitors of one officer"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officers",
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employees.id"], name=op.f("fk_officers_employee_id_employees")
        ),
        sa.PrimaryKeyConstraint("employee_id", name=op.f("pk_officers")),
        sa.UniqueConstraint("key", name=op.f("uq_officers_key")),
    )
    with op.batch_alter_table("code_rolls") as table:
        table.add_column(sa.Column("officer_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_code_rolls_officer_id_officers"), "officers", ["officer_id"], ["employee_id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("code_rolls") as table:
        table.drop_constraint(op.f("fk_code_rolls_officer_id_officers"), type_="foreignkey")
        table.drop_column("officer_id")
    op.drop_table("officers")
