"""Sums of citizens' responses beside them, so that no page reads rows

What is there already is added up here. Elements are those that answers name, in the order of their names: the
program reads them in the order of its rule.
"""

import json
from collections import Counter, defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ELEMENTS = 9
PLACE = ("service_point", "period", "stratum")
RESPONSES = sa.table(
    "citizen_responses",
    *(sa.column(name, sa.String()) for name in PLACE),
    sa.column("answers", sa.JSON()),
    sa.column("profile", sa.JSON()),
)


def upgrade() -> None:
    table = op.create_table(
        "citizen_sums",
        sa.Column("service_point", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("service_point", "period", "stratum", name=op.f("pk_citizen_sums")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    places = connection.execute(sa.select(*(RESPONSES.c[name] for name in PLACE)).distinct()).all()
    for place in places:
        here = sa.and_(*(RESPONSES.c[name] == value for name, value in zip(PLACE, place)))
        rows = connection.execute(sa.select(RESPONSES.c.answers, RESPONSES.c.profile).where(here)).all()
        connection.execute(sa.insert(table).values(**dict(zip(PLACE, place)), **_sums(rows)))


def _sums(rows: list) -> dict:
    elements = sorted({name for answers, _profile in rows for name in answers})
    n, sums, products = (Counter() for _ in range(3))
    bands = defaultdict(Counter)
    for answers, profile in rows:
        for one, first in answers.items():
            for other, second in answers.items():
                n[one, other] += 1
                sums[one, other] += first
                products[one, other] += first * second
        for field, band in profile.items() if answers else ():
            bands[field][band] += 1
    tables = {
        name: [[table[one, other] for other in elements] for one in elements]
        for name, table in (("n", n), ("sums", sums), ("products", products))
    }
    return {
        "respondents": sum(bool(answers) for answers, _profile in rows),
        "complete": sum(len(answers) == ELEMENTS for answers, _profile in rows),
        "pairs": json.dumps({"elements": elements, **tables}).encode(),
        "profile": {field: dict(sorted(counted.items())) for field, counted in sorted(bands.items())},
    }


def downgrade() -> None:
    op.drop_table("citizen_sums")
