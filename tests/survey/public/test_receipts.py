"""Receipts are published after counting, two signs at a time, and tell nothing else."""

from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.models.vault import Receipt
from tests.factories import answer, close, make_team, make_unit, open_cycle


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 6)
    cycle = open_cycle(databases, settings)
    random = Random(5)
    for rater in team[:3]:
        answer(databases, cycle, rater, lambda *_: random.choice([3, 4]))
    return cycle


def test_nothing_is_published_before_counting(client: FlaskClient, cycle: Cycle) -> None:
    assert cycle.name not in client.get("/receipts").text
    assert client.get(f"/receipts/{cycle.public_id}").status_code == 404


def test_every_counted_sheet_is_found_by_its_first_two_signs(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    close(databases, settings, cycle)
    with reading(databases.answers) as answers:
        codes = answers.scalars(select(Receipt.code)).all()
    assert len(codes) == 3 * 7  # each of the three has seven papers
    first = codes[0]
    page = client.get(f"/receipts/{cycle.public_id}?begins={first[:2].lower()}xyz").text
    assert first in page
    assert not [code for code in codes if code[:2] != first[:2] and code in page]
    assert not [code for code in codes if code in client.get(f"/receipts/{cycle.public_id}").text]


def test_wildcards_find_nothing(
    client: FlaskClient, databases: Databases, settings: Settings, cycle: Cycle
) -> None:
    close(databases, settings, cycle)
    page = client.get(f"/receipts/{cycle.public_id}?begins=%25%25&lang=en").text
    assert "None begins like this" in page
