"""Moments of many rows: the same as from NumPy's own covariance, whatever the numbers are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.moments import item_moments

ROWS = 9_000  # more than are taken at once


def table(kind: str, seed: int = 0) -> np.ndarray:
    """Items that go together, of four kinds of numbers."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(ROWS, 1)) + rng.normal(size=(ROWS, 4))
    steps = np.clip(np.rint(latent + 3), 1, 5)
    return {
        "steps": steps,
        "fractions": latent / 3,
        "far": 1e6 + latent,
        "narrow": 7 + 1e-4 * latent,
        "large": np.rint(latent * 1000),
        "bytes": steps.astype(np.int8),
        "short": latent.astype(np.float32),
    }[kind]


def with_gaps(x: np.ndarray, share: float = 0.05) -> np.ndarray:
    """Some answers are missing, in every row that is taken at once."""
    holes = np.random.default_rng(9).random(x.shape) < share
    return np.where(holes, np.nan, x)


@pytest.mark.parametrize("kind", ["steps", "fractions", "far", "narrow", "large", "bytes", "short"])
def test_complete_rows(kind: str) -> None:
    x = table(kind)
    found = item_moments(x)
    np.testing.assert_allclose(found.covariance, np.cov(x.astype(float), rowvar=False), rtol=1e-9)
    np.testing.assert_allclose(found.mean, x.mean(axis=0, dtype=float), rtol=1e-12)
    assert found.n == ROWS


@pytest.mark.parametrize("kind", ["steps", "fractions", "far", "narrow", "large"])
def test_rows_with_gaps_are_left_out_listwise(kind: str) -> None:
    x = with_gaps(table(kind))
    whole = x[~np.isnan(x).any(axis=1)]
    found = item_moments(x)
    np.testing.assert_allclose(found.covariance, np.cov(whole, rowvar=False), rtol=1e-9)
    assert found.n == len(whole)


@pytest.mark.parametrize("kind", ["steps", "fractions", "far", "narrow", "large"])
def test_each_pair_has_its_own_rows_pairwise(kind: str) -> None:
    x = with_gaps(table(kind))
    found = item_moments(x, missing="pairwise")
    assert found.pair_correlation is not None
    for i, j in [(0, 1), (2, 3), (1, 1)]:
        both = ~np.isnan(x[:, [i, j]]).any(axis=1)
        expected = np.cov(x[both, i], x[both, j])
        np.testing.assert_allclose(found.covariance[i, j], expected[0, 1], rtol=1e-9)
        r = expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1])
        np.testing.assert_allclose(found.pair_correlation[i, j], r, rtol=1e-9)
    assert found.n == (~np.isnan(x).any(axis=1)).sum()
    assert item_moments(x, missing="pairwise", pair_correlation=False).pair_correlation is None


def test_a_gap_far_down_still_makes_it_pairwise() -> None:
    x = table("steps")
    x[ROWS - 2, 1] = np.nan
    assert item_moments(x, missing="pairwise").missing == "pairwise"
    assert item_moments(x[: ROWS - 2], missing="pairwise").missing == "listwise"


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_items_that_nobody_answered_stand_aside(missing: str) -> None:
    x = with_gaps(table("steps"))
    wide = np.column_stack([x[:, :2], np.full(ROWS, np.nan), x[:, 2:]])
    found, expected = item_moments(wide, missing=missing), item_moments(x, missing=missing)
    kept = [0, 1, 3, 4]
    np.testing.assert_array_equal(found.covariance[np.ix_(kept, kept)], expected.covariance)
    assert np.isnan(found.mean[2])
    assert np.isnan(found.covariance[2]).all()
    assert found.n == expected.n


def test_an_item_first_answered_in_the_middle_is_answered() -> None:
    x = table("steps")
    x[:5_000, 2] = np.nan
    x[6_000:, 2] = np.nan
    assert item_moments(x).n == 1_000


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("gaps", [0.0, 0.05])
def test_infinite_numbers_are_refused(missing: str, value: float, gaps: float) -> None:
    x = with_gaps(table("steps"), gaps)
    x[ROWS - 5] = value
    x[ROWS - 6, 0] = -value
    with pytest.raises(ValueError, match="infinite"):
        item_moments(x, missing=missing)


@pytest.mark.parametrize("offset", [0.0, 3.0, 500.0, 1e8])
def test_a_constant_item_has_no_variance_at_all(offset: float) -> None:
    x = table("steps")
    x[:, 0] = offset
    assert item_moments(x).covariance[0].tolist() == [0.0] * 4
    assert item_moments(with_gaps(x), missing="pairwise").covariance[0, 0] == 0.0


@given(st.integers(0, 1000), st.sampled_from(["listwise", "pairwise"]))
def test_the_order_of_rows_changes_nothing(seed: int, missing: str) -> None:
    x = with_gaps(table("steps"))
    mixed = np.random.default_rng(seed).permutation(x)
    one, two = item_moments(x, missing=missing), item_moments(mixed, missing=missing)
    np.testing.assert_array_equal(one.covariance, two.covariance)


def test_no_rows_give_no_moments() -> None:
    found = item_moments(np.zeros((0, 3)))
    assert found.n == 0
    assert np.isnan(found.covariance).all()
