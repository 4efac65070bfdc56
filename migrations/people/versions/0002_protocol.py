"""Layers and scopes of a cycle, its mode and its manifest

Cycles counted before had the server's key. One that is open now has no papers of the new kind: it is closed
with the version before, or, in a demo, built anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


UNDER_WAY = (
    "A cycle is open or being counted. Close it with the version before this one, then upgrade. "
    "A demo city is built anew with: python -m survey demo --reset"
)


def upgrade() -> None:
    under_way = sa.text("SELECT count(*) FROM cycles WHERE state IN ('open', 'closed')")
    if op.get_bind().execute(under_way).scalar():
        raise RuntimeError(UNDER_WAY)
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(), nullable=False, server_default="server_key"))
        batch_op.add_column(sa.Column("manifest", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.alter_column("mode", server_default=None)
        batch_op.alter_column("manifest", server_default=None)
    op.create_table(
        "layers",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("proof_text", sa.LargeBinary(), nullable=False),
        sa.Column("is_proven_by_key", sa.Boolean(), nullable=False),
        sa.Column("is_proven_by_shares", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_layers_cycle_id_cycles")),
        sa.PrimaryKeyConstraint("cycle_id", "layer", name=op.f("pk_layers")),
    )
    op.create_table(
        "scopes",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rater_group", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "subject_id"],
            ["subjects.cycle_id", "subjects.employee_id"],
            name="fk_scopes_subject",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "subject_id", "rater_group", name=op.f("pk_scopes")),
    )


def downgrade() -> None:
    op.drop_table("scopes")
    op.drop_table("layers")
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.drop_column("manifest")
        batch_op.drop_column("mode")
