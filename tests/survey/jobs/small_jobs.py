"""A worker of small jobs, each of which writes two lines, to be killed: `… small_jobs FOLDER SILENCE`"""

import os
import sys
import threading
from pathlib import Path

from survey.config import Settings, load_settings
from survey.db import Databases, connect_all
from survey.jobs import port, runner, workers

KIND = "small-job"
SECONDS = 0.02


def run(_settings: Settings, _databases: Databases, argument: str, _report: port.Report) -> None:
    """Say that it began, and that it is done."""
    _say(f"began {argument}")
    threading.Event().wait(SECONDS)
    _say(f"done {argument}")


def _say(line: str) -> None:
    with (Path(sys.argv[1]) / "said.txt").open("a") as said:
        said.write(line + "\n")
        said.flush()
        os.fsync(said.fileno())


if __name__ == "__main__":
    workers.SECONDS_TO_SILENCE = int(sys.argv[2])
    runner.SECONDS_BETWEEN_BEATS = runner.SECONDS_BETWEEN_ROUNDS = 1.0
    found = load_settings()
    with runner.Runner(found, connect_all(found), (runner.ANYWHERE,), {KIND: run}):
        threading.Event().wait(300)
