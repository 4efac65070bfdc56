"""Uses of single-use codes wait for others before they stand in their roll"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_uses",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("roll_id", sa.Integer(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_code_uses")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.execute(
        "UPDATE visit_codes SET taken = (SELECT taken FROM code_uses"
        " WHERE code_uses.code_hash = visit_codes.code_hash)"
        " WHERE code_hash IN (SELECT code_hash FROM code_uses)"
    )
    op.drop_table("code_uses")
