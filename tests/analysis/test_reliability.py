"""Alpha and item statistics on data that give no answer, and what they do not depend on.

Agreement with R is tested key by key in `test_reference_keys`.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import (
    ItemMoments,
    cronbach_alpha,
    item_analysis,
    item_moments,
    mcdonald_omega,
    moments_from_sums,
    standard_error_of_measurement,
)
from tests.analysis.reference_values import close, edge_case, golden
from tests.analysis.scales import attitude, bfi, complete, lead


@pytest.mark.parametrize("scale", "ACENO")
def test_minres_leaves_less_than_r_does(scale: str) -> None:
    """R's optimiser stops up to 6e-6 from the least residual (its own tolerance says 1e-6); ours does not."""
    theirs = np.array(golden("bfi")[f"{scale}.fa1.minres.tight"]["value"]["loadings"])
    r = np.corrcoef(complete(bfi(scale)).T)
    ours = mcdonald_omega(bfi(scale)).loadings
    assert ours is not None
    np.testing.assert_allclose(ours, theirs * np.sign(theirs.sum()), atol=1e-5)
    assert off_diagonal_residual(r, ours) <= off_diagonal_residual(r, theirs)


def off_diagonal_residual(r: np.ndarray, loadings: np.ndarray) -> float:
    residual = r - np.outer(loadings, loadings)
    return float((residual**2).sum() - (np.diag(residual) ** 2).sum())


def test_standard_error_of_the_mean_of_items() -> None:
    error = standard_error_of_measurement(bfi("A"))
    assert error.of_mean == pytest.approx(error.estimate / 5)


def test_an_item_against_the_others_is_told() -> None:
    x = np.column_stack([7 - bfi("A")[:, 0], bfi("A")[:, 1:]])
    found = item_analysis(x, missing="pairwise")
    assert "check_keys" in found.warnings
    assert found.item_total_r[0] < 0


def test_edge_alpha_of_a_constant_item_says_that_it_was_dropped() -> None:
    dropped, kept = (
        cronbach_alpha(edge_case("const_item")),
        cronbach_alpha(edge_case("const_item"), constant="keep"),
    )
    assert (dropped.n_items, kept.n_items) == (3, 4)
    assert "constant_item_dropped" in dropped.warnings
    assert kept.standardized is kept.average_r is kept.median_r is kept.signal_to_noise is None


def test_edge_alpha_of_an_unanswered_item_says_that_it_was_dropped() -> None:
    assert "unanswered_item_dropped" in cronbach_alpha(edge_case("all_missing_col")).warnings


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("all_const", "no_variance"),
        ("one_item", "one_item"),
        ("two_rows", "too_few_rows"),
        ("pair_never", "too_few_rows"),
    ],
)
def test_edge_alpha_undefined(name: str, reason: str) -> None:
    alpha, omega = cronbach_alpha(edge_case(name)), mcdonald_omega(edge_case(name))
    assert alpha.estimate is alpha.ci is alpha.se is None
    assert alpha.reason == omega.reason == item_analysis(edge_case(name)).reason == reason
    assert standard_error_of_measurement(edge_case(name)).reason == reason


def test_edge_items_never_answered_together_have_no_pairwise_alpha() -> None:
    alpha = cronbach_alpha(edge_case("pair_never"), missing="pairwise")
    assert alpha.reason == "pair_never_answered_together"


def test_edge_omega_of_two_items_takes_equal_loadings() -> None:
    expected = golden("edge_cases")["omega1.two_items"]
    omega = mcdonald_omega(edge_case("two_items"))
    close(omega.standardized_model, expected, expected["value"]["omega.tot"])
    assert "two_items_equal_loadings" in omega.warnings


def test_edge_omega_never_flips_an_item_silently() -> None:
    omega = mcdonald_omega(edge_case("two_items_neg"))
    assert omega.estimate == pytest.approx(-18)
    assert "check_keys" in omega.warnings


def test_edge_heywood_case_is_flagged() -> None:
    omega = mcdonald_omega(ItemMoments(100, np.zeros(4), edge_case("heywood")))
    assert "heywood" in omega.warnings
    assert omega.uniquenesses is not None
    assert omega.uniquenesses.min() < 0


def test_moments_from_whole_number_sums_equal_those_from_rows() -> None:
    x = lead().astype(int)
    rows, sums = item_moments(x), moments_from_sums(len(x), x.sum(axis=0), x.T @ x)
    np.testing.assert_allclose(sums.covariance, rows.covariance, rtol=0, atol=1e-12)
    np.testing.assert_allclose(sums.mean, rows.mean, rtol=0, atol=1e-12)


