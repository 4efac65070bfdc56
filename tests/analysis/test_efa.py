"""Factors, rotations and hierarchical omega: recovered, rotated well, and undefined with a reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import (
    ItemMoments,
    efa,
    item_moments,
    mcdonald_omega,
    minimum_average_partial,
    omega_hierarchical,
    parallel_analysis,
    sampling_adequacy,
    sphericity,
)
from analysis.factors.extraction import LEAST_UNIQUE, maximum_likelihood, minres
from analysis.factors.rotation import rotate
from tests.analysis.reference_values import edge_case, golden
from tests.analysis.scales import attitude, bfi, holzinger

PATTERN = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6], [0.5]]))
PHI = np.array([[1, 0.4, 0.2], [0.4, 1, 0.3], [0.2, 0.3, 1]])


def of_correlations(r: np.ndarray, n: int = 500) -> ItemMoments:
    return ItemMoments(n, np.zeros(len(r)), r)


def implied(pattern: np.ndarray, phi: np.ndarray) -> np.ndarray:
    common = pattern @ phi @ pattern.T
    return common + np.diag(1 - np.diag(common))


def varimax_criterion(loadings: np.ndarray) -> float:
    shares = (loadings / np.linalg.norm(loadings, axis=1, keepdims=True)) ** 2
    return float(shares.var(axis=0).sum())


@pytest.mark.parametrize("extraction", ["minres", "ml"])
@pytest.mark.parametrize("rotation", ["oblimin", "promax"])
def test_a_simple_structure_is_found_again(extraction, rotation) -> None:
    found = efa(of_correlations(implied(PATTERN, PHI)), 3, extraction=extraction, rotation=rotation)
    order = [int(np.abs(found.loadings[4 * i : 4 * i + 4]).sum(axis=0).argmax()) for i in range(3)]
    exact = 1e-6 if rotation == "oblimin" else 0.03  # promax only comes near
    np.testing.assert_allclose(found.loadings[:, order], PATTERN, atol=exact)
    np.testing.assert_allclose(found.correlations[np.ix_(order, order)], PHI, atol=5 * exact)
    assert found.fit.chi2 == pytest.approx(0, abs=1e-6)
    assert found.fit.df == 33
    np.testing.assert_allclose(found.structure, found.loadings @ found.correlations)


@pytest.mark.parametrize("rotation", ["none", "varimax", "oblimin", "promax"])
def test_rotation_keeps_what_the_factors_imply(rotation) -> None:
    found, plain = efa(holzinger(), 3, rotation=rotation), efa(holzinger(), 3, rotation="none")
    common = found.loadings @ found.correlations @ found.loadings.T
    np.testing.assert_allclose(common, plain.loadings @ plain.loadings.T, atol=1e-9)
    np.testing.assert_allclose(np.diag(found.correlations), 1, atol=1e-9)
    if rotation in ("none", "varimax"):
        assert found.factor_variance.sum() == pytest.approx(found.communalities.sum())
    assert (np.diff(found.factor_variance) <= 1e-12).all()
    assert (found.loadings.sum(axis=0) >= 0).all()


def by_varimax(x: np.ndarray, m: int, extraction) -> np.ndarray:
    return efa(x, m, missing="pairwise", extraction=extraction, rotation="varimax").loadings


@pytest.mark.parametrize(
    ("dataset", "key", "found"),
    [
        ("attitude", "fa2.ml.factanal.varimax", lambda: by_varimax(attitude(), 2, "ml")),
        ("holzinger1939", "fa3.ml.factanal", lambda: by_varimax(holzinger(), 3, "ml")),
        ("bfi", "all25.fa5.varimax", lambda: by_varimax(bfi("ACENO"), 5, "minres")),
    ],
)
def test_varimax_gains_more_than_r_does(dataset: str, key: str, found) -> None:
    value = golden(dataset)[key]["value"]
    theirs, ours = np.array(value.get("loadings", value)["values"]), found()
    assert varimax_criterion(ours) >= varimax_criterion(theirs)
    order = np.abs(ours.T @ theirs).argmax(axis=0)
    np.testing.assert_allclose(np.abs(ours[:, order]), np.abs(theirs), atol=1.5e-3)


def test_minres_of_a_heywood_case_leaves_less_than_r_does() -> None:
    r = edge_case("heywood")
    found = minres(r, 1)
    theirs = np.array(golden("edge_cases")["heywood.fa1.minres"]["value"]["loadings"])
    assert found.at_bound.tolist() == [True, False, False, False]
    assert squares_left(r, found.loadings[:, 0]) < squares_left(r, theirs)


def squares_left(r: np.ndarray, loadings: np.ndarray) -> float:
    """Squared residuals, the diagonal met as far as the bound allows."""
    residual = r - np.outer(loadings, loadings)
    np.fill_diagonal(residual, np.minimum(np.diag(residual) - LEAST_UNIQUE, 0))
    return float((residual**2).sum())


@pytest.mark.parametrize("extraction", ["minres", "ml"])
def test_a_heywood_case_is_flagged_with_its_item(extraction) -> None:
    found = efa(of_correlations(edge_case("heywood")), 1, extraction=extraction)
    assert "heywood" in found.warnings
    assert found.at_bound.tolist() == [True, False, False, False]


@pytest.mark.parametrize("method", [minres, maximum_likelihood])
def test_the_extraction_is_a_minimum_in_every_direction(method) -> None:
    r = np.corrcoef(holzinger().T)
    found = method(r, 2)
    best = discrepancy(method, r, found.loadings)
    rng = np.random.default_rng(5)
    for _ in range(50):
        assert discrepancy(method, r, found.loadings + 0.01 * rng.standard_normal((9, 2))) > best


def discrepancy(method, r: np.ndarray, loadings: np.ndarray) -> float:
    common = loadings @ loadings.T
    if method is minres:
        return float((((r - common) * (1 - np.eye(len(r)))) ** 2).sum())
    sigma = common + np.diag(1 - np.diag(common))
    return float(np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, r)))


def test_one_factor_is_that_of_omega() -> None:
    np.testing.assert_allclose(efa(attitude(), 1).loadings[:, 0], mcdonald_omega(attitude()).loadings)


def test_several_starts_find_the_same_rotation_wherever_the_factors_are() -> None:
    rng = np.random.default_rng(4)
    loadings = rng.standard_normal((8, 3))  # no simple structure: local minima
    turns = [np.linalg.qr(rng.standard_normal((3, 3)))[0] for _ in range(15)]
    one, many = (
        [quartimin(rotate(loadings @ turn, "oblimin", starts=count, seed=1).loadings) for turn in turns]
        for count in (1, 10)
    )
    assert np.ptp(one) > 1e-3
    assert np.ptp(many) < 1e-6


def quartimin(pattern: np.ndarray) -> float:
    squares = pattern**2
    return float((squares.sum(axis=1) ** 2 - (squares**2).sum(axis=1)).sum())


def test_the_seed_decides_nothing_where_the_structure_is_clear() -> None:
    one, two = (efa(holzinger(), 3, seed=seed).loadings for seed in (1, 2))
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_two_items_have_equal_loadings_and_no_test() -> None:
    found = efa(edge_case("two_items"), 1)
    assert found.loadings[0, 0] == pytest.approx(found.loadings[1, 0], abs=1e-12)
    assert "two_items_equal_loadings" in found.warnings
    assert found.fit.chi2 is None


def test_collinear_items_have_factors_but_no_likelihood() -> None:
    found = efa(edge_case("identical_items"), 1)
    assert found.fit is None
    assert {"heywood", "collinear_items"} <= set(found.warnings)


def test_an_item_left_out_has_no_loadings() -> None:
    found = efa(edge_case("const_item"), 1)
    assert np.isnan(found.loadings[2]).all()
    assert not np.isnan(found.loadings[[0, 1, 3]]).any()
    assert found.at_bound.dtype == bool
    assert not found.at_bound[2]
    assert "constant_item_dropped" in found.warnings


@pytest.mark.parametrize(
    ("name", "reason"), [("all_const", "no_variance"), ("one_item", "one_item"), ("two_rows", "too_few_rows")]
)
def test_undefined_with_a_reason(name: str, reason: str) -> None:
    x = edge_case(name)
    figures = (
        efa(x, 1),
        omega_hierarchical(x),
        parallel_analysis(x),
        minimum_average_partial(x),
        sampling_adequacy(x),
        sphericity(x),
    )
    assert [figure.reason for figure in figures] == [reason] * 6


@pytest.mark.parametrize(("k", "m"), [(3, 2), (2, 2), (5, 3), (7, 7)])
def test_more_factors_than_correlations_can_tell_are_refused(k: int, m: int) -> None:
    assert efa(attitude()[:, :k], m).reason == "too_many_factors"


def test_items_whose_sum_does_not_vary_still_have_factors() -> None:
    x = np.array([[1, 5], [2, 4], [3, 3], [5, 1.0]])
    assert efa(x, 1).reason is None
    assert omega_hierarchical(np.hstack([x, 6 - x])).reason == "no_variance_in_total"


@pytest.mark.parametrize("m", [1, 2])
def test_one_or_two_group_factors_determine_no_general_one(m: int) -> None:
    assert omega_hierarchical(holzinger(), n_factors=m).reason == "fewer_than_three_factors"


def test_omega_hierarchical_finds_a_hierarchy_again() -> None:
    of_groups = np.array([0.9, 0.7, 0.5])
    phi = implied(of_groups[:, np.newaxis], np.eye(1))
    r = implied(PATTERN, phi)
    found = omega_hierarchical(of_correlations(r))
    general = PATTERN @ of_groups
    group = PATTERN * np.sqrt(1 - of_groups**2)
    assert found.estimate == pytest.approx(general.sum() ** 2 / r.sum(), abs=1e-6)
    assert found.omega_total == pytest.approx(1 - (1 - (PATTERN**2).sum()) / r.sum() - 11 / r.sum(), abs=1e-6)
    assert found.explained_common_variance == pytest.approx((general**2).sum() / (PATTERN**2).sum(), abs=1e-6)
    np.testing.assert_allclose(found.general, general, atol=1e-6)
    np.testing.assert_allclose(np.sort(found.group.sum(axis=0)), np.sort(group.sum(axis=0)), atol=1e-6)
    np.testing.assert_allclose(found.subscale_total, found.subscale_general + found.subscale_group)


def test_omega_hierarchical_never_turns_an_item() -> None:
    x = np.column_stack([7 - bfi("NEC")[:, :5], bfi("NEC")[:, 5:]])
    turned, straight = omega_hierarchical(bfi("NEC")), omega_hierarchical(x)
    assert "check_keys" in turned.warnings
    assert turned.estimate < straight.estimate


def test_parallel_analysis_tells_factors_from_chance() -> None:
    rng = np.random.default_rng(4)
    factors = rng.standard_normal((400, 3)) @ np.linalg.cholesky(PHI).T
    x = factors @ PATTERN.T + np.sqrt(1 - (PATTERN**2).sum(axis=1)) * rng.standard_normal((400, 12))
    found = parallel_analysis(x)
    assert found.estimate == 3
    assert minimum_average_partial(x).estimate == 3
    assert parallel_analysis(rng.standard_normal((400, 12))).estimate == 0


def test_the_threshold_is_that_of_drawn_rows() -> None:
    rng = np.random.default_rng(6)
    rows = rng.standard_normal((2000, 40, 6))
    drawn = np.array([np.linalg.eigvalsh(np.corrcoef(x.T))[::-1] for x in rows])
    moments = of_correlations(np.eye(6), 40)
    found = parallel_analysis(moments, samples=2000)
    np.testing.assert_allclose(found.threshold, np.quantile(drawn, 0.95, axis=0), atol=0.02)


def test_too_few_rows_for_as_many_items() -> None:
    x = np.random.default_rng(1).standard_normal((6, 8))
    assert parallel_analysis(x).reason == "too_few_rows"
    assert sphericity(x[:4]).reason == "too_few_rows"
    assert sampling_adequacy(x).reason == "collinear_items"


def test_collinear_items_have_no_adequacy_and_no_sphericity() -> None:
    x = edge_case("identical_items")
    assert sampling_adequacy(x).reason == "collinear_items"
    assert minimum_average_partial(x).reason == "collinear_items"
    assert sphericity(x).reason in {"collinear_items", "too_few_rows"}


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: efa(attitude(), 0), "n_factors"),
        (lambda: efa(attitude(), 1, starts=0), "starts"),
        (lambda: efa(attitude(), 1, extraction="pca"), "extraction"),
        (lambda: efa(attitude(), 1, rotation="equamax"), "rotation"),
        (lambda: efa(np.zeros((2, 2, 2)), 1), "items"),
        (lambda: omega_hierarchical(attitude(), n_factors=0), "n_factors"),
        (lambda: parallel_analysis(attitude(), quantile=95), "quantile"),
        (lambda: sphericity(attitude(), missing="mean"), "missing"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


tables = st.tuples(st.integers(0, 2**32 - 1), st.integers(4, 8)).map(
    lambda drawn: table_of(np.random.default_rng(drawn[0]), drawn[1])
)


def table_of(rng: np.random.Generator, k: int) -> np.ndarray:
    factor = rng.standard_normal((60, 1))
    return np.round(2 * factor + 2 * rng.standard_normal((60, k)))


@settings(max_examples=30)
@given(tables, st.sampled_from(["minres", "ml"]))
def test_communalities_stay_between_nothing_and_all(x, extraction) -> None:
    found = efa(x, 1, extraction=extraction)
    assert (found.communalities >= 0).all()
    assert (found.communalities <= 1 - LEAST_UNIQUE + 1e-9).all() or "heywood" in found.warnings
    np.testing.assert_allclose(found.communalities + found.uniquenesses, 1)


@settings(max_examples=30)
@given(tables, st.randoms(use_true_random=False), st.integers(2, 9))
def test_order_and_unit_change_nothing(x, random, unit: int) -> None:
    order = list(range(x.shape[1]))
    random.shuffle(order)
    one, two = efa(x, 1), efa(x[:, order] * unit + 1, 1)
    if "heywood" not in one.warnings:
        np.testing.assert_allclose(two.loadings, one.loadings[order], atol=1e-6)
        assert two.fit.df == one.fit.df
    gapped = np.vstack([x, np.full(x.shape[1], np.nan)])
    assert repr(efa(gapped, 1)) == repr(efa(x, 1))
    assert item_moments(gapped).n == len(x)
