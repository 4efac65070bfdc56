"""The audit trail becomes a chain of hashes

What was entered before is chained in the order in which it was entered; from here on no entry can be changed,
taken out or moved without breaking the chain. `docs/protocol.md` fixes the bytes.
"""

import hashlib
import secrets
from datetime import UTC

import sqlalchemy as sa
from alembic import op

from protocol.encoding import canonical

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW_COLUMNS = ("salt", "digest", "hash")
EVENTS = sa.table(
    "audit_events",
    sa.column("id", sa.Integer()),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("account_id", sa.Integer()),
    sa.column("action", sa.String()),
    sa.column("object", sa.String()),
    sa.column("detail", sa.JSON()),
    *(sa.column(name, sa.LargeBinary()) for name in NEW_COLUMNS),
)


def upgrade() -> None:
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        for name in NEW_COLUMNS:
            batch_op.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
    _chain(op.get_bind())
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        for name in NEW_COLUMNS:
            batch_op.alter_column(name, existing_type=sa.LargeBinary(), nullable=False)


def _chain(connection: sa.Connection) -> None:
    link = bytes(32)
    for row in connection.execute(sa.select(EVENTS).order_by(EVENTS.c.id)).all():
        salt = secrets.token_bytes(16)
        digest = hashlib.sha256(salt + _entry(row)).digest()
        link = hashlib.sha256(b"cermin log 1\n" + link + digest).digest()
        chained = sa.update(EVENTS).where(EVENTS.c.id == row.id)
        connection.execute(chained.values(salt=salt, digest=digest, hash=link))


def _entry(row: sa.Row) -> bytes:
    at = row.at.astimezone(UTC) if row.at.tzinfo else row.at  # SQLite keeps UTC without saying so
    return canonical(
        {
            "account": row.account_id,
            "action": row.action,
            "about": row.object,
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detail": row.detail,
        }
    )


def downgrade() -> None:
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        for name in reversed(NEW_COLUMNS):
            batch_op.drop_column(name)
