"""What goes between HR and the key holders: the tool's page, new keys, lists taken and refused, minutes."""

import hashlib
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from protocol import holder, lists, opening
from protocol.messages import explain
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import port, runner
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.cycles import cycles, holders
from survey.services.raters import assignments
from survey.services.results import closing
from tests.factories import answer, make_team, make_unit, plan

OFFICE = "Inspektorat"
STATIC = Path(__file__).parents[3] / "static"


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 4)


@pytest.fixture
def planned(databases: Databases, team: list[Employee]) -> Cycle:
    """A cycle with one office: its layer is the inner one."""
    with transaction(databases.people) as session:
        cycle = cycles.create_cycle(session, plan(mode="one_holder", minimum=3))
        assignments.assign_raters(session, cycle)
        return cycle


def page_of(cycle: Cycle, name: str) -> str:
    return f"/staff/hr/cycles/{cycle.public_id}/{name}"


def bring(hr: FlaskClient, cycle: Cycle, key: holder.HolderKey) -> None:
    data = {"file": (io.BytesIO(holder.public_file(key)), "public.json")}
    assert hr.post(page_of(cycle, "holders"), data=data).status_code == 302


def events(databases: Databases, action: str) -> list[dict]:
    with reading(databases.people) as people:
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return [event.detail for event in people.scalars(found)]


def layer(databases: Databases, cycle: Cycle) -> holders.LayerState:
    with reading(databases.people) as people:
        return holders.states(people, cycles.find_cycle(people, cycle.public_id))[1]


