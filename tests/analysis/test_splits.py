"""Guttman's lambdas, halves and strata: against enumeration, and where they are undefined."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import ItemMoments, cronbach_alpha, guttman_lambdas, item_moments, split_half, stratified_alpha
from tests.analysis.reference_values import edge_case
from tests.analysis.scales import attitude, bfi, lead


def covariance_of_halves(s: np.ndarray, half: tuple[int, ...]) -> float:
    inside = np.isin(np.arange(len(s)), half)
    return 4 * s[np.ix_(inside, ~inside)].sum() / s.sum()


def test_lambda4_is_the_best_of_all_splits() -> None:
    s = np.cov(lead().T)[:7, :7]
    moments = ItemMoments(100, np.zeros(7), s)
    best = max(covariance_of_halves(s, half) for size in range(1, 4) for half in combinations(range(7), size))
    assert guttman_lambdas(moments).lambda4 == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("k", [6, 7])
def test_halves_are_all_ways_to_split_in_their_order(k: int) -> None:
    s = np.cov(attitude().T)[:k, :k]
    halves = [half for half in combinations(range(k), k // 2) if k % 2 or 0 in half]
    found = split_half(ItemMoments(30, np.zeros(k), s), metric="raw")
    expected = [covariance_of_halves(s, half) for half in halves]
    np.testing.assert_allclose(found.coefficients, expected, atol=1e-12)
    assert (found.minimum, found.maximum) == (pytest.approx(min(expected)), pytest.approx(max(expected)))
    assert found.estimate == pytest.approx(np.mean(expected))


def test_the_mean_of_equal_halves_is_alpha() -> None:
    moments = item_moments(attitude()[:, :6])
    found = split_half(moments, metric="raw").estimate
    assert found == pytest.approx(cronbach_alpha(moments).estimate, abs=1e-12)


def test_of_two_items_lambda3_and_lambda4_and_the_half_agree() -> None:
    x = edge_case("two_items")
    bounds, half = guttman_lambdas(x), split_half(x, metric="raw")
    assert bounds.lambda3 == pytest.approx(bounds.lambda4, abs=1e-12)
    assert half.estimate == pytest.approx(bounds.lambda4, abs=1e-12)


def test_more_than_16_items_have_no_best_split_and_none_is_drawn() -> None:
    x = bfi("ACEN")[:, :17]
    bounds, halves = guttman_lambdas(x), split_half(x, metric="raw")
    assert bounds.lambda4 is None
    assert "too_many_items" in bounds.warnings
    assert bounds.estimate is not None
    assert halves.reason == "too_many_items"
    assert halves.maximum is halves.coefficients is None
    complete = x[~np.isnan(x).any(axis=1)]
    r = np.corrcoef(complete[:, ::2].sum(axis=1), complete[:, 1::2].sum(axis=1))[0, 1]
    assert halves.odd_even_r == pytest.approx(r, abs=1e-12)
    assert halves.spearman_brown == pytest.approx(2 * r / (1 + r), abs=1e-12)


def test_16_items_are_still_split() -> None:
    x = bfi("ACEN")[:, :16]
    assert guttman_lambdas(x).lambda4 is not None
    assert len(split_half(x).coefficients) == 6435


def test_collinear_items_have_no_lambda6() -> None:
    found = guttman_lambdas(edge_case("identical_items"))
    assert found.lambda6 is None
    assert "collinear_items" in found.warnings
    assert found.lambda2 == pytest.approx(1)


def test_opposed_halves_have_no_spearman_brown() -> None:
    found = split_half(edge_case("two_items_neg"))
    assert found.odd_even_r == pytest.approx(-0.9)
    assert found.estimate == pytest.approx(-18)
    assert split_half([[1, 5], [2, 4], [3, 3], [4, 2]]).reason == "no_variance_in_total"


@pytest.mark.parametrize(
    ("name", "reason"), [("all_const", "no_variance"), ("one_item", "one_item"), ("two_rows", "too_few_rows")]
)
def test_undefined_with_a_reason(name: str, reason: str) -> None:
    x = edge_case(name)
    found = guttman_lambdas(x), split_half(x), stratified_alpha(x, [0] * x.shape[1])
    assert [each.reason for each in found] == [reason] * 3


def test_a_constant_item_is_left_out_of_all() -> None:
    x = edge_case("const_item")
    found = guttman_lambdas(x), split_half(x), stratified_alpha(x, ["a", "a", "b", "a"])
    assert found[0].n_items == found[1].n_items == 3
    assert all("constant_item_dropped" in each.warnings for each in found)
    assert found[2].reason == "one_item_in_stratum"  # nothing is left of b


def test_one_stratum_is_alpha_and_strata_keep_theirs() -> None:
    x = attitude()
    assert stratified_alpha(x, ["all"] * 7).estimate == pytest.approx(cronbach_alpha(x).estimate, abs=1e-12)
    found = stratified_alpha(x, ["b", "b", "a", "a", "b", "a", "a"])
    assert found.strata.tolist() == ["a", "b"]
    assert found.alphas[1] == pytest.approx(cronbach_alpha(x[:, [0, 1, 4]]).estimate, abs=1e-12)


def test_a_stratum_whose_total_does_not_vary_counts_as_error() -> None:
    x = np.array([[1, 5, 1, 2], [2, 4, 2, 2], [3, 3, 4, 3], [4, 2, 4, 5], [5, 1, 5, 4.0]])
    found = stratified_alpha(x, [0, 0, 1, 1])
    assert np.isnan(found.alphas[0])
    error = 2 * (x[:, 0].var(ddof=1) + x[:, 1].var(ddof=1))  # var (1 - alpha) = 2 tr - var, and var = 0
    second = cronbach_alpha(x[:, 2:]).estimate
    rest = x[:, 2:].sum(axis=1).var(ddof=1) * (1 - second)
    assert found.estimate == pytest.approx(1 - (error + rest) / x.sum(axis=1).var(ddof=1))


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: guttman_lambdas(attitude(), metric="cor"), "metric"),
        (lambda: split_half(np.zeros((2, 2, 2))), "items"),
        (lambda: stratified_alpha(attitude(), ["a"]), "strata"),
        (lambda: stratified_alpha(attitude(), ["a"] * 7, missing="mean"), "missing"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


answers = st.tuples(st.integers(0, 2**32 - 1), st.integers(20, 40), st.integers(2, 8)).map(
    lambda drawn: np.random.default_rng(drawn[0]).integers(1, 6, size=drawn[1:]).astype(float)
)


@settings(max_examples=60)
@given(answers)
def test_bounds_keep_their_order(x) -> None:
    found = guttman_lambdas(x)
    if found.estimate is not None:
        assert found.lambda1 <= found.lambda2 + 1e-12
        assert found.lambda3 <= found.lambda2 + 1e-12
        assert found.lambda3 == pytest.approx(cronbach_alpha(x).estimate, abs=1e-9, rel=1e-9)
        assert found.lambda4 >= split_half(x, metric="raw").maximum - 1e-9
        assert max(found.lambda2, found.lambda4) <= 1 + 1e-12


@settings(max_examples=60)
@given(answers, st.randoms(use_true_random=False), st.integers(2, 9))
def test_order_and_unit_change_nothing(x, random, unit: int) -> None:
    order = list(range(x.shape[1]))
    random.shuffle(order)
    one, two = guttman_lambdas(x), guttman_lambdas(x[:, order] * unit - 3)
    for name in ("lambda1", "lambda2", "lambda4", "lambda5", "lambda6"):
        assert getattr(two, name) == pytest.approx(getattr(one, name), abs=1e-6, rel=1e-6)
    assert split_half(x).maximum == pytest.approx(split_half(x[:, order] * unit).maximum, abs=1e-6, rel=1e-6)
