"""Which units were briefed before a cycle, and which were not."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.models.briefings import Briefing
from survey.models.cycles import Cycle
from survey.models.people import Unit
from survey.services.accounts.access import Reach
from survey.services.cycles import briefings, cycles
from survey.services.raters import assignments
from tests.factories import TODAY, make_team, make_unit, plan

MEETING = {"held_on": TODAY.isoformat(), "led_by": "BKPSDM", "present": "31"}


@pytest.fixture
def cycle(databases: Databases) -> Cycle:
    """A cycle over two units with raters; a third has nobody."""
    with transaction(databases.people) as people:
        for place, code in enumerate(("DINKES", "DISDIK")):
            make_team(people, make_unit(people, code, f"Unit {code}"), 6, first=1 + 20 * place)
        make_unit(people, "KOSONG", "Unit kosong")
        made = cycles.create_cycle(people, plan())
        assignments.assign_raters(people, made)
    return made


def unit_named(databases: Databases, code: str) -> Unit:
    with reading(databases.people) as people:
        return people.scalars(select(Unit).where(Unit.code == code)).one()


def place_of(cycle: Cycle) -> str:
    return f"/staff/hr/cycles/{cycle.public_id}/briefings"


def test_the_home_of_a_cycle_says_how_many_units_are_outstanding(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    home = f"/staff/hr/cycles/{cycle.public_id}"
    assert "0 dari 2 unit sudah diberi penjelasan" in hr.get(home).text
    page = hr.get(place_of(cycle)).text
    assert "Unit DINKES, 7 orang ditanyai" in page
    assert "Unit kosong" not in page
    unit = unit_named(databases, "DINKES")
    assert hr.post(place_of(cycle), data={**MEETING, "unit": unit.public_id}).status_code == 302
    assert "1 dari 2 unit sudah diberi penjelasan" in hr.get(home).text
    page = hr.get(place_of(cycle)).text
    assert "BKPSDM" in page
    with reading(databases.people) as people:
        event = people.scalars(select(AuditEvent)).one()
        briefing = people.scalars(select(Briefing)).one()
    assert (event.action, event.detail["present"], event.detail["units"]) == ("briefing.add", 31, 1)
    assert hr.post(f"{place_of(cycle)}/{briefing.public_id}/remove").status_code == 302
    assert "0 dari 2 unit sudah diberi penjelasan" in hr.get(home).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": []}, "Pilih sedikitnya satu unit."),
        ({"held_on": (TODAY + timedelta(days=1)).isoformat()}, "Hari itu belum terjadi"),
        ({"led_by": " "}, "Tulis siapa yang menjelaskan"),
        ({"present": "0"}, "Tulis angka dari 1 sampai 5000."),
        ({"present": "banyak"}, "Tulis bilangan bulat."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    hr: FlaskClient, databases: Databases, cycle: Cycle, change: dict[str, object], words: str
) -> None:
    unit = unit_named(databases, "DINKES")
    answer = hr.post(place_of(cycle), data={**MEETING, "unit": [unit.public_id], **change})
    assert answer.status_code == 422
    assert words in answer.text
    with reading(databases.people) as people:
        assert people.scalars(select(Briefing)).all() == []


@pytest.mark.db
def test_nobody_writes_down_or_takes_back_beyond_the_own_reach(databases: Databases, cycle: Cycle) -> None:
    own, other = unit_named(databases, "DINKES"), unit_named(databases, "DISDIK")
    reach = Reach(frozenset({own.id}))
    meeting = briefings.Meeting(TODAY, "Kepala", 5)
    with transaction(databases.people) as people:
        briefings.record(people, cycle, reach, [own.public_id], meeting)
        with pytest.raises(briefings.NotFound):
            briefings.record(people, cycle, reach, [other.public_id], meeting)
        briefing = people.scalars(select(Briefing)).one()
        with pytest.raises(briefings.NotFound):
            briefings.remove(people, cycle, Reach(frozenset({other.id})), briefing.public_id)
        assert [unit.name for unit in briefings.by_unit(people, cycle, reach)] == ["Unit DINKES"]


def test_a_discarded_cycle_takes_its_meetings_along(
    hr: FlaskClient, databases: Databases, cycle: Cycle
) -> None:
    unit = unit_named(databases, "DINKES")
    hr.post(place_of(cycle), data={**MEETING, "unit": unit.public_id})
    assert hr.post(f"/staff/hr/cycles/{cycle.public_id}/discard").status_code == 302
    with reading(databases.people) as people:
        assert people.scalars(select(Briefing)).all() == []


def test_the_list_needs_two_statements(
    databases: Databases,
    cycle: Cycle,
    count_statements: Callable[[Engine], AbstractContextManager[Callable[[], int]]],
) -> None:
    with count_statements(databases.people) as count, reading(databases.people) as people:
        briefings.by_unit(people, cycle)
    assert count() == 2
