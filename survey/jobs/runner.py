"""Runs jobs in this process: hands what was asked for to the engine, and keeps house."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

from survey.config import Settings
from survey.db import Databases, transaction
from survey.exceptions import place_of
from survey.jobs import (
    assign_raters,
    boxes,
    cancel_cycle,
    close_cycle,
    engine,
    merge_citizens,
    open_cycle,
    port,
    send_mail,
    tell_boxes,
    workers,
)
from survey.services.documents import uploads

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_BEATS = 15.0
SECONDS_BETWEEN_ROUNDS = 60.0
KEPT_AFTER_THE_END = timedelta(hours=1)

# Work on the box, keys and files of this host, and work that any host can do.
HERE, HOUSE, ANYWHERE = "here", "house", "anywhere"
LIMITS = {
    HERE: engine.Limits(in_all=1),  # one at a time: they rewrite the same files
    HOUSE: engine.Limits(in_all=1),
    ANYWHERE: engine.Limits(in_a_process=8),
}
WORKS: dict[str, port.Work] = {
    assign_raters.KIND: assign_raters.run,
    open_cycle.KIND: open_cycle.run,
    close_cycle.KIND: close_cycle.run,
    send_mail.KIND: send_mail.run,
    cancel_cycle.KIND: cancel_cycle.run,
}
QUEUE_OF = {open_cycle.KIND: HERE, close_cycle.KIND: HERE, cancel_cycle.KIND: HERE}


def _clear_uploads(settings: Settings, _databases: Databases) -> None:
    uploads.discard_older_than_a_day(settings.private_directory)


SCHEDULES = (
    port.Schedule("clear-uploads", "0 15 * * * *", _clear_uploads),
    port.Schedule("tell-boxes", "0 */10 * * * *", tell_boxes.run),
    port.Schedule("ask-for-mail", "30 * * * * *", send_mail.ask),
)
# Not on the engine, which notes the time of all it runs: when a ballot is merged is written down nowhere.
UNDATED: tuple[Callable[[Settings, Databases], object], ...] = (merge_citizens.run,)


class Runner:
    """While its context is open: runs jobs; one process on a host also merges citizens' answers.

    `queues` names what this process takes; without `HERE` it needs no box, and may run on any host.
    """

    def __init__(
        self,
        settings: Settings,
        databases: Databases,
        queues: tuple[str, ...] = (HERE, HOUSE, ANYWHERE),
        works: Mapping[str, port.Work] | None = None,
    ) -> None:
        self._settings = settings
        self._databases = databases
        self._queues = queues
        works = WORKS if works is None else works
        self._works = {kind: work for kind, work in works.items() if self._queue_of(kind) in queues}
        self._handed: set[str] = set()
        self._stop = threading.Event()
        self._context = ExitStack()
        self._threads = [threading.Thread(target=self._run_jobs, name="jobs", daemon=True)]
        if HERE in queues:
            self._threads.append(threading.Thread(target=self._keep_house, name="house", daemon=True))

    @staticmethod
    def _queue_of(kind: str) -> str:
        return QUEUE_OF.get(kind, ANYWHERE)

    def __enter__(self) -> Self:
        self.name = self._context.enter_context(workers.named(self._settings))
        if HERE in self._queues:
            boxes.reopen(self._databases)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._context.close()

    def _run_jobs(self) -> None:
        """The engine starts here, beside the pages, which need not wait for it."""
        if not self._start_engine():
            return
        rounds = (
            (self._beat, SECONDS_BETWEEN_BEATS),
            (self._look_after, SECONDS_BETWEEN_ROUNDS),
            (self._hand_over, SECONDS_BETWEEN_LOOKS),
        )
        next_time = dict.fromkeys((act for act, _seconds in rounds), 0.0)
        while not self._stop.is_set():
            for act, seconds in rounds:
                if time.monotonic() >= next_time[act]:
                    _try(act)
                    next_time[act] = time.monotonic() + seconds
            self._stop.wait(SECONDS_BETWEEN_LOOKS)
        engine.stop()
        _try(self._leave)

    def _start_engine(self) -> bool:
        bench = engine.Bench(self._settings, self._databases, self._works, SCHEDULES)
        queues = {name: LIMITS[name] for name in self._queues}
        _try(self._beat)  # before anything is taken up under this name
        while not _try(lambda: engine.start(bench, self.name, queues, HOUSE)):
            if self._stop.wait(SECONDS_BETWEEN_BEATS):
                return False
        return True

    def _beat(self) -> None:
        with transaction(self._databases.people) as people:
            workers.beat(people, self.name)

    def _leave(self) -> None:
        with transaction(self._databases.people) as people:
            workers.leave(people, self.name)

    def _hand_over(self) -> None:
        for job in port.waiting(self._databases, self._works):
            if engine.name_of(job) not in self._handed:
                engine.hand_over(job, self._queue_of(job.kind))
                self._handed.add(engine.name_of(job))

    def _look_after(self) -> None:
        """Take over from workers that died, and see what the engine gave up or has forgotten."""
        with transaction(self._databases.people) as people:
            has_lease, alive = workers.take_lease(people), workers.alive(people)
        if has_lease:
            engine.resume_of_others(lambda name: name == self.name or name in alive, self._queues)
            engine.forget_ended(datetime.now(UTC) - KEPT_AFTER_THE_END)
        for job in port.waiting(self._databases, self._works):
            if job.state == "running" and engine.has_ended(job):
                port.give_up(self._databases, job.public_id, job.attempt)
        self._handed.clear()  # a database of jobs that was lost is given its jobs anew

    def _keep_house(self) -> None:
        with workers.alone(self._settings, "house") as is_mine:
            while is_mine and not self._stop.wait(SECONDS_BETWEEN_ROUNDS):
                for chore in UNDATED:
                    _try(partial(chore, self._settings, self._databases))


def _try(act: Callable[[], object]) -> bool:
    """Whether it went well; if not, the next round tries again, and only the kind of the fault is told."""
    try:
        act()
    except Exception as error:
        logger.error("keeping house failed: %s at %s", type(error).__name__, place_of(error))
        return False
    return True
