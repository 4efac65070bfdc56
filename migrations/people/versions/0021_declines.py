"""Declines stand apart from what was named and approved"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declines",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_declines_cycle_id_cycles")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["employees.id"], name=op.f("fk_declines_subject_id_employees")
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["employees.id"], name=op.f("fk_declines_rater_id_employees")),
        sa.PrimaryKeyConstraint("cycle_id", "subject_id", "rater_id", name=op.f("pk_declines")),
    )
    op.create_index(op.f("ix_declines_rater_id"), "declines", ["rater_id"])
    op.execute(
        "INSERT INTO declines (cycle_id, subject_id, rater_id, reason)"
        " SELECT cycle_id, subject_id, rater_id, reason FROM nominations WHERE state = 'declined'"
    )
    # What was wanted of those who declined was not kept: it is taken to be as far as the rest of the list.
    op.execute(
        "UPDATE nominations SET state = CASE WHEN EXISTS (SELECT 1 FROM nominations AS other"
        " WHERE other.cycle_id = nominations.cycle_id AND other.subject_id = nominations.subject_id"
        " AND other.state IN ('approved', 'refused')) THEN 'approved' ELSE 'named' END"
        " WHERE state = 'declined'"
    )
    with op.batch_alter_table("nominations") as table:
        table.drop_column("reason")


def downgrade() -> None:
    with op.batch_alter_table("nominations") as table:
        table.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("nominations") as table:
        table.alter_column("reason", existing_type=sa.String(), server_default=None)
    both = (
        "declines.cycle_id = nominations.cycle_id AND declines.subject_id = nominations.subject_id"
        " AND declines.rater_id = nominations.rater_id"
    )
    op.execute(  # noqa: S608 - no value from outside
        "INSERT INTO nominations (cycle_id, subject_id, rater_id, state, reason)"
        " SELECT cycle_id, subject_id, rater_id, 'declined', '' FROM declines"
        f" WHERE NOT EXISTS (SELECT 1 FROM nominations WHERE {both})"
    )
    op.execute(
        "UPDATE nominations SET state = 'declined',"
        f" reason = (SELECT reason FROM declines WHERE {both})"
        f" WHERE EXISTS (SELECT 1 FROM declines WHERE {both})"
    )
    op.drop_index(op.f("ix_declines_rater_id"), table_name="declines")
    op.drop_table("declines")