def prove(databases: Databases, cycle: Cycle) -> None:
    with transaction(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        text = holders.layers(people, found)[1].proof_text
        for source in (holder.FROM_KEY, holder.FROM_SHARES):
            proof = holder.proof_answer(text)
            holders.accept_answer(people, found, holder.Answer(cycle.public_id, 2, source, proof))


def test_the_page_of_key_holders_is_for_the_disk_and_told_with_its_hash(
    hr: FlaskClient, planned: Cycle, client: FlaskClient
) -> None:
    shown = hr.get(page_of(planned, "holders")).text
    address = re.search(r'href="(/static/holder\.html[^"]*)" download', shown)
    assert address
    with client.get(address.group(1)) as served:
        assert "attachment" in served.headers["Content-Disposition"]
        assert hashlib.sha256(served.data).hexdigest() in shown
        assert served.data == (STATIC / "holder.html").read_bytes()


def test_a_successor_brings_a_new_key_before_opening(
    hr: FlaskClient, databases: Databases, planned: Cycle
) -> None:
    old, new = (holder.make_key(planned.public_id, 2, name) for name in (OFFICE, "Inspektorat Daerah"))
    bring(hr, planned, old)
    prove(databases, planned)
    assert old.public.fingerprint in hr.get(page_of(planned, "holders")).text
    bring(hr, planned, old)
    assert layer(databases, planned).is_ready, "the same file again changes nothing"
    bring(hr, planned, new)
    shown = hr.get(page_of(planned, "holders")).text
    assert new.public.fingerprint in shown
    assert old.public.fingerprint not in shown
    state = layer(databases, planned)
    assert (state.office, state.is_proven_by_key, state.is_proven_by_shares) == (
        "Inspektorat Daerah",
        False,
        False,
    )
    assert events(databases, "cycle.holder")[-1] == {
        "layer": 2, "what": "key replaced", "office": "Inspektorat Daerah",
        "fingerprint": new.public.fingerprint, "replaced": old.public.fingerprint,
    }  # fmt: skip


def test_what_a_lost_key_means_is_said_before_opening(hr: FlaskClient, planned: Cycle) -> None:
    for name in ("holders", "open"):
        shown = hr.get(page_of(planned, f"{name}?lang=en")).text
        assert "from two of its three parts" in shown
        assert "it is cancelled and has to be held again" in shown


def test_before_opening_there_are_no_minutes(hr: FlaskClient, planned: Cycle) -> None:
    assert hr.get(page_of(planned, "minutes")).status_code == 409


@pytest.fixture
def key(planned: Cycle) -> holder.HolderKey:
    return holder.make_key(planned.public_id, 2, OFFICE)


@pytest.fixture
def closed(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    team: list[Employee],
    planned: Cycle,
    key: holder.HolderKey,
) -> Cycle:
    """The cycle when the office is awaited."""
    bring(hr, planned, key)
    prove(databases, planned)
    hr.post(page_of(planned, "list/decision"), data={"decision": "Keputusan Sekretaris Daerah 12/2026"})
    hr.post(page_of(planned, "open"))
    assert port.run_next(settings, databases, runner.WORKS)
    with reading(databases.people) as people:
        cycle = cycles.find_cycle(people, planned.public_id)
    for place, rater in enumerate(team):
        answer(databases, cycle, rater, lambda *_, step=1 + place % 5: step)
    hr.post(page_of(cycle, "close"))
    assert port.run_next(settings, databases, runner.WORKS)
    return cycle


def opened(hr: FlaskClient, cycle: Cycle, key: holder.HolderKey, folder: Path) -> opening.Opened:
    """What the office makes of the list; it lies at `folder / "opened"`."""
    with hr.get(page_of(cycle, "lists/2")) as download:
        (folder / "sealed").write_bytes(download.data)
    head = lists.read_head(folder / "sealed")
    return opening.open_file(
        folder / "sealed", folder / "opened", key.private_key, head, reason="few people in this test"
    )


def hand_in(hr: FlaskClient, cycle: Cycle, data: bytes, **fields: str) -> str:
    """Bring a list; what the page says then, in English."""
    form = {"file": (io.BytesIO(data), "opened.list"), **fields}
    assert hr.post(page_of(cycle, "lists/2?lang=en"), data=form).status_code == 302
    return hr.get(page_of(cycle, "closing?lang=en")).text


def without(folder: Path, count: int) -> bytes:
    """The opened list without its first items."""
    head = lists.read_head(folder / "opened")
    items = list(lists.items(folder / "opened", head))
    lists.write(folder / f"without{count}", head.cycle, head.layer, items[count:])
    return (folder / f"without{count}").read_bytes()


def test_refused_lists_and_their_reasons_stand_in_the_minutes(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    closed: Cycle,
    key: holder.HolderKey,
    tmp_path: Path,
) -> None:
    after = opened(hr, closed, key, tmp_path).after
    foreign = lists.Head("another", 0, 0, "")
    lists.write(tmp_path / "foreign", foreign.cycle, foreign.layer, [])
    shorter = without(tmp_path, 3)
    cases = (
        (b"%PDF-1.4", explain("en", "not_a_list", {})),
        ((tmp_path / "foreign").read_bytes(), explain("en", "wrong_list", {"cycle": "another", "layer": 0})),
        ((tmp_path / "opened").read_bytes()[:-1], explain("en", "damaged", {})),
        (shorter, explain("en", "unreadable", {"left_out": 3, "count": after.count})),
    )
    for data, words in cases:
        assert words in hand_in(hr, closed, data)
    assert [event["code"] for event in events(databases, "cycle.list-refused")] == [
        "not_a_list", "wrong_list", "damaged", "unreadable",
    ]  # fmt: skip
    hand_in(hr, closed, shorter, reason=" Three were sealed wrongly. ")
    assert port.run_next(settings, databases, runner.WORKS)

    page = hr.get(page_of(closed, "minutes?lang=en")).text
    shown = re.sub(r"\s+", " ", page)
    assert all(f"A list for layer 2 was refused: {words}" in shown for _data, words in cases)
    assert "Why it was taken although many are missing: Three were sealed wrongly." in shown
    brought = lists.read_head(tmp_path / "without3")
    for told in (after.count, brought.count, brought.hash, key.public.fingerprint, OFFICE, closed.public_id):
        assert str(told) in shown
    assert f"{brought.count} ballots were counted, 3 were not" in shown
    assert "Periode penilaian ditutup" in hr.get(page_of(closed, "minutes?lang=id")).text
    assert hr.get(page_of(closed, "closing")).text.count(page_of(closed, "minutes")) == 1


def test_a_list_is_taken_to_the_byte(
    hr: FlaskClient, settings: Settings, closed: Cycle, key: holder.HolderKey, tmp_path: Path
) -> None:
    opened(hr, closed, key, tmp_path)
    data = (tmp_path / "opened").read_bytes()
    hand_in(hr, closed, data)
    taken = closing.list_path(settings.private_directory, cycles.box_name(closed), 0)
    assert taken.read_bytes() == data
    assert taken.stat().st_mode & 0o777 == 0o600


def test_a_list_that_was_taken_when_the_server_stopped_is_told_and_counted(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    closed: Cycle,
    key: holder.HolderKey,
    tmp_path: Path,
) -> None:
    opened(hr, closed, key, tmp_path)
    box = cycles.box_name(closed)
    closing.accept_list(settings.private_directory, box, 2, tmp_path / "opened")  # and then nothing more
    assert events(databases, "list-brought") == []
    page = hr.get(page_of(closed, "closing?lang=en")).text
    assert "Closing was interrupted" in page and page_of(closed, "close") in page
    hr.post(page_of(closed, "close"))
    assert port.run_next(settings, databases, runner.WORKS)
    head = lists.read_head(tmp_path / "opened")
    assert events(databases, "list-brought") == [{"hash": head.hash, "items": head.count, "layer": 2}]
    assert [event["counted"] for event in events(databases, "cycle-counted")] == [head.count]


def test_a_list_that_is_brought_is_told_once(
    hr: FlaskClient,
    databases: Databases,
    settings: Settings,
    closed: Cycle,
    key: holder.HolderKey,
    tmp_path: Path,
) -> None:
    opened(hr, closed, key, tmp_path)
    hand_in(hr, closed, (tmp_path / "opened").read_bytes())
    assert port.run_next(settings, databases, runner.WORKS)
    assert len(events(databases, "list-brought")) == 1


def test_a_list_may_be_larger_than_other_requests(app: Flask, hr: FlaskClient, closed: Cycle) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    assert explain("en", "not_a_list", {}) in hand_in(hr, closed, bytes(10_000))
    elsewhere = {"file": (io.BytesIO(bytes(10_000)), "public.json")}
    assert hr.post(page_of(closed, "holders"), data=elsewhere).status_code == 413


def test_a_list_needs_the_token_of_its_form(
    app: Flask, hr: FlaskClient, databases: Databases, closed: Cycle
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert "Choose the file" in hand_in(hr, closed, b"no list")
    assert events(databases, "cycle.list-refused") == []
