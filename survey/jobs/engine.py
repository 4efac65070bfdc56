"""Runs jobs on DBOS, which keeps in a database of its own what was begun. Nothing else imports it.

`docs/decisions/0011-jobs-on-dbos.md` gives the reason of each setting. There is one engine in a process.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

from dbos import DBOS, DBOSConfig, ScheduleInput, Serializer, SetWorkflowID
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event, make_url

from survey.config import Settings
from survey.db import Databases
from survey.exceptions import place_of
from survey.jobs import port
from survey.models.jobs import Job

logger = logging.getLogger(__name__)

APPLICATION = "cermin"
VERSION = "1"  # of the order of steps below, not of the program: jobs of another version are never taken up
POLLING_SECONDS = 0.25
SECONDS_TO_STOP = 30
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


class _Json(Serializer):
    """Names and numbers as JSON: whoever can write to the database of jobs must not be able to run code."""

    def serialize(self, data: Any) -> str:
        return json.dumps(data, default=str)

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 - named so in the base class
        return json.loads(serialized_data)

    def name(self) -> str:
        return "json"


@dataclass(frozen=True)
class Bench:
    """What a workflow needs to do its work; workflows are plain functions, so it stands in the module."""

    settings: Settings
    databases: Databases
    works: Mapping[str, port.Work]
    schedules: Sequence[port.Schedule] = ()
    stop: Event = field(default_factory=Event)


_bench: list[Bench] = []  # one or none


@DBOS.step(name="perform", retries_allowed=True, max_attempts=8, interval_seconds=1)
def _perform(public_id: str, attempt: int) -> None:
    bench = _bench[0]
    try:
        port.perform(bench.settings, bench.databases, bench.works, public_id, attempt, bench.stop.is_set)
    except Exception as error:  # of the books, not of the work; no value of it may enter the database of jobs
        logger.error("the books of jobs failed: %s at %s", type(error).__name__, place_of(error))
        raise RuntimeError(type(error).__name__) from None


@DBOS.workflow(name="job", max_recovery_attempts=None)
def _job(public_id: str, attempt: int) -> None:
    _perform(public_id, attempt)


@DBOS.step(name="chore")
def _do_chore(name: str) -> None:
    bench = _bench[0]
    for schedule in bench.schedules:
        if schedule.name == name:
            try:
                schedule.work(bench.settings, bench.databases)
            except Exception as error:  # the clock comes round again; only its kind is told
                logger.error("%s failed: %s at %s", name, type(error).__name__, place_of(error))


@DBOS.workflow(name="scheduled")
def _scheduled(_scheduled_at: datetime, name: str) -> None:
    _do_chore(name)


@dataclass(frozen=True)
class Limits:
    """How many jobs of a queue run at once: in one process, and in the whole installation."""

    in_a_process: int | None = None
    in_all: int | None = None


def start(bench: Bench, executor: str, queues: Mapping[str, Limits], queue_of_schedules: str) -> None:
    """Launch the engine; what this executor had begun before it died is taken up."""
    _bench[:] = [bench]
    DBOS(config=_config(bench.settings, executor))
    try:
        DBOS.listen_queues(list(queues))
        DBOS.launch()
        for queue, limits in queues.items():
            DBOS.register_queue(
                queue,
                global_concurrency=limits.in_all,
                worker_concurrency=limits.in_a_process,
                polling_interval_sec=POLLING_SECONDS,
            )
        if queue_of_schedules in queues:
            _apply(bench, queue_of_schedules)
    except BaseException:
        DBOS.destroy()
        raise


def _config(settings: Settings, executor: str) -> DBOSConfig:
    url = make_url(settings.jobs_url)
    engine = _sqlite(settings.jobs_url) if url.get_backend_name() == "sqlite" else None
    return DBOSConfig(
        name=APPLICATION,
        system_database_url=url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False),
        system_database_engine=engine,
        application_version=VERSION,
        executor_id=executor,
        serializer=_Json(),
        use_listen_notify=False,
        log_level="ERROR",
        max_executor_threads=8,
    )


def _sqlite(url: str) -> SqlEngine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=30000",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _apply(bench: Bench, queue: str) -> None:
    wanted = [
        ScheduleInput(
            schedule_name=schedule.name,
            workflow_fn=_scheduled,
            schedule=schedule.cron,
            context=schedule.name,
            automatic_backfill=False,
            cron_timezone=bench.settings.time_zone,
            queue_name=queue,
        )
        for schedule in bench.schedules
    ]
    names = {schedule.name for schedule in bench.schedules}
    for known in DBOS.list_schedules():
        if known["schedule_name"] not in names:
            DBOS.delete_schedule(known["schedule_name"])
    DBOS.apply_schedules(wanted)


def stop() -> None:
    """Let what runs come to the end of its step, then stop; the rest goes on in the next process."""
    for bench in _bench:
        bench.stop.set()
    DBOS.destroy(workflow_completion_timeout_sec=SECONDS_TO_STOP)
    _bench.clear()


def hand_over(job: Job, queue: str) -> None:
    """Give a job to the engine; the same job again is the same workflow, even after a crash."""
    with SetWorkflowID(name_of(job)):
        DBOS.enqueue_workflow(queue, _job, job.public_id, job.attempt)


def name_of(job: Job) -> str:
    """The name of a run of a job in the engine."""
    return f"{job.public_id}.{job.attempt}"


def has_ended(job: Job) -> bool:
    """Whether the engine has ended this run of the job."""
    found = DBOS.get_workflow_status(name_of(job))
    return found is not None and found.status in ENDED


def resume_of_others(is_alive: Callable[[str], bool], queues: Collection[str]) -> int:
    """Let living workers take up what dead ones had begun; only whoever holds the lease may call this."""
    begun = DBOS.list_workflows(status="PENDING", queue_name=sorted(queues), load_input=False)
    orphans = [found for found in begun if found.executor_id and not is_alive(found.executor_id)]
    for orphan in orphans:
        DBOS.resume_workflow(orphan.workflow_id, queue_name=orphan.queue_name)
    return len(orphans)


def forget_ended(before: datetime) -> int:
    """Delete what is over: when something was done is of no use any more."""
    over = DBOS.list_workflows(
        status=ENDED, completed_before=before.isoformat(), load_input=False, load_output=False, limit=5000
    )
    if over:
        DBOS.delete_workflows([found.workflow_id for found in over])
    return len(over)
