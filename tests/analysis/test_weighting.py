"""The index with its error, weights to a population, and sample sizes turned round."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.satisfaction import satisfaction_index
from analysis.weighting import covered_population, index_error, margin_of_error, post_stratification_weights
from survey.rules import satisfaction_policy

POLICY = satisfaction_policy()


def draw(n: int, seed: int, gaps: float = 0.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    common = random.normal(size=(n, 1))
    rows = np.clip(np.rint(3.1 + 0.4 * common + 0.6 * random.normal(size=(n, 9))), 1, 4)
    rows[random.random(rows.shape) < gaps] = np.nan
    return rows


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.1]))
def test_the_figure_is_the_index_and_lies_in_its_interval(seed: int, gaps: float) -> None:
    rows = draw(60, seed, gaps)
    found, exact = index_error(rows, POLICY), satisfaction_index(rows, policy=POLICY)
    assert exact.ikm_exact is not None
    assert found.estimate == pytest.approx(float(exact.ikm_exact))
    assert found.ci is not None
    assert 25 <= found.ci[0] <= found.estimate <= found.ci[1] <= 100
    order = np.random.default_rng(seed).permutation(len(rows))
    assert index_error(rows[order], POLICY).se == pytest.approx(found.se)


def test_without_gaps_the_error_is_that_of_the_respondents_own_indices() -> None:
    rows = draw(80, 1)
    own = rows.mean(axis=1) * 25
    found = index_error(rows, POLICY)
    assert found.se == pytest.approx(own.std(ddof=1) / np.sqrt(80))
    assert found.element_error == pytest.approx(rows.std(axis=0, ddof=1) / np.sqrt(80))


def test_the_interval_covers_what_is_true_as_often_as_it_says() -> None:
    truth = index_error(draw(400_000, 999, gaps=0.05), POLICY).estimate
    held = 0
    for seed in range(400):
        ci = index_error(draw(50, seed, gaps=0.05), POLICY).ci
        held += ci is not None and ci[0] <= (truth or 0) <= ci[1]
    assert 0.92 <= held / 400 <= 0.98


def test_who_asks_everybody_has_no_error_and_printed_weights_are_kept() -> None:
    rows = draw(40, 3)
    assert index_error(rows, POLICY, population=40).se == 0
    assert index_error(rows, POLICY, population=80).se == pytest.approx(
        (index_error(rows, POLICY).se or 0) * np.sqrt(0.5)
    )
    short = index_error(rows, POLICY, weight_mode="0.11")
    assert short.estimate == pytest.approx(0.99 * (index_error(rows, POLICY).estimate or 0))


def test_weights_bring_the_strata_to_their_shares() -> None:
    rows = draw(100, 5)
    strata = np.array(["young"] * 80 + ["old"] * 20)
    found = post_stratification_weights(strata, {"young": 500, "old": 500})
    assert found.weights.mean() == pytest.approx(1)
    assert found.weights[strata == "old"].sum() == pytest.approx(50)
    assert found.estimate == pytest.approx(100 / (found.design_effect or 0))
    weighted = index_error(rows, POLICY, weights=found.weights)
    halves = [rows[strata == name].mean() * 25 for name in ("young", "old")]
    assert weighted.estimate == pytest.approx(np.mean(halves))
    assert (weighted.se or 0) > (index_error(rows, POLICY).se or 0)


def test_an_empty_or_unknown_stratum_is_told() -> None:
    found = post_stratification_weights(["a", "a", "x"], {"a": 1, "b": 1})
    assert found.warnings == ("empty_stratum", "unknown_stratum")
    assert found.weights.tolist() == [1, 1, 0]
    assert post_stratification_weights(["x"], {"a": 1}).reason == "no_respondents"


def test_an_element_without_answers_leaves_no_index() -> None:
    rows = draw(40, 2)
    rows[:, 3] = np.nan
    found = index_error(rows, POLICY)
    assert (found.estimate, found.ci, found.reason) == (None, None, "element_without_answers")
    assert np.isnan(found.element_mean[3])


@given(population=st.integers(2, 100_000), share=st.floats(0.01, 1))
def test_margin_and_size_are_inverse(population: int, share: float) -> None:
    sample = max(1, int(population * share))
    d = margin_of_error(sample, population)
    spread = Fraction("3.841") / 4
    if d > 0:
        size = float(spread) * population / (d**2 * (population - 1) + float(spread))
        assert size == pytest.approx(sample, rel=1e-9)
    else:
        assert sample == population


@given(sample=st.integers(1, 384))
def test_a_sample_covers_exactly_as_many_as_it_is_enough_for(sample: int) -> None:
    largest = covered_population(sample)
    spread, d2 = Fraction("3.841") / 4, Fraction(1, 400)
    assert largest is not None
    assert spread * largest / (d2 * (largest - 1) + spread) <= sample
    assert spread * (largest + 1) / (d2 * largest + spread) > sample
    assert covered_population(385) is None


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="population"):
        post_stratification_weights(["a"], {"a": -1})
    with pytest.raises(ValueError, match="weights, population"):
        index_error(draw(40, 1), POLICY, population=10)
    with pytest.raises(ValueError, match="weight_mode"):
        index_error(draw(40, 1), POLICY, weight_mode="2")
    with pytest.raises(ValueError, match="rows"):
        index_error([[1, 2]], POLICY)
    with pytest.raises(ValueError, match="sample"):
        margin_of_error(11, 10)
    with pytest.raises(ValueError, match="sample"):
        covered_population(0, error=Decimal("0.05"))
