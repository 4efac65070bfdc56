"""One public address for everybody, and no personal link in anything that HR sees."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from protocol import manifest
from survey.config import Settings
from survey.db import Databases, transaction
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.services.accounts import accounts, activation
from survey.services.papers import distribution, drawing
from survey.services.secrets import codes
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_team, make_unit, open_cycle
from tests.printed import links_of, read_pdf

ADDRESS = "http://127.0.0.1:8360/i"


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 6)
    return open_cycle(databases, settings)


def test_the_message_holds_the_public_address_and_the_code_of_the_cycle(
    hr: FlaskClient, client: FlaskClient, cycle: Cycle
) -> None:
    page = hr.get(f"/staff/hr/cycles/{cycle.public_id}/invite?lang=en").text
    code = manifest.manifest_code(cycle.manifest.encode())
    (link,) = re.findall(r'href="(https://wa\.me/[^"]+)"', page)
    message = parse_qs(urlsplit(link.replace("&amp;", "&")).query)["text"][0]
    assert ADDRESS in message.split() and code in message and "/genuine" in message
    assert "?lang" not in message
    assert client.get("/i/").status_code == 200


def test_a_signed_in_rater_gets_her_own_code_from_the_public_address(
    app: Flask, databases: Databases, cycle: Cycle, client: FlaskClient
) -> None:
    with transaction(databases.people) as session:
        rater = session.query(Employee).filter_by(number="198001012005011002").one()
        accounts.create_account(session, "budi", PASSWORD, ("employee",), rater.id)
    assert 'href="/staff/me/"' in client.get("/i/").text
    budi = sign_in(app, "budi")
    page = budi.post(f"/staff/me/cycles/{cycle.public_id}/code").text
    code = re.findall(r'href="/i#([\w-]+)"', page)[0]
    assert budi.post("/i/papers", data={"secret": code}).status_code == 200  # the cookie stays at /staff


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every personal code that is made from now on."""
    made: list[str] = []

    def note() -> str:
        made.append(codes.new_code())
        return made[-1]

    monkeypatch.setattr(distribution, "new_code", note)
    monkeypatch.setattr(activation, "new_code", note)
    monkeypatch.setattr(drawing, "new_code", note)
    return made


def test_nothing_that_hr_sees_holds_a_usable_personal_link(
    app: Flask,
    hr: FlaskClient,
    auditor: FlaskClient,
    approver: FlaskClient,
    databases: Databases,
    settings: Settings,
    drawn: list[str],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with transaction(databases.people) as session:
        unit = make_unit(session)
        team = make_team(session, unit, 6)
        accounts.create_account(session, "budi", PASSWORD, ("employee",), team[1].id)
    cycle = open_cycle(databases, settings)
    sign_in(app, "budi").post(f"/staff/me/cycles/{cycle.public_id}/code")
    base = f"/staff/hr/cycles/{cycle.public_id}"
    printed = [
        hr.post(f"{base}/slips/{unit.public_id}", data={"layout": layout}) for layout in ("slips", "letters")
    ]
    printed.append(hr.post(f"/staff/hr/desk/{unit.public_id}"))
    of_members = f"{unit.public_id}/{team[1].public_id}/peer"
    printed.append(hr.post(f"{base}/drawn/{of_members}"))
    # What goes to paper, sealed or folded and drawn: the one place where a code stands, without any link that
    # would open with it.
    for sheet in printed:
        assert sheet.mimetype == "application/pdf"
        assert sheet.headers["Content-Disposition"].startswith("attachment")
        assert links_of(sheet.data) == [] and "#" not in read_pdf(sheet.data)
    assert len(drawn) > 20

    told = dict(_everything(app, {"hr": hr, "auditor": auditor, "approver": approver}, cycle, unit, team))
    told["output"] = "".join(capfd.readouterr())
    told["log"] = caplog.text
    assert len(told) > 30
    for place, words in told.items():
        assert not re.search(r"/i/?#\w", words), place
        letters = words.replace("-", "")
        assert not [code for code in drawn if code.replace("-", "") in letters], place
    kept = b"".join(path.read_bytes() for path in _files(settings.data_directory))
    assert not [code for code in drawn if code.encode() in kept or code.replace("-", "").encode() in kept]


def _everything(
    app: Flask, clients: dict[str, FlaskClient], cycle: Cycle, unit: Unit, team: list[Employee]
) -> Iterator[tuple[str, str]]:
    """Every page and file of HR, the second office, the auditor and the public that can be read."""
    values: dict[str, Any] = {
        "cycle": cycle.public_id,
        "unit": unit.public_id,
        "employee": team[1].public_id,
        "rater_group": "peer",
        "account_id": 1,
        "kind": "csv",
        "part": "employees",
        "layer": 1,
        "code": "berakhlak_short",
        "version": 1,
    }
    doors = {"hr": "hr", "auditor": "auditor", "approval": "approver", "public": "hr"}
    for rule in app.url_map.iter_rules():
        door = rule.endpoint.split(".")[0]
        if door not in doors or "GET" not in (rule.methods or ()):
            continue
        unit_of = rule.endpoint in ("hr.unit", "public.unit")
        values["public_id"] = unit.public_id if unit_of else cycle.public_id
        if rule.endpoint == "hr.employee":
            values["public_id"] = team[1].public_id
        given = {name: values[name] for name in rule.arguments if name in values}
        if len(given) < len(rule.arguments):
            continue
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **given)
        answer = clients[doors[door]].get(address)
        if answer.status_code == 200:
            yield f"{rule.endpoint} {address}", answer.get_data(as_text=True)


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())
