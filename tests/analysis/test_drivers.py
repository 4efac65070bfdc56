"""Relative weights: they share out R², and know correlated predictors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.drivers import relative_weights


def draw(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    common = random.normal(size=(n, 1))
    x = 0.7 * common + random.normal(size=(n, 4))
    return x, x @ [0.6, 0.3, 0.1, 0.0] + random.normal(size=n)


@settings(max_examples=30, deadline=None)
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


def test_the_interval_is_the_same_every_time_and_holds_the_weight() -> None:
    x, y = draw(7)
    one, other = (relative_weights(x, y, resamples=200) for _ in range(2))
    np.testing.assert_array_equal(one.low, other.low)
    assert ((one.low <= one.weights) & (one.weights <= one.high)).all()


def test_what_cannot_be_told_has_a_reason_and_a_gap_leaves_the_row_out() -> None:
    x, y = draw(1, n=20)
    assert relative_weights(x[:5], y[:5]).reason == "few_rows"
    assert relative_weights(x, np.ones(20)).reason == "no_variance"
    assert relative_weights(np.column_stack([x, x[:, 0]]), y).reason == "collinear"
    still = x.copy()
    still[:, 2] = 3.0
    found = relative_weights(still, y, resamples=0)
    assert np.isnan(found.weights[2])
    assert found.warnings == ("constant_item",)
    assert 2 not in found.order
    holed = x.copy()
    holed[0, 0] = np.nan
    assert relative_weights(holed, y, resamples=0).n == 19


def test_lengths_must_fit() -> None:
    with pytest.raises(ValueError, match="outcome"):
        relative_weights([[1, 2], [2, 1]], [1])
