"""The figure of one officer: its mean, error, reliability and rule, for her and for HR."""

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from analysis.agreement import empirical_bayes
from analysis.agreement.oneway import GroupStatistics
from survey.db import Databases, reading, transaction
from survey.models.people import Employee
from survey.rules import officer_policy
from survey.services.accounts import accounts
from survey.services.accounts.access import WHOLE_CITY
from survey.services.citizens import officer_figures, officer_sums
from tests.conftest import PASSWORD, sign_in
from tests.factories import make_team, make_unit
from tests.officers import PERIOD, ballots, make_officer, say, spread

SIZES = ((40, 5), (20, 25), (30, 12), (8, 9))


@pytest.fixture
def officers(databases: Databases) -> list[tuple[Employee, str]]:
    """Four officers: three with enough visits, one without."""
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 3)
        keys = [make_officer(people, each.id) for each in team]
    for key, (high, low) in zip(keys, SIZES, strict=True):
        say(databases, key, spread(high, low))
    return list(zip(team, keys, strict=True))


def _those_that_are_told(sheets: list[list[float]], within: float) -> GroupStatistics:
    """Whoever has too few visits to be shown draws nobody's figure, so none can be solved for."""
    n = np.array([len(each) for each in sheets])
    means = np.array([np.mean(each) for each in sheets])
    return GroupStatistics(n, means, within * float((n - 1).sum()), np.arange(3))


@pytest.mark.db
def test_mean_error_and_reliability_are_those_of_the_single_answers(
    databases: Databases, officers: list[tuple[Employee, str]]
) -> None:
    with reading(databases.answers) as answers:
        found = officer_figures.of_period(answers, PERIOD)
    sheets = [[sum(sheet) / 3 for sheet in spread(*size)] for size in SIZES]
    answers_of_all = sum(len(each) for each in sheets)
    within = sum(((np.array(each) - np.mean(each)) ** 2).sum() for each in sheets) / (answers_of_all - 4)
    drawn = empirical_bayes(_those_that_are_told(sheets[:3], within))
    for place, (_employee, key) in enumerate(officers[:3]):
        own = found[key]
        assert own.n == len(sheets[place])
        assert own.figure.value == pytest.approx(np.mean(sheets[place]), abs=1e-12)
        assert own.figure.standard_error == pytest.approx(np.sqrt(within / own.n), abs=1e-12)
        assert own.shrunken == pytest.approx(drawn.theta[place], abs=1e-9)
        assert own.reliability == pytest.approx(drawn.reliability[place], abs=1e-9)
        assert own.reason == ("" if own.reliability >= officer_policy().reliability else "low_reliability")


def test_below_the_rule_nothing_is_told_but_the_number(
    databases: Databases, officers: list[tuple[Employee, str]]
) -> None:
    with reading(databases.answers) as answers:
        own = officer_figures.of_period(answers, PERIOD)[officers[3][1]]
    assert (own.n, own.reason, own.figure.value, own.shrunken, own.reliability, own.standard_error) == (
        17, "too_few_visits", None, None, None, None,
    )  # fmt: skip
    assert own.counts_as is None
    assert own.items == {}


def test_two_officers_are_too_few_for_anything_pooled(databases: Databases) -> None:
    for key in ("a", "b"):
        say(databases, key, spread(20, 20))
    with reading(databases.answers) as answers:
        own = officer_figures.of_period(answers, PERIOD)["a"]
    assert own.figure.value == pytest.approx(3.0)
    assert (own.reliability, own.shrunken, own.reason) == (None, None, "reliability_unknown")


def test_a_mean_at_the_end_is_a_band_and_counts_as_its_middle(databases: Databases) -> None:
    say(databases, "a", [(4, 4, 4)] * 39 + [(4, 4, 3)])
    say(databases, "b", spread(20, 20))
    say(databases, "c", spread(30, 10))
    with reading(databases.answers) as answers:
        own = officer_figures.of_period(answers, PERIOD)["a"]
    assert (own.figure.band, own.figure.value, own.shrunken, own.items) == ("high", None, None, {})
    # witness: the band reaches from 3.85 to 4
    assert own.counts_as == pytest.approx(3.925)
    assert own.standard_error is not None


def test_answers_that_are_all_alike_tell_no_error(databases: Databases) -> None:
    for key in "abc":
        say(databases, key, [(3, 3, 3)] * 40)
    with reading(databases.answers) as answers:
        own = officer_figures.of_period(answers, PERIOD)["a"]
    assert (own.figure.standard_error, own.reason) == (None, "reliability_unknown")


def test_the_second_quarter_adds_to_the_first(databases: Databases) -> None:
    say(databases, "a", spread(10, 10), "2026-Q1")
    say(databases, "a", spread(10, 10), "2026-Q2")
    with reading(databases.answers) as answers:
        assert officer_figures.of_period(answers, PERIOD)["a"].n == 40


def test_what_is_no_ballot_of_this_questionnaire_is_left_out(databases: Databases) -> None:
    good = ballots("a", spread(5, 0))
    bad = [(b"1", b"{}"), (b"2", b"no json"), (b"3", good[0][1].replace(b'"kesopanan":4', b'"kesopanan":7'))]
    with transaction(databases.answers) as answers:
        summed = officer_sums.add_box(answers, "officer:x:2026-Q2", PERIOD, [*good, *bad])
    assert (summed.counted, summed.left_out) == (5, 3)


@pytest.mark.db
def test_hr_reads_them_by_name_with_the_rule(
    hr: FlaskClient, databases: Databases, officers: list[tuple[Employee, str]]
) -> None:
    page = hr.get(f"/staff/hr/officers?period={PERIOD}&lang=en").text
    assert "from 30 visits on" in page
    assert "17 of 30 visits" in page
    for employee, _key in officers:
        assert employee.name in page
    assert "No officer has five complete answers" in hr.get("/staff/hr/officers?period=2025-H1").text
    with reading(databases.people) as people, reading(databases.answers) as answers:
        names = officer_figures.named_figures(people, answers, WHOLE_CITY, PERIOD)
    assert [each.name for each in names] == sorted(employee.name for employee, _key in officers)


def test_an_officer_reads_her_own_and_nobody_else_has_such_a_page(
    app: Flask, employee: FlaskClient, databases: Databases, officers: list[tuple[Employee, str]]
) -> None:
    with transaction(databases.people) as people:
        accounts.create_account(people, "officer", PASSWORD, ("employee",), officers[0][0].id)
    own = sign_in(app, "officer")
    assert "/staff/me/citizens" in own.get("/staff/me/").text
    page = own.get("/staff/me/citizens?lang=en").text
    # witness: 40 times 11/3 and 5 times 7/3
    assert "45 citizens gave you a mean of 3.52 out of 4" in page
    assert employee.get("/staff/me/citizens").status_code == 404
    assert "/staff/me/citizens" not in employee.get("/staff/me/").text
