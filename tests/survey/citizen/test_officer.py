"""Three questions about the officer who served: by her codes alone, apart from the service, as sums."""

import re
from datetime import date
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.jobs import merge_citizens
from survey.models.ballots import SpoolBox, SpooledBallot
from survey.models.citizens import CitizenResponse, MergedToken, OfficerSpread, OfficerSums
from survey.models.people import Employee
from survey.services.citizens import visit_codes
from survey.services.papers import ballot_box
from tests.citizens import filled, make_point, post
from tests.factories import make_employee, make_unit
from tests.officers import ITEMS

ANSWERS = dict.fromkeys(ITEMS, "3")
AFTER = date(2027, 2, 1)  # the quarter of the answers is settled


@pytest.fixture
def officer(databases: Databases) -> Employee:
    with transaction(databases.people) as people:
        return make_employee(people, make_unit(people), 7)


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return make_point(people)[1]


def printed(databases: Databases, point: str, officer: Employee, count: int = 1) -> list[str]:
    with transaction(databases.people) as people:
        return visit_codes.print_roll(people, point, count, officer.id)


def rate(client: FlaskClient, point: str, nonce: str, code: str, **answers: str) -> tuple[int, str]:
    found = client.post(f"/s/{point}/officer", data={**answers, "nonce": nonce, "code": code})
    return found.status_code, found.text


def served(client: FlaskClient, point: str, code: str, **answers: str) -> tuple[str, str]:
    """Rate the service and the officer; returns the withdrawal code and the last page."""
    nonce = ballot_box.new_nonce()
    first = post(client, point, nonce, filled(4, code=code))
    _status, page = rate(client, point, nonce, code, **(answers or ANSWERS))
    return re.findall(r"<code>(.+)</code>", first)[0], page


def sums(databases: Databases) -> list[tuple[str, int, dict[str, int]]]:
    with reading(databases.answers) as answers:
        return [(row.period, row.n, row.items) for row in answers.scalars(select(OfficerSums))]


def test_the_questions_come_with_a_code_of_the_officer_and_say_what_they_are_for(
    client: FlaskClient, databases: Databases, point: str, officer: Employee
) -> None:
    [code] = printed(databases, point, officer)
    page = post(client, point, ballot_box.new_nonce(), filled(4, code=code))
    assert officer.name in page
    assert "tidak dihitung dalam indeks" in page
    assert all(f'name="{item}"' in page for item in ITEMS)
    with transaction(databases.people) as people:
        [plain] = visit_codes.print_roll(people, point, 1)
    other = post(client, point, ballot_box.new_nonce(), filled(4, code=plain))
    assert "Terima kasih" in other
    assert officer.name not in other


def test_half_a_judgement_is_asked_for_and_keeps_what_was_chosen(
    client: FlaskClient, databases: Databases, point: str, officer: Employee
) -> None:
    [code] = printed(databases, point, officer)
    nonce = ballot_box.new_nonce()
    post(client, point, nonce, filled(4, code=code))
    status, page = rate(client, point, nonce, code, kesopanan="2", kejelasan="9")
    assert status == 422
    assert 'href="#kemampuan"' in page
    assert 'href="#kejelasan"' in page
    assert re.search(r'name="kesopanan" value="2" checked', page)


def test_without_a_code_that_this_form_used_nobody_is_rated(
    client: FlaskClient, databases: Databases, point: str, officer: Employee
) -> None:
    [code] = printed(databases, point, officer)
    nonce = ballot_box.new_nonce()
    assert rate(client, point, nonce, code, **ANSWERS)[0] == 404  # not used yet
    post(client, point, nonce, filled(4, code=code))
    assert rate(client, point, ballot_box.new_nonce(), code, **ANSWERS)[0] == 404  # used by another form
    assert rate(client, point, nonce, "", **ANSWERS)[0] == 404
    assert rate(client, point, "short", code, **ANSWERS)[0] == 404
    with reading(databases.spool) as spool:
        assert not [box for box in spool.scalars(select(SpoolBox.name)) if box.startswith("officer:")]


