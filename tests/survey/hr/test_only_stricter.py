"""What raters were promised at opening becomes stricter or stays, by whatever way somebody asks."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.models.cycles import Cycle
from survey.services.cycles import cycles, open_cycles
from tests.factories import make_team, make_unit, open_cycle


@pytest.fixture
def cycle(databases: Databases, settings: Settings) -> Cycle:
    with transaction(databases.people) as people:
        make_team(people, make_unit(people), 8)
    return open_cycle(databases, settings)


def promise(databases: Databases) -> tuple[str, int]:
    with reading(databases.people) as people:
        mode, minimum = people.execute(select(Cycle.mode, Cycle.minimum_group_size)).one()
        return mode, minimum


def test_the_page_raises_the_minimum_and_refuses_to_lower_it(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    address = f"/staff/hr/cycles/{cycle.public_id}/minimum"
    assert "5" in hr.get(address).text
    for given in ("4", "5", "0", "-1", "x", ""):
        assert hr.post(address, data={"minimum": given}).status_code == 422, given
    assert promise(databases) == ("server_key", 5)
    assert hr.post(address, data={"minimum": "7"}).status_code == 302
    assert promise(databases) == ("server_key", 7)
    assert hr.post(address, data={"minimum": "6"}).status_code == 422
    assert "Tulis angka yang lebih besar" in hr.post(address, data={"minimum": "6"}).text
    assert promise(databases) == ("server_key", 7)


def test_no_address_of_hr_takes_a_looser_promise(
    app: Flask, hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    looser = {"mode": "server_key", "minimum": "3", "minimum_group_size": "3", "minimum_decision": "x"}
    tried = 0
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint.startswith("hr.")
            and "POST" in (rule.methods or ())
            and "public_id" in rule.arguments
        ):
            before = promise(databases)
            values = {name: cycle.public_id if name == "public_id" else 1 for name in rule.arguments}
            with app.test_request_context():
                address = app.url_for(rule.endpoint, **values)
            hr.post(address, data=looser)
            mode, minimum = promise(databases)
            assert (mode, minimum >= before[1]) == (before[0], True), rule
            tried += 1
    assert tried >= 8


@pytest.mark.db
def test_the_service_refuses_a_smaller_minimum(databases: Databases, cycle: Cycle) -> None:
    for minimum in (4, 5):
        with pytest.raises(InvalidPlan), transaction(databases.people) as people:
            open_cycles.raise_minimum(people, cycles.find_cycle(people, cycle.public_id), minimum)
    assert promise(databases) == ("server_key", 5)


@pytest.mark.db
@pytest.mark.parametrize(
    ("name", "value"), [("minimum_group_size", 4), ("mode", "two_holders"), ("mode", "other")]
)
@pytest.mark.parametrize("step", ["", "close"])
def test_not_even_code_that_forgets_to_ask_can_loosen_an_open_cycle(
    databases: Databases, cycle: Cycle, name: str, value: object, step: str
) -> None:
    with transaction(databases.people) as people:
        if step:
            cycles.advance(people, cycles.find_cycle(people, cycle.public_id), step)
    with pytest.raises(StepNotAllowed), transaction(databases.people) as people:
        setattr(cycles.find_cycle(people, cycle.public_id), name, value)
    assert promise(databases) == ("server_key", 5)
