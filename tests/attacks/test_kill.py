"""A server killed at any moment loses no acknowledged ballot, doubles none, and finishes its count."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import close_cycle, port
from survey.models.ballots import SpooledBallot
from survey.models.invitations import Paper
from survey.models.vault import Receipt, TalliedBox
from tests.attacks import city
from tests.attacks.crowd import Crowd
from tests.attacks.process import Server, WireClient, wait_until
from tests.survey.jobs.test_close_cycle import INSIDE

SECONDS = 240
MOST_BETWEEN_KILLS = 7
FEW_ACTS = [
    (home, act, moment)
    for home, act in INSIDE
    for moment in ("before", "after")
    if (act, moment) in {("count_list", "before"), ("replace_vault", "after")}
]
ALL_ACTS = [(home, act, moment) for home, act in INSIDE for moment in ("before", "after")]
Acts = list[tuple[ModuleType, str, str]]


@dataclass
class Stage:
    """A cycle, its crowd, and the server that is killed."""

    site: city.Site
    crowd: Crowd
    server: Server
    kills: int = 0

    def restart(self) -> None:
        self.server.start()
        self.server.wait_until_up()
        self.crowd.is_up.set()

    def kill(self) -> None:
        self.crowd.is_up.clear()
        self.server.kill()
        self.kills += 1


@pytest.fixture
def stage(
    app: Flask, databases: Databases, settings: Settings, tmp_path: Path, members: int
) -> Iterator[Stage]:
    site = city.whole_team(settings, databases, app, members, "server_key")
    devices = [site.device(rater) for rater in site.raters]
    environment = {
        "CERMIN_DATA_DIRECTORY": str(settings.data_directory),
        "CERMIN_PEOPLE_URL": databases.people.url.render_as_string(hide_password=False),
        "CERMIN_ANSWERS_URL": databases.answers.url.render_as_string(hide_password=False),
    }
    server = Server(environment, tmp_path / "output.txt")
    for device in devices:
        device.client = WireClient(server.port)  # type: ignore[assignment]
    databases.dispose()
    yield Stage(site, Crowd(devices), server)
    server.kill()


def spooled(databases: Databases) -> list[bytes]:
    with reading(databases.spool) as spool:
        return list(spool.scalars(select(SpooledBallot.token)))


def hammer(stage: Stage, kills: int) -> None:
    """Kill the server again and again while all devices vote; look at the disk after every kill."""
    random, databases = Random(kills), stage.site.databases
    stage.restart()
    futures = stage.crowd.start()
    for _kill in range(kills):
        wanted = len(stage.crowd.names) + random.randint(1, MOST_BETWEEN_KILLS)
        assert stage.crowd.wait_for(wanted, SECONDS), f"only {len(stage.crowd.names)} ballots"
        stage.kill()
        acknowledged = set(stage.crowd.names)
        assert acknowledged <= set(spooled(databases)), "an acknowledged ballot is not on the disk"
        stage.restart()
    for future in futures:
        future.result(SECONDS)
    assert sorted(spooled(databases)) == sorted(stage.crowd.names)
    assert stage.crowd.faults == []


def close(stage: Stage, acts: Acts) -> None:
    """Ask for the count, and let the server die at each of these acts before it may finish."""
    databases, cycle = stage.site.databases, stage.site.cycle.public_id
    stage.kill()
    with transaction(databases.people) as people:
        job = port.enqueue(people, close_cycle.KIND, cycle)

    def is_done() -> bool:
        with reading(databases.people) as people:
            return port.status(people, job).state in ("done", "failed")

    for home, act, moment in acts:
        stage.server.start("tests.attacks.dying_server", home.__name__, act, moment)
        where = f"{moment} {act}\n{stage.server.output.read_text()[-2000:]}"
        wait_until(lambda: stage.server.is_dead() or is_done(), SECONDS, where)
        assert not is_done(), f"the count was over before it came to {where}"
        stage.kills += 1
    stage.restart()
    wait_until(is_done, SECONDS, "the count")
    with reading(databases.people) as people:
        assert port.status(people, job).state == "done"


def check(stage: Stage) -> None:
    """Every acknowledged ballot is counted, once, and nothing else is."""
    databases = stage.site.databases
    with reading(databases.people) as people:
        papers = people.scalar(select(func.count()).select_from(Paper)) or 0
    with reading(databases.answers) as answers:
        receipts = list(answers.scalars(select(Receipt.code)))
        box = answers.get_one(TalliedBox, stage.site.cycle.public_id)
    assert sorted(receipts) == sorted(stage.crowd.receipts)
    assert (box.ballots, box.rejected, len(receipts)) == (papers, 0, papers)


@pytest.mark.parametrize(
    ("backend", "members", "kills", "acts"),
    [
        pytest.param("sqlite", 5, 3, FEW_ACTS, id="sqlite-few"),
        pytest.param("sqlite", 12, 25, ALL_ACTS, id="sqlite-many", marks=pytest.mark.attack),
        pytest.param("postgresql", 12, 25, ALL_ACTS, id="postgresql-many", marks=pytest.mark.attack),
    ],
    indirect=["backend"],
)
def test_no_kill_loses_or_doubles_a_ballot(
    stage: Stage, members: int, kills: int, acts: Acts, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    hammer(stage, kills)
    close(stage, acts)
    check(stage)
    with capsys.disabled():
        if acts is ALL_ACTS:
            sys.stdout.write(
                f"\n{stage.site.databases.people.dialect.name}: {stage.kills} kills, "
                f"{len(stage.crowd.names)} ballots acknowledged and counted, "
                f"{stage.crowd.repeated} calls repeated, {time.monotonic() - began:.0f} s\n"
            )
