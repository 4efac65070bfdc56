"""Runs jobs in a thread of the serving process, until a worker of its own takes over."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from survey.config import Settings
from survey.db import Databases, transaction
from survey.exceptions import place_of
from survey.jobs import boxes, close_cycle, merge_citizens, open_cycle, port, tell_boxes
from survey.services import uploads

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_ROUNDS = 60.0
WORKS: dict[str, port.Work] = {
    open_cycle.KIND: open_cycle.run,
    close_cycle.KIND: close_cycle.run,
}


def _clear_uploads(settings: Settings, _databases: Databases) -> None:
    uploads.discard_older_than_a_day(settings.private_directory)


# Done every round, each whatever becomes of the others; most rounds find nothing to do.
CHORES: tuple[Callable[[Settings, Databases], object], ...] = (
    _clear_uploads,
    tell_boxes.run,
    merge_citizens.run,
)


class Runner:
    """While its context is open: looks for jobs; tells boxes, merges citizens' answers, clears uploads."""

    def __init__(self, settings: Settings, databases: Databases) -> None:
        self._settings = settings
        self._databases = databases
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run_jobs, name="jobs", daemon=True),
            threading.Thread(target=self._keep_house, name="house", daemon=True),
        ]

    def __enter__(self) -> Self:
        self._take_up_interrupted()
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

    def _take_up_interrupted(self) -> None:
        with transaction(self._databases.people) as people:
            port.take_up_interrupted(people)

    def _run_jobs(self) -> None:
        is_sound = True
        while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
            try:
                if not is_sound:
                    self._take_up_interrupted()
                is_sound = True
                while not self._stop.is_set() and port.run_next(self._settings, self._databases, WORKS):
                    pass
            except Exception as error:  # the next look tries again
                is_sound = False
                logger.error("looking for jobs failed: %s at %s", type(error).__name__, place_of(error))

    def _keep_house(self) -> None:
        while not self._stop.wait(SECONDS_BETWEEN_ROUNDS):
            for chore in CHORES:
                try:
                    chore(self._settings, self._databases)
                except Exception as error:  # the next round tries again; only its kind is told
                    logger.error("keeping house failed: %s at %s", type(error).__name__, place_of(error))
