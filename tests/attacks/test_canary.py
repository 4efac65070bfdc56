"""Nothing that came through an anonymous door is found again: in no file, table, log or output."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from protocol import tokens
from protocol.encoding import from_b64u
from survey.config import Settings
from survey.db import AnswersBase, Databases, PeopleBase, SpoolBase, transaction
from survey.services.cycles import cycles
from survey.services.papers import drawing
from tests.attacks import city, marks
from tests.attacks.process import Answer, Server, WireClient
from tests.citizens import filled, make_point
from tests.devices import Device
from tests.factories import TODAY
from tests.survey.respond.test_views import paper_form

ADDRESSES = ("203.0.113.77", "2001:db8::7:77")
FAIL = """
CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'broken: %', NEW; END $$
"""
WORDS = "Kalimat yang hanya satu orang menulis"


@dataclass
class Canaries:
    """Everything distinctive that goes through the doors, by name."""

    marks: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, mark: str | bytes) -> None:
        self.marks[f"{name} {len(self.marks)}"] = mark.encode() if isinstance(mark, str) else mark

    def headers(self) -> dict[str, str]:
        """Of a browser like no other, behind a proxy."""
        own = {
            "User-Agent": f"ua-{secrets.token_hex(8)}",
            "Referer": f"https://ref-{secrets.token_hex(8)}.test/",
            "Accept-Language": f"x-{secrets.token_hex(3)}",
            "Cookie": f"other=cookie-{secrets.token_hex(8)}",
            "X-Request-Id": f"rid-{secrets.token_hex(8)}",
        }
        for name, value in own.items():
            self.add(name, value)
        return own | {"X-Forwarded-For": ", ".join(ADDRESSES), "X-Real-Ip": ADDRESSES[0]}

    def add_device(self, device: Device) -> None:
        """The secrets of a device, and what it sent and got in the clear."""
        for paper, own in device.papers.items():
            self.add("stamp token", own.stamp.token)
            self.add("stamp", own.stamp.signature)
            self.add("pass token", own.box_pass.token)
            self.add("pass", own.box_pass.signature)
            self.add("blinded stamp", from_b64u(device.requests[paper]["stamp"]))
            self.add("blinded pass", from_b64u(device.requests[paper]["pass"]))
            self.add("receipt", tokens.receipt(own.stamp.token))

    def add_code(self, code: str) -> None:
        self.add("code", code)
        self.add("code without lines", code.replace("-", ""))
        self.add("code in small letters", code.replace("-", "").lower())


@pytest.fixture
def server(databases: Databases, settings: Settings, tmp_path: Path) -> Iterator[Server]:
    environment = {
        "CERMIN_DATA_DIRECTORY": str(settings.data_directory),
        "CERMIN_PEOPLE_URL": databases.people.url.render_as_string(hide_password=False),
        "CERMIN_ANSWERS_URL": databases.answers.url.render_as_string(hide_password=False),
        "CERMIN_TRUSTED_PROXIES": "1",
        "PYTHONUNBUFFERED": "1",
    }
    (tmp_path / "output").mkdir()
    found = Server(environment, tmp_path / "output" / "output.txt")
    yield found
    found.kill()


def break_table(engine: Engine, table: str, act: str) -> Callable[[], None]:
    """Let an act on a table fail deep in the database; returns what mends it."""
    if engine.dialect.name == "sqlite":
        make = [f"CREATE TRIGGER broken BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"]
        mend = "DROP TRIGGER broken"
    else:
        make = [
            FAIL,
            f"CREATE TRIGGER broken BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()",
        ]
        mend = f"DROP TRIGGER broken ON {table}"
    with engine.begin() as connection:
        for statement in make:
            connection.execute(text(statement))

    def repair() -> None:
        with engine.begin() as connection:
            connection.execute(text(mend))

    return repair


def failing_first(engine: Engine, table: str, act: str, call: Callable[[], Answer]) -> Answer:
    """Make a call while the database fails, and then again."""
    repair = break_table(engine, table, act)
    assert call().status_code == 500
    repair()
    return call()


def use_every_door(site: city.Site, server: Server, canaries: Canaries, point: str) -> None:
    """A rater whose device does all by itself, one without script, and a citizen; each meets faults too."""
    databases = site.databases
    device = site.device(site.raters[1])
    device.client = WireClient(server.port, canaries.headers())  # type: ignore[assignment]
    assert failing_first(databases.people, "papers", "UPDATE", device.take).status_code == 200
    found = device.listed().get_json()
    for paper in device.papers:
        sent = city.sealed(device, found, paper, 4, WORDS)
        answer = failing_first(
            databases.spool, "spooled_ballots", "INSERT", lambda sent=sent: device.cast(sent)
        )
        assert answer.status_code == 201
    canaries.add_device(device)
    canaries.add_code(device.code)
    without_script(site, server, canaries)
    drawn(site, server, canaries)
    citizen(site, server, canaries, point)
    mistaken(server, canaries)


def without_script(site: city.Site, server: Server, canaries: Canaries) -> None:
    code = site.device(site.raters[2]).code
    client = WireClient(server.port, canaries.headers())
    form = paper_form(client, code)  # type: ignore[arg-type]
    form["nonce"] = secrets.token_urlsafe(24)
    for engine, table, act in (
        (site.databases.people, "papers", "UPDATE"),
        (site.databases.spool, "spooled_ballots", "INSERT"),
    ):
        answer = failing_first(engine, table, act, lambda: client.post("/i/send", data=form))
        assert answer.status_code == 200
    canaries.add_code(code)
    canaries.add("nonce", form["nonce"])


def drawn(site: city.Site, server: Server, canaries: Canaries) -> None:
    """Codes that two raters drew from a box: one answers on her device, one without script."""
    databases, about = site.databases, site.raters[5]
    with transaction(databases.people) as people:
        cycle = cycles.find_cycle(people, site.cycle.public_id)
        scope = drawing.find_scope(people, cycle, about.unit_id, about.public_id, "peer", TODAY)
        codes = drawing.print_codes(people, cycle, scope, TODAY).codes
    device = Device(WireClient(server.port, canaries.headers()), codes[0])  # type: ignore[arg-type]
    assert failing_first(databases.people, "drawn_codes", "UPDATE", device.take).status_code == 200
    [paper] = device.papers
    sent = city.sealed(device, device.listed().get_json(), paper, 4, WORDS)
    assert device.cast(sent).status_code == 201
    canaries.add_device(device)
    client = WireClient(server.port, canaries.headers())
    form = paper_form(client, codes[1], 0) | {"nonce": secrets.token_urlsafe(24)}  # type: ignore[arg-type]
    for engine, table, act in (
        (databases.people, "drawn_codes", "UPDATE"),
        (databases.spool, "spooled_ballots", "INSERT"),
    ):
        answer = failing_first(engine, table, act, lambda: client.post("/i/send", data=form))
        assert answer.status_code == 200
    canaries.add("nonce", form["nonce"])
    for code in codes:
        canaries.add_code(code)


def citizen(site: city.Site, server: Server, canaries: Canaries, point: str) -> None:
    client = WireClient(server.port, canaries.headers())
    nonce = secrets.token_urlsafe(24)
    form = {**filled(3), "nonce": nonce, "at": "check", "go": "send"}
    call = failing_first(
        site.databases.spool, "spooled_ballots", "INSERT", lambda: client.post(f"/s/{point}", data=form)
    )
    assert call.status_code == 200
    canaries.add("citizen's nonce", nonce)


def mistaken(server: Server, canaries: Canaries) -> None:
    """Addresses and bodies that are wrong in every way."""
    client = WireClient(server.port, canaries.headers())
    stray = [secrets.token_hex(12) for _door in range(5)]
    assert client.post("/i/papers", data={"secret": stray[0]}).status_code == 404
    assert client.post("/i/take", json={"code": stray[1], "papers": []}).status_code == 404
    assert client.post("/b/ballots", data=stray[2].encode()).status_code == 400
    assert client.get(f"/i/?{stray[3]}").status_code == 200
    assert client.get(f"/s/{stray[4]}").status_code == 404
    for mark in stray:
        canaries.add("stray", mark)


def everywhere(site: city.Site, places: list[Path], sought: dict[str, bytes]) -> dict[str, set[str]]:
    found = marks.in_files(places, sought)
    for engine, base in (
        (site.databases.people, PeopleBase),
        (site.databases.answers, AnswersBase),
        (site.databases.spool, SpoolBase),
    ):
        found |= marks.in_tables(engine, base.metadata, sought)
    return found


@pytest.mark.db
def test_no_mark_of_a_rater_or_citizen_is_found_again(
    app: Flask, databases: Databases, settings: Settings, server: Server, tmp_path: Path
) -> None:
    with transaction(databases.people) as people:
        _unit, point = make_point(people)
    site = city.whole_team(settings, databases, app, 5, "server_key")
    canaries = Canaries({address: address.encode() for address in ADDRESSES} | {"words": WORDS.encode()})
    server.start("tests.attacks.loud_server")
    server.wait_until_up()
    use_every_door(site, server, canaries, point)
    places = [settings.data_directory, tmp_path / "output", *cluster(databases.people)]
    assert everywhere(site, places, canaries.marks) == {}
    server.kill()
    assert everywhere(site, places, canaries.marks) == {}
    output = server.output.read_text()
    assert "fault on an anonymous page" in output
    assert "secret_hash" in output, "the log must be loud, else this shows nothing"
    names = {token.hex(): tokens.name_in_box(token) for token in passes(canaries)}
    assert "spooled_ballots" in everywhere(site, places, names), "the search must be able to find something"
    city.close(site)
    counted = {
        name: mark for name, mark in canaries.marks.items() if not name.startswith(("receipt", "words"))
    }
    assert everywhere(site, places, counted) == {}


def passes(canaries: Canaries) -> list[bytes]:
    return [mark for name, mark in canaries.marks.items() if name.startswith("pass token")]


def cluster(engine: Engine) -> list[Path]:
    """The files of PostgreSQL itself, write-ahead log and own log too, where they are on this machine."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.connect() as connection:
        path = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    return [path] if path.is_dir() else []
