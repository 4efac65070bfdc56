"""Two offices replace lost papers: HR asks, the second office decides."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.models.invitations import Paper, ReplacementRequest
from survey.models.people import Employee
from survey.services.cycles import cycles
from survey.services.papers import manifests
from tests.devices import Device
from tests.factories import code_for, make_team, make_unit, open_cycle


@pytest.fixture
def team(databases: Databases) -> list[Employee]:
    with transaction(databases.people) as session:
        return make_team(session, make_unit(session), 7)


@pytest.fixture
def cycle(
    databases: Databases, settings: Settings, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> Cycle:
    """64 papers of which 12 may be replaced: one rater's eight, not two."""
    monkeypatch.setattr(manifests, "REPLACEMENTS_PERCENT", 20)
    return open_cycle(databases, settings)


def ask(hr: FlaskClient, cycle: Cycle, rater: Employee, reason: str = "Ponsel hilang") -> int:
    page = f"/staff/hr/cycles/{cycle.public_id}/replacements"
    return hr.post(page, data={"number": rater.number, "reason": reason}).status_code


def waiting(approver: FlaskClient) -> list[str]:
    """The addresses of the requests that wait."""
    return re.findall(r'href="(/staff/approve/requests/[^"]+)"', approver.get("/staff/approve/").text)


def test_a_rater_who_lost_her_device_takes_her_papers_anew(
    client: FlaskClient,
    hr: FlaskClient,
    approver: FlaskClient,
    databases: Databases,
    cycle: Cycle,
    team: list[Employee],
) -> None:
    code = code_for(databases, cycle, team[1])
    lost = Device(client, code)
    assert lost.take().status_code == 200
    found, paper = lost.listed().get_json(), next(iter(lost.papers))
    assert lost.cast(lost.seal(found, paper)).status_code == 201
    assert Device(client, code).take().status_code == 409

    assert ask(hr, cycle, team[1]) == 302
    (address,) = waiting(approver)
    shown = approver.get(f"{address}?lang=en").text
    assert team[1].name in shown and "Ponsel hilang" in shown and "0 of at most 12 sheets" in shown
    assert Device(client, code).take().status_code == 409
    assert approver.post(f"{address}/approve").status_code == 302
    assert waiting(approver) == []
    assert "8 of at most 12 sheets" in approver.get(f"{address}?lang=en").text

    anew = Device(client, code)
    assert anew.take().status_code == 200
    assert lost.post("/i/take", {"code": code, "papers": list(lost.requests.values())}).status_code == 409
    for one in (lost, anew):
        for key in one.papers:
            assert one.cast(one.seal(found, key)).status_code in (200, 201, 409)
    public = client.get(f"/cycles/{cycle.public_id}?lang=en").text
    assert re.search(r"Lost sheets that could be taken anew, so far.*?\b8\b", public, re.S)
    assert team[1].name not in public
    log = client.get(f"/cycles/{cycle.public_id}/log.jsonl").text
    assert '"action":"papers-replaced"' in log and '"detail":{"papers":8}' in log


def test_more_than_the_published_share_is_refused_and_nothing_changes(
    client: FlaskClient,
    hr: FlaskClient,
    approver: FlaskClient,
    databases: Databases,
    cycle: Cycle,
    team: list[Employee],
) -> None:
    for rater in team[1:3]:
        assert Device(client, code_for(databases, cycle, rater)).take().status_code == 200
        ask(hr, cycle, rater)
    first, second = waiting(approver)
    assert approver.post(f"{first}/approve").status_code == 302
    refused = approver.post(f"{second}/approve")
    assert refused.status_code == 409
    assert "Lembar pengganti terlalu banyak" in refused.text
    with reading(databases.people) as people:
        assert sum(people.scalars(select(Paper.replaced))) == 8
        assert sorted(people.scalars(select(ReplacementRequest.state))) == ["approved", "pending"]
    assert approver.post(f"{second}/decline").status_code == 302
    assert approver.post(f"{second}/approve").status_code == 409
    assert "Ditolak" in approver.get(second).text
    listed = hr.get(f"/staff/hr/cycles/{cycle.public_id}/replacements").text
    assert "Disetujui" in listed and "Ditolak" in listed


def test_hr_learns_nothing_of_whether_a_rater_took_her_papers(
    client: FlaskClient, hr: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    Device(client, code_for(databases, cycle, team[1])).take()
    pages = []
    for rater in team[1:3]:
        assert ask(hr, cycle, rater) == 302
        page = hr.get(f"/staff/hr/cycles/{cycle.public_id}/replacements").text
        row = re.search(rf"<li>\s*<div><strong>{rater.name}</strong>.*?</li>", page, re.S)
        assert row
        pages.append(row.group().replace(rater.name, ""))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"number": "", "reason": "x"}, "Type the NIP"),
        ({"number": "123", "reason": "x"}, "Nobody with this NIP"),
        ({"reason": ""}, "Write why"),
        ({"reason": "x" * 501}, "At most 500 signs"),
    ],
)
def test_a_wrong_request_is_told_at_its_field(
    hr: FlaskClient, cycle: Cycle, team: list[Employee], data: dict[str, str], words: str
) -> None:
    page = f"/staff/hr/cycles/{cycle.public_id}/replacements?lang=en"
    answer = hr.post(page, data={"number": team[1].number} | data)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_request_that_waits_is_not_made_twice(hr: FlaskClient, cycle: Cycle, team: list[Employee]) -> None:
    assert [ask(hr, cycle, team[1]) for _ in range(2)] == [302, 422]


def test_of_a_closed_cycle_nothing_is_asked_or_decided(
    hr: FlaskClient, approver: FlaskClient, databases: Databases, cycle: Cycle, team: list[Employee]
) -> None:
    ask(hr, cycle, team[1])
    (address,) = waiting(approver)
    with transaction(databases.people) as people:
        cycles.advance(people, people.get_one(Cycle, cycle.id), "close")
    assert waiting(approver) == []
    assert "<form" not in approver.get(address).text.split('<main id="main"')[1]
    assert approver.post(f"{address}/approve").status_code == 409
    assert ask(hr, cycle, team[2]) == 409
    assert "<form" not in hr.get(f"/staff/hr/cycles/{cycle.public_id}/replacements").text.split("<main")[1]


def test_pages_take_as_many_statements_for_many_requests_as_for_few(
    hr: FlaskClient,
    approver: FlaskClient,
    databases: Databases,
    cycle: Cycle,
    team: list[Employee],
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    counts = []
    for some in (team[:1], team[1:]):
        for rater in some:
            ask(hr, cycle, rater)
        with count_statements(databases.people) as counted:
            approver.get("/staff/approve/")
            hr.get(f"/staff/hr/cycles/{cycle.public_id}/replacements")
        counts.append(counted())
    assert counts[0] == counts[1] <= 20
