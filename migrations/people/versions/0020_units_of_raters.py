"""The unit that a rater was in when the cycle opened"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitations") as table:
        table.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE invitations SET unit_id ="
        " (SELECT employees.unit_id FROM employees WHERE employees.id = invitations.rater_id)"
    )
    with op.batch_alter_table("invitations") as table:
        table.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(op.f("fk_invitations_unit_id_units"), "units", ["unit_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("invitations") as table:
        table.drop_constraint(op.f("fk_invitations_unit_id_units"), type_="foreignkey")
        table.drop_column("unit_id")
