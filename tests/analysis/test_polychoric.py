"""Polychoric correlations and what rests on them: against theory, and on tables that give no answer.

The values of R are compared in test_reference_keys.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import categorical_omega, ordinal_alpha, polychoric
from analysis.factors._bivariate_normal import joint_below, joint_density, joint_slope

LOADINGS = np.array([0.8, 0.7, 0.6, 0.5])
CUTS = np.array([-1.0, -0.2, 0.7])


def answers(n: int, seed: int = 0, loadings: np.ndarray = LOADINGS) -> np.ndarray:
    """Four options, cut from normal variables of one factor."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1)) * loadings
    latent = latent + rng.normal(size=latent.shape) * np.sqrt(1 - loadings**2)
    return np.digitize(latent, CUTS) + 1.0


def counted(x: np.ndarray, options: list[float]) -> np.ndarray:
    """The tables of all pairs of items, cell by cell."""
    chosen = [[x[:, i] == a for a in options] for i in range(x.shape[1])]
    return np.array([[[[(a & b).sum() for b in j] for j in chosen] for a in i] for i in chosen])


@pytest.mark.parametrize("r", [-0.999, -0.5, 0.0, 0.3, 0.95, 0.9999])
@pytest.mark.parametrize("h", [-2.5, 0.0, 0.4])
@pytest.mark.parametrize("k", [-0.7, 0.0, 3.0])
def test_the_joint_probability_agrees_with_numerical_integration(h: float, k: float, r: float) -> None:
    expected = stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([h, k])
    assert joint_below(np.array(h), np.array(k), np.array(r)) == pytest.approx(expected, abs=1e-9)


def test_the_joint_probability_at_its_ends() -> None:
    h, r = np.array([0.3, 0.3, -np.inf, np.inf]), np.array([1.0, -1.0, 0.4, 0.4])
    below = joint_below(h, np.full(4, 0.8), r)
    expected = [stats.norm.cdf(0.3), stats.norm.cdf(0.3) + stats.norm.cdf(0.8) - 1, 0, stats.norm.cdf(0.8)]
    np.testing.assert_allclose(below, expected, atol=1e-14)


def test_density_and_slope_are_derivatives_of_the_joint_probability() -> None:
    h, k, r, step = np.array(0.3), np.array(-0.8), np.array(0.6), 1e-6
    by_r = (joint_below(h, k, r + step) - joint_below(h, k, r - step)) / (2 * step)
    by_h = (joint_below(h + step, k, r) - joint_below(h - step, k, r)) / (2 * step)
    assert joint_density(h, k, r) == pytest.approx(by_r, rel=1e-8)
    assert joint_slope(h, k, r) == pytest.approx(by_h, rel=1e-8)


def test_a_table_cut_at_the_medians_has_a_closed_form() -> None:
    counts = np.zeros((2, 2, 2, 2))
    counts[0, :, 1, :] = counts[1, :, 0, :] = [[40, 10], [10, 40]]
    counts[[0, 1], :, [0, 1], :] = np.diag([50, 50])
    found = polychoric(counts)
    r = np.sin(2 * np.pi * (0.4 - 0.25))  # Sheppard 1898
    assert found.r[0, 1] == pytest.approx(r, abs=1e-10)
    assert found.r_se[0, 1] == pytest.approx(np.pi * np.sqrt((1 - r**2) * 0.2 * 0.8 / 100), rel=1e-8)
    np.testing.assert_allclose(found.thresholds, 0, atol=1e-12)
    assert found.misfit[0, 1] == pytest.approx(0, abs=1e-9)
    assert found.misfit_df[0, 1] == 0


def two_by_two(cells: np.ndarray) -> np.ndarray:
    counts = np.zeros((2, 2, 2, 2))
    counts[0, :, 1, :], counts[1, :, 0, :] = cells, cells.T
    counts[0, :, 0, :], counts[1, :, 1, :] = np.diag(cells.sum(axis=1)), np.diag(cells.sum(axis=0))
    return counts


def test_the_standard_error_counts_the_error_of_the_thresholds() -> None:
    cells = np.array([[70.0, 15.0], [9.0, 26.0]])
    found, n = polychoric(two_by_two(cells)), cells.sum()
    slope = np.zeros((2, 2))
    for place in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[place] = 1e-3
        ahead, behind = polychoric(two_by_two(cells + step)), polychoric(two_by_two(cells - step))
        slope[place] = (ahead.r[0, 1] - behind.r[0, 1]) / 2e-3
    variance = (cells * slope**2).sum() - (cells * slope).sum() ** 2 / n  # delta method on the multinomial
    assert found.r_se[0, 1] == pytest.approx(np.sqrt(variance), rel=1e-5)