@pytest.mark.db
def test_they_lie_sealed_until_the_quarter_is_over_and_become_sums(
    client: FlaskClient, databases: Databases, settings: Settings, point: str, officer: Employee
) -> None:
    for place, code in enumerate(printed(databases, point, officer, 6)):
        _code, page = served(client, point, code, **(ANSWERS | {"kesopanan": "4" if place else "1"}))
        assert "tentang petugas juga sudah kami terima" in page
    merge_citizens.run(settings, databases)
    assert sums(databases) == []
    with reading(databases.answers) as answers:
        rows = answers.scalars(select(CitizenResponse)).all()
        assert len(rows) == 6
        assert all(set(row.answers).isdisjoint(ITEMS) for row in rows), "the unit's index knows nothing of it"
    with patch.object(Settings, "today", lambda _settings: AFTER):
        assert merge_citizens.run(settings, databases).about_officers == 6
    # witness: 5 times 4 and once 1, and six times 3
    assert sums(databases) == [("2026-H2", 6, {"kesopanan": 21, "kemampuan": 18, "kejelasan": 18})]
    with reading(databases.answers) as answers:
        assert answers.scalars(select(OfficerSpread.squares)).all() == [5 * 100 + 49]
        assert answers.scalars(select(MergedToken)).all() == []
    with reading(databases.spool) as spool:
        assert spool.scalars(select(SpoolBox)).all() == []


def test_no_name_in_the_spool_is_shared_by_the_two_ballots_of_a_form(
    client: FlaskClient, databases: Databases, point: str, officer: Employee
) -> None:
    for code in printed(databases, point, officer, 3):
        withdrawal, _page = served(client, point, code)
        client.post(f"/s/{point}/withdraw", data={"code": withdrawal})
    with reading(databases.spool) as spool:
        rows = spool.execute(select(SpooledBallot.box, SpooledBallot.token, SpooledBallot.sealed)).all()
    assert len(rows) == 12
    assert len({row.token for row in rows}) == 12
    assert len({len(row.sealed) for row in rows}) == 1


@pytest.mark.db
def test_a_withdrawn_answer_about_the_officer_is_never_counted(
    client: FlaskClient, databases: Databases, settings: Settings, point: str, officer: Employee
) -> None:
    codes = printed(databases, point, officer, 7)
    taken_back = [served(client, point, code, **dict.fromkeys(ITEMS, "1"))[0] for code in codes[:1]]
    for code in codes[1:]:
        served(client, point, code)
    merge_citizens.run(settings, databases)  # the answers about the service are counted by now
    assert client.post(f"/s/{point}/withdraw", data={"code": taken_back[0]}).status_code == 200
    with patch.object(Settings, "today", lambda _settings: AFTER):
        merge_citizens.run(settings, databases)
    assert sums(databases) == [("2026-H2", 6, dict.fromkeys(ITEMS, 18))]


def test_fewer_than_five_of_an_officer_are_destroyed_uncounted(
    client: FlaskClient, databases: Databases, settings: Settings, point: str, officer: Employee
) -> None:
    for code in printed(databases, point, officer, 4):
        served(client, point, code)
    with patch.object(Settings, "today", lambda _settings: AFTER):
        assert merge_citizens.run(settings, databases).about_officers == 0
    assert sums(databases) == []


@pytest.mark.db
def test_a_crash_between_sums_and_spool_counts_nobody_twice(
    client: FlaskClient, databases: Databases, settings: Settings, point: str, officer: Employee
) -> None:
    for code in printed(databases, point, officer, 5):
        served(client, point, code)
    with patch.object(Settings, "today", lambda _settings: AFTER):
        merge_citizens.run(settings, databases)  # ends the other boxes
    for code in printed(databases, point, officer, 5):
        served(client, point, code)
    with patch.object(Settings, "today", lambda _settings: AFTER):
        with patch.object(ballot_box, "remove_box", side_effect=OSError), pytest.raises(OSError):
            merge_citizens.run(settings, databases)
        merge_citizens.run(settings, databases)
    assert [n for _period, n, _items in sums(databases)] == [10]


def test_the_same_form_again_counts_once(
    client: FlaskClient, databases: Databases, settings: Settings, point: str, officer: Employee
) -> None:
    for code in printed(databases, point, officer, 5):
        nonce = ballot_box.new_nonce()
        post(client, point, nonce, filled(4, code=code))
        for answer in ("2", "4"):
            assert rate(client, point, nonce, code, **dict.fromkeys(ITEMS, answer))[0] == 200
    with patch.object(Settings, "today", lambda _settings: AFTER):
        merge_citizens.run(settings, databases)
    assert [(n, items["kesopanan"]) for _period, n, items in sums(databases)] == [(5, 10)]
