"""Workers: a stable name for each process, its signs of life, and the lease of whoever looks after the dead.

DBOS takes up what a worker had begun when a worker of the same name starts. So no two living processes may
have one name, and what a worker had begun that never comes back is taken over by another.
"""

import hashlib
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.models.jobs import Worker

SECONDS_TO_SILENCE = 60
MOST_ON_A_HOST = 64
LEASE = "lease of the reaper"


class TooManyWorkers(Exception):
    """More processes run on this data directory than names are kept for."""


@contextmanager
def named(settings: Settings) -> Iterator[str]:
    """The first name on this host that no living process has; a process that died leaves it to the next."""
    place = hashlib.sha256(str(settings.data_directory.resolve()).encode()).hexdigest()[:8]
    for number in range(1, MOST_ON_A_HOST + 1):
        with alone(settings, f"worker-{number}") as is_mine:
            if is_mine:
                yield f"{socket.gethostname()}-{place}-{number}"
                return
    raise TooManyWorkers


@contextmanager
def alone(settings: Settings, name: str) -> Iterator[bool]:
    """Whether this process is the only one that does this here; the system ends it when the process dies."""
    directory = settings.data_directory / "workers"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = sqlite3.connect(
        directory / f"{name}.lock", timeout=0, isolation_level=None, check_same_thread=False
    )
    try:
        yield _is_locked(lock)
    finally:
        lock.close()


def _is_locked(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True


def beat(people: Session, name: str) -> None:
    """Give a sign of life."""
    people.merge(Worker(name=name, beat=int(time.time())))


def leave(people: Session, name: str) -> None:
    """Say that a worker has ended in order: whatever it had begun may be taken over at once."""
    people.execute(delete(Worker).where(Worker.name == name))


def alive(people: Session) -> set[str]:
    """The names of workers that were heard of lately."""
    heard = select(Worker.name).where(Worker.beat > int(time.time()) - SECONDS_TO_SILENCE)
    return set(people.scalars(heard)) - {LEASE}


def take_lease(people: Session) -> bool:
    """Become the one who looks after the dead, for a minute; two at once would start a job twice."""
    now = int(time.time())
    taken = people.execute(
        update(Worker).where(Worker.name == LEASE, Worker.beat <= now - SECONDS_TO_SILENCE).values(beat=now)
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return True
    if people.get(Worker, LEASE) is None:
        people.add(Worker(name=LEASE, beat=now))
        people.flush()
        return True
    return False