def test_many_answers_come_near_the_truth() -> None:
    found = polychoric(answers(20_000))
    truth = np.outer(LOADINGS, LOADINGS)
    apart = np.abs(found.r - truth)[np.triu_indices(4, 1)] / found.r_se[np.triu_indices(4, 1)]
    assert apart.max() < 3.5
    np.testing.assert_allclose(found.thresholds, np.tile(CUTS, (4, 1)), atol=0.04)
    assert found.warnings == ()


def test_standard_errors_tell_how_estimates_vary() -> None:
    found = [polychoric(answers(300, seed)) for seed in range(150)]
    spread = np.std([one.r[0, 1] for one in found])
    assert np.mean([one.r_se[0, 1] for one in found]) == pytest.approx(spread, rel=0.2)


def test_rows_and_counts_give_the_same() -> None:
    x = answers(300)
    rows, counts = polychoric(x), polychoric(counted(x, [1, 2, 3, 4]))
    np.testing.assert_allclose(rows.r, counts.r, atol=1e-12)
    np.testing.assert_allclose(rows.r_se, counts.r_se, atol=1e-12)
    assert counts.n == 300
    assert categorical_omega(x).estimate == pytest.approx(
        categorical_omega(counted(x, [1, 2, 3, 4])).estimate
    )


@settings(max_examples=20)  # each example fits models
@given(st.permutations(range(4)), st.integers(0, 5))
def test_the_order_of_items_does_not_matter(order: list[int], seed: int) -> None:
    x = answers(120, seed)
    moved = polychoric(x[:, order]).r
    np.testing.assert_allclose(moved, polychoric(x).r[np.ix_(order, order)], atol=1e-9)


@settings(max_examples=20)  # each example fits models
@given(st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 5))
def test_turning_an_item_turns_its_correlations(turned: list[bool], seed: int) -> None:
    x = answers(120, seed)
    sign = np.where(turned, -1.0, 1.0)
    found = polychoric(np.where(turned, 5 - x, x))
    np.testing.assert_allclose(found.r, polychoric(x).r * np.outer(sign, sign), atol=1e-9)


def test_only_the_order_of_the_options_counts() -> None:
    x = answers(200)
    np.testing.assert_allclose(polychoric(x).r, polychoric(np.exp(x)).r, atol=1e-12)


def test_gaps_are_left_out_by_row_or_by_pair() -> None:
    x = answers(400)
    x[:100, 0] = np.nan
    listwise, pairwise = polychoric(x), polychoric(x, missing="pairwise")
    assert (listwise.n, pairwise.n) == (300, 300)
    np.testing.assert_allclose(listwise.r, polychoric(x[100:]).r, atol=1e-12)
    assert pairwise.n_pair.tolist()[1] == [300, 400, 400, 400]
    np.testing.assert_allclose(pairwise.r[1:, 1:], polychoric(x[:, 1:]).r, atol=1e-12)


def test_an_option_that_an_item_never_uses_changes_nothing() -> None:
    x = answers(300)
    x[x[:, 0] == 4, 0] = 3
    found = polychoric(x)
    assert found.thresholds[0, 2] == np.inf
    x[:, 1] = np.where(x[:, 1] >= 3, x[:, 1] + 1, x[:, 1])  # a hole in the middle
    np.testing.assert_allclose(polychoric(x).r, found.r, atol=1e-10)
    np.testing.assert_allclose(polychoric(x).r_se, found.r_se, atol=1e-10)


def test_a_correction_fills_empty_cells_of_used_options_only() -> None:
    x = np.array([[1, 1]] * 20 + [[2, 2]] * 20 + [[1, 2]] * 5, dtype=float)
    plain, corrected = polychoric(x), polychoric(x, correction=0.5)
    assert plain.r[0, 1] > corrected.r[0, 1] > 0.5
    wider = np.vstack([np.column_stack([x, x[:, 0]]), [[1, 1, 9]]])  # the third item has more options
    alone, beside = polychoric(wider[:, :2], correction=0.5), polychoric(wider, correction=0.5)
    assert beside.r[0, 1] == pytest.approx(alone.r[0, 1])
    assert beside.r_se[0, 1] == pytest.approx(alone.r_se[0, 1])
    assert beside.misfit[0, 1] == pytest.approx(alone.misfit[0, 1])


def test_rare_options_are_told_and_joined_on_request() -> None:
    x = answers(300)
    rare = np.flatnonzero(x[:, 0] == 1)[3:]
    x[rare, 0] = 2
    assert "rare_option" in polychoric(x).warnings
    joined = polychoric(x, collapse=5)
    assert "options_collapsed" in joined.warnings
    assert "rare_option" not in joined.warnings
    x[x[:, 0] == 1, 0] = 2
    np.testing.assert_allclose(joined.r, polychoric(x).r, atol=1e-12)


