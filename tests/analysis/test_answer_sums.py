"""Kept sums give what the rows give, add up, and tell what the overall judgement goes with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import relative_weights_of_covariances
from analysis.drivers import weights_in_own_mean
from analysis.satisfaction import (
    AnswerSums,
    answer_covariances,
    answer_sums,
    index_error,
    index_error_of_sums,
    no_answers,
)
from survey.rules import satisfaction_policy
from tests.analysis.test_index_interval import draw

POLICY = satisfaction_policy()
PARTS = ("element_n", "element_mean", "element_error", "element_low", "element_high")


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(0, 60),
    gaps=st.sampled_from([0.0, 0.2, 0.9]),
    mode=st.sampled_from(sorted(POLICY.weights)),
)
def test_sums_give_the_error_of_the_rows(seed: int, n: int, gaps: float, mode: str) -> None:
    rows = draw(n, seed, gaps) if n else np.empty((0, 9))
    cut = n // 3
    kept = answer_sums(rows[:cut], POLICY) + answer_sums(rows[cut:], POLICY) + no_answers(POLICY)
    of_rows = index_error(rows, POLICY, weight_mode=mode)
    of_sums = index_error_of_sums(kept, POLICY, weight_mode=mode)
    assert of_sums.warnings == of_rows.warnings
    assert (of_sums.n, of_sums.incomplete) == (of_rows.n, of_rows.incomplete)
    for name in ("estimate", "se", "ci"):
        expected = getattr(of_rows, name)
        assert getattr(of_sums, name) == (expected and pytest.approx(expected, rel=1e-9, abs=1e-9)), name
    for name in PARTS:
        np.testing.assert_allclose(getattr(of_sums, name), getattr(of_rows, name), rtol=1e-9, err_msg=name)


def test_covariances_of_complete_rows_are_the_usual_ones() -> None:
    rows = draw(80, 2)
    covariance, n = answer_covariances(answer_sums(rows, POLICY))
    np.testing.assert_allclose(covariance, np.cov(rows.T), atol=1e-12)
    assert n == 80


def test_sums_of_other_elements_are_refused() -> None:
    sums = answer_sums(draw(5, 1), POLICY)
    other = AnswerSums(("a",), 0, 0, *np.zeros((3, 1, 1), dtype=np.int64))
    with pytest.raises(ValueError, match="elements"):
        _ = sums + other
    with pytest.raises(ValueError, match="elements"):
        index_error_of_sums(other, POLICY)


def test_the_mean_stands_for_the_overall_judgement() -> None:
    rows = draw(300, 4)
    with_mean = np.cov(np.column_stack([rows, rows.mean(axis=1)]).T)
    expected = relative_weights_of_covariances(with_mean, 300)
    found = weights_in_own_mean(np.cov(rows.T), 300)
    np.testing.assert_allclose(found.shares, expected.shares, rtol=1e-6)
    assert found.estimate == pytest.approx(1.0)
    assert found.shares.sum() == pytest.approx(1.0)
