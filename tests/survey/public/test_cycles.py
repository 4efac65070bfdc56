"""What everybody may know of a cycle: the page, and the files to the byte."""

import hashlib
import json
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from protocol import log, manifest
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import tell_boxes
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.models.vault import Receipt
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.raters import assignments
from tests.browser import assert_sound
from tests.factories import answer, close, make_team, make_unit, open_cycle, plan
from tests.journeys.conftest import OpenPage, served, visit

__all__ = ["served", "visit"]
FILES = ("manifest.json", "scopes.txt", "log.jsonl", "receipts.txt")


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 6)


@pytest.fixture
def cycle(databases: Databases, settings: Settings, team: list[Employee]) -> Cycle:
    cycle = open_cycle(databases, settings, plan("Semester II 2026"))
    random = Random(5)
    for rater in team[:3]:
        answer(databases, cycle, rater, lambda *_: random.choice([3, 4]))
    tell_boxes.run(settings, databases)
    return cycle


def paths(cycle: Cycle) -> list[str]:
    return [f"/cycles/{cycle.public_id}", *(f"/cycles/{cycle.public_id}/{name}" for name in FILES)]


def test_nothing_of_a_plan_is_known(client: FlaskClient, databases: Databases, team: list[Employee]) -> None:
    with transaction(databases.people) as people:
        planned = cycles.create_cycle(people, plan("Rencana"))
        assignments.assign_raters(people, planned)
    for path in paths(planned):
        assert client.get(path).status_code == 404, path
    assert "Rencana" not in client.get("/cycles").text
    assert client.get("/cycles/none").status_code == 404


def test_nor_of_a_cycle_that_was_counted_before_there_were_manifests(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    close(databases, settings, cycle)
    with transaction(databases.people) as people:
        people.get_one(Cycle, cycle.id).manifest = ""
    for path in paths(cycle):
        assert client.get(path).status_code == 404, path
    assert f"/cycles/{cycle.public_id}" not in client.get(f"/receipts/{cycle.public_id}").text


def test_the_files_are_those_that_the_manifest_speaks_of(
    client: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    text = client.get(f"/cycles/{cycle.public_id}/manifest.json").data
    with reading(databases.people) as people:
        assert text == people.get_one(Cycle, cycle.id).manifest.encode()
    scopes = manifest.read_scopes(client.get(f"/cycles/{cycle.public_id}/scopes.txt").data)
    assert manifest.is_of(manifest.read(text), scopes)
    page = client.get(f"/cycles/{cycle.public_id}").text
    assert manifest.manifest_code(text) in page
    assert manifest.read(text).bundle in page


def test_receipts_are_published_after_counting_sorted_and_whole(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    path = f"/cycles/{cycle.public_id}/receipts.txt"
    assert client.get(path).status_code == 404
    assert f'href="{path}' not in client.get(f"/cycles/{cycle.public_id}").text
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        codes = sorted(answers.scalars(select(Receipt.code)))
    assert client.get(path).text == "".join(f"{code}\n" for code in codes)
    assert len(codes) == 3 * 7
    assert f'href="{path}' in client.get(f"/cycles/{cycle.public_id}").text


def test_the_log_tells_the_box_and_hides_who_did_what(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    with transaction(databases.people) as people:
        audit.record(people, None, "slips.print", cycle.public_id, unit="DINKES", slips=8)
    close(databases, settings, cycle)
    text = client.get(f"/cycles/{cycle.public_id}/log.jsonl").text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert "slips" not in text
    assert [sorted(line) for line in lines if "entry" not in line] == [["digest", "hash", "n"]]
    opened, told = (line["entry"] for line in lines[:2])
    text_of_rules = client.get(f"/cycles/{cycle.public_id}/manifest.json").data
    assert opened["detail"] == {"manifest": hashlib.sha256(text_of_rules).hexdigest()}
    assert (told["action"], told["detail"]["ballots"]) == ("box-told", 21)
    assert (
        lines[-1]["hash"]
        == log.link(bytes.fromhex(lines[-2]["hash"]), log.digest(b"", log.Entry(**lines[-1]["entry"]))).hex()
    )


def test_no_file_and_no_page_names_a_person(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle, team: list[Employee]
) -> None:
    close(databases, settings, cycle)
    texts = [client.get(path) for path in paths(cycle)]
    assert {answer.status_code for answer in texts} == {200}
    for person in team:
        assert not [each for each in texts if person.name in each.text or person.number in each.text]


def test_no_public_page_of_a_cycle_sets_a_cookie(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    close(databases, settings, cycle)
    for path in [*paths(cycle), "/cycles"]:
        for lang in ("", "?lang=en"):
            assert "Set-Cookie" not in client.get(path + lang).headers, path


@pytest.mark.parametrize(
    ("lang", "mode", "words"),
    [
        ("en", "server_key", "can match people and answers by their time"),
        ("id", "server_key", "Kuncinya berada di server"),
    ],
)
def test_the_page_says_what_the_mode_promises(
    client: FlaskClient, cycle: Cycle, lang: str, mode: str, words: str
) -> None:
    assert cycle.mode == mode
    assert words in client.get(f"/cycles/{cycle.public_id}?lang={lang}").text


def test_raters_and_receipts_lead_here(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    assert 'href="/cycles"' in client.get("/i/").text
    assert 'href="/cycles"' in client.get("/receipts").text
    assert f'href="/cycles/{cycle.public_id}"' in client.get("/cycles").text
    close(databases, settings, cycle)
    assert f'href="/cycles/{cycle.public_id}"' in client.get(f"/receipts/{cycle.public_id}").text


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width"), [("id", 320), ("en", 320), ("id", 1280), ("en", 1280)])
def test_the_pages_are_sound(
    databases: Databases, settings: Settings, cycle: Cycle, visit: OpenPage, lang: str, width: int
) -> None:
    page = visit(f"/cycles?lang={lang}", width)
    assert_sound(page, f"cycles-{lang}")
    page.get_by_role("link", name=cycle.name).click()
    assert_sound(page, f"cycle-open-{lang}")
    close(databases, settings, cycle)
    page.reload()
    assert_sound(page, f"cycle-counted-{lang}")
    page.goto(f"/receipts?lang={lang}")
    assert_sound(page, f"receipts-{lang}")