def test_a_rare_option_joins_its_smaller_neighbour() -> None:
    x = np.column_stack([np.repeat([1.0, 2.0, 3.0, 4.0], [20, 3, 50, 27]), np.tile([1.0, 2.0], 50)])
    joined = np.where(x == [[2, 0]], [[1, 0]], x)
    np.testing.assert_allclose(polychoric(x, collapse=5).r, polychoric(joined).r, atol=1e-12)


def test_two_options_are_never_joined() -> None:
    x = answers(100)
    x[:, 0] = 1
    x[:3, 0] = 2
    assert "rare_option" in polychoric(x, collapse=5).warnings


def test_a_correlation_at_the_edge_is_flagged() -> None:
    x = answers(100)[:, [0, 0]]
    found = polychoric(x)
    assert "boundary_correlation" in found.warnings
    assert found.r[0, 1] == 0.9999
    assert np.isfinite(found.r_se).all()


def test_a_matrix_that_no_data_could_have_is_flagged() -> None:
    one, two = answers(60)[:, [0, 0]], np.full(60, np.nan)
    agree, oppose = np.column_stack([one, two]), np.column_stack([two, one])
    third = np.column_stack([one[:, 0], two, 5 - one[:, 0]])
    found = polychoric(np.vstack([agree, oppose, third]), missing="pairwise")
    assert "indefinite" in found.warnings
    assert found.smallest_eigenvalue < 0


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.ones((10, 1)), "one_item"),
        (np.ones((10, 3)), "no_variance"),
        (np.array([[1, 2], [2, 1]]), "too_few_rows"),
        (np.full((9, 2), np.nan), "too_few_rows"),
        (np.empty((0, 3)), "too_few_rows"),
    ],
)
def test_data_without_an_answer_get_a_reason(x: np.ndarray, reason: str) -> None:
    assert polychoric(x).reason == reason
    assert ordinal_alpha(x).reason == reason
    assert categorical_omega(x).reason == reason


def test_items_never_answered_together_get_a_reason() -> None:
    x = answers(40)[:, :2]
    x[:20, 0], x[20:, 1] = np.nan, np.nan
    assert polychoric(x, missing="pairwise").reason == "pair_never_answered_together"
    assert polychoric(x).reason == "too_few_rows"


def test_items_without_variance_or_answers_are_left_out_and_named() -> None:
    x = np.column_stack([answers(300), np.full(300, 2.0), np.full(300, np.nan)])
    found = polychoric(x)
    assert {"constant_item_dropped", "unanswered_item_dropped"} <= set(found.warnings)
    assert found.n_items == 4
    assert np.isnan(found.r[4:]).all()
    np.testing.assert_allclose(found.r[:4, :4], polychoric(x[:, :4]).r, atol=1e-12)
    assert ordinal_alpha(x).estimate == pytest.approx(ordinal_alpha(x[:, :4]).estimate)


@pytest.mark.parametrize(
    ("x", "options", "named"),
    [
        (np.ones((2, 3, 3)), {}, "items"),
        (np.arange(40.0).reshape(20, 2), {}, "items: must be ordered options"),
        (-np.ones((2, 2, 2, 2)), {}, "items: counts"),
        (np.arange(16.0).reshape(2, 2, 2, 2), {}, "items: counts"),
        (np.ones((2, 3, 3, 2)), {}, "items: counts"),
        (answers(10), {"missing": "fiml"}, "missing"),
        (answers(10), {"correction": -1}, "correction"),
        (answers(10), {"collapse": -1}, "correction, collapse"),
    ],
)
def test_wrong_arguments_are_named(x: np.ndarray, options: dict, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}"):
        polychoric(x, **options)


def test_ordinal_alpha_is_alpha_of_the_correlations() -> None:
    x = answers(400)
    found = ordinal_alpha(x)
    r = polychoric(x).r
    assert found.estimate == pytest.approx(4 / 3 * (1 - 4 / r.sum()))
    assert "latent responses" in found.method


def test_opposed_items_are_told_and_not_turned() -> None:
    x = answers(400)[:, :2]
    x[:, 1] = 5 - x[:, 1]
    found = ordinal_alpha(x)
    assert found.estimate < 0
    assert "check_keys" in found.warnings


def test_categorical_omega_is_the_correlation_of_two_parallel_sums() -> None:
    n = 40_000
    rng = np.random.default_rng(3)
    trait = rng.normal(size=(n, 1)) * LOADINGS
    forms = [trait + rng.normal(size=trait.shape) * np.sqrt(1 - LOADINGS**2) for _ in range(2)]
    first, second = (np.digitize(form, CUTS) for form in forms)
    retest = np.corrcoef(first.sum(axis=1), second.sum(axis=1))[0, 1]
    found = categorical_omega(first)
    assert found.estimate == pytest.approx(retest, abs=0.01)
    np.testing.assert_allclose(found.loadings, LOADINGS, atol=0.03)


def test_categorical_omega_needs_three_items() -> None:
    assert categorical_omega(answers(100)[:, :2]).reason == "not_identified"
