"""The port of long work. Nothing else knows how jobs are kept or run.

Arguments name a cycle or a batch; never a person, a code or an answer. Every step of a job may be
repeated, so a job that was interrupted is simply run again from its start.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.db import Databases, transaction
from survey.exceptions import NotFound, place_of
from survey.models.jobs import Job

logger = logging.getLogger(__name__)

Report = Callable[[str, int, int], None]
Work = Callable[[Settings, Databases, str, Report], None]


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
    key = f"{kind}:{argument}"
    job = people.scalar(select(Job).where(Job.key == key)) or _add(people, kind, argument, key)
    if job.state in ("done", "failed"):
        job.state, job.step, job.done, job.total, job.failure = "queued", "", 0, 0, ""
    return job.public_id


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


def take_up_interrupted(people: Session) -> None:
    """Queue again what was running when the process ended."""
    people.execute(update(Job).where(Job.state == "running").values(state="queued"))


def run_next(settings: Settings, databases: Databases, works: dict[str, Work]) -> bool:
    """Run the oldest queued job to its end; false where none waits."""
    with transaction(databases.people) as people:
        job = people.scalar(
            select(Job).where(Job.state == "queued", Job.kind.in_(works)).order_by(Job.id).limit(1)
        )
        if job is None:
            return False
        claimed = people.execute(
            update(Job).where(Job.id == job.id, Job.state == "queued").values(state="running")
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return True
    failure = _attempt(settings, databases, works[job.kind], job)
    with transaction(databases.people) as people:
        found = people.get_one(Job, job.id)
        found.state, found.failure = ("failed", failure) if failure else ("done", "")
    return True


def _attempt(settings: Settings, databases: Databases, work: Work, job: Job) -> str:
    def report(step: str, done: int, total: int) -> None:
        with transaction(databases.people) as people:
            found = people.get_one(Job, job.id)
            found.step, found.done, found.total = step, done, total

    try:
        work(settings, databases, job.argument, report)
    except Exception as error:  # the worker must outlive any job; no value of the error is told
        logger.error("job %s failed: %s at %s", job.kind, type(error).__name__, place_of(error))
        return type(error).__name__
    return ""
