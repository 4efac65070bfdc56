"""Bring the two databases to the newest schema, or back."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from survey.db import Databases

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
World = Literal["people", "answers"]


def upgrade_all(databases: Databases) -> None:
    """Bring both databases to the newest revision."""
    upgrade(databases.people, "people")
    upgrade(databases.answers, "answers")


def upgrade(engine: Engine, world: World, revision: str = "head") -> None:
    """Apply the migrations of one world up to `revision`."""
    with engine.begin() as connection:
        command.upgrade(alembic_config(world, connection), revision)


def downgrade(engine: Engine, world: World, revision: str = "base") -> None:
    """Take the migrations of one world back to `revision`."""
    with engine.begin() as connection:
        command.downgrade(alembic_config(world, connection), revision)


def alembic_config(world: World, connection: object = None) -> Config:
    """Alembic's configuration for one world; the connection is handed over, not opened again."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / world))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
