"""How raters are planned: wanted numbers, load cap, conflict pairs, approval of the list"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What cycles before this one were planned with: nine peers, ten subordinates, no cap that was told.
PLANNED = {
    "chooses_raters": (sa.String(), sa.text("'chart'")),
    "peers_wanted": (sa.Integer(), "9"),
    "subordinates_wanted": (sa.Integer(), "10"),
    "load_cap": (sa.Integer(), "12"),
    "contact_months": (sa.Integer(), "3"),
    "has_wide_circles": (sa.Boolean(), sa.false()),
    "joins_groups": (sa.Boolean(), sa.false()),
}


def upgrade() -> None:
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        for name, (kind, value) in PLANNED.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=value))
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        for name in PLANNED:
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_joined", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.alter_column("is_joined", server_default=None)
    op.create_table(
        "conflict_pairs",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["employees.id"], name=op.f("fk_conflict_pairs_first_id_employees")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["employees.id"], name=op.f("fk_conflict_pairs_second_id_employees")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_conflict_pairs")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conflict_pairs_public_id")),
    )
    op.create_index(op.f("ix_conflict_pairs_second_id"), "conflict_pairs", ["second_id"])
    op.create_table(
        "list_approvals",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("list_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_list_approvals_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["accounts.id"], name=op.f("fk_list_approvals_asked_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_list_approvals_decided_by_accounts")
        ),
        sa.PrimaryKeyConstraint("cycle_id", name=op.f("pk_list_approvals")),
    )


def downgrade() -> None:
    op.drop_table("list_approvals")
    op.drop_table("conflict_pairs")
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.drop_column("is_joined")
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        for name in PLANNED:
            batch_op.drop_column(name)
