"""The marks that planted scores lead to."""

import numpy as np
import pytest

from survey.demo.truth import RaterModel, expected_marks, plant


def test_expected_marks_are_those_of_many_simulated_marks() -> None:
    # witness: a million draws; the standard error of their mean is below .001
    centre, sd = np.array([2.1, 3.7, 4.8]), 0.8
    draws = np.random.default_rng(1).normal(centre, sd, size=(1_000_000, 3))
    marks = np.clip(np.rint(draws), 1, 5)
    mean, variance = expected_marks(centre, sd, 1, 5)
    assert mean == pytest.approx(marks.mean(axis=0), abs=0.004)
    assert variance == pytest.approx(marks.var(axis=0), abs=0.008)


def test_planted_scores_have_the_spread_they_should() -> None:
    model = RaterModel()
    truth = plant(20_000, ("a", "b", "c"), model, np.random.default_rng(2))
    # standard errors at n = 20,000: sd .0023, correlation .0045 (1 - r²)/sqrt(n); four of each allowed
    assert truth.score.std(axis=0) == pytest.approx(np.full(3, model.between_sd), abs=0.01)
    assert np.corrcoef(truth.score.T)[0, 1] == pytest.approx(model.general_share, abs=0.02)
    assert truth.leniency.std() == pytest.approx(model.leniency_sd, abs=0.01)
