"""Jobs name cycles and tell counts: no person, code, paper or answer in their table, reports or log."""

import json
import logging
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle, open_cycle, port, runner
from survey.models.jobs import Job
from survey.models.people import Employee
from survey.services.cycles import cycles
from tests.attacks import city
from tests.attacks.process import wait_until
from tests.factories import plan

STEPS = {"", "keys", "open", "waiting", *close_cycle.STEPS}
CLASS_NAME = re.compile(r"[A-Z][A-Za-z]+")
SECRET = "NIP 198001012005011001 kode AAAA-BBBB"
Report = tuple[str, int, int]
RUNS = (
    "SELECT name, i.inputs, o.output FROM workflow_status JOIN workflow_input i USING (workflow_uuid)"
    " LEFT JOIN workflow_output o USING (workflow_uuid)"
)


def run(settings: Settings, databases: Databases, kind: str, argument: str) -> list[Report]:
    """Ask for a job, run it, and return what it reported."""
    reports: list[Report] = []

    def listening(settings: Settings, databases: Databases, argument: str, report: port.Report) -> None:
        def note(step: str, done: int, total: int) -> None:
            reports.append((step, done, total))
            report(step, done, total)

        runner.WORKS[kind](settings, databases, argument, note)

    with transaction(databases.people) as people:
        port.enqueue(people, kind, argument)
    assert port.run_next(settings, databases, {kind: listening})
    return reports


def test_every_job_holds_a_kind_a_public_id_a_step_and_counts(
    app: Flask, databases: Databases, settings: Settings
) -> None:
    site = city.whole_team(settings, databases, app, 5, "server_key")
    device = site.device(site.raters[1])
    device.take()
    found = device.listed().get_json()
    for paper in device.papers:
        device.cast(city.sealed(device, found, paper, 2, "Kata"))
    cycle = site.cycle.public_id
    reports = run(settings, databases, open_cycle.KIND, cycle)
    reports += run(settings, databases, close_cycle.KIND, cycle)
    run(settings, databases, close_cycle.KIND, "no-such-cycle")
    assert reports
    for step, done, total in reports:
        assert step in STEPS
        assert type(done) is type(total) is int
    with reading(databases.people) as people:
        jobs = people.query(Job).all()
    assert len(jobs) == 3
    texts = {column.name for column in Job.__table__.columns if column.type.python_type is str}
    assert texts == {"public_id", "kind", "argument", "key", "state", "step", "failure"}
    assert {column.name for column in Job.__table__.columns} - texts == {
        "id", "done", "total", "attempt", "not_before",
    }  # fmt: skip
    for job in jobs:
        assert job.kind in runner.WORKS
        assert job.argument in (cycle, "no-such-cycle")
        assert job.key == f"{job.kind}:{job.argument}"
        assert job.step in STEPS
        assert job.failure == "" or CLASS_NAME.fullmatch(job.failure)


def test_a_job_that_fails_tells_the_kind_of_its_fault_and_no_value(
    databases: Databases,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError(SECRET)

    with transaction(databases.people) as people:
        argument = cycles.create_cycle(people, plan()).public_id
        job = port.enqueue(people, close_cycle.KIND, argument)
    with caplog.at_level(logging.DEBUG):
        assert port.run_next(settings, databases, {close_cycle.KIND: fail})
    with reading(databases.people) as people:
        assert port.status(people, job).failure == "ValueError"
    told = caplog.text + "".join(capfd.readouterr())
    assert "ValueError" in told
    assert not any(word in told for word in SECRET.split())


def test_the_database_of_the_engine_holds_names_of_jobs_and_nothing_else(
    app: Flask, databases: Databases, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = city.whole_team(settings, databases, app, 5, "server_key")
    device = site.device(site.raters[1])
    device.take()
    found = device.listed().get_json()
    for paper in device.papers:
        device.cast(city.sealed(device, found, paper, 2, "Kata-kata"))
    every_second = tuple(port.Schedule(each.name, "* * * * * *", each.work) for each in runner.SCHEDULES)
    monkeypatch.setattr(runner, "SCHEDULES", every_second)
    with transaction(databases.people) as people:
        job = port.enqueue(people, close_cycle.KIND, site.cycle.public_id)
    with runner.Runner(settings, databases):
        wait_until(lambda: _is_done(databases, job), 120, "the count")
        wait_until(lambda: {"job", "scheduled"} <= {name for name, _, _ in _runs(settings)}, 60, "the clock")
    for name, arguments, output in _runs(settings):
        assert output is None
        if name == "job":
            assert arguments == [job, 1]
        else:
            assert name == "scheduled"
            assert arguments[1] in {schedule.name for schedule in runner.SCHEDULES}
    kept = b"".join(path.read_bytes() for path in settings.data_directory.glob("jobs.sqlite*"))
    with reading(databases.people) as people:
        people_in_it = [
            name for employee in people.query(Employee) for name in (employee.name, employee.number)
        ]
    secrets = [*people_in_it, site.cycle.public_id, "Kata-kata", *device.papers]
    assert job.encode() in kept
    assert [text for text in secrets if str(text).encode() in kept] == []


def _is_done(databases: Databases, job: str) -> bool:
    with reading(databases.people) as people:
        return port.status(people, job).state == "done"


def _runs(settings: Settings) -> list[tuple[str, list[Any], Any]]:
    engine = create_engine(settings.jobs_url)
    with engine.connect() as connection:
        rows = connection.execute(text(RUNS)).all()
        steps = connection.execute(text("SELECT output, error FROM operation_outputs")).all()
    engine.dispose()
    assert {value for step in steps for value in step} <= {None, "null"}
    return [(name, json.loads(inputs)["args"], json.loads(output or "null")) for name, inputs, output in rows]
