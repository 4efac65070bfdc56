"""The interval of omega: its derivatives, what it does not depend on, and where it is undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import ItemMoments, cronbach_alpha, item_moments, mcdonald_omega
from tests.analysis.reference_values import columns, edge_case

FIGURES = [(m, f) for m in ("raw", "standardized") for f in ("model", "observed", "unique")]


def attitude() -> np.ndarray:
    return np.column_stack(list(columns("attitude").values()))


def differences(s: np.ndarray, metric, form) -> np.ndarray:
    """Derivatives of omega by the covariances, by small steps."""
    k = len(s)

    def omega(covariance: np.ndarray) -> float:
        return mcdonald_omega(ItemMoments(99, np.zeros(k), covariance), metric=metric, form=form).estimate

    found = np.zeros((k, k))
    for i, j in zip(*np.tril_indices(k), strict=True):
        step = np.zeros((k, k))
        step[i, j] = step[j, i] = 1e-5 * np.sqrt(s[i, i] * s[j, j])
        slope = (omega(s + step) - omega(s - step)) / (2 * step[i, j])
        found[i, j] = found[j, i] = slope if i == j else slope / 2
    return found


@pytest.mark.parametrize(("metric", "form"), FIGURES)
@pytest.mark.parametrize("k", [2, 5])
def test_the_errors_are_those_of_numerical_derivatives(metric, form, k: int) -> None:
    x = attitude()[:, :k]
    s = np.cov(x.T)
    slopes = differences(s, metric, form)
    product = slopes @ s
    influence = np.einsum("ni,ij,nj->n", x - x.mean(axis=0), slopes, x - x.mean(axis=0))
    normal = mcdonald_omega(x, metric=metric, form=form)
    robust = mcdonald_omega(x, metric=metric, form=form, robust=True)
    assert normal.se == pytest.approx(np.sqrt(2 * np.trace(product @ product) / 29), rel=1e-6)
    assert robust.se == pytest.approx(np.sqrt(influence.var(ddof=1) / 30), rel=1e-6)


def test_of_parallel_items_the_error_is_that_of_alpha() -> None:
    s = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    moments = ItemMoments(400, np.zeros(6), s)
    omega, alpha = mcdonald_omega(moments, metric="raw", form="unique"), cronbach_alpha(moments)
    assert omega.estimate == pytest.approx(alpha.estimate)
    assert omega.se == pytest.approx(alpha.se, rel=2e-3)  # n - 1 here, n there


def test_rows_and_their_moments_give_the_same_interval() -> None:
    rows, sums = mcdonald_omega(attitude()), mcdonald_omega(item_moments(attitude()))
    assert rows.ci == pytest.approx(sums.ci, abs=1e-9)


def test_a_group_that_says_everything_twice_counts_once() -> None:
    x = np.tile(attitude(), (40, 1))
    once = mcdonald_omega(x, robust=True)
    twice = mcdonald_omega(np.repeat(x, 2, axis=0), groups=np.repeat(np.arange(len(x)), 2))
    naive = mcdonald_omega(np.repeat(x, 2, axis=0), robust=True)
    assert twice.se == pytest.approx(once.se, rel=2e-3)
    assert naive.se == pytest.approx(once.se / np.sqrt(2), rel=2e-3)


def test_heavy_tails_widen_the_robust_error_only() -> None:
    rng = np.random.default_rng(3)
    factor = rng.standard_normal((2000, 1)) * np.where(rng.random((2000, 1)) < 0.1, 4, 0.5)
    x = factor + rng.standard_normal((2000, 5))
    assert mcdonald_omega(x, robust=True).se > 2 * mcdonald_omega(x).se


@pytest.mark.parametrize(
    "items",
    [
        ItemMoments(100, np.zeros(4), edge_case("heywood")),
        edge_case("identical_items"),
        edge_case("two_items_neg"),
    ],
)
def test_on_the_edge_there_is_no_interval(items) -> None:
    omega = mcdonald_omega(items)
    assert omega.estimate is not None
    assert omega.ci is omega.se is None
    assert {"heywood", "check_keys"} & set(omega.warnings)


def test_loadings_that_nothing_determines_give_no_interval() -> None:
    s = np.eye(4)
    s[0, 1] = s[1, 0] = 0.5
    assert mcdonald_omega(ItemMoments(100, np.zeros(4), s)).ci is None


def test_two_groups_are_too_few_for_an_error() -> None:
    assert mcdonald_omega(attitude(), groups=np.arange(30) % 2).ci is None


def test_without_a_complete_row_there_is_no_interval() -> None:
    x = attitude()
    x[np.arange(30), np.arange(30) % 7] = np.nan
    found = mcdonald_omega(x, missing="pairwise")
    assert found.estimate is not None
    assert found.n == 0
    assert found.ci is mcdonald_omega(x, missing="pairwise", robust=True).ci is None


def test_rows_with_gaps_do_not_enter_the_robust_error() -> None:
    x = attitude()
    gaps = np.vstack([x, np.where(np.arange(7) == 2, np.nan, 50.0)])
    groups = np.append(np.arange(30) // 3, 99)
    assert mcdonald_omega(gaps, groups=groups).se == mcdonald_omega(x, groups=groups[:30]).se


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: mcdonald_omega(item_moments(attitude()), robust=True), "items"),
        (lambda: mcdonald_omega(item_moments(attitude()), groups=[1]), "items"),
        (lambda: mcdonald_omega(attitude(), groups=[1, 2]), "groups"),
        (lambda: mcdonald_omega(attitude(), confidence=95), "confidence"),
        (lambda: mcdonald_omega(attitude(), form="total"), "form"),
    ],
)
def test_wrong_arguments_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


scales = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(20, 80), st.integers(2, 6), st.floats(0.3, 0.9)
).map(lambda seed: answers(*seed))


def answers(seed: int, n: int, k: int, loading: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal((n, 1))
    latent = loading * factor + np.sqrt(1 - loading**2) * rng.standard_normal((n, k))
    return np.searchsorted([-1.5, -0.5, 0.5, 1.5], latent) + 1.0


@settings(max_examples=40)
@given(scales, st.sampled_from(FIGURES), st.booleans())
def test_the_interval_holds_the_estimate_and_stays_below_one(x, figure, robust: bool) -> None:
    omega = mcdonald_omega(x, metric=figure[0], form=figure[1], robust=robust)
    assert (omega.ci is None) == (omega.se is None)
    if omega.ci is not None:
        assert omega.ci[0] <= omega.estimate <= omega.ci[1] < 1


@settings(max_examples=40)
@given(scales, st.randoms(use_true_random=False), st.integers(2, 9), st.integers(-5, 5))
def test_order_unit_and_zero_change_nothing(x, random, unit: int, zero: int) -> None:
    rows, items = list(range(x.shape[0])), list(range(x.shape[1]))
    random.shuffle(rows)
    random.shuffle(items)
    one, two = mcdonald_omega(x), mcdonald_omega(x[rows][:, items] * unit + zero)
    assert two.n == one.n
    if "heywood" not in one.warnings and one.ci is not None:
        assert two.estimate == pytest.approx(one.estimate, abs=1e-7)
        assert two.ci == pytest.approx(one.ci, abs=1e-5)


def test_three_proper_items_are_no_heywood_case() -> None:
    rows = [[1, 2, 2], [2, 2, 3], [3, 3, 2], [4, 5, 4], [5, 4, 5], [3, 3, 4], [2, 1, 2], [4, 4, 3]]
    found = mcdonald_omega(rows)
    assert "heywood" not in found.warnings
    assert found.uniquenesses is not None
    assert found.loadings is not None
    np.testing.assert_allclose(found.uniquenesses, 1 - found.loadings**2, atol=1e-9)
