"""Change of persons, of means and over periods; SciPy's tests are the witness of the two samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.change import before_after, mean_change, reliable_change, trend

FIGURES = st.lists(st.floats(1, 5), min_size=4, max_size=9)


def test_a_change_is_reliable_beyond_the_error_of_two_measurements() -> None:
    # Jacobson & Truax (1991): sd 7.5, reliability .80 -> SEM 3.35, error of a difference 4.74
    found = reliable_change([47.5, 40.0], [32.5, 44.0], sd=7.5, reliability=0.80)
    assert found.index == pytest.approx([-15 / (7.5 * np.sqrt(0.4)), 4 / (7.5 * np.sqrt(0.4))])
    assert found.reliable.tolist() == [True, False]


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
    assert (same.estimate, same.ci, same.warnings) == (1.0, None, ("no_variance",))
    apart = before_after([1, 1, 1, 2], [5, 5, 6, 6], permutations=19)
    assert apart.superiority == 1


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="sd, reliability"):
        reliable_change([1], [2], sd=0, reliability=0.5)
    with pytest.raises(ValueError, match="within"):
        mean_change([1], [0], [2], [3], within=(1, 1))
    with pytest.raises(ValueError, match="errors"):
        trend([1, 2, 3], [1, 2, 3], [0, 1, 1])
    with pytest.raises(ValueError, match="permutations"):
        before_after([1, 2], [2, 3], permutations=0)
    with pytest.raises(ValueError, match="after"):
        reliable_change([1, 2], [1], sd=1, reliability=0.5)
