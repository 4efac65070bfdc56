"""Questionnaires of the city's own: versions, and drafts with their steps"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instrument_versions",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_instrument_versions")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instrument_versions_code_version")),
    )
    op.create_table(
        "instrument_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_drafts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_instrument_drafts_public_id")),
    )
    op.create_table(
        "draft_steps",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["instrument_drafts.id"], name=op.f("fk_draft_steps_draft_id_instrument_drafts")
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_draft_steps")),
    )


def downgrade() -> None:
    op.drop_table("draft_steps")
    op.drop_table("instrument_drafts")
    op.drop_table("instrument_versions")
