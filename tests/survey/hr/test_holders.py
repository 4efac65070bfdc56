"""Two offices outside HR hold the keys: from their public keys to the counted cycle."""

import io
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from protocol import holder, lists, opening
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import HolderRefused
from survey.jobs import open_cycle as opening_job
from survey.jobs import port, runner
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.models.vault import Receipt
from survey.services.auditing import public_log
from survey.services.cycles import cycles, holders
from survey.services.raters import assignments
from tests.factories import answer, code_for, make_team, make_unit, plan

OFFICES = {1: "Inspektorat", 2: "Diskominfo"}


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 4)


@pytest.fixture
def planned(databases: Databases, team: list[Employee]) -> Cycle:
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan(mode="two_holders", minimum=3))
        assignments.assign_raters(session, cycle)
        return cycle


@pytest.fixture
def keys(planned: Cycle) -> dict[int, holder.HolderKey]:
    return {layer: holder.make_key(planned.public_id, layer, office) for layer, office in OFFICES.items()}


def bring(hr: FlaskClient, cycle: Cycle, data: bytes) -> int:
    page = f"/staff/hr/cycles/{cycle.public_id}/holders"
    return hr.post(page, data={"file": (io.BytesIO(data), "holder.json")}).status_code


def prove(hr: FlaskClient, cycle: Cycle, key: holder.HolderKey) -> None:
    with hr.get(f"/staff/hr/cycles/{cycle.public_id}/holders/{key.layer}/challenge.json") as download:
        challenge = download.data
    joined = holder.join_shares(list(holder.share_files(key).values())[1:])
    for source, used in ((holder.FROM_KEY, key), (holder.FROM_SHARES, joined)):
        assert bring(hr, cycle, holder.answer_file(used, challenge, source)) == 302


def test_two_offices_open_the_seals_one_after_the_other(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    team: list[Employee],
    planned: Cycle,
    keys: dict[int, holder.HolderKey],
    tmp_path: Path,
) -> None:
    page = f"/staff/hr/cycles/{planned.public_id}"
    assert f"{page}/open" not in hr.get(page).text
    for key in keys.values():
        assert bring(hr, planned, holder.public_file(key)) == 302
        prove(hr, planned, key)
    hr.post(f"{page}/open")
    assert not port.run_next(settings, databases, runner.WORKS), "not before another office approved the list"
    hr.post(f"{page}/list/decision", data={"decision": "Keputusan Sekretaris Daerah 12/2026"})
    assert f"{page}/open" in hr.get(page).text
    hr.post(f"{page}/open")
    assert port.run_next(settings, databases, runner.WORKS)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, planned.public_id)
    assert cycle.state == "open"
    assert not list(settings.key_directory.glob("*")), "this server holds no key of the ballots"

    code = code_for(databases, cycle, team[1])
    promise = hr.application.test_client().post("/i/papers", data={"secret": code}).text
    assert "Inspektorat dan Diskominfo" in promise
    for place, rater in enumerate(team):
        answer(databases, cycle, rater, lambda *_, step=1 + place % 5: step)

    hr.post(f"{page}/close")
    for layer, key in keys.items():
        assert port.run_next(settings, databases, runner.WORKS)
        waiting = hr.get(f"{page}/closing").text
        assert f"{OFFICES[layer]} membuka segel berikutnya" in waiting
        told = re.search(r"[0-9a-f]{64}", waiting)
        assert told
        source, target = tmp_path / f"in{layer}", tmp_path / f"out{layer}"
        with hr.get(f"{page}/lists/{layer}") as download:
            source.write_bytes(download.data)
        head = lists.read_head(source)
        assert head.hash == told.group()
        opened = opening.open_file(source, target, key.private_key, head, reason="few people in this test")
        assert opened.left_out == 0
        hr.post(f"{page}/lists/{layer}", data={"file": (io.BytesIO(target.read_bytes()), "opened.list")})
    assert port.run_next(settings, databases, runner.WORKS)
    with reading(databases.people) as people:
        assert cycles.find_cycle(people, planned.public_id).state == "tallied"
    with reading(databases.answers) as answers:
        assert answers.scalar(select(func.count()).select_from(Receipt)) == opened.after.count
    assert [path for path in settings.private_directory.iterdir() if path.is_file()] == []
    with reading(databases.people) as people:
        log = [json.loads(line) for line in public_log.lines(people, planned.public_id)]
    about_lists = [
        entry for entry in (line.get("entry") for line in log) if entry and "layer" in entry["detail"]
    ]
    assert [(entry["action"], entry["detail"]["layer"]) for entry in about_lists] == [
        ("list-handed", 1),
        ("list-brought", 1),
        ("list-handed", 2),
        ("list-brought", 2),
    ]
    assert about_lists[-2]["detail"] == {"hash": head.hash, "items": head.count, "layer": 2}
    assert about_lists[-1]["detail"] == {"hash": opened.after.hash, "items": opened.after.count, "layer": 2}


