"""Ranges for the public: from thirty answers on, coarse, around shown figures, of shown quarters only."""

import math
from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import event

from analysis.satisfaction import index_error
from survey.db import Databases, reading, transaction
from survey.rules import satisfaction_policy
from survey.services.citizens.citizen_answers import box_name
from survey.services.citizens.citizen_merge import merge
from survey.services.citizens.satisfaction_range import Ranges, ranges_of
from tests.citizens import ITEMS, ballot, filled, satisfaction_of, sekadau

POLICY = satisfaction_policy()
PERIOD = "2026-Q4"


def keep(
    databases: Databases, point: str, period: str, fields: Iterable[dict[str, str]], first: int = 0
) -> None:
    rows = [((first + place).to_bytes(32, "big"), ballot(each)) for place, each in enumerate(fields)]
    with transaction(databases.answers) as answers:
        assert merge(answers, box_name(point, period), rows).counted == len(rows)


def ranges(databases: Databases, *points: str, period: str = PERIOD) -> Ranges:
    with reading(databases.answers) as answers:
        figures = satisfaction_of(answers, points).find(period)
        assert figures is not None
        return ranges_of(figures, POLICY)


def expected(fields: Iterable[dict[str, str]]) -> tuple[Decimal, Decimal]:
    rows = [[float(each[code]) if each[code].isdigit() else np.nan for code in ITEMS] for each in fields]
    ci = index_error(rows, POLICY).ci
    assert ci is not None
    return Decimal(math.floor(ci[0])), Decimal(math.ceil(ci[1]))


@pytest.mark.db
def test_the_range_is_that_of_the_rows_rounded_outward(databases: Databases) -> None:
    keep(databases, "a", PERIOD, list(sekadau())[:20])
    keep(databases, "b", PERIOD, list(sekadau())[20:], first=100)
    keep(databases, "elsewhere", PERIOD, [filled(1)] * 20 + [filled(4)] * 20, first=200)
    keep(databases, "a", "2026-Q3", [filled(1)] * 20 + [filled(4)] * 20, first=300)
    found = ranges(databases, "a", "b")
    assert found.index == expected(sekadau()) == (76, 82)
    assert found.elements["persyaratan"] == (Decimal("2.6"), Decimal("3.0"))
    assert set(found.elements) == set(ITEMS)


def test_twenty_nine_answers_are_too_few_and_cost_no_statement(databases: Databases) -> None:
    keep(databases, "a", PERIOD, list(sekadau())[:29])
    with reading(databases.answers) as answers:
        figures = satisfaction_of(answers, ["a"]).quarters[0]
        statements: list[str] = []
        event.listen(databases.answers, "before_cursor_execute", lambda *given: statements.append(given[2]))
        assert ranges_of(figures, POLICY) == Ranges(None, {})
    assert statements == []


def test_a_year_takes_only_the_quarters_that_are_shown(databases: Databases) -> None:
    keep(databases, "a", "2026-Q2", [filled(1)] * 30 + [filled(4, pengaduan="cannot_judge")] * 30)
    keep(databases, "a", "2026-Q3", [filled(4, pengaduan="cannot_judge")] * 36, first=100)
    keep(databases, "a", PERIOD, sekadau(), first=200)
    both = [filled(1)] * 30 + [filled(4, pengaduan="cannot_judge")] * 30 + list(sekadau())
    assert ranges(databases, "a", period="2026").index == expected(both)


def test_an_element_with_few_answers_has_no_range_and_hides_the_index(databases: Databases) -> None:
    fields = [each | {"pengaduan": "cannot_judge"} for each in list(sekadau())[:45]] + list(sekadau())[45:]
    keep(databases, "a", PERIOD, fields)
    found = ranges(databases, "a")
    assert found.index is None
    assert set(found.elements) == set(ITEMS) - {"pengaduan"}


def test_answers_that_are_all_alike_have_no_range(databases: Databases) -> None:
    keep(databases, "a", PERIOD, [filled(4)] * 40)
    assert ranges(databases, "a") == Ranges(None, {})


def test_the_range_holds_the_shown_index_while_answers_to_an_element_wait(databases: Databases) -> None:
    keep(databases, "a", PERIOD, [filled(3)] * 20 + [filled(4)] * 15)
    late = [filled(3, biaya="cannot_judge")] * 3 + [filled(3, biaya=1)] * 4
    keep(databases, "a", PERIOD, late, first=100)
    with reading(databases.answers) as answers:
        index = satisfaction_of(answers, ["a"]).quarters[0].index
    assert index is not None
    assert index.ikm_exact is not None
    assert index.elements["biaya"].n == 35
    rows = (
        [[3.0] * 9] * 20
        + [[4.0] * 9] * 15
        + [[3.0] * 3 + [one] + [3.0] * 5 for one in [np.nan] * 3 + [1] * 4]
    )
    found = index_error(rows, POLICY)
    assert found.ci is not None
    assert found.estimate is not None
    waiting = float(index.ikm_exact) - found.estimate
    assert waiting > 0.5
    ends = (Decimal(math.floor(found.ci[0] + waiting)), Decimal(math.ceil(found.ci[1] + waiting)))
    assert ranges(databases, "a").index == ends
