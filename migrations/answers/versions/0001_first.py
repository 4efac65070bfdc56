"""Sealed ballots, vault, citizens"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen_counts",
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "service_point", "period", "stratum", "item", "option", name=op.f("pk_citizen_counts")
        ),
    )
    op.create_table(
        "citizen_responses",
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("instrument_hash", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("service_point", "period", "key", name=op.f("pk_citizen_responses")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comments",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "block", "voice", "question", "rank", name=op.f("pk_comments")),
    )
    op.create_table(
        "merged_tokens",
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("box", "token", name=op.f("pk_merged_tokens")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "code", name=op.f("pk_receipts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_ballots",
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("box", "token", name=op.f("pk_sealed_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallied_boxes",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", name=op.f("pk_tallied_boxes")),
    )
    op.create_table(
        "vault_blocks",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("rater_group", sa.String(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "block", "rater_group", "scale", name=op.f("pk_vault_blocks")),
    )
    op.create_table(
        "vault_counts",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("rater_group", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "cycle", "block", "rater_group", "item", "option", name=op.f("pk_vault_counts")
        ),
    )
    op.create_table(
        "vault_pools",
        sa.Column("cycle", sa.String(), nullable=False),
        sa.Column("rater_group", sa.String(), nullable=False),
        sa.Column("instrument_hash", sa.String(), nullable=False),
        sa.Column("statistics", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("cycle", "rater_group", name=op.f("pk_vault_pools")),
    )


def downgrade() -> None:
    op.drop_table("vault_pools")
    op.drop_table("vault_counts")
    op.drop_table("vault_blocks")
    op.drop_table("tallied_boxes")
    op.drop_table("sealed_ballots")
    op.drop_table("receipts")
    op.drop_table("merged_tokens")
    op.drop_table("comments")
    op.drop_table("citizen_responses")
    op.drop_table("citizen_counts")
