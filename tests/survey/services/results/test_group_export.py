"""What composites are made of, as a file: the figures of the employees' own pages, and none before them."""

import pytest
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import StepNotAllowed
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.results import group_export
from survey.services.results.own_report import own_report
from tests.survey.results import Counted, counted, release

WORDS = {"self": "Self", "supervisor": "Supervisor", "peer": "Peers", "subordinate": "Subordinates"}

Rows = list[dict[str, object]]


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


def make_usable(databases: Databases) -> None:
    """Let every composite be used, few as the employees are; one group is too small, one mean at the end."""
    with transaction(databases.people) as people:
        people.execute(update(ScaleComposite).values(reason=None))
        of_peers = select(ScaleScore).where(ScaleScore.rater_group == "peer", ScaleScore.mean.is_not(None))
        small, high = people.scalars(of_peers.order_by(ScaleScore.appraisal_id, ScaleScore.scale).limit(2))
        small.n, high.mean = 4, 4.9


def rows_of(databases: Databases, cycle: Cycle) -> Rows:
    with reading(databases.people) as people:
        found = cycles.find_cycle(people, cycle.public_id)
        table = group_export.group_table(people, WHOLE_CITY, found, str, "en")
        return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def figures_in(row: dict[str, object]) -> tuple[object, object, object]:
    return row["Answers"], row["Mean"], row["Standard error"]


@pytest.mark.db
def test_the_file_tells_what_each_employee_reads_and_nothing_else(
    databases: Databases, settings: Settings
) -> None:
    done = counted(databases, settings)
    release(databases, done.cycle)
    make_usable(databases)
    told = {
        (row["Name"], row["Behaviour"], row["Rater group"]): figures_in(row)
        for row in rows_of(databases, done.cycle)
    }
    read = {}
    with reading(databases.people) as people:
        for appraisal in people.scalars(select(Appraisal)):
            for scale in own_report(people, appraisal).scales:
                for group in scale.groups:
                    place = (appraisal.employee.name, scale.scale.title.en, WORDS[group.rater_group])
                    figure = group.figure if scale.composite.value is not None else None
                    read[place] = (figure.n, figure.value, figure.standard_error) if figure else (None,) * 3
    assert {place: one for place, one in read.items() if place[2] != "Self"} == told
    assert any(mean is not None and error is not None for _n, mean, error in told.values())
    assert any(n is None for n, _mean, _error in told.values())


def test_each_row_says_why_it_has_no_figure_or_no_error(databases: Databases, done: Counted) -> None:
    release(databases, done.cycle)
    make_usable(databases)
    rows = rows_of(databases, done.cycle)
    assert {row["Shown"] for row in rows} == {"Yes", "No"}
    for row in rows:
        assert (row["Shown"] == "Yes") == (row["Answers"] is not None)
        assert row["Standard error"] is not None or row["Why not, or how"]
        assert not (row["Shown"] == "No" and (row["Mean"] or row["Standard error"]))
    [high] = [row for row in rows if row["Why not, or how"] == "4.8 or more"]
    assert high["Mean"] is None and high["Standard error"] is None and high["Answers"]
    assert "One person, named as supervisor: no error can be told." in {
        row["Why not, or how"] for row in rows if row["Rater group"] == "Supervisor"
    }


def test_of_a_behaviour_that_is_not_usable_no_group_is_told(databases: Databases, done: Counted) -> None:
    release(databases, done.cycle)
    make_usable(databases)
    with transaction(databases.people) as people:
        people.execute(
            update(ScaleComposite).where(ScaleComposite.scale == "loyal").values(reason="low_reliability")
        )
    own = [row for row in rows_of(databases, done.cycle) if row["Behaviour"] == "Loyal"]
    assert own
    for row in own:
        assert figures_in(row) == (None, None, None)
        assert "below 0.50" in str(row["Why not, or how"])


@pytest.mark.parametrize("state", ["tallied", "reviewed"])
def test_nobody_has_the_file_before_the_employees_can_read(
    databases: Databases, done: Counted, state: str
) -> None:
    with transaction(databases.people) as people:
        people.execute(update(Cycle).values(state=state))
    with pytest.raises(StepNotAllowed):
        rows_of(databases, done.cycle)


def test_the_number_of_statements_does_not_grow_with_the_subjects(
    databases: Databases, settings: Settings, count_statements
) -> None:
    few = counted(databases, settings, members=2, silent=0, name="Kecil", code="A")
    many = counted(databases, settings, members=9, silent=0, name="Besar", first=50, code="B")
    counts = []
    for each in (few, many):
        release(databases, each.cycle)
        with count_statements(databases.people) as statements:
            rows_of(databases, each.cycle)
        counts.append(statements())
    assert counts[0] == counts[1] <= 4
