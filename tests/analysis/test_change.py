"""Change of persons, of means and over periods; SciPy's tests are the witness of the two samples."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.change import before_after, before_after_counts, mean_change, reliable_change, trend

FIGURES = st.lists(st.floats(1, 5), min_size=4, max_size=9)


def test_a_change_is_reliable_beyond_the_error_of_two_measurements() -> None:
    # Jacobson & Truax (1991): sd 7.5, reliability .80 -> SEM 3.35, error of a difference 4.74
    found = reliable_change([47.5, 40.0], [32.5, 44.0], sd=7.5, reliability=0.80)
    assert found.index == pytest.approx([-15 / (7.5 * np.sqrt(0.4)), 4 / (7.5 * np.sqrt(0.4))])
    assert found.reliable.tolist() == [True, False]
    assert found.error == pytest.approx(7.5 * np.sqrt(0.4))


def test_the_mean_change_has_the_interval_of_t() -> None:
    before, after = np.array([3.0, 2.5, 4.0, 3.5, np.nan]), np.array([3.4, 2.6, 4.4, 3.2, 3.0])
    found = reliable_change(before, after, sd=0.6, reliability=0.8)
    test = stats.ttest_rel(after[:4], before[:4])
    assert found.n == 4
    assert found.ci == pytest.approx(tuple(test.confidence_interval(0.95)))
    assert reliable_change([1.0], [2.0], sd=1, reliability=0.5).ci is None


def test_a_missing_measurement_is_no_change() -> None:
    found = reliable_change([3.0, np.nan], [np.nan, 4.0], sd=1, reliability=0.5)
    assert found.reason == "no_pairs"
    assert not found.reliable.any()


def test_means_over_other_raters_carry_both_errors() -> None:
    found = mean_change([3.0, 3.5, np.nan], [4, 9, 5], [3.6, 3.4, 4.0], [6, 9, 5], within=(0.4, 0.5))
    assert found.error[:2] == pytest.approx([np.sqrt(0.4 / 4 + 0.5 / 6), np.sqrt(0.9 / 9)])
    assert np.isnan(found.change[2])
    assert np.isnan(found.high[2])
    assert found.n == 2
    assert found.estimate == pytest.approx(0.25)
    assert found.se == pytest.approx(np.sqrt((found.error[:2] ** 2).sum()) / 2)
    assert found.index[:2] == pytest.approx(found.change[:2] / found.error[:2])
    assert found.reliable.tolist() == [False, False, False]
    sure = mean_change([3.0, 3.0], [9, 9], [4.0, 3.0], [9, 9], within=(0.0, 0.0))
    assert sure.reliable.tolist() == [True, False]
    assert np.isnan(sure.index).all()


@given(slope=st.floats(-3, 3), errors=st.lists(st.floats(0.1, 2), min_size=4, max_size=8))
def test_figures_on_a_line_give_its_slope(slope: float, errors: list[float]) -> None:
    times = np.arange(len(errors)) + 2020.0
    found = trend(times, 5 + slope * (times - 2022), errors)
    assert found.estimate == pytest.approx(slope, abs=1e-6)
    assert found.ci is not None
    assert found.ci[0] <= found.estimate + 1e-12
    assert found.excess == pytest.approx(0, abs=1e-5)


def test_equal_errors_give_least_squares_and_wide_scatter_widens_the_error() -> None:
    times, values = [1, 2, 3, 4, 5], [70.0, 78.0, 71.0, 82.0, 76.0]
    line = stats.linregress(times, values)
    narrow, wide = trend(times, values, [0.5] * 5), trend(times, values, [30.0] * 5)
    assert narrow.estimate == pytest.approx(line.slope)
    assert narrow.se == pytest.approx(line.stderr)
    assert narrow.p_value == pytest.approx(line.pvalue)
    assert narrow.warnings == ("wider_than_errors",)
    assert wide.se == pytest.approx(30 / np.sqrt(10))
    assert wide.warnings == ()


def test_a_period_without_a_figure_is_left_out_and_two_make_no_trend() -> None:
    found = trend([1, 2, 3, 4], [1.0, np.nan, 3.0, 4.0], [0.1, np.nan, 0.1, 0.1])
    assert found.estimate == pytest.approx(1.0)
    assert found.n == 3
    assert np.isnan(found.low[1])
    assert trend([1, 2], [1.0, 2.0], [0.1, 0.1]).reason == "few_periods"
    assert trend([1, 1, 1], [1.0, 2.0, 3.0], [0.1, 0.1, 0.1]).reason == "one_time"


def test_figures_that_share_people_are_not_taken_as_independent() -> None:
    times, values, errors = [2023, 2024, 2025], [3.0, 3.4, 3.8], np.array([0.2, 0.2, 0.2])
    apart = trend(times, values, errors)
    shared = trend(times, values, 0.04 * (np.full((3, 3), 0.6) + 0.4 * np.eye(3)))
    # The slope is (y3 - y1)/2 in both; its variance is (v1 + v3 - 2 c13)/4.
    assert apart.se == pytest.approx(np.sqrt(0.04 + 0.04) / 2)
    assert shared.se == pytest.approx(np.sqrt(0.08 - 2 * 0.024) / 2)
    assert "independent" in apart.method
    assert "covariances" in shared.method
    assert trend(times, values, np.diag(errors**2)).ci == pytest.approx(apart.ci)


def test_uneven_covariances_give_generalised_least_squares() -> None:
    random = np.random.default_rng(6)
    root = random.normal(size=(5, 5))
    v, t, y = root @ root.T + np.eye(5), np.array([0.0, 1, 2, 4, 5]), random.normal(size=5)
    design, w = np.column_stack([np.ones(5), t]), np.linalg.inv(v)
    inverse = np.linalg.inv(design.T @ w @ design)
    found, order = trend(t, y, v), [3, 0, 4, 2, 1]
    assert (found.intercept, found.estimate) == pytest.approx(tuple(inverse @ design.T @ w @ y))
    assert found.se == pytest.approx(np.sqrt(inverse[1, 1]) * max(found.excess or 0, 1))
    again = trend(t[order], y[order], v[np.ix_(order, order)])
    assert (again.estimate, again.se) == pytest.approx((found.estimate, found.se))


def test_few_answers_widen_the_interval_of_a_period() -> None:
    values, errors = [3.0, 3.5, np.nan, 4.1], [0.2, 0.2, np.nan, 0.2]
    found = trend([1, 2, 3, 4], values, errors, sizes=[5, 400, np.nan, 50])
    half = (found.high - found.low) / 2
    assert half[[0, 1, 3]] == pytest.approx(0.2 * stats.t.ppf(0.975, [4, 399, 49]))
    assert np.isnan(half[2])
    assert found.sizes.tolist()[:2] == [5, 400]


def test_two_samples_agree_with_scipy() -> None:
    random = np.random.default_rng(4)
    x, y = random.normal(30, 8, 40), random.normal(24, 5, 55)
    found = before_after(x, y, permutations=499)
    welch = stats.ttest_ind(y, x, equal_var=False)
    munzel = stats.brunnermunzel(x, y)
    assert found.estimate == pytest.approx(y.mean() - x.mean())
    assert found.ci == pytest.approx(tuple(welch.confidence_interval(0.95)))
    assert found.p_welch == pytest.approx(welch.pvalue)
    assert found.p_mann_whitney == pytest.approx(stats.mannwhitneyu(y, x).pvalue)
    assert found.superiority == pytest.approx(stats.mannwhitneyu(y, x).statistic / (40 * 55))
    assert found.p_permutation is not None
    assert 1 / 500 <= found.p_permutation <= 5 / 500
    low, high = found.superiority_ci or (0, 0)
    # Brunner and Munzel reject at 5 % exactly when their interval leaves one half out.
    assert (munzel.pvalue < 0.05) == (not low <= 0.5 <= high)
    assert found.advised == "welch"


@given(x=FIGURES, y=FIGURES)
def test_turning_the_samples_round_turns_the_signs(x: list[float], y: list[float]) -> None:
    one, other = before_after(x, y, permutations=19), before_after(y, x, permutations=19)
    assert one.estimate == pytest.approx(-(other.estimate or 0.0))
    if one.superiority is not None and other.superiority is not None:
        assert one.superiority + other.superiority == pytest.approx(1)
        assert 0 <= one.superiority <= 1
    if one.ci is not None and one.estimate is not None:
        assert one.ci[0] <= one.estimate <= one.ci[1]


def test_few_or_skewed_values_ask_for_ranks() -> None:
    random = np.random.default_rng(2)
    few = before_after([1, 2, 3], [2, 3, 4], permutations=19)
    skewed = before_after(random.exponential(size=60) ** 2, random.exponential(size=60), permutations=19)
    assert (few.advised, few.warnings) == ("mann_whitney", ("few_values",))
    assert skewed.advised == "mann_whitney"
    assert "skewed" in skewed.warnings


def test_what_cannot_be_told_has_a_reason() -> None:
    assert before_after([1.0], [2.0, 3.0]).reason == "few_values"
    same = before_after([3, 3], [4, 4])
    assert (same.estimate, same.ci, same.warnings) == (1.0, None, ("no_variance", "few_values"))
    assert before_after([0.1] * 3, [0.3] * 12).warnings == ("no_variance", "few_values")
    apart = before_after([1, 1, 1, 2], [5, 5, 6, 6], permutations=19)
    assert (apart.superiority, apart.superiority_ci) == (1, None)
    assert "interval_undefined" in apart.warnings


@given(x=FIGURES, y=FIGURES, seed=st.integers(0, 99), factor=st.sampled_from([0.01, 4.0, 1000.0]))
def test_neither_the_order_nor_the_unit_of_the_values_decides(
    x: list[float], y: list[float], seed: int, factor: float
) -> None:
    random = np.random.default_rng(seed)
    one = before_after(np.round(x, 2), np.round(y, 2), permutations=99)
    other = before_after(
        factor * random.permutation(np.round([*x, np.nan], 2)),
        factor * random.permutation(np.round(y, 2)),
        permutations=99,
    )
    assert other.warnings == one.warnings
    assert other.n == len(x) + len(y)
    assert other.estimate == pytest.approx(factor * (one.estimate or 0), abs=1e-9 * factor)
    for name in ("p_permutation", "p_mann_whitney", "superiority", "hedges_g"):
        expected = getattr(one, name)
        assert getattr(other, name) == (
            None if expected is None else pytest.approx(expected, rel=1e-6, abs=1e-9)
        )


def test_hedges_g_is_nearly_the_difference_without_bias() -> None:
    x, y = np.array([1.0, 3, 4, 6]), np.array([4.0, 7, 7, 10])
    found, m = before_after(x, y, permutations=9), 6
    pooled = np.sqrt((3 * x.var(ddof=1) + 3 * y.var(ddof=1)) / m)
    exact = special.gamma(m / 2) / np.sqrt(m / 2) / special.gamma((m - 1) / 2)
    assert found.hedges_g == pytest.approx((y.mean() - x.mean()) / pooled * exact, rel=2e-3)
    low, high = found.hedges_ci or (0, 0)
    assert (high - low) / 2 == pytest.approx(1.959964 * np.sqrt(8 / 16 + (found.hedges_g or 0) ** 2 / 16))


def test_the_permutations_are_those_of_all_divisions() -> None:
    x, y = np.array([3.0, 4, 4, 5, 7]), np.array([4.0, 6, 7, 8, 8, 9])

    pool, far = np.concatenate([x, y]), y.mean() - x.mean() - 1e-9
    sums = [pool[list(of_y)].sum() for of_y in combinations(range(11), 6)]
    apart = np.array([total / 6 - (pool.sum() - total) / 5 for total in sums])
    found = before_after(x, y, permutations=19_999)
    assert found.p_permutation == pytest.approx((np.abs(apart) >= far).mean(), abs=0.004)
    assert before_after(x, y, seed=2).p_permutation != before_after(x, y, seed=3).p_permutation


def test_the_method_says_what_the_data_ask_for() -> None:
    random = np.random.default_rng(2)
    assert "fewer than 10 values" in before_after([1, 2, 3], [2, 3, 4], permutations=9).method
    plain = before_after(random.normal(size=30), random.normal(size=30), permutations=9)
    assert "Welch's comparison of means" in plain.method
    assert (plain.advised, plain.warnings) == ("welch", ())


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="sd, reliability"):
        reliable_change([1], [2], sd=0, reliability=0.5)
    with pytest.raises(ValueError, match="within"):
        mean_change([1], [0], [2], [3], within=(1, 1))
    with pytest.raises(ValueError, match="n_before"):
        mean_change([1], [np.nan], [2], [3], within=(1, 1))
    for wrong in ([0, 1, 1], [1, 1], np.ones((3, 3)), -np.eye(3), np.eye(3) + [[0, 0.5, 0]] * 3):
        with pytest.raises(ValueError, match="errors"):
            trend([1, 2, 3], [1, 2, 3], wrong)
    with pytest.raises(ValueError, match="sizes"):
        trend([1, 2, 3], [1, 2, 3], [1, 1, 1], sizes=[1, 2, 3])
    with pytest.raises(ValueError, match="permutations"):
        before_after([1, 2], [2, 3], permutations=0)
    with pytest.raises(ValueError, match="after"):
        reliable_change([1, 2], [1], sd=1, reliability=0.5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_of_steps_give_what_their_rows_give(seed: int) -> None:
    random = np.random.default_rng(seed)
    tables = [random.integers(0, 30, 4), random.integers(1, 40, 4)]
    rows = [np.repeat([1, 2, 3, 4], counts) for counts in tables]
    of_rows = before_after(*rows, permutations=1)
    of_counts = before_after_counts(*tables, [1, 2, 3, 4])
    for name in ("estimate", "ci", "se", "hedges_g", "hedges_ci", "p_welch"):
        assert getattr(of_counts, name) == pytest.approx(getattr(of_rows, name)), name
    assert (of_counts.n_before, of_counts.n_after) == (of_rows.n_before, of_rows.n_after)
