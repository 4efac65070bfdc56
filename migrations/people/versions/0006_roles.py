"""Roles: who ran everything as `hr` is `hr_admin` now"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE grants SET role = 'hr_admin' WHERE role = 'hr'")


def downgrade() -> None:
    # Roles that were unknown before go: whoever held one holds less, never more.
    op.execute("DELETE FROM grants WHERE role NOT IN ('hr_admin', 'employee', 'auditor')")
    op.execute("UPDATE grants SET role = 'hr' WHERE role = 'hr_admin'")
