"""Bring the two databases to the newest schema, or back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

from survey.db import Databases

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
World = Literal["people", "answers"]


def upgrade_all(databases: Databases) -> None:
    """Bring both databases to the newest revision."""
    upgrade(databases.people, "people")
    upgrade(databases.answers, "answers")


def upgrade(engine: Engine, world: World, revision: str = "head") -> None:
    """Apply the migrations of one world up to `revision`."""
    with _changing(engine) as connection:
        command.upgrade(alembic_config(world, connection), revision)


def downgrade(engine: Engine, world: World, revision: str = "base") -> None:
    """Take the migrations of one world back to `revision`."""
    with _changing(engine) as connection:
        command.downgrade(alembic_config(world, connection), revision)


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by building it anew, so nothing may hang on the old one then.

    Every link is checked before anything is committed.
    """
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            _keep_links(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("The migration would leave rows that point at nothing.")
        finally:
            if is_sqlite:
                _keep_links(connection, "ON")


def _keep_links(connection: Connection, state: str) -> None:
    """Set whether SQLite guards foreign keys; within a transaction it would not listen."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def alembic_config(world: World, connection: object = None) -> Config:
    """Alembic's configuration for one world; the connection is handed over, not opened again."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / world))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
