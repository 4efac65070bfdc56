"""Jobs outlive the death of any process that runs them: none is lost, and each has ended once."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine, func, select, text

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle, port, runner, workers
from survey.models.jobs import Job, Worker
from tests.attacks.process import ROOT, wait_until
from tests.factories import make_team, make_unit, open_cycle
from tests.survey.jobs import small_jobs

JOBS, KILLED_AFTER = 200, 60
AT_ONCE = runner.LIMITS[runner.ANYWHERE].in_a_process or 0
SECONDS = 240
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(databases: Databases, settings: Settings, tmp_path: Path) -> Iterator[Start]:
    """Starts worker processes; each data directory is a host of its own."""
    if databases.people.dialect.name == "postgresql":
        with databases.people.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS dbos CASCADE"))
    begun: list[subprocess.Popen[bytes]] = []

    def begin(host: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "CERMIN_DATA_DIRECTORY": str(tmp_path / host),
            "CERMIN_PEOPLE_URL": databases.people.url.render_as_string(hide_password=False),
            "CERMIN_ANSWERS_URL": databases.answers.url.render_as_string(hide_password=False),
        }
        if databases.people.dialect.name == "sqlite":
            environment["CERMIN_JOBS_URL"] = f"sqlite:///{tmp_path / 'jobs.sqlite'}"
        with (tmp_path / "output.txt").open("ab") as output:
            command = [sys.executable, "-m", small_jobs.__name__, str(tmp_path), "4"]
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the whole process group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def said(folder: Path) -> Counter[str]:
    path = folder / "said.txt"
    return Counter(path.read_text().splitlines() if path.exists() else [])


def done(folder: Path) -> int:
    return sum(line.startswith("done") for line in said(folder))


def ended(databases: Databases) -> int:
    with reading(databases.people) as people:
        return people.scalar(select(func.count()).select_from(Job).where(Job.state == "done")) or 0


@pytest.mark.db
@pytest.mark.parametrize("second", ["the same", "others"])
def test_no_job_is_lost_when_workers_are_killed(
    databases: Databases, start: Start, tmp_path: Path, second: str
) -> None:
    with transaction(databases.people) as people:
        for number in range(JOBS):
            port.enqueue(people, small_jobs.KIND, str(number))
    first = start("one")
    wait_until(lambda: done(tmp_path) >= KILLED_AFTER, SECONDS, "the first jobs")
    kill(first)
    assert done(tmp_path) < JOBS, "the kill must fall into the work"
    for host in ("one",) if second == "the same" else ("two", "three"):
        start(host)
    wait_until(lambda: ended(databases) == JOBS, SECONDS, (tmp_path / "output.txt").read_text()[-2000:])
    lines = said(tmp_path)
    assert {f"done {number}" for number in range(JOBS)} <= set(lines), "none is lost"
    twice = [line for line, count in lines.items() if count > 1]
    assert len([line for line in twice if line.startswith("began")]) <= AT_ONCE, "only what was under way"
    assert len([line for line in twice if line.startswith("done")]) <= AT_ONCE


@pytest.mark.db
def test_the_engine_closes_a_cycle_whose_database_it_shares(databases: Databases, settings: Settings) -> None:
    url = databases.people.url.render_as_string(hide_password=False)
    shared = settings
    if databases.people.dialect.name == "postgresql":  # files are rewritten at closing, the engine's too
        with databases.people.begin() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS dbos CASCADE"))
        shared = msgspec.structs.replace(settings, jobs_url=url)
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 6)
    cycle = open_cycle(databases, settings)
    with transaction(databases.people) as people:
        port.enqueue(people, close_cycle.KIND, cycle.public_id)
    with runner.Runner(shared, databases):
        wait_until(lambda: ended(databases) == 1, SECONDS, "the count")


@pytest.mark.db
def test_a_job_begins_when_it_was_asked_to(databases: Databases, settings: Settings) -> None:
    begun: list[str] = []
    works: dict[str, port.Work] = {"note": lambda _s, _d, argument, _r: begun.append(argument)}
    now = datetime.now(UTC)
    with transaction(databases.people) as people:
        port.enqueue_at(people, "note", "later", now + timedelta(hours=1))
        port.enqueue_at(people, "note", "now", now - timedelta(seconds=1))
    while port.run_next(settings, databases, works):
        pass
    assert begun == ["now"]


def test_work_that_asks_to_go_on_is_run_again(databases: Databases, settings: Settings) -> None:
    parts = iter([datetime.now(UTC), datetime.now(UTC), None])
    with transaction(databases.people) as people:
        job = port.enqueue(people, "parts", "")
    looks = 0
    while port.run_next(settings, databases, {"parts": lambda *_: next(parts)}):
        looks += 1
    assert looks == 3
    with reading(databases.people) as people:
        assert port.status(people, job).state == "done"


def test_two_processes_never_have_one_name(settings: Settings) -> None:
    with workers.named(settings) as one, workers.named(settings) as other:
        assert one != other
    with workers.named(settings) as again:
        assert again == one, "a name is stable, so what was begun under it is taken up"


@pytest.mark.db
def test_one_worker_at_a_time_looks_after_the_dead(databases: Databases) -> None:
    taken = []
    for _worker in range(3):
        with transaction(databases.people) as people:
            taken.append(workers.take_lease(people))
    assert taken == [True, False, False]
    with transaction(databases.people) as people:
        workers.beat(people, "living")
        people.add(Worker(name="dead", beat=0))
    with reading(databases.people) as people:
        assert workers.alive(people) == {"living"}


def test_what_has_ended_is_forgotten_by_the_engine(
    databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "KEPT_AFTER_THE_END", timedelta(0))
    monkeypatch.setattr(runner, "SECONDS_BETWEEN_ROUNDS", 0.5)
    monkeypatch.setattr(runner, "SCHEDULES", ())
    monkeypatch.setattr(workers, "SECONDS_TO_SILENCE", 0)
    with transaction(databases.people) as people:
        port.enqueue(people, "nothing", "argument-of-a-job")
    seen: list[list[Any]] = []
    with runner.Runner(settings, databases, works={"nothing": lambda *_: seen.append(runs(settings))}):
        wait_until(lambda: ended(databases) == 1, 60, "the job")
        wait_until(lambda: runs(settings) == [], 60, "the engine to forget it")
    assert [json.loads(row.inputs)["args"][1] for row in seen[0]] == [1]
    assert "argument-of-a-job" not in str(seen), "the engine knows a job by its public id alone"


def runs(settings: Settings) -> list[Any]:
    """What the engine keeps of jobs."""
    engine = create_engine(settings.jobs_url)
    with engine.connect() as connection:
        kept = "SELECT s.workflow_uuid, i.inputs FROM workflow_status s JOIN workflow_input i"
        found = list(connection.execute(text(f"{kept} USING (workflow_uuid)")))
    engine.dispose()
    return found
