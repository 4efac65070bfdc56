"""Jobs name cycles and tell counts: no person, code, paper or answer in their table, reports or log."""

import logging
import re

import pytest
from flask import Flask

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle, open_cycle, port, runner
from survey.models.jobs import Job
from survey.services import cycles
from tests.attacks import city
from tests.factories import plan

STEPS = {"", "keys", "open", "waiting", *close_cycle.STEPS}
CLASS_NAME = re.compile(r"[A-Z][A-Za-z]+")
SECRET = "NIP 198001012005011001 kode AAAA-BBBB"
Report = tuple[str, int, int]


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
    assert {column.name for column in Job.__table__.columns} - texts == {"id", "done", "total"}
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
