"""The preview against what comes of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random

import numpy as np
import pytest
from sqlalchemy import Engine

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.cycles import Cycle
from survey.services.cycles import cycles
from survey.services.raters import assignments, feasibility
from tests.factories import answer, close, make_employee, make_team, make_unit, open_cycle, plan

Counter = Callable[[Engine], AbstractContextManager[Callable[[], int]]]


def planned(databases: Databases, *sizes: int, assign: bool = True) -> Cycle:
    with transaction(databases.people) as session:
        for place, size in enumerate(sizes):
            make_team(session, make_unit(session, f"U{place}", f"Unit {place}"), size, first=100 * place + 1)
        cycle = cycles.create_cycle(session, plan())
        if assign:
            assignments.assign_raters(session, cycle, random=Random(1))
    return cycle


@pytest.mark.db
@pytest.mark.parametrize("assign", [True, False])
def test_a_unit_of_six_with_one_boss_cannot_reach_five_peers(databases: Databases, assign: bool) -> None:
    cycle = planned(databases, 5, assign=assign)
    with reading(databases.people) as people:
        seen = feasibility.preview(people, cycle)
    head, *members = sorted(seen.subjects, key=lambda subject: subject.name)
    assert {member.outlook for member in members} == {"never"}
    assert {member.reason for member in members} == {"circle_small"}
    assert {member.mend for member in members} == {"parent"}  # nobody else in the same kind of post
    below = head.group("subordinate")
    assert below is not None
    assert (below.invited, below.expected) == (5, 3.75)
    assert below.chance == pytest.approx(0.75**5)
    assert head.outlook == "unlikely"
    (unit,) = seen.units
    assert (unit.subjects, unit.outlooks["never"], unit.outlooks["unlikely"]) == (6, 5, 1)
    assert (seen.rate.share, seen.rate.cycle) == (0.75, None)


@pytest.mark.db
def test_the_mend_is_named_that_would_help(databases: Databases) -> None:
    with transaction(databases.people) as session:
        unit = make_unit(session)
        _chief, middle, *_equals = make_team(session, unit, 5)
        for place in range(4):
            make_employee(session, unit, 50 + place, middle)
        cycle = cycles.create_cycle(session, plan())
        assignments.assign_raters(session, cycle, random=Random(1))
        name = middle.name
    with reading(databases.people) as people:
        seen = feasibility.preview(people, cycle)
    mends = {subject.name: subject.mend for subject in seen.subjects}
    assert mends[name] == "join"
    assert seen.mends == {"join": 1, "wide": 8, "parent": 1}


@pytest.mark.db
def test_the_rate_is_that_of_the_last_counted_cycle(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 9)
    cycle = open_cycle(databases, settings)
    for rater in team[:5]:
        answer(databases, cycle, rater, lambda _key, _item: 4)
    close(databases, settings, cycle)
    with transaction(databases.people) as session:
        following = cycles.create_cycle(session, plan("Berikut"))
    with reading(databases.people) as people:
        rate = feasibility.preview(people, following).rate
    assert (rate.share, rate.cycle) == (0.5, "Uji")  # witness: half of the raters sent every sheet


def test_forecast_and_simulation_agree_within_five_points(databases: Databases) -> None:
    cycle = planned(databases, 5, 7, 9, 14, 25)
    with reading(databases.people) as people:
        seen = feasibility.preview(people, cycle)
    draw = np.random.default_rng(5)
    shown = np.zeros(400)
    for subject in seen.subjects:
        reached = [draw.binomial(group.invited, 0.75, 400) >= 5 for group in subject.groups]
        shown += np.any(reached, axis=0)
    assert abs(shown.mean() - seen.expected) / len(seen.subjects) < 0.05


def test_it_takes_as_many_statements_for_a_large_city(
    databases: Databases, count_statements: Counter
) -> None:
    cycle = planned(databases, *[12] * 8)
    with count_statements(databases.people) as counted, reading(databases.people) as people:
        feasibility.preview(people, cycle)
        assert counted() <= 18  # none of them once per unit or person