def test_without_both_proofs_no_cycle_opens_whatever_the_way(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    planned: Cycle,
    keys: dict[int, holder.HolderKey],
) -> None:
    page = f"/staff/hr/cycles/{planned.public_id}"
    for key in keys.values():
        bring(hr, planned, holder.public_file(key))
    prove(hr, planned, keys[1])
    with hr.get(f"{page}/holders/2/challenge.json") as download:
        challenge = download.data
    bring(hr, planned, holder.answer_file(keys[2], challenge, holder.FROM_KEY))
    assert hr.post(f"{page}/open").status_code == 422
    with pytest.raises(HolderRefused, match="not_ready"):
        opening_job.run(settings, databases, planned.public_id, lambda *_progress: None)


def test_what_does_not_belong_is_refused_with_words(
    hr: FlaskClient, planned: Cycle, keys: dict[int, holder.HolderKey]
) -> None:
    page = f"/staff/hr/cycles/{planned.public_id}/holders"
    assert bring(hr, planned, b"%PDF-1.4") == 422
    foreign = holder.make_key("another", 1, "Inspektorat")
    assert bring(hr, planned, holder.public_file(foreign)) == 422
    assert bring(hr, planned, holder.public_file(keys[1])) == 302
    twin = holder.make_key(planned.public_id, 2, " inspektorat ")
    answered = hr.post(page, data={"file": (io.BytesIO(holder.public_file(twin)), "x.json")})
    assert "dua kantor yang berbeda" in answered.text
    wrong = holder.answer_file(
        keys[1], holder.challenge_file(keys[1].public, holder.new_proof_text()), holder.FROM_KEY
    )
    assert bring(hr, planned, wrong) == 422


def test_a_new_key_must_be_proven_anew(
    hr: FlaskClient, databases: Databases, planned: Cycle, keys: dict[int, holder.HolderKey]
) -> None:
    bring(hr, planned, holder.public_file(keys[1]))
    prove(hr, planned, keys[1])
    bring(hr, planned, holder.public_file(holder.make_key(planned.public_id, 1, OFFICES[1])))
    with reading(databases.people) as people:
        first = holders.states(people, cycles.find_cycle(people, planned.public_id))[0]
    assert not first.is_ready


def test_a_secret_key_that_was_brought_here_is_exposed_for_good(
    hr: FlaskClient, databases: Databases, planned: Cycle, keys: dict[int, holder.HolderKey]
) -> None:
    place = f"/staff/hr/cycles/{planned.public_id}/holders?lang=en"

    def brought(data: bytes) -> str:
        return hr.post(place, data={"file": (io.BytesIO(data), "holder.json")}).text

    assert bring(hr, planned, holder.public_file(keys[1])) == 302
    prove(hr, planned, keys[1])
    assert "This is a secret part of a key" in brought(holder.share_files(keys[1])[2])
    assert "Count it as exposed" in brought(holder.key_file(keys[1]))
    with reading(databases.people) as people:
        found = cycles.find_cycle(people, planned.public_id)
        (outer, _inner) = holders.states(people, found)
        details = people.scalars(select(AuditEvent.detail).where(AuditEvent.action == holders.EXPOSED)).all()
    assert (outer.has_key, outer.is_ready) == (False, False)
    assert details == [{"layer": 1, "fingerprint": keys[1].public.fingerprint}]
    assert "was brought to this page before" in brought(holder.public_file(keys[1]))
    assert bring(hr, planned, holder.public_file(holder.make_key(planned.public_id, 1, OFFICES[1]))) == 302
