"""Who holds dated copies of everything but one key names a rater's answer no better than by a blind guess."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from survey import db
from survey.app import create_app
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all
from tests.attacks import city, linkage
from tests.attacks.chance import Row, best, far_from_chance
from tests.attacks.linkage import Seen, Situation

CLEARLY = 0.5  # lower end of the interval of an attack that works; a blind guess is right in 0.2

TWO_HOLDERS = (
    Situation("two holders, the inner key missing", (1,), has_lists=True),
    Situation("two holders, the outer key missing", (2,), has_lists=True),
    Situation("two holders, after closing, no key", (), has_lists=False),
)
NOT_COPIED = Situation("key on the server, after closing, no copy", (), has_lists=False)
COPIED = Situation("weakened: key on the server, copied", (1, 2), has_lists=False)
ORDERED = Situation("weakened: ballots keep their row order", (1,), has_lists=True)
UNBLINDED = Situation("weakened: papers not blinded", (), has_lists=True)


@dataclass(frozen=True)
class Size:
    """How many cycles, and how seldom the table may be far from chance by chance."""

    cycles: int
    weakened: int
    family: float


FEW = Size(20, 8, 0.00001)  # must never fail a run by chance; finds an attack that names three in four
MANY = Size(200, 50, 0.001)  # finds an attack that names one in three
sizes = pytest.mark.parametrize(
    "size", [pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.attack)]
)
Run = Callable[[str, int, Iterable[Situation]], list[Row]]


@pytest.fixture
def bare_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """One app for all cycles of a test; each cycle puts its own databases behind it.

    Nobody waits for the disk here: what is written is the same, it is only not made durable.
    """
    monkeypatch.setattr(os, "fsync", lambda _file: None)
    prepare = db._prepare_sqlite

    def without_waiting(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(db, "_prepare_sqlite", without_waiting)
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(tmp_path / "none"), "CERMIN_ENVIRONMENT": "test"})
    databases = connect_all(settings)
    app = create_app(settings, databases)
    app.config["RATELIMIT_ENABLED"] = False
    yield app
    databases.dispose()


@pytest.fixture
def run(
    bare_app: Flask, tmp_path: Path, migrated_sqlite: Path, size: Size, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Simulate cycles of a mode, attack each in every situation, and tell the table of a long run."""
    luck = Random(20261124)

    def cycles(mode: str, number: int) -> Iterator[Seen]:
        for _cycle in range(number):
            yield linkage.watch_a_cycle(tmp_path / "var", migrated_sqlite, bare_app, mode, luck)

    def rows(mode: str, number: int, situations: Iterable[Situation]) -> list[Row]:
        found = linkage.table(cycles(mode, number), situations, luck)
        if size is MANY:
            with capsys.disabled():
                sys.stdout.write("\n".join(["", *map(str, found), ""]))
        return found

    return rows


@sizes
def test_a_missing_key_leaves_a_blind_guess(run: Run, size: Size) -> None:
    rows = run("two_holders", size.cycles, TWO_HOLDERS)
    assert not far_from_chance(rows, size.family), "\n".join(map(str, rows))


@sizes
def test_the_key_on_the_server_keeps_the_promise_only_where_nobody_copied_it(run: Run, size: Size) -> None:
    number = size.cycles if size is MANY else size.weakened
    rows = run("server_key", number, (NOT_COPIED, COPIED))
    weak = [row for row in rows if row.situation == COPIED.name]
    assert best(weak).interval[0] > CLEARLY, "an attack that cannot succeed shows nothing"
    assert not far_from_chance([row for row in rows if row not in weak], size.family)


@sizes
def test_a_box_that_keeps_row_order_names_the_answers(
    run: Run, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkage.keep_row_order(monkeypatch)
    whole = city.fresh

    def numbered(directory: Path, migrated: Path, app: Flask) -> tuple[Settings, Databases]:
        settings, databases = whole(directory, migrated, app)
        linkage.number_the_rows(databases)
        return settings, databases

    monkeypatch.setattr(city, "fresh", numbered)
    assert best(run("two_holders", size.weakened, [ORDERED])).interval[0] > CLEARLY


@sizes
def test_papers_that_are_not_blinded_name_the_answers(
    run: Run, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkage.do_not_blind(monkeypatch)
    assert best(run("two_holders", size.weakened, [UNBLINDED])).interval[0] > CLEARLY