def test_moments_of_some_items_are_those_of_their_rows() -> None:
    x = bfi("A")
    some = item_moments(x, missing="pairwise").of(np.array([0, 2]))
    beside = item_moments(x[:, [0, 2]], missing="pairwise")
    np.testing.assert_allclose(some.covariance, beside.covariance)
    np.testing.assert_allclose(some.pair_correlation, beside.pair_correlation)


def test_pairwise_correlations_are_those_of_the_rows_that_answered_both() -> None:
    x = bfi("A")
    found = item_moments(x, missing="pairwise").pair_correlation
    both = complete(x[:, [1, 3]])
    assert found[1, 3] == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1e-12)
    np.testing.assert_allclose(np.diag(found), 1)


def test_option_counts_add_up_to_the_answers() -> None:
    found = item_analysis(bfi("C"), scale=(1, 6))
    assert found.counts is not None
    assert found.counts.sum(axis=1).tolist() == found.item_n.tolist()


def test_missing_answers_are_counted_by_reason_and_stay_missing() -> None:
    x = np.array([[1, np.nan, 2], [np.nan, 3, 3], [4, np.nan, 4], [2, 2, np.nan], [5, 4, 5]])
    cannot = np.isnan(x)
    cannot[0] = False
    found = item_analysis(x, reasons={"cannot_judge": cannot, "skipped": [0, 1, 0]})
    assert found.missing_counts["cannot_judge"].tolist() == [1, 1, 1]
    assert found.missing_shares["cannot_judge"].tolist() == [0.2, 0.2, 0.2]
    assert found.missing_counts["skipped"].tolist() == [0, 1, 0]
    assert found.item_n.tolist() == [4, 3, 4]
    assert found.mean.tolist() == [3, 3, 3.5]


@pytest.mark.parametrize(
    "reasons",
    [
        {"cannot_judge": [[True, False], [False, False], [False, False]]},
        {"cannot_judge": [2, 0]},
        {"cannot_judge": [1, 0], "skipped": [[False, False], [False, False], [True, False]]},
        {"cannot_judge": [-1, 0]},
        {"cannot_judge": [0.5, 0]},
        {"cannot_judge": [True]},
    ],
)
def test_reasons_that_do_not_fit_the_answers_are_refused(reasons) -> None:
    with pytest.raises(ValueError, match="reasons"):
        item_analysis([[1, 2], [2, 3], [np.nan, 4]], reasons=reasons)


def test_the_scale_without_an_item_is_the_scale_of_the_others() -> None:
    x = attitude()
    without, others = item_analysis(x).without, np.delete(x, 2, axis=1)
    alpha = cronbach_alpha(others)
    assert without.alpha[2] == pytest.approx(alpha.estimate, abs=1e-12)
    assert without.alpha_se[2] == pytest.approx(alpha.se, abs=1e-12)
    assert without.omega[2] == pytest.approx(mcdonald_omega(others).estimate, abs=1e-9)


def test_without_one_of_two_items_there_is_no_scale() -> None:
    without = item_analysis(edge_case("two_items")).without
    assert np.isnan([without.alpha, without.omega, without.average_r]).all()


def test_collinear_items_predict_each_other_without_error() -> None:
    found = item_analysis(edge_case("identical_items"))
    assert np.isnan(found.overlap_corrected_r).all()
    np.testing.assert_allclose(found.item_total_r, 1)


def test_alpha_of_rows_in_groups_is_the_same_with_a_wider_error() -> None:
    x = np.repeat(lead()[:200], 3, axis=0)
    plain, grouped = cronbach_alpha(x, robust=True), cronbach_alpha(x, groups=np.repeat(np.arange(200), 3))
    assert grouped.estimate == plain.estimate
    assert grouped.se == pytest.approx(plain.se * np.sqrt(3), rel=2e-3)
    assert grouped.ci[0] < plain.ci[0] < plain.ci[1] < grouped.ci[1]


def test_the_robust_error_of_alpha_is_that_of_numerical_derivatives() -> None:
    x = attitude()[:, :4]
    slopes = numerical_slopes(np.cov(x.T))
    influence = np.einsum("ni,ij,nj->n", x - x.mean(axis=0), slopes, x - x.mean(axis=0))
    assert cronbach_alpha(x, robust=True).se == pytest.approx(np.sqrt(influence.var(ddof=1) / 30), rel=1e-6)


