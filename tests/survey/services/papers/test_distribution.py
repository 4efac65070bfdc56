"""Participation is told in steps that hide a single answer."""

import pytest

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.people import Employee, Unit
from survey.services.accounts.access import WHOLE_CITY
from survey.services.papers import distribution, paper_office
from tests.factories import TODAY, code_for, make_team, make_unit, open_cycle


def test_a_unit_with_few_raters_has_no_figure(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        make_team(session, make_unit(session), 3)
    cycle = open_cycle(databases, settings)
    with reading(databases.people) as people:
        assert [each.percent for each in distribution.participation(people, WHOLE_CITY, cycle)] == [None]


def test_the_figure_moves_only_when_as_many_papers_as_the_minimum_came(
    databases: Databases, settings: Settings
) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 4)
    cycle = open_cycle(databases, settings)  # five raters with 5 self, 4 up, 4 down, 12 peer: 25 papers
    seen = []
    for rater in team:
        code = code_for(databases, cycle, rater)
        with reading(databases.people) as people:
            entries = paper_office.papers_of(people, code, TODAY).entries
        for entry in entries:
            with transaction(databases.people) as people:
                paper_office.take(people, {entry.key: b"mark"})
                seen += [each.percent for each in distribution.participation(people, WHOLE_CITY, cycle)]
    assert len(seen) == 25
    assert sorted(set(seen)) == [0, 20, 40, 60, 80, 100]
    assert all(seen.count(step) >= 5 for step in (20, 40, 60, 80))


@pytest.mark.db
def test_moving_somebody_to_another_unit_changes_no_share(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as session:
        team = make_team(session, make_unit(session), 7)
        other = make_unit(session, "B", "Lain").id
        make_team(session, session.get_one(Unit, other), 7, first=30)
    cycle = open_cycle(databases, settings)
    code = code_for(databases, cycle, team[1])
    with reading(databases.people) as people:
        entries = paper_office.papers_of(people, code, TODAY).entries
    with transaction(databases.people) as people:
        paper_office.take(people, {entry.key: b"mark" for entry in entries})
        before = distribution.participation(people, WHOLE_CITY, cycle)
    for rater in team[1:]:
        with transaction(databases.people) as people:
            people.get_one(Employee, rater.id).unit_id = other
            people.flush()
            assert distribution.participation(people, WHOLE_CITY, cycle) == before
