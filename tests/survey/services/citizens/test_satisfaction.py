"""A unit's figures from the counts: exact, and silent where too few answered."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import event

from survey.db import Databases, reading, transaction
from survey.rules import satisfaction_policy
from survey.services.citizens import comparing
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import merge
from survey.services.citizens.official_channels import OFFICIAL, OPEN, VISITS, Fixed
from survey.services.citizens.satisfaction import Satisfaction
from tests.citizens import ballot, filled, keep_more, satisfaction_of, sekadau


def keep(
    databases: Databases, point: str, period: str, fields: Iterable[dict[str, str]], first: int = 0
) -> None:
    rows = [((first + place).to_bytes(32, "big"), ballot(each)) for place, each in enumerate(fields)]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(point, period), rows).counted == len(rows)


def figures(databases: Databases, *points: str) -> Satisfaction:
    with reading(databases.answers) as answers:
        return satisfaction_of(answers, points)


@pytest.mark.db
def test_the_published_rows_of_sekadau_give_their_index(databases: Databases) -> None:
    # Witness: regulations.md 1.8, Kab. Sekadau S1 2019: 78.74 with weight 1/9, band B, sums 138 … 159, n 49.
    keep(databases, "a", "2026-Q4", sekadau())
    quarter = figures(databases, "a").newest
    assert quarter is not None and quarter.index is not None and quarter.index.band is not None
    assert (quarter.n, quarter.index.ikm, quarter.index.band.code) == (49, Decimal("78.74"), "B")
    sums = [element.nrr * element.n for element in quarter.elements if element.nrr and element.n]
    assert sums == [138, 139, 150, 177, 159, 163, 161, 143, 159]
    assert quarter.lowest == ("persyaratan",)


@pytest.mark.db
def test_units_add_up_their_points_and_years_their_quarters(databases: Databases) -> None:
    keep(databases, "a", "2026-Q3", [filled(4)] * 5)
    keep(databases, "b", "2026-Q3", [filled(2)] * 5, first=50)
    keep(databases, "a", "2026-Q4", [filled(3)] * 10, first=100)
    keep(databases, "elsewhere", "2026-Q4", [filled(1)] * 5)
    found = figures(databases, "a", "b")
    assert [(q.period, q.n, q.index and q.index.ni) for q in found.quarters] == [
        ("2026-Q3", 10, Fraction(3)),
        ("2026-Q4", 10, Fraction(3)),
    ]
    assert [(y.period, y.n, y.index and y.index.ikm) for y in found.years] == [("2026", 20, Decimal("75.00"))]
    assert found.newest and found.newest.period == "2026-Q4"


def test_equal_means_name_no_lowest_element_and_equal_lowest_ones_name_both(databases: Databases) -> None:
    keep(databases, "a", "2026-Q3", [filled(4)] * 5)
    keep(databases, "b", "2026-Q3", [filled(4, waktu=2, biaya=2)] * 5)
    assert figures(databases, "a").quarters[0].lowest == ()
    assert figures(databases, "b").quarters[0].lowest == ("waktu", "biaya")


@pytest.mark.db
def test_an_element_with_too_few_answers_hides_itself_and_the_index(databases: Databases) -> None:
    few = [filled(4)] * 4 + [filled(4, pengaduan="cannot_judge")] * 6
    keep(databases, "a", "2026-Q4", few)
    quarter = figures(databases, "a").quarters[0]
    hidden = {element.code for element in quarter.elements if element.nrr is None}
    assert (quarter.n, hidden, quarter.index) == (10, {"pengaduan"}, None)
    assert quarter.enough
    assert figures(databases, "a").years == (), "a year of hidden quarters is hidden"


@pytest.mark.db
def test_citizens_who_judged_nothing_are_no_respondents(databases: Databases) -> None:
    nothing = [filled("cannot_judge")] * 3
    keep(databases, "a", "2026-Q4", [filled(4)] * 5 + [filled("cannot_judge", waktu=2)] + nothing)
    found = figures(databases, "a")
    assert (found.quarters[0].n, found.years[0].n) == (6, 6)
    assert {element.n for element in found.quarters[0].elements} == {5, 6}


def test_a_hidden_quarter_cannot_be_found_as_the_difference_of_the_year(databases: Databases) -> None:
    keep(databases, "a", "2026-Q3", [filled(4)] * 4 + [filled(4, pengaduan="cannot_judge")] * 6)
    keep(databases, "a", "2026-Q4", [filled(2)] * 5, first=100)
    found = figures(databases, "a")
    (year,) = found.years
    assert (year.n, year.left_out) == (5, ("2026-Q3",))
    assert year.index and found.quarters[1].index
    assert year.index.ni == found.quarters[1].index.ni == 2


def test_without_answers_there_is_nothing(databases: Databases) -> None:
    found = figures(databases, "a")
    assert (found.quarters, found.years, found.newest) == ((), (), None)
    assert figures(databases).newest is None


def test_two_statements_serve_any_number_of_points_and_quarters(databases: Databases) -> None:
    points = [f"p{number}" for number in range(12)]
    for point in points:
        for quarter in range(1, 5):
            keep(databases, point, f"2026-Q{quarter}", [filled(3)] * 5)
    statements: list[str] = []
    event.listen(databases.answers, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert len(figures(databases, *points).quarters) == 4
    assert len([text for text in statements if text.startswith("SELECT")]) == 2


KIOSKS_LATER = (Fixed("2026-Q3", ("kiosk", "code")),)


def parts(databases: Databases, fixed: tuple[Fixed, ...]) -> dict[str, list[tuple[str, int]]]:
    with reading(databases.answers) as answers:
        found = {part: satisfaction_of(answers, ["a"], fixed, part=part) for part in (OFFICIAL, OPEN, VISITS)}
    return {
        part: [(each.period, each.n) for each in (*all_.quarters, *all_.halves, *all_.years)]
        for part, all_ in found.items()
    }


@pytest.mark.db
def test_every_answer_is_in_one_part_whatever_was_fixed(databases: Databases) -> None:
    for quarter in ("2026-Q1", "2026-Q3", "2026-Q4"):
        for channel, count in (("open", 6), ("kiosk", 7), ("code", 8), ("paper", 9)):
            keep_more(databases, "a", quarter, channel, 3, count)
    assert parts(databases, ()) == {
        OFFICIAL: [("2026-Q1", 6), ("2026-Q3", 6), ("2026-Q4", 6),
                   ("2026-H1", 6), ("2026-H2", 12), ("2026", 18)],
        OPEN: [],
        VISITS: [("2026-Q1", 24), ("2026-Q3", 24), ("2026-Q4", 24),
                 ("2026-H1", 24), ("2026-H2", 48), ("2026", 72)],
    }  # fmt: skip
    assert parts(databases, KIOSKS_LATER) == {
        OFFICIAL: [("2026-Q1", 6), ("2026-Q3", 15), ("2026-Q4", 15), ("2026-H1", 6), ("2026-H2", 30)],
        OPEN: [("2026-Q3", 6), ("2026-Q4", 6), ("2026-H2", 12)],
        VISITS: [("2026-Q1", 24), ("2026-Q3", 9), ("2026-Q4", 9), ("2026-H1", 24), ("2026-H2", 18)],
    }  # fmt: skip


def test_a_year_whose_channels_change_has_no_figures_and_its_quarters_are_not_compared(
    databases: Databases,
) -> None:
    keep_more(databases, "a", "2026-Q1", "open", 2, 40)
    keep_more(databases, "a", "2026-Q3", "kiosk", 4, 40)
    with reading(databases.answers) as answers:
        found = satisfaction_of(answers, ["a"], KIOSKS_LATER)
    assert (found.years, found.changed) == ((), ("2026",))
    rows = comparing.history(found, found.quarters[-1], satisfaction_policy())
    assert [row.change for row in rows] == [None, None, None]
    first, last = found.quarters
    assert comparing.element_change(first, last, "waktu", satisfaction_policy()) is None


@pytest.mark.parametrize("channels", [(), ("open", "kiosk"), ("carrier pigeon",)])
def test_channels_that_nobody_can_add_cannot_be_fixed(channels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="channels"):
        Fixed("2026-Q1", channels)
