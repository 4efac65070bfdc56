"""Codes that are drawn out of a box, and papers that replace lost ones"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_void", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("replaced", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.alter_column("is_void", server_default=None)
        batch_op.alter_column("replaced", server_default=None)
    op.create_table(
        "drawn_codes",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rater_group", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id", "subject_id", "rater_group"],
            ["scopes.cycle_id", "scopes.subject_id", "scopes.rater_group"],
            name="fk_drawn_codes_scope",
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_drawn_codes")),
        sa.UniqueConstraint("key", name=op.f("uq_drawn_codes_key")),
    )
    op.create_index(op.f("ix_drawn_codes_cycle_id"), "drawn_codes", ["cycle_id"])
    op.create_table(
        "replacement_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["accounts.id"], name=op.f("fk_replacement_requests_asked_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_replacement_requests_decided_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "rater_id"],
            ["invitations.cycle_id", "invitations.rater_id"],
            name="fk_replacement_requests_invitation",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_replacement_requests_public_id")),
    )
    op.create_index(op.f("ix_replacement_requests_cycle_id"), "replacement_requests", ["cycle_id"])


def downgrade() -> None:
    op.drop_table("replacement_requests")
    op.drop_table("drawn_codes")
    with op.batch_alter_table("papers", schema=None) as batch_op:
        batch_op.drop_column("replaced")
        batch_op.drop_column("is_void")
