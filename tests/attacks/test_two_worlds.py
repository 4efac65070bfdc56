"""Two worlds that differ in who said what and when leave the same closed databases."""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from scipy.stats import spearmanr
from sqlalchemy import Engine, text

from protocol import box
from survey.app import create_app
from survey.config import Settings, load_settings
from survey.db import AnswersBase, Databases, PeopleBase, connect, connect_all
from tests.attacks import city, seeded
from tests.devices import Device

MEMBERS, MANY_MEMBERS = 7, 10
ORDERS = 4
ENOUGH = 100  # ballots, before a rank correlation says something
SEED = "two worlds"
CLEARLY = 0.01  # p-value below which a rank correlation is not zero


@dataclass
class World:
    """One course of the same cycle: who of two raters said which of two things, and in which order."""

    app: Flask
    settings: Settings
    databases: Databases
    streams: seeded.Streams
    order: Random
    is_swapped: bool
    members: int = MEMBERS
    taken: list[int] = field(default_factory=list)  # raters in the order in which they took their papers
    came: list[bytes] = field(default_factory=list)  # names in the box in the order of arrival

    def play(self) -> city.Site:
        """Open, and let all raters take their papers and send their ballots in a random order."""
        site = city.whole_team(self.settings, self.databases, self.app, self.members)
        devices = []
        for place, rater in enumerate(site.raters):
            with self.streams.of(f"code of {place}"):
                devices.append(site.device(rater))
        todo = list(range(len(devices)))
        sealed: list[bytes] = []
        while todo or sealed:
            if todo and (not sealed or self.order.random() < 0.2):
                place = todo.pop(self.order.randrange(len(todo)))
                self.taken.append(site.raters[place].id)
                sealed += self._take(place, devices[place])
            else:
                self._cast(devices[0], sealed.pop(self.order.randrange(len(sealed))))
        return site

    def _take(self, place: int, device: Device) -> list[bytes]:
        with self.streams.of(f"device {place}"):
            assert device.take().status_code == 200
            found = device.listed().get_json()
            return [
                city.sealed(device, found, key, *self._said(place, paper.entry))
                for key, paper in device.papers.items()
            ]

    def _said(self, place: int, entry: dict[str, str]) -> tuple[int, str]:
        """What she says about somebody; the first two members may have changed places."""
        is_one_of_them = entry["name"].endswith(("002", "003"))
        is_common = entry["rater_group"] in ("peer", "subordinate") and not is_one_of_them
        who = {1: 2, 2: 1}.get(place, place) if self.is_swapped and is_common else place
        drawn = Random(f"{who} {entry['name']} {entry['rater_group']}")
        return drawn.randint(1, 5), f"Kata {drawn.randrange(1000)} dari {who}"

    def _cast(self, device: Device, delivery: bytes) -> None:
        assert device.cast(delivery).status_code == 201
        self.came.append(box.read(delivery).name)


def worlds(
    directory: Path, migrated: Path, patch: pytest.MonkeyPatch, urls: dict[str, str] | None = None
) -> Iterator[World]:
    """Four orders; in every other one two raters exchange what they say."""
    for number in range(ORDERS):
        here = directory / f"world{number}"
        environment = {"CERMIN_DATA_DIRECTORY": str(here), "CERMIN_ENVIRONMENT": "test"}
        if urls:
            environment |= {"CERMIN_PEOPLE_URL": urls["people"], "CERMIN_ANSWERS_URL": urls["answers"]}
        settings = load_settings(environment)
        for name in ("people.sqlite", "answers.sqlite"):
            if not urls:
                shutil.copy(migrated / name, here / name)
        databases = connect_all(settings)
        if urls:
            empty(databases)
        app = create_app(settings, databases)
        app.config["RATELIMIT_ENABLED"] = False
        try:
            with patch.context() as frozen:
                streams = seeded.freeze(frozen, SEED)
                streams.keep_apart(app)
                yield World(app, settings, databases, streams, Random(number), is_swapped=number % 2 == 1)
        finally:
            databases.dispose()


