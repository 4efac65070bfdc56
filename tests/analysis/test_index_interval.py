"""The satisfaction index with its error: what it rests on, how often it holds, and when there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.satisfaction import (
    element_intervals,
    index_error,
    post_stratification_weights,
    satisfaction_index,
)
from survey.rules import satisfaction_policy

POLICY = satisfaction_policy()


def draw(n: int, seed: int, gaps: float = 0.0, middle: float = 3.1) -> np.ndarray:
    random = np.random.default_rng(seed)
    common = random.normal(size=(n, 1))
    rows = np.clip(np.rint(middle + 0.4 * common + 0.6 * random.normal(size=(n, 9))), 1, 4)
    rows[random.random(rows.shape) < gaps] = np.nan
    return rows


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.1]), mode=st.sampled_from(["1/9", "0.11"]))
def test_the_figure_is_the_index_and_lies_in_its_interval(seed: int, gaps: float, mode: str) -> None:
    rows = draw(60, seed, gaps)
    found = index_error(rows, POLICY, weight_mode=mode)
    exact = satisfaction_index(rows, policy=POLICY, weight_mode=mode)
    assert exact.ikm_exact is not None
    assert found.estimate == pytest.approx(float(exact.ikm_exact))
    assert found.ci is not None
    assert 24.75 <= found.ci[0] < found.estimate < found.ci[1] <= 100
    assert (found.element_low < found.element_mean).all()
    assert (found.element_mean < found.element_high).all()
    order = np.random.default_rng(seed).permutation(len(rows))
    again = index_error(rows[order], POLICY, weight_mode=mode)
    assert again.se == pytest.approx(found.se)
    assert again.ci == pytest.approx(found.ci)


def test_without_gaps_the_error_is_that_of_the_respondents_own_indices() -> None:
    rows = draw(80, 1)
    own = rows.mean(axis=1) * 25
    found = index_error(rows, POLICY)
    assert found.se == pytest.approx(own.std(ddof=1) / np.sqrt(80))
    assert found.element_error == pytest.approx(rows.std(axis=0, ddof=1) / np.sqrt(80))
    assert (found.incomplete, found.element_n.tolist()) == (0, [80] * 9)


def test_with_gaps_the_error_is_near_that_of_leaving_out_one_respondent_after_the_other() -> None:
    rows = draw(120, 7, gaps=0.15)
    found = index_error(rows, POLICY)
    without = np.array([index_error(np.delete(rows, i, axis=0), POLICY).estimate for i in range(120)])
    jackknife = np.sqrt(119 / 120 * ((without - without.mean()) ** 2).sum())
    assert found.se == pytest.approx(jackknife, rel=0.02)
    assert found.element_mean == pytest.approx(np.nanmean(rows, axis=0))
    assert found.incomplete == int(np.isnan(rows).any(axis=1).sum())


def test_an_element_counts_those_who_answered_it_and_counts_of_steps_are_enough() -> None:
    rows = draw(60, 7, gaps=0.15)
    rows[:, 8] = 3
    rows[1:, 7] = np.nan
    found = index_error(rows, POLICY)
    own = [column[~np.isnan(column)] for column in rows.T]
    errors = [column.std(ddof=1) / np.sqrt(column.size) for column in own[:7]]
    assert found.element_error[:7] == pytest.approx(errors)
    counts = [[(column == step).sum() for step in (1, 2, 3, 4)] for column in own]
    low, high = element_intervals(counts, POLICY)
    assert low == pytest.approx(found.element_low, nan_ok=True)
    assert high == pytest.approx(found.element_high, nan_ok=True)
    assert np.isnan(low).tolist() == [False] * 7 + [True] * 2
    for odd in ([[1, 2, 3]], [[1, 2, 3, -1]], [[1, 2, 3, 0.5]], [[1, 2, 3, np.nan]]):
        with pytest.raises(ValueError, match="counts"):
            element_intervals(odd, POLICY)


def test_the_interval_is_that_of_the_logit_turned_back() -> None:
    found = index_error(draw(50, 2), POLICY)
    assert found.estimate is not None
    assert found.se is not None
    p = (found.estimate - 25) / 75
    half = stats.t.ppf(0.975, 49) * found.se / (75 * p * (1 - p))
    odds = p / (1 - p) * np.exp([-half, half])
    assert found.ci == pytest.approx(25 + 75 * odds / (1 + odds))


@pytest.mark.parametrize(("n", "middle"), [(50, 3.1), (20, 4.0)], ids=["middle", "near the upper end"])
def test_the_interval_covers_what_is_true_as_often_as_it_says(n: int, middle: float) -> None:
    truth = index_error(draw(400_000, 999, 0.05, middle), POLICY).estimate or 0
    found = [index_error(draw(n, seed, 0.05, middle), POLICY).ci for seed in range(500)]
    held = np.mean([ci is not None and ci[0] <= truth <= ci[1] for ci in found])
    assert 0.93 <= held <= 0.97


def test_who_asks_everybody_has_no_error() -> None:
    rows = draw(40, 3)
    everybody = index_error(rows, POLICY, population=40)
    assert everybody.se == 0
    assert everybody.ci == (everybody.estimate, everybody.estimate)
    assert "no_variance" not in everybody.warnings
    assert index_error(rows, POLICY, population=80).se == pytest.approx(
        (index_error(rows, POLICY).se or 0) * np.sqrt(0.5)
    )


def test_an_element_that_some_left_out_was_not_asked_of_everybody() -> None:
    rows = draw(40, 3)
    rows[:10, 2] = np.nan
    found, free = index_error(rows, POLICY, population=40), index_error(rows, POLICY)
    assert found.se == pytest.approx((free.se or 0) * np.sqrt(1 - 30 / 40))
    assert found.element_error[2] == pytest.approx(free.element_error[2] * np.sqrt(1 - 30 / 40))
    assert found.element_error[3] == 0


def test_weights_without_strata_widen_the_error_and_with_strata_leave_their_differences_out() -> None:
    random = np.random.default_rng(5)
    strata = np.array(["young"] * 80 + ["old"] * 20)
    rows = np.clip(
        np.rint(random.normal(np.where(strata == "young", 2.4, 3.4)[:, None], 0.6, (100, 9))), 1, 4
    )
    weights = post_stratification_weights(strata, {"young": 500, "old": 500}).weights
    plain = index_error(rows, POLICY, weights=weights)
    within = index_error(rows, POLICY, weights=weights, strata=strata)
    halves = [rows[strata == name].mean(axis=1) * 25 for name in ("young", "old")]
    assert plain.estimate == within.estimate == pytest.approx(np.mean([half.mean() for half in halves]))
    # Cochran (1977), equation 5.6: sum of squared shares times variances of the strata's means
    assert within.se == pytest.approx(np.sqrt(sum(0.25 * half.var(ddof=1) / half.size for half in halves)))
    assert (plain.se or 0) > (within.se or 0)
    assert "within strata" in within.method
    same = index_error(rows, POLICY, strata=["all"] * 100)
    assert same.ci == pytest.approx(index_error(rows, POLICY).ci)


def test_a_stratum_of_one_respondent_is_told_and_adds_its_distance() -> None:
    rows = draw(41, 5)
    found = index_error(rows, POLICY, strata=[0] * 40 + [1])
    assert "stratum_of_one" in found.warnings
    rest = index_error(rows, POLICY, strata=[0] * 40 + [1], weights=[1.0] * 40 + [0.0])
    assert "stratum_of_one" not in rest.warnings


def test_respondents_without_weight_count_nowhere() -> None:
    rows = draw(40, 6)
    found = index_error(rows, POLICY, weights=np.arange(40) < 30)
    assert (found.n, found.ci) == (30, index_error(rows[:30], POLICY).ci)


@pytest.mark.parametrize("value", [1, 3, 4])
def test_answers_that_are_all_alike_tell_nothing_about_the_error(value: int) -> None:
    found = index_error(np.full((6, 9), value), POLICY)
    assert (found.estimate, found.se, found.ci) == (25 * value, 0, None)
    assert found.warnings == ("no_variance", "few_rows")
    assert np.isnan(found.element_low).all()
    odd = index_error(np.full((6, 9), value), POLICY, weights=[0.1, 0.2, 0.3, 0.7, 1.1, 0.6])
    assert (odd.ci, odd.warnings[0]) == (None, "no_variance")


def test_one_respondent_or_one_answer_to_an_element_knows_no_error() -> None:
    alone = index_error([[3.0] * 9], POLICY)
    assert (alone.estimate, alone.se, alone.ci) == (75, None, None)
    assert alone.warnings == ("one_answer_to_an_element", "few_rows")
    rows = draw(40, 2)
    rows[1:, 3] = np.nan
    found = index_error(rows, POLICY)
    assert (found.se, found.ci, found.warnings) == (None, None, ("one_answer_to_an_element",))
    assert np.isnan(found.element_error).tolist() == [False] * 3 + [True] + [False] * 5


def test_an_element_without_answers_leaves_no_index() -> None:
    rows = draw(40, 2)
    rows[:, 3] = np.nan
    found = index_error(rows, POLICY)
    assert (found.estimate, found.se, found.ci) == (None, None, None)
    assert found.reason == "element_without_answers"
    assert np.isnan(found.element_mean[3])
    assert not np.isnan(np.delete(found.element_mean, 3)).any()
    assert index_error(np.full((3, 9), np.nan), POLICY).reason == "element_without_answers"
    assert index_error(np.zeros((0, 9)), POLICY).n == 0


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"population": 10}, "population"),
        ({"weight_mode": "2"}, "weight_mode"),
        ({"weights": [-1.0] * 40}, "weights"),
        ({"weights": [np.nan] * 40}, "weights"),
        ({"weights": [1.0]}, "weights"),
        ({"confidence": 95}, "confidence"),
        ({"strata": [1]}, "strata"),
    ],
)
def test_wrong_arguments_are_named(given: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        index_error(draw(40, 1), POLICY, **given)
    for rows in ([[1, 2]], [[5] * 9], [[2.5] * 9]):
        with pytest.raises(ValueError, match="rows"):
            index_error(rows, POLICY)
