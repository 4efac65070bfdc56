"""The item bank tells of an item what released cycles showed, and nothing before."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update

from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.appraisals import Quality
from survey.services.documents.listing import Wanted
from survey.services.results import item_bank
from tests.survey.results import Counted, counted, release

ITEM = "menepati_tenggat"
PLACE = f"/staff/hr/items/berakhlak_short/{ITEM}"


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


def test_a_cycle_tells_nothing_of_an_item_before_its_release(
    hr: FlaskClient, databases: Databases, done: Counted
) -> None:
    with reading(databases.people) as people:
        assert item_bank.history(people, "berakhlak_short", ITEM) == []
    assert "Belum ada periode terbit yang menanyakannya" in hr.get(PLACE).text
    release(databases, done.cycle)
    with reading(databases.people) as people:
        found = item_bank.history(people, "berakhlak_short", ITEM)
        quality = people.scalars(
            select(Quality).where(Quality.rater_group == "peer", Quality.scale == "akuntabel")
        ).one()
    told = next(each for each in quality.figures["items"] if each["item"] == ITEM)
    peer = next(one for one in found if one.rater_group == "peer")
    assert "self" not in {one.rater_group for one in found}
    assert (peer.n, peer.mean, peer.sd, peer.item_total_r, peer.cannot_judge) == (
        told["n"], told["mean"], told["sd"], told["r"], told["cannot_judge"],
    )  # fmt: skip
    assert done.cycle.name in hr.get(PLACE).text


def test_figures_that_are_held_back_have_no_number(
    hr: FlaskClient, databases: Databases, done: Counted
) -> None:
    release(databases, done.cycle)
    held = [{"item": ITEM, "cannot_judge": None, "skipped": None}]
    banded = [
        {"item": ITEM, "n": 40, "is_banded": True, "mean": None, "sd": None, "r": 0.5, "cannot_judge": 0.1}
    ]
    for items, words in (
        (held, "tidak diberitahukan"),
        (banded, "di ujung skala"),
        (None, "Belum ada periode"),
    ):
        with transaction(databases.people) as people:
            figures = {"items": items} if items is not None else {"alpha": 0.7}
            people.execute(update(Quality).values(figures=figures))
        assert words in hr.get(PLACE).text


@pytest.mark.db
def test_the_bank_lists_searches_and_sorts(
    databases: Databases,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    every = [item for each in catalogue.catalogue() if each.kind == "person" for item in each.items]
    with count_statements(databases.people) as count, reading(databases.people) as people:
        whole = item_bank.bank(people, Wanted(), "id")
    assert count() == 3
    assert whole.total == len(every)
    with reading(databases.people) as people:
        some = item_bank.bank(people, Wanted(text="DEADLINE"), "en")
        assert ITEM in [row.item.code for row in some.rows]
        up = [row.item.text.id for row in item_bank.bank(people, Wanted(sort="item"), "id").rows]
        down = [row.item.text.id for row in item_bank.bank(people, Wanted(sort="-item"), "id").rows]
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)


def test_an_item_is_put_into_a_draft_with_its_heading_and_can_be_undone(hr: FlaskClient) -> None:
    draft = hr.post("/staff/hr/instruments/new", data={"title": "Arahan"}).location
    name = draft.rpartition("/")[2]
    for _ in range(2):
        answer = hr.post(f"{PLACE}/into/{name}")
        assert answer.location == f"{draft}#items"
    page = hr.get(draft).text
    assert page.count("menyelesaikan tugas sesuai tenggat yang disepakati") == 2
    assert page.count("Akuntabel") >= 1
    assert "Urungkan: Butir" in page
    hr.post(f"{draft}/steps/undo")
    hr.post(f"{draft}/steps/undo")
    assert "Akuntabel" not in hr.get(draft).text


@pytest.mark.parametrize("path", ["berakhlak_short/none", "none/none"])
def test_an_unknown_item(hr: FlaskClient, path: str) -> None:
    assert hr.get(f"/staff/hr/items/{path}").status_code == 404