def empty(databases: Databases) -> None:
    for engine, metadata in (
        (databases.people, PeopleBase.metadata),
        (databases.answers, AnswersBase.metadata),
    ):
        with engine.begin() as connection:
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def without_counters(database: bytes) -> bytes:
    """SQLite counts its own writes at bytes 24 to 27 and 92 to 95 of the header."""
    return database[:24] + bytes(4) + database[28:92] + bytes(4) + database[96:]


def test_the_closed_answers_file_is_the_same_whoever_said_which_and_when(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, orders = set(), set()
    for world in worlds(tmp_path, migrated_sqlite, monkeypatch):
        city.close(world.play())
        world.databases.dispose()
        directory = world.settings.data_directory
        assert [path.name for path in directory.glob("answers.sqlite*")] == ["answers.sqlite"]
        files.add(without_counters((directory / "answers.sqlite").read_bytes()))
        orders.add(tuple(world.came))
    assert len(orders) == ORDERS, "the worlds must differ, else this shows nothing"
    assert len(files) == 1


def tables(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table, in the order in which it lies there."""
    with engine.connect() as connection:
        return {
            table.name: [str(row) for row in connection.execute(text(f"SELECT * FROM {table.name}"))]
            for table in AnswersBase.metadata.sorted_tables
        }


def test_on_postgresql_the_closed_tables_are_the_same_row_by_row(
    tmp_path: Path, migrated_sqlite: Path, postgresql_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dumps = []
    for world in worlds(tmp_path, migrated_sqlite, monkeypatch, postgresql_urls):
        city.close(world.play())
        dumps.append(tables(world.databases.answers))
    assert any(dumps[0].values())
    for other in dumps[1:]:
        assert {name: sorted(rows) for name, rows in other.items()} == {
            name: sorted(rows) for name, rows in dumps[0].items()
        }
        assert other == dumps[0], "even the order of the rows in their files is the same"


def ctid_order(engine: Engine, columns: str, table: str) -> list[tuple[object, ...]]:
    query = text(f"SELECT {columns} FROM {table} ORDER BY ctid")
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def correlation(arrival: Sequence[object], physical: Sequence[object]) -> tuple[float, float]:
    """Rank correlation of two orders of the same things, and its p-value."""
    place = {thing: rank for rank, thing in enumerate(arrival)}
    found = spearmanr([place[thing] for thing in physical], range(len(physical)))
    return float(found.statistic), float(found.pvalue)


def writers(engine: Engine, table: str) -> int:
    """How many transactions wrote the rows of a table."""
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(DISTINCT xmin::text) FROM {table}")).scalar_one())


def test_on_postgresql_neither_ctid_nor_xmin_tells_an_order(
    tmp_path: Path, migrated_sqlite: Path, postgresql_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = worlds(tmp_path, migrated_sqlite, monkeypatch, postgresql_urls)
    with closing(drawn):
        look_at_row_order(next(drawn))


def look_at_row_order(world: World) -> None:
    world.members = MANY_MEMBERS
    site = world.play()
    seen: list[list[tuple[object, ...]]] = []
    city.close(site, lambda: seen.append(ctid_order(world.databases.answers, "token", "sealed_ballots")))
    merged = [bytes(row[0]) for row in next(rows for rows in seen if rows)]
    assert len(merged) == len(world.came) >= ENOUGH
    assert correlation(world.came, merged)[1] > CLEARLY
    for table in ("receipts", "vault_counts", "vault_blocks", "comments"):
        assert writers(world.databases.answers, table) == 1
    for table in ("papers", "invitations"):
        assert writers(world.databases.people, table) == 1
        raters = ctid_order(world.databases.people, "rater_id", table)
        assert correlation(world.taken, [rater for (rater,) in raters])[1] > CLEARLY


def test_the_correlation_finds_an_order_that_is_there(postgresql_urls: dict[str, str]) -> None:
    engine = connect(postgresql_urls["answers"])
    arrival = [seeded_name(number) for number in range(ENOUGH)]
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE in_order (token bytea PRIMARY KEY)"))
        for token in arrival:
            connection.execute(text("INSERT INTO in_order VALUES (:token)"), {"token": token})
    physical = [bytes(token) for (token,) in ctid_order(engine, "token", "in_order")]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE in_order"))
    engine.dispose()
    assert correlation(arrival, physical) == pytest.approx((1, 0))


def seeded_name(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()
