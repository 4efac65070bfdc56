"""Weights of an office's own: declared before a quarter begins, and never the official index."""

from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from survey.db import Databases, reading, transaction
from survey.models.improvement import ElementWeights
from survey.models.people import Unit
from survey.services.citizens import element_weights
from tests.citizens import ITEMS, filled, make_point
from tests.survey.public.test_results import keep, words_of


@pytest.fixture
def place(databases: Databases) -> tuple[str, str]:
    with transaction(databases.people) as people:
        return make_point(people)


def fields(first: str, others: str, period: str = "2027-Q1") -> dict[str, str]:
    weights = {f"weight_{code}": others for code in ITEMS} | {"weight_persyaratan": first}
    return {**weights, "from_period": period, "reason": "Layanan baru"}


def declared(databases: Databases, unit: str) -> list[tuple[str, Decimal]]:
    with reading(databases.people) as people:
        found = element_weights.declared_for(people, unit)
    return [(each.from_period, each.weights["persyaratan"]) for each in found]


@pytest.mark.db
def test_weights_are_declared_for_a_quarter_to_come_and_taken_back_before_it(
    hr: FlaskClient, databases: Databases, place: tuple[str, str]
) -> None:
    page = f"/staff/offices/{place[0]}/weights"
    assert hr.post(page, data=fields("20", "10")).status_code == 302
    assert declared(databases, place[0]) == [("2027-Q1", Decimal("0.2"))]
    assert "Persyaratan 20,00" in words_of(hr.get(page).text)
    assert hr.post(f"{page}/2027-Q1/remove").status_code == 302
    assert declared(databases, place[0]) == []
    assert hr.post(f"{page}/2027-Q1/remove").status_code == 404


def test_weights_that_do_not_make_a_hundred_or_come_late_are_refused(
    hr: FlaskClient, databases: Databases, place: tuple[str, str]
) -> None:
    page = f"/staff/offices/{place[0]}/weights"
    refused = hr.post(f"{page}?lang=en", data=fields("20,5", "10"))
    assert refused.status_code == 422
    assert "Together the weights must make 100; now they make 100.5." in words_of(refused.text)
    for data in (fields("20", "10", "2026-Q4"), fields("-10", "13.75"), fields("", "10")):
        assert hr.post(page, data=data).status_code == 422
    assert declared(databases, place[0]) == []


def test_weights_whose_quarter_has_begun_are_fixed_and_make_a_local_index_beside_the_official_one(
    hr: FlaskClient, client: FlaskClient, databases: Databases, place: tuple[str, str]
) -> None:
    unit, point = place
    weights = dict.fromkeys(ITEMS, Decimal("0.1")) | {"persyaratan": Decimal("0.2")}
    with transaction(databases.people) as people:
        row = ElementWeights(unit_id=people.query(Unit.id).filter(Unit.public_id == unit).scalar())
        row.from_period, row.reason, row.declared_on = "2026-Q3", "Layanan baru", date(2026, 6, 1)
        row.weights = {code: str(weight) for code, weight in weights.items()}
        people.add(row)
    keep(databases, point, "2026-Q3", [filled(3, persyaratan=1)] * 40)
    assert hr.post(f"/staff/offices/{unit}/weights/2026-Q3/remove").status_code == 409
    assert "Ditetapkan" in words_of(hr.get(f"/staff/offices/{unit}/weights").text)
    page = words_of(client.get(f"/units/{unit}?lang=en").text)
    # by hand: 25 * (8 * 3 + 1) / 9 = 69.44; 25 * (0.2 + 0.8 * 3) = 65.00
    assert "the satisfaction index is 69.44" in page
    assert "Local index, beside the official one: with this office’s own weights" in page
    assert "it is 65.00" in page
    assert "Weights in percent: Requirements 20.00;" in page
