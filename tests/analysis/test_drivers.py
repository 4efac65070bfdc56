"""Relative weights: they share out R², and know correlated predictors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drivers import relative_weights, relative_weights_of_covariances


def draw(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    common = random.normal(size=(n, 1))
    x = 0.7 * common + random.normal(size=(n, 4))
    return x, x @ [0.6, 0.3, 0.1, 0.0] + random.normal(size=n)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_weights_share_out_r_squared_whatever_the_units(seed: int) -> None:
    x, y = draw(seed)
    found = relative_weights(x, y, resamples=0)
    fitted = np.column_stack([np.ones(len(x)), x])
    left = y - fitted @ np.linalg.lstsq(fitted, y, rcond=None)[0]
    assert found.estimate == pytest.approx(1 - (left**2).sum() / ((y - y.mean()) ** 2).sum())
    assert (found.weights >= 0).all()
    assert found.shares.sum() == pytest.approx(1)
    other = relative_weights(x[:, ::-1] * [1, 10, 0.1, -5], 3 * y + 1, resamples=0)
    np.testing.assert_allclose(other.weights[::-1], found.weights, atol=1e-9)


def test_uncorrelated_predictors_weigh_their_squared_correlations() -> None:
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 5, dtype=float)
    y = x @ [2.0, 1.0] + np.tile([0.5, -0.5], 10)
    found = relative_weights(x, y, resamples=0)
    expected = [np.corrcoef(x[:, place], y)[0, 1] ** 2 for place in (0, 1)]
    assert found.weights == pytest.approx(expected)
    assert found.order == [0, 1]


def test_weights_are_those_of_johnsons_orthogonal_variables() -> None:
    """Johnson (2000): Z = P Q' from X = P D Q', the regression of y on Z and of X on Z, both squared."""
    x, y = draw(3)
    x, y = ((values - values.mean(axis=0)) / values.std(axis=0) / np.sqrt(len(y)) for values in (x, y))
    left, _, right = np.linalg.svd(x, full_matrices=False)
    z = left @ right
    expected = (z.T @ x).T ** 2 @ (z.T @ y) ** 2
    assert relative_weights(x, y, resamples=0).weights == pytest.approx(expected)


def test_the_interval_is_the_same_every_time_and_holds_the_weight() -> None:
    x, y = draw(7)
    order = np.random.default_rng(1).permutation(len(y))
    one = relative_weights(x, y, resamples=200)
    other = relative_weights(x[order], y[order], resamples=200)
    np.testing.assert_allclose(one.low, other.low, atol=1e-12)
    np.testing.assert_allclose(one.high, other.high, atol=1e-12)
    assert ((one.low <= one.weights) & (one.weights <= one.high)).all()
    assert (relative_weights(x, y, resamples=200, seed=2).low != one.low).all()
    assert "200 resamples" in one.method


def test_correlations_and_covariances_give_what_rows_give() -> None:
    x, y = draw(9)
    table = np.column_stack([x, y])
    rows = relative_weights(x, y, resamples=0)
    for sums in (np.cov(table, rowvar=False), np.corrcoef(table, rowvar=False)):
        found = relative_weights_of_covariances(sums, len(y))
        np.testing.assert_allclose(found.weights, rows.weights, atol=1e-12)
        assert found.ci == pytest.approx(rows.ci)
        assert (found.estimate, found.n) == (pytest.approx(rows.estimate), 120)


def test_errors_of_the_delta_method_and_the_bootstrap_are_those_of_repeated_samples() -> None:
    many = [draw(seed, n=300) for seed in range(300)]
    weights = np.array([relative_weights(x, y, resamples=0).weights for x, y in many])
    told = relative_weights_of_covariances(np.cov(np.column_stack(draw(0, n=200_000)), rowvar=False), 300)
    assert told.errors == pytest.approx(weights.std(axis=0), rel=0.15)
    assert told.se == pytest.approx(weights.sum(axis=1).std(), rel=0.15)
    bootstrap = np.mean([relative_weights(x, y, resamples=200).errors for x, y in many[:20]], axis=0)
    assert bootstrap == pytest.approx(weights.std(axis=0), rel=0.15)


def test_what_cannot_be_told_has_a_reason_and_a_gap_leaves_the_row_out() -> None:
    x, y = draw(1, n=60)
    assert relative_weights(x[:5], y[:5]).reason == "too_few_rows"
    assert relative_weights(x, np.full(60, 0.1)).reason == "no_variance"
    assert relative_weights(np.full((60, 2), 0.1), y).reason == "no_variance"
    assert relative_weights(np.zeros((0, 2)), []).reason == "too_few_rows"
    assert relative_weights(np.column_stack([x, x[:, 0] + x[:, 1]]), y).reason == "collinear_items"
    impossible = [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]
    assert relative_weights_of_covariances(impossible, 100).reason == "indefinite"
    holed = x.copy()
    holed[0, 0] = np.nan
    found = relative_weights(holed, y, resamples=0)
    assert found.n == 59
    np.testing.assert_allclose(found.weights, relative_weights(x[1:], y[1:], resamples=0).weights)


def test_a_predictor_that_does_not_vary_is_left_out_and_named() -> None:
    x, y = draw(1, n=40)
    still = np.insert(x, 2, 0.1, axis=1)
    found, plain = relative_weights(still, y, resamples=50), relative_weights(x, y, resamples=50)
    assert found.warnings == ("constant_item_dropped", "few_rows")
    for name in ("weights", "shares", "errors", "low", "high"):
        np.testing.assert_allclose(np.delete(getattr(found, name), 2), getattr(plain, name))
        assert np.isnan(getattr(found, name)[2])
    assert 2 not in found.order


def test_resamples_in_which_nothing_varies_are_told() -> None:
    x = np.zeros((12, 1))
    x[0] = 1
    found = relative_weights(x, np.arange(12) % 5, resamples=200)
    assert "draws_without_variance" in found.warnings
    assert found.high[0] >= found.weights[0]


def test_a_perfect_and_an_absent_relation() -> None:
    x, _ = draw(5)
    perfect = relative_weights(x, x @ [1, 2, 0, 1], resamples=0)
    assert perfect.estimate == pytest.approx(1)
    assert perfect.ci == pytest.approx((1, 1), abs=1e-6)
    square = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 20, dtype=float)
    absent = relative_weights(square, square[:, 0] * square[:, 1], resamples=20)
    assert absent.estimate == pytest.approx(0, abs=1e-12)
    assert np.isnan(absent.shares).all()


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="outcome"):
        relative_weights([[1, 2], [2, 1]], [1])
    with pytest.raises(ValueError, match="resamples"):
        relative_weights([[1, 2], [2, 1]], [1, 2], resamples=-1)
    for wrong in ([[1, 0.5]], [[1, 0.5], [0.4, 1]], [[1, np.nan], [np.nan, 1]], [[1]]):
        with pytest.raises(ValueError, match="covariances"):
            relative_weights_of_covariances(wrong, 10)
    with pytest.raises(ValueError, match="variances"):
        relative_weights_of_covariances([[1, 0], [0, -1]], 10)
