"""A little work for open links; without it a lower limit holds, and nobody is shut out."""

import pytest
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.services.citizens import proof_of_work, visit_codes
from survey.services.papers import ballot_box
from tests.citizens import filled, make_point, post


@pytest.fixture
def point(databases: Databases) -> str:
    with transaction(databases.people) as people:
        return make_point(people)[1]


def bare(client: FlaskClient, point: str, **more: str) -> int:
    data = {**filled(), "nonce": ballot_box.new_nonce(), "at": "check", "go": "send", **more}
    return client.post(f"/s/{point}", data=data).status_code


def test_without_script_twelve_a_minute_come_in_with_work_many_more(client: FlaskClient, point: str) -> None:
    assert [bare(client, point) for _ in range(14)] == [200] * 12 + [429] * 2
    pages = [post(client, point, ballot_box.new_nonce(), filled()) for _ in range(12)]
    assert all("Terima kasih" in page for page in pages)


def test_codes_ask_for_no_work(client: FlaskClient, databases: Databases, point: str) -> None:
    with transaction(databases.people) as people:
        codes = visit_codes.print_roll(people, point, 12)
    assert [bare(client, point, code=code) for code in codes] == [200] * 12


@pytest.mark.parametrize("work", ["", "x", "-1", "1" * 11, "٣"])
def test_what_is_no_number_is_no_work(work: str) -> None:
    assert not proof_of_work.is_done("n" * 32, work)


def test_work_belongs_to_its_form() -> None:
    done = [n for n in range(60_000) if proof_of_work.is_done("n" * 32, str(n))]
    assert 0 < len(done) < 15
    assert not [n for n in done if proof_of_work.is_done("m" * 32, str(n))]
