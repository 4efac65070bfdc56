"""The organisation in time: posts, teams, circles, earlier units; people without a NIP

Everybody gets a code, the key by which files know a person; the NIP may be missing. Cycles that have a list
keep the units as they stand now, since nothing older is known.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
EMPLOYEES = sa.table("employees", sa.column("id", sa.Integer()), sa.column("code", sa.String()))
TEXTS = ("job_kind", "job_level")


def upgrade() -> None:
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("named_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("employees", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(), nullable=True))
        for name in TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("in_post_since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))
    _give_codes(op.get_bind())
    with op.batch_alter_table("employees", schema=None) as batch_op:
        batch_op.alter_column("code", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("number", existing_type=sa.String(), nullable=True)
        batch_op.create_unique_constraint(op.f("uq_employees_code"), ["code"])
        for name in TEXTS:
            batch_op.alter_column(name, existing_type=sa.String(), server_default=None)
    _create_posts()
    _create_teams()
    _create_unit_history()
    op.execute(
        "INSERT INTO cycle_units (cycle_id, unit_id, code, name, parent_id) "
        "SELECT cycles.id, units.id, units.code, units.name, units.parent_id FROM cycles, units "
        "WHERE cycles.id IN (SELECT cycle_id FROM subjects)"
    )


def _give_codes(connection: sa.Connection) -> None:
    for (employee,) in connection.execute(sa.select(EMPLOYEES.c.id)).all():
        code = "P-" + "".join(secrets.choice(ALPHABET) for _ in range(8))
        connection.execute(sa.update(EMPLOYEES).where(EMPLOYEES.c.id == employee).values(code=code))


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("job_kind", sa.String(), nullable=False),
        sa.Column("job_level", sa.String(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=True),
        sa.Column("acts_for_id", sa.Integer(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("decree", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employees.id"], name=op.f("fk_posts_employee_id_employees")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_posts_unit_id_units")),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["employees.id"], name=op.f("fk_posts_supervisor_id_employees")
        ),
        sa.ForeignKeyConstraint(["acts_for_id"], ["employees.id"], name=op.f("fk_posts_acts_for_id_employees")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_posts_public_id")),
    )
    for column in ("employee_id", "unit_id", "supervisor_id", "acts_for_id"):
        op.create_index(op.f(f"ix_posts_{column}"), "posts", [column])


def _create_teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("decree", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_teams_public_id")),
    )
    op.create_table(
        "team_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id_teams")),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["employees.id"], name=op.f("fk_team_members_employee_id_employees")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
    )
    for column in ("team_id", "employee_id"):
        op.create_index(op.f(f"ix_team_members_{column}"), "team_members", [column])
    op.create_table(
        "peer_circles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("job_kind", sa.String(), nullable=False),
        sa.Column("job_level", sa.String(), nullable=False),
        sa.Column("title_begins", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_circles")),
        sa.UniqueConstraint("name", name=op.f("uq_peer_circles_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_peer_circles_public_id")),
    )


def _create_unit_history() -> None:
    op.create_table(
        "unit_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_versions_unit_id_units")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_unit_versions_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_versions")),
    )
    op.create_index(op.f("ix_unit_versions_unit_id"), "unit_versions", ["unit_id"])
    op.create_table(
        "unit_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("decree", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_unit_changes_public_id")),
    )
    op.create_table(
        "unit_change_parts",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("became", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["unit_changes.id"], name=op.f("fk_unit_change_parts_change_id_unit_changes")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_change_parts_unit_id_units")),
        sa.PrimaryKeyConstraint("change_id", "unit_id", "became", name=op.f("pk_unit_change_parts")),
    )
    op.create_index(op.f("ix_unit_change_parts_unit_id"), "unit_change_parts", ["unit_id"])
    op.create_table(
        "cycle_units",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_cycle_units_cycle_id_cycles")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cycle_units_unit_id_units")),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", name=op.f("pk_cycle_units")),
    )


def downgrade() -> None:
    # People without a NIP are unknown to the version before: they keep their code in its place.
    op.execute("UPDATE employees SET number = code WHERE number IS NULL")
    for table in (
        "cycle_units",
        "unit_change_parts",
        "unit_changes",
        "unit_versions",
        "peer_circles",
        "team_members",
        "teams",
        "posts",
    ):
        op.drop_table(table)
    with op.batch_alter_table("employees", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_employees_code"), type_="unique")
        batch_op.alter_column("number", existing_type=sa.String(), nullable=False)
        for name in ("left_on", "in_post_since", *reversed(TEXTS), "code"):
            batch_op.drop_column(name)
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_column("ends_on")
        batch_op.drop_column("named_since")
