"""Whether a demo city stands here, and how one is taken down. An interrupted one counts as none."""

from enum import Enum
from pathlib import Path
from shutil import rmtree

from sqlalchemy import Engine, exists, inspect, select

from survey.config import Settings
from survey.db import Databases, reading
from survey.migrate import World, downgrade
from survey.models.accounts import Account
from survey.models.people import Unit
from survey.services.accounts import accounts
from survey.services.secrets import sealing


class Ground(Enum):
    """What the installation holds."""

    EMPTY = "empty"
    CITY = "city"
    UNFINISHED = "unfinished"
    OTHER = "other"


def directory(settings: Settings) -> Path:
    """Where the marks and the printed block lie."""
    return settings.data_directory / "demo"


def guide_path(settings: Settings) -> Path:
    """The printed block with the passwords; only this user reads it."""
    return directory(settings) / "sign-ins.txt"


def survey_ground(settings: Settings, databases: Databases) -> Ground:
    """Look what is there."""
    if _building(settings).exists():
        return Ground.UNFINISHED
    if not inspect(databases.people).has_table(Unit.__tablename__):
        return Ground.EMPTY
    with reading(databases.people) as people:
        if guide_path(settings).exists() and accounts.has_demo_accounts(people):
            return Ground.CITY
        if people.scalar(select(exists().where(Unit.id > 0) | exists().where(Account.id > 0))):
            return Ground.OTHER
    return Ground.EMPTY


def begin(settings: Settings) -> None:
    """Mark that a city is being built."""
    sealing.write_private(_building(settings), b"If this file is here, the building was interrupted.\n")


def finish(settings: Settings, guide: str) -> None:
    """Keep the printed block, and mark that the city stands."""
    sealing.write_private(guide_path(settings), guide.encode())
    _building(settings).unlink()


def clear(settings: Settings, databases: Databases) -> None:
    """Remove both databases, the spool, the keys and all marks; connect anew afterwards."""
    begin(settings)  # interrupted here, the next run clears again
    databases.dispose()
    _empty(databases.people, "people")
    _empty(databases.answers, "answers")
    spool = Path(str(databases.spool.url.database)).parent
    for path in (spool, settings.key_directory, settings.private_directory, directory(settings)):
        rmtree(path, ignore_errors=True)


def _building(settings: Settings) -> Path:
    return directory(settings) / "building"


def _empty(engine: Engine, world: World) -> None:
    if engine.dialect.name != "sqlite":
        downgrade(engine, world)
        return
    path = Path(str(engine.url.database))
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)
