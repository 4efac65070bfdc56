"""Who can be asked: loads, reach and units, before a cycle opens."""

from random import Random

import pytest

from instruments import catalogue
from survey.db import Databases, transaction
from survey.exceptions import NotFound
from survey.models.cycles import Cycle
from survey.models.people import Unit
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles, planning
from survey.services.raters import assignments
from tests.factories import make_team, make_unit, plan


def assigned(databases: Databases, members: int) -> Cycle:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), members)
        cycle = cycles.create_cycle(session, plan())
        assignments.assign_raters(session, cycle, random=Random(1))
    return cycle


@pytest.mark.db
def test_the_load_counts_papers_per_rater(databases: Databases) -> None:
    cycle = assigned(databases, 3)
    with transaction(databases.people) as session:
        load = planning.load(session, cycle)
    # witness: the head has herself and 3 members; each member has herself, the head and 2 peers
    assert (load.mean, load.most) == (4.0, 4)
    short = catalogue.get("berakhlak_short")
    minutes = {group: short.burden_minutes(group, leader=False) for group in cycles.RATER_GROUPS}
    of_leader = {group: short.burden_minutes(group) for group in cycles.RATER_GROUPS}
    of_head = of_leader["self"] + 3 * minutes["supervisor"]
    of_member = minutes["self"] + of_leader["subordinate"] + 2 * minutes["peer"]
    assert load.most_minutes == max(of_head, of_member)
    assert load.mean_minutes == pytest.approx((of_head + 3 * of_member) / 4)


def test_without_raters_there_is_no_load(databases: Databases) -> None:
    with transaction(databases.people) as session:
        assert planning.load(session, cycles.create_cycle(session, plan())) == planning.Load(0.0, 0, 0.0, 0)


@pytest.mark.db
@pytest.mark.parametrize(("members", "within_reach"), [(4, 0), (5, 1), (6, 7)])
def test_subjects_within_reach_have_a_group_as_large_as_the_minimum(
    databases: Databases, members: int, within_reach: int
) -> None:
    # witness: five members give the head five subordinates, but each member only four peers
    cycle = assigned(databases, members)
    with transaction(databases.people) as session:
        assert planning.subjects_within_reach(session, cycle) == within_reach


@pytest.mark.db
def test_units_of_raters_are_counted_by_person(databases: Databases) -> None:
    cycle = assigned(databases, 3)
    with transaction(databases.people) as session:
        [unit] = planning.units_of_raters(session, WHOLE_CITY, cycle)
    assert (unit.name, unit.raters) == ("Dinas Kesehatan", 4)


def test_a_unit_brings_every_unit_below_it(databases: Databases) -> None:
    with transaction(databases.people) as session:
        top = make_unit(session)
        middle = Unit(code="M", name="Bidang", parent_id=top.id)
        session.add(middle)
        session.flush()
        bottom = Unit(code="B", name="Seksi", parent_id=middle.id)
        other = Unit(code="X", name="Lain")
        session.add_all([bottom, other])
        session.flush()
        assert planning.with_units_below(session, [middle.public_id]) == {middle.id, bottom.id}
        assert planning.with_units_below(session, ["unknown"]) == set()


def test_an_unknown_unit_is_not_found(databases: Databases) -> None:
    with transaction(databases.people) as session, pytest.raises(NotFound):
        planning.find_unit(session, WHOLE_CITY, "nowhere")
