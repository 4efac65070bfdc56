"""The calls of a rater's device: her list, her papers signed blindly, her sealed ballots."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from instruments import catalogue
from protocol import manifest, merkle, tokens
from protocol.encoding import from_b64u, to_b64u
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.ballots import SpooledBallot
from survey.models.cycles import Cycle
from survey.models.invitations import Paper
from survey.models.people import Employee
from survey.models.vault import Receipt
from survey.services.cycles import cycles
from survey.services.papers import ballot_box
from tests.devices import Device
from tests.factories import close, code_for

SHORT = catalogue.get("berakhlak_short").content_hash()


@pytest.fixture
def device(client: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]) -> Device:
    return Device(client, code_for(databases, cycle, team[1]))


def spooled(databases: Databases) -> int:
    with reading(databases.spool) as spool:
        return spool.scalar(select(func.count()).select_from(SpooledBallot)) or 0


def test_the_list_proves_every_key_by_the_manifest(device: Device, team: list[Employee]) -> None:
    found = device.listed().get_json()
    text = manifest.read(found["cycle"]["manifest"].encode())
    assert text.cycle == found["cycle"]["id"]
    assert {paper["rater_group"] for paper in found["papers"]} == {"self", "subordinate", "peer"}
    assert len(found["papers"]) == len(team)
    for paper in found["papers"]:
        scope = manifest.Scope(paper["scope"], from_b64u(paper["scope_key"]), paper["papers_in_scope"])
        hashes = [bytes.fromhex(each) for each in paper["path"]["hashes"]]
        root = bytes.fromhex(text.scopes_root)
        assert merkle.is_in(scope.line, paper["path"]["place"], text.counts.scopes, hashes, root)


def test_papers_are_taken_once_and_ballots_cast_count_as_sent(
    device: Device, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    taken = device.take()
    assert taken.status_code == 200
    found = device.listed().get_json()
    assert all(paper["is_taken"] for paper in found["papers"])
    for paper in device.papers:
        answer = device.cast(device.seal(found, paper))
        assert (answer.status_code, answer.get_json()) == (201, {"kept": True})
    assert spooled(databases) == len(device.papers)
    close(databases, settings, cycle)
    with reading(databases.people) as people:
        marks = set(people.scalars(select(Paper.taken).where(Paper.taken.is_not(None))))
        assert people.get_one(Cycle, cycle.id).state == "tallied"
        public = people.get_one(Cycle, cycle.id).public_id
    assert marks == {b""}
    receipts = {tokens.receipt(paper.stamp.token) for paper in device.papers.values()}
    with reading(databases.answers) as answers:
        assert receipts == set(answers.scalars(select(Receipt.code).where(Receipt.cycle == public)))


def test_the_same_request_again_gives_the_same_signatures_and_another_is_refused(
    client: FlaskClient, device: Device
) -> None:
    first, second = device.take(), device.take()
    assert first.get_json() == second.get_json()
    other = Device(client, device.code).take()
    assert (other.status_code, other.get_json()) == (409, {"outcome": "taken"})


def test_all_papers_are_taken_or_none(device: Device, databases: Databases) -> None:
    device.blind(device.listed().get_json())
    first, *rest = device.requests
    device.post("/i/take", {"code": device.code, "papers": [device.requests[first]]})
    elsewhere = Device(device.client, device.code)
    assert elsewhere.take().status_code == 409
    with reading(databases.people) as people:
        taken = people.scalar(select(func.count()).select_from(Paper).where(Paper.taken.is_not(None)))
    assert taken == 1
    assert len(rest) > 1


def test_a_ballot_may_come_again_and_nothing_else_with_its_pass(device: Device, databases: Databases) -> None:
    device.take()
    found, paper = device.listed().get_json(), next(iter(device.papers))
    delivery = device.seal(found, paper)
    assert [device.cast(delivery).status_code for _ in range(2)] == [201, 200]
    other = device.cast(device.seal(found, paper, step=1))
    assert (other.status_code, other.get_json()) == (409, {"outcome": "taken"})
    assert spooled(databases) == 1


def test_a_pass_that_nobody_signed_is_refused(device: Device, databases: Databases) -> None:
    device.take()
    found, paper = device.listed().get_json(), next(iter(device.papers))
    body = json.loads(device.seal(found, paper))
    body["pass"]["signature"] = to_b64u(bytes(256))
    answer = device.cast(json.dumps(body).encode())
    assert (answer.status_code, answer.get_json()) == (403, {"outcome": "refused"})
    assert spooled(databases) == 0


def test_after_closing_nothing_is_signed_or_taken_in(
    device: Device, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    device.take()
    found, paper = device.listed().get_json(), next(iter(device.papers))
    delivery = device.seal(found, paper)
    close(databases, settings, cycle)
    refusals = [
        device.listed(),
        device.post("/i/take", {"code": device.code, "papers": []}),
        device.cast(delivery),
    ]
    assert [answer.status_code for answer in refusals] == [410, 410, 410]
    assert all(answer.get_json() == {"outcome": "closed"} for answer in refusals)


def test_a_box_that_closed_a_moment_ago_uses_up_no_paper(
    device: Device, databases: Databases, cycle: Cycle
) -> None:
    device.blind(device.listed().get_json())
    with transaction(databases.spool) as spool:
        ballot_box.close_box(spool, cycles.box_name(cycle))
    answer = device.post("/i/take", {"code": device.code, "papers": list(device.requests.values())})
    assert (answer.status_code, answer.get_json()) == (410, {"outcome": "closed"})
    assert not any(paper["is_taken"] for paper in device.listed().get_json()["papers"])


def test_an_unknown_code_is_told(client: FlaskClient, cycle: Cycle) -> None:
    for path, body in (("/i/papers.json", {}), ("/i/take", {"papers": []})):
        answer = client.post(path, json={"code": "0000-0000-0000-0000", **body})
        assert (answer.status_code, answer.get_json()) == (404, {"outcome": "unknown"})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda papers: [papers[0], papers[0]],
        lambda papers: [papers[0] | {"paper": "AAAA"}],
        lambda papers: [papers[0] | {"stamp": to_b64u(bytes(256))}],
        lambda papers: [papers[0] | {"pass": to_b64u(b"\xff" * 256)}],
        lambda papers: [papers[0] | {"stamp": "not base64"}],
        lambda papers: [papers[0] | {"more": "1"}],
        lambda papers: ["paper"],
        lambda papers: [[]],
    ],
)
def test_what_is_no_request_of_hers_is_refused_and_uses_nothing(
    device: Device, spoil: Callable[[list[dict[str, str]]], list[object]]
) -> None:
    device.blind(device.listed().get_json())
    papers = spoil(list(device.requests.values()))
    answer = device.post("/i/take", {"code": device.code, "papers": papers})
    assert (answer.status_code, answer.get_json()) == (400, {"outcome": "refused"})
    assert not any(paper["is_taken"] for paper in device.listed().get_json()["papers"])


def test_another_raters_paper_is_refused(
    client: FlaskClient, device: Device, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    device.blind(device.listed().get_json())
    other = code_for(databases, cycle, team[2])
    answer = device.post("/i/take", {"code": other, "papers": list(device.requests.values())})
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code": 1}', b'{"code": ""}', b"[" * 100_000])
def test_what_is_no_json_of_ours_is_refused(client: FlaskClient, cycle: Cycle, body: bytes) -> None:
    for path in ("/i/papers.json", "/i/take", "/b/ballots"):
        answer = client.post(path, data=body, content_type="application/json")
        assert (answer.status_code, answer.get_json()) == (400, {"outcome": "refused"}), path


def test_a_flood_of_bytes_is_not_read(client: FlaskClient, cycle: Cycle) -> None:
    for path in ("/i/papers.json", "/i/take", "/b/ballots"):
        answer = client.post(path, data=b" " * 300_000, content_type="application/json")
        assert answer.status_code == 413, path


def test_guessing_codes_is_slowed_down(client: FlaskClient, cycle: Cycle, limits: None) -> None:
    answers = [client.post("/i/papers.json", json={"code": f"0000-0000-0000-{n:04}"}) for n in range(70)]
    assert answers[-1].status_code == 429


def test_a_questionnaire_is_the_same_for_everybody(client: FlaskClient, cycle: Cycle) -> None:
    page = client.get(f"/i/questionnaire/{SHORT}/peer/0?lang=en").text
    assert page.lstrip().startswith("<form>")
    assert 'type="hidden"' not in page
    assert page == client.get(f"/i/questionnaire/{SHORT}/peer/0?lang=en").text
    assert page != client.get(f"/i/questionnaire/{SHORT}/peer/0?lang=id").text


@pytest.mark.parametrize("path", [f"{SHORT}/boss/0", f"{SHORT}/peer/2", f"{'0' * 64}/peer/0"])
def test_an_unknown_questionnaire_is_told(client: FlaskClient, cycle: Cycle, path: str) -> None:
    answer = client.get(f"/i/questionnaire/{path}")
    assert (answer.status_code, answer.get_json()) == (404, {"outcome": "unknown"})


def test_taking_papers_asks_the_database_little(
    app: Flask,
    device: Device,
    databases: Databases,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    device.blind(device.listed().get_json())
    with count_statements(databases.people) as people, count_statements(databases.spool) as spool:
        device.take()
    assert people() <= 10 + len(device.requests)
    assert spool() <= 4
