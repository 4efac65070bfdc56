"""What offices do about what citizens say: users, weights, plans, figures of the service, publications"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_points", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("service_points", schema=None) as batch_op:
        batch_op.alter_column("service", existing_type=sa.String(), server_default=None)
    op.create_table(
        "service_volumes",
        sa.Column("service_point_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_service_volumes_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("service_point_id", "period", name=op.f("pk_service_volumes")),
    )
    _of_units(
        "element_weights",
        sa.Column("from_period", sa.String(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.UniqueConstraint("unit_id", "from_period", name=op.f("uq_element_weights_unit_id_from_period")),
        has_public_id=False,
    )
    _of_units(
        "follow_ups",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
    )
    _of_units(
        "indicators",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("less_is_better", sa.Boolean(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
    )
    op.create_table(
        "indicator_values",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_values_indicator_id_indicators")
        ),
        sa.PrimaryKeyConstraint("indicator_id", "day", name=op.f("pk_indicator_values")),
    )
    _of_units(
        "service_changes",
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
    )
    _of_units(
        "publications",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("index", sa.String(), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
    )


def _of_units(name: str, *columns: sa.schema.SchemaItem, has_public_id: bool = True) -> None:
    """A table whose rows belong to a unit and are addressed by a random name."""
    public = [
        sa.Column("public_id", sa.String(), nullable=False),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
    ]
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        *(public if has_public_id else ()),
        *columns,
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f(f"fk_{name}_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{name}_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    for name in (
        "publications",
        "service_changes",
        "indicator_values",
        "indicators",
        "follow_ups",
        "element_weights",
        "service_volumes",
    ):
        op.drop_table(name)
    with op.batch_alter_table("service_points", schema=None) as batch_op:
        batch_op.drop_column("service")
