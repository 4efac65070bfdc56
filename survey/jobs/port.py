"""The port of long work. Nothing else knows how jobs are kept or run.

Asking for a job is a row in the transaction that asks, so nothing is asked for that was not saved. Arguments
name a cycle or a batch; never a person, a code or an answer. Every step of a job may be repeated, so a job
that was interrupted is simply run again from its start.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import NotFound, place_of
from survey.models.jobs import Job

logger = logging.getLogger(__name__)

Report = Callable[[str, int, int], None]
# Works one job off; a time means: there is more to do, from then on.
Work = Callable[[Settings, Databases, str, Report], datetime | None]
ENDED = ("done", "failed")
INTERRUPTED = "Interrupted"


@dataclass(frozen=True)
class Schedule:
    """Work that comes back by the clock of the city; `cron` has six fields, seconds first."""

    name: str
    cron: str
    work: Callable[[Settings, Databases], object]


@dataclass(frozen=True)
class JobStatus:
    """How far a job has come."""

    public_id: str
    kind: str
    argument: str
    state: str
    step: str
    done: int
    total: int
    failure: str


def enqueue(people: Session, kind: str, argument: str) -> str:
    """Ask for a piece of work, once; a finished or failed one is done anew. Returns its public id."""
    return _ask(people, kind, argument, 0).public_id


def enqueue_at(people: Session, kind: str, argument: str, start: datetime) -> str:
    """Ask for a piece of work, once, that begins at a time."""
    return _ask(people, kind, argument, int(start.timestamp())).public_id


def _ask(people: Session, kind: str, argument: str, not_before: int) -> Job:
    key = f"{kind}:{argument}"
    job = people.scalar(select(Job).where(Job.key == key)) or _add(people, kind, argument, key)
    if job.state in ENDED:
        again(job)
        job.step, job.done, job.total = "", 0, 0
    if job.state == "queued":
        job.not_before = not_before
    return job


def again(job: Job) -> None:
    """Let a job be run once more, under a new number so that it isn't taken for the run before."""
    job.state, job.failure, job.attempt = "queued", "", job.attempt + 1


def _add(people: Session, kind: str, argument: str, key: str) -> Job:
    try:
        with people.begin_nested():
            job = Job(kind=kind, argument=argument, key=key)
            people.add(job)
    except IntegrityError:  # somebody asked for the same at this moment
        return people.scalars(select(Job).where(Job.key == key)).one()
    return job


def status(people: Session, public_id: str) -> JobStatus:
    """How far a job has come."""
    job = people.scalar(select(Job).where(Job.public_id == public_id))
    if job is None:
        raise NotFound(public_id)
    return _status(job)


def latest(people: Session, kind: str, argument: str) -> JobStatus | None:
    """The job of that kind about that argument, if one was ever asked for."""
    job = people.scalar(select(Job).where(Job.key == f"{kind}:{argument}"))
    return _status(job) if job else None


def _status(job: Job) -> JobStatus:
    return JobStatus(
        job.public_id, job.kind, job.argument, job.state, job.step, job.done, job.total, job.failure
    )


class Stopped(Exception):
    """The process is about to end: the job goes on in the next one."""


def waiting(databases: Databases, kinds: Iterable[str]) -> list[Job]:
    """Jobs that are due, the oldest first; those under way too, because their process may have died."""
    due = select(Job).where(
        Job.state.in_(("queued", "running")), Job.kind.in_(kinds), Job.not_before <= int(time.time())
    )
    with reading(databases.people) as people:
        return list(people.scalars(due.order_by(Job.id)))


def run_next(settings: Settings, databases: Databases, works: Mapping[str, Work]) -> bool:
    """Run the oldest job that waits to its end, here and now; false where none waits."""
    for job in waiting(databases, works):
        if job.state == "queued":
            perform(settings, databases, works, job.public_id, job.attempt)
            return True
    return False


def _never() -> bool:
    return False


def perform(
    settings: Settings,
    databases: Databases,
    works: Mapping[str, Work],
    public_id: str,
    attempt: int,
    is_stopping: Callable[[], bool] = _never,
) -> None:
    """Run a job unless it has ended; its row tells how it went. It stops between two steps if it has to."""
    job = _begin(databases, public_id, attempt)
    if job is None:
        return

    def report(step: str, done: int, total: int) -> None:
        with transaction(databases.people) as people:
            found = _find(people, public_id)
            found.step, found.done, found.total = step, done, total
        if is_stopping():
            raise Stopped

    failure, start = "", None
    try:
        start = works[job.kind](settings, databases, job.argument, report)
    except Stopped:
        start = datetime.now(UTC)
    except Exception as error:  # the worker must outlive any job; no value of the error is told
        failure = type(error).__name__
        logger.error("job %s failed: %s at %s", job.kind, failure, place_of(error))
    _end(databases, public_id, failure, start)


def _begin(databases: Databases, public_id: str, attempt: int) -> Job | None:
    with transaction(databases.people) as people:
        job = _find(people, public_id)
        if job.attempt != attempt or job.state in ENDED:
            return None
        job.state = "running"
        return job


def _end(databases: Databases, public_id: str, failure: str, start: datetime | None) -> None:
    with transaction(databases.people) as people:
        job = _find(people, public_id)
        if start is not None:
            again(job)
            job.not_before = int(start.timestamp())
        else:
            job.state, job.failure = ("failed", failure) if failure else ("done", "")


def give_up(databases: Databases, public_id: str, attempt: int) -> None:
    """Say of a job that the engine no longer runs that it was interrupted, unless it ended meanwhile."""
    with transaction(databases.people) as people:
        job = _find(people, public_id)
        if job.attempt == attempt and job.state not in ENDED:
            job.state, job.failure = "failed", INTERRUPTED


def _find(people: Session, public_id: str) -> Job:
    return people.scalars(select(Job).where(Job.public_id == public_id)).one()
