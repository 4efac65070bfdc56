"""What staff are told before a cycle follows from its real settings; the practice sheet can send nothing."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from survey.db import Databases, transaction
from survey.models.cycles import Cycle
from survey.services.cycles import cycles
from survey.services.raters import assignments
from tests.factories import make_team, make_unit, plan


@pytest.fixture
def cycle(databases: Databases) -> Cycle:
    """An assigned cycle for appraisal with settings unlike the usual ones."""
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 7)
        unusual = replace(
            plan("Semester uji", "appraisal", 4, "two_holders"), minimum_reliability=0.61, weight_cap=0.43
        )
        made = cycles.create_cycle(people, unusual)
        assignments.assign_raters(people, made)
    return made


def test_the_page_tells_this_cycles_own_settings(client: FlaskClient, cycle: Cycle) -> None:
    page = client.get(f"/cycles/{cycle.public_id}/explained?lang=en").text
    for words in (
        "Semester uji",
        "Purpose: appraisal.",
        "at least 4 answers",
        "Keputusan uji",
        "at most 43% of the figure",
        "Below a reliability of 0.61",
        "60%",
        "BerAKHLAK behaviour, seven items",
        "Dates and settings may still change",
        "As long as the two key holders",
        "who is asked about whom, to approve the list",
        "the usable figure, from HR, when it goes into the appraisal",
        "signed in, or with the code on your sealed slip",
    ):
        assert words in page, words
    assert "Nothing goes into appraisal or pay" not in page
    assert "Tujuan: penilaian" in client.get(f"/cycles/{cycle.public_id}/explained").text


def test_a_cycle_for_development_says_so(client: FlaskClient, databases: Databases) -> None:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 7)
        made = cycles.create_cycle(people, plan())
        assignments.assign_raters(people, made)
    page = client.get(f"/cycles/{made.public_id}/explained?lang=en").text
    assert "Nothing goes into appraisal or pay" in page
    assert "no result from this service" in page
    assert "named as peers" not in page


def test_a_draft_is_not_told(client: FlaskClient, databases: Databases) -> None:
    with transaction(databases.people) as people:
        made = cycles.create_cycle(people, plan())
    for path in ("explained", "explained/slides", "practice/peer"):
        assert client.get(f"/cycles/{made.public_id}/{path}").status_code == 404


@pytest.mark.parametrize("group", ["self", "supervisor", "peer", "subordinate"])
def test_the_practice_sheet_stands_in_no_form_and_needs_no_script(
    client: FlaskClient, cycle: Cycle, group: str
) -> None:
    address = f"/cycles/{cycle.public_id}/practice/{group}"
    answer = client.get(address)
    assert len(set(re.findall(r'type="radio" id="[^"]+" name="(\w+)"', answer.text))) == 7
    for sending in ("<form", "<button", "<script", "formaction", 'type="submit"'):
        assert sending not in answer.text
    assert "Set-Cookie" not in answer.headers
    for method in ("POST", "PUT", "PATCH"):
        assert client.open(address, method=method, data={"menepati_tenggat": "4"}).status_code == 405
    assert client.get(f"/cycles/{cycle.public_id}/practice/citizen").status_code == 404


def test_the_slides_carry_the_same_and_the_address_of_the_page(client: FlaskClient, cycle: Cycle) -> None:
    page = client.get(f"/cycles/{cycle.public_id}/explained/slides").text
    assert page.count('<section class="slide') == 8
    assert f"http://127.0.0.1:8360/cycles/{cycle.public_id}/explained" in page
    assert "<svg" in page