def numerical_slopes(s: np.ndarray) -> np.ndarray:
    def alpha(covariance: np.ndarray) -> float:
        return cronbach_alpha(ItemMoments(99, np.zeros(len(s)), covariance)).estimate

    found = np.zeros_like(s)
    for i, j in np.ndindex(*s.shape):
        step = np.zeros_like(s)
        step[i, j] += 1e-3
        step[j, i] += 1e-3
        found[i, j] = (alpha(s + step) - alpha(s - step)) / 4e-3
    return found


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: cronbach_alpha(np.zeros((2, 2, 2))), "items"),
        (lambda: cronbach_alpha([["a", "b"]]), "items"),
        (lambda: cronbach_alpha([[np.inf, 1.0]]), "items"),
        (lambda: cronbach_alpha([[1, 2]], missing="zero"), "missing"),
        (lambda: cronbach_alpha([[1, 2], [2, 1], [3, 3]], constant="guess"), "constant"),
        (lambda: cronbach_alpha([[1, 2]], confidence=95), "confidence"),
        (lambda: mcdonald_omega([[1, 2]], form="best"), "form"),
        (lambda: mcdonald_omega([[1, 2]], metric="best"), "metric"),
        (lambda: item_analysis([[1, 9], [2, 3]], scale=(1, 5)), "items"),
        (lambda: standard_error_of_measurement([[1, 2]], reliability=1.5), "reliability"),
        (lambda: cronbach_alpha(item_moments(lead()), robust=True), "items"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


answers = st.integers(3, 40).flatmap(
    lambda n: st.integers(2, 6).flatmap(
        lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=n, max_size=n)
    )
)


@given(answers, st.integers(1, 9), st.integers(-20, 20))
def test_alpha_does_not_change_with_the_unit_or_zero_of_the_scale(rows, unit: int, zero: int) -> None:
    one = cronbach_alpha(rows)
    two = cronbach_alpha(np.array(rows) * unit + zero)
    assert one.warnings == two.warnings
    if one.estimate is not None:
        assert two.estimate == pytest.approx(one.estimate, abs=1e-7, rel=1e-7)


@given(answers)
def test_alpha_never_exceeds_one_and_its_interval_holds_it(rows) -> None:
    alpha = cronbach_alpha(rows)
    assume(alpha.estimate is not None)
    assert alpha.estimate <= 1 + 1e-12
    assert alpha.ci is not None
    assert alpha.ci[0] <= alpha.estimate + 1e-12
    assert alpha.estimate <= alpha.ci[1] + 1e-12


@given(answers, st.randoms(use_true_random=False))
def test_missing_answers_never_act_as_numbers(rows, random) -> None:
    """A row with a gap changes nothing under listwise deletion, whatever else it holds."""
    gap = [float("nan"), *([random.randint(1, 5)] * (len(rows[0]) - 1))]
    assert repr(cronbach_alpha([*rows, gap])) == repr(cronbach_alpha(rows))


@settings(max_examples=40)
@given(answers, st.randoms(use_true_random=False))
def test_item_statistics_follow_their_items(rows, random) -> None:
    x = np.array(rows, dtype=float)
    order = list(range(x.shape[1]))
    random.shuffle(order)
    one, two = item_analysis(x), item_analysis(x[:, order])
    for name in ("mean", "sd", "item_total_r", "raw_r", "standardized_r", "alpha_if_dropped"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name)[order], atol=1e-9)


@settings(max_examples=40)
@given(answers)
def test_correlations_lie_between_minus_one_and_one(rows) -> None:
    found = item_analysis(rows)
    for r in (found.item_total_r, found.raw_r, found.standardized_r):
        assert (np.abs(r[~np.isnan(r)]) <= 1 + 1e-9).all()


def test_an_item_that_is_the_same_fraction_throughout_does_not_vary() -> None:
    rows = np.random.default_rng(1).integers(1, 6, (300, 4)).astype(float)
    assert cronbach_alpha(np.full((50, 4), 0.1)).reason == "no_variance"
    rows[:, 2] = 7.7
    found = cronbach_alpha(rows)
    assert found.n_items == 3
    assert "constant_item_dropped" in found.warnings


def test_pairs_that_contradict_each_other_give_no_coefficient() -> None:
    gap = np.nan
    rows = [[2, gap], [gap, 4], [2, 4], [4, 5], [2, 4], [4, gap], [4, 5], [gap, 5], [1, 1], [gap, 3]]
    found = cronbach_alpha(rows, missing="pairwise")
    assert (found.estimate, found.reason) == (None, "indefinite")
