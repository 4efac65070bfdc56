"""Engines, base classes and `transaction`, the only place that commits.

Two worlds that never meet: *people* (who takes part) and *answers* (what was said). They have their own
database, their own metadata and their own migrations, and no transaction spans both. The *spool* is a
small file of this host that takes each ballot in until the next merge.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from survey.config import Settings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
READ_ONLY = "cermin_read_only"
SECONDS_TO_LOCK = 5
PRIVATE = 0o700  # directories that only the service itself may look into


class StillInUse(Exception):
    """Somebody reads the database, so its write-ahead log could not be emptied."""


class PeopleBase(DeclarativeBase):
    """Tables about who takes part."""

    metadata = MetaData(naming_convention=NAMING)


class AnswersBase(DeclarativeBase):
    """Tables about what was said. No person, no clock, no serial number."""

    metadata = MetaData(naming_convention=NAMING)


class SpoolBase(DeclarativeBase):
    """Tables of the spool file; emptied at every merge, so it has no history to migrate."""

    metadata = MetaData(naming_convention=NAMING)


@dataclass(frozen=True)
class Databases:
    """The three engines of one installation."""

    people: Engine
    answers: Engine
    spool: Engine

    def dispose(self) -> None:
        for engine in (self.people, self.answers, self.spool):
            engine.dispose()


def connect_all(settings: Settings) -> Databases:
    """Make the three engines; the databases must have been migrated before."""
    settings.data_directory.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    settings.data_directory.chmod(PRIVATE)
    spool = connect(settings.spool_url)
    SpoolBase.metadata.create_all(spool)
    return Databases(people=connect(settings.people_url), answers=connect(settings.answers_url), spool=spool)


def connect(url: str) -> Engine:
    """An engine with the settings each kind of database needs to lose nothing and keep nothing deleted."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    engine = create_engine(
        parsed, connect_args={"timeout": 30, "isolation_level": None}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer half-way would be refused under load.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One use case: everything in it is committed together, or nothing is."""
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads; it holds no lock that a writer waits for."""
    with Session(engine.execution_options(**{READ_ONLY: True}), expire_on_commit=False) as session:
        yield session


def vacuum(engine: Engine) -> None:
    """Rewrite the database so that nothing deleted and no order of arrival is left in its files."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
            if busy:
                raise StillInUse
        finally:
            connection.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as autocommit:
        # Whoever waits for the exclusive lock makes everybody else wait behind: give up soon, say so.
        autocommit.execute(text(f"SET lock_timeout = '{SECONDS_TO_LOCK}s'"))
        try:
            autocommit.execute(text("VACUUM FULL"))
        except OperationalError as error:
            raise StillInUse from error
        finally:
            autocommit.execute(text("RESET lock_timeout"))


def new_public_id() -> str:
    """A random name for URLs that tells nothing about order or number."""
    return secrets.token_urlsafe(9)
