"""Who watches everything there is to see before and after one person's act learns not what she said."""

import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, select

from survey.app import create_app
from survey.config import load_settings
from survey.db import AnswersBase, Databases, PeopleBase, connect_all, transaction
from survey.models.ballots import SpooledBallot
from survey.services.accounts import accounts
from tests.attacks import city, seeded
from tests.attacks.opponent import LogKeeper
from tests.conftest import PASSWORD, sign_in

MEMBERS = 6
FORM_TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')  # of the reader's own session
LAST = 3  # who answers last
Seen = dict[str, object]
World = tuple[city.Site, seeded.Streams]


@contextmanager
def world(
    directory: Path, migrated: Path, patch: pytest.MonkeyPatch
) -> Iterator[tuple[city.Site, seeded.Streams]]:
    """An open cycle in which everything random comes from one seed."""
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    for name in ("people.sqlite", "answers.sqlite"):
        shutil.copy(migrated / name, directory / name)
    databases = connect_all(settings)
    app = create_app(settings, databases)
    app.config |= {"RATELIMIT_ENABLED": False, "WTF_CSRF_ENABLED": False}
    try:
        with patch.context() as frozen:
            streams = seeded.freeze(frozen, "watching")
            streams.keep_apart(app)
            yield city.whole_team(settings, databases, app, MEMBERS, "server_key"), streams
    finally:
        databases.dispose()


def watchers(site: city.Site) -> dict[str, FlaskClient]:
    """Everybody who can look at something: the public, HR, and the head, who is rated."""
    with transaction(site.databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",))
        accounts.create_account(people, "head", PASSWORD, ("employee",), site.raters[0].id)
    return {
        "public": site.app.test_client(),
        "hr": sign_in(site.app, "hr"),
        "head": sign_in(site.app, "head"),
    }


def addresses(app: Flask, cycle: str) -> list[str]:
    """Every page that can be opened without a secret, of this cycle where it asks for one."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static" and "export" not in rule.endpoint:
            names = rule.arguments
            if names <= {"public_id", "cycle"}:
                with app.test_request_context():
                    found.append(app.url_for(rule.endpoint, **dict.fromkeys(names, cycle)))
    return sorted(found)


def rows(engine: Engine, metadata: MetaData) -> list[str]:
    with engine.connect() as connection:
        return [str(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]


def look(site: city.Site, clients: dict[str, FlaskClient], log: list[str]) -> Seen:
    """All pages for everybody, all tables of people and answers, the size of the box, the log."""
    databases: Databases = site.databases
    seen: Seen = {}
    for who, client in clients.items():
        for address in addresses(site.app, site.cycle.public_id):
            if not address.endswith(("/sign-out", ".csv", ".xlsx")):
                answer = client.get(address)
                seen[f"{who} {address}"] = (answer.status_code, FORM_TOKEN.sub(b"", answer.data))
                answer.close()
    with databases.spool.connect() as spool:
        found = spool.execute(select(SpooledBallot.token, SpooledBallot.sealed)).all()
        seen["box"] = [(token, len(sealed)) for token, sealed in found]
    seen["people"] = rows(databases.people, PeopleBase.metadata)
    seen["answers"] = rows(databases.answers, AnswersBase.metadata)
    seen["log"] = list(log)
    return seen


def watch(directory: Path, migrated: Path, patch: pytest.MonkeyPatch, step: int) -> tuple[Seen, Seen]:
    """What is seen before and after the last rater says `step` about everybody."""
    log: list[str] = []
    keeper = LogKeeper(log)
    with world(directory, migrated, patch) as (site, streams):
        clients = watchers(site)
        logging.getLogger().addHandler(keeper)
        order = [*(place for place in range(MEMBERS + 1) if place != LAST), LAST]
        devices = {}
        for place in order:
            with streams.of(f"code {place}"):
                devices[place] = site.device(site.raters[place])
        before: Seen = {}
        for place in order:
            if place == LAST:
                before = look(site, clients, log)
            with streams.of(f"device {place}"):
                device = devices[place]
                assert device.take().status_code == 200
                found = device.listed().get_json()
                for paper in device.papers:
                    said = step if place == LAST else 3
                    assert device.cast(city.sealed(device, found, paper, said)).status_code == 201
        after = look(site, clients, log)
        logging.getLogger().removeHandler(keeper)
    return before, after


def test_whoever_watches_the_last_rater_sees_the_same_whatever_she_says(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [watch(tmp_path / f"says{step}", migrated_sqlite, monkeypatch, step) for step in (1, 5)]
    (before_one, after_one), (before_five, after_five) = worlds
    assert len(after_one) > 20, "the search for pages found hardly any"
    assert _differing(before_one, before_five) == []
    assert _differing(after_one, after_five) == []
    changed = _differing(before_one, after_one)
    assert [name for name in changed if name.startswith(("public", "head"))] == [], "no result is live"
    assert {"box", "people"} <= set(changed), "her act itself is seen: that it happened, not what it said"


def _differing(one: Seen, other: Seen) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]
