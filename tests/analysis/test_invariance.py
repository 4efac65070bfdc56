"""Measurement invariance on groups that differ in one known way.

The values of lavaan are compared in test_reference_keys.
"""

import numpy as np
import pytest

from analysis import cfa, invariance
from analysis.factors.cfa_likelihood import Likelihood
from analysis.factors.cfa_samples import patterns
from analysis.factors.cfa_structure import as_structure, freedom, plan

LOADINGS = np.array([0.9, 0.8, 0.7, 0.6, 0.75])
RESIDUALS = np.array([0.4, 0.5, 0.6, 0.5, 0.4])
INTERCEPTS = np.array([3.0, 3.5, 2.5, 3.0, 4.0])


def group(
    n: int,
    seed: int,
    *,
    trait_mean: float = 0.0,
    trait_sd: float = 1.0,
    loadings: np.ndarray = LOADINGS,
    intercepts: np.ndarray = INTERCEPTS,
    residuals: np.ndarray = RESIDUALS,
) -> np.ndarray:
    rng = np.random.default_rng(seed)
    trait = trait_mean + trait_sd * rng.normal(size=(n, 1))
    return intercepts + trait * loadings + rng.normal(size=(n, 5)) * np.sqrt(residuals)


def changed(values: np.ndarray, by: float) -> np.ndarray:
    other = values.copy()
    other[1] += by
    return other


def two_groups(n: int = 1_000, **second: object) -> tuple[np.ndarray, np.ndarray]:
    return np.vstack([group(n, 1), group(n, 2, **second)]), np.repeat(["a", "b"], n)


def test_groups_alike_keep_all_equalities() -> None:
    found = invariance(*two_groups())
    assert [step.name for step in found.steps] == ["configural", "metric", "scalar", "strict"]
    assert [step.fit.df for step in found.steps] == [10, 14, 18, 23]
    assert found.supported == "strict"
    assert min(step.delta_p for step in found.steps[1:]) > 0.001
    assert found.warnings == ()
    assert found.group_n.tolist() == [1_000, 1_000]
    assert abs(found.factor_means[1, 0]) < 3.5 * found.factor_means_se[1, 0]


@pytest.mark.parametrize(
    ("second", "supported"),
    [
        ({"loadings": changed(LOADINGS, -0.5)}, "configural"),
        ({"intercepts": changed(INTERCEPTS, 0.5)}, "metric"),
        ({"intercepts": changed(INTERCEPTS, 0.2)}, "metric"),
        ({"residuals": changed(RESIDUALS, 1.0)}, "scalar"),
        ({"trait_sd": 1.6, "trait_mean": 0.7}, "strict"),
    ],
    ids=["loading", "intercept", "small intercept", "residual", "trait only"],
)
def test_a_difference_shows_at_its_step(second: dict, supported: str) -> None:
    assert invariance(*two_groups(**second)).supported == supported


def test_a_fall_in_cfi_counts_though_rmsea_rises_less() -> None:
    """Two items share more than the trait, so that no model fits well and RMSEA falls with each df."""
    x, groups = two_groups(intercepts=changed(INTERCEPTS, 0.3))
    x[:, 3:] += 0.7 * np.random.default_rng(50).normal(size=(len(x), 1))
    found = invariance(x, groups)
    assert found.steps[2].delta_rmsea < 0
    assert found.steps[2].delta_cfi < -0.010
    assert found.supported == "metric"


def test_true_means_come_out_in_units_of_the_first_group() -> None:
    found = invariance(*two_groups(trait_mean=0.7, trait_sd=1.3))
    assert found.factor_means[0, 0] == 0
    assert found.factor_means_se[0, 0] == 0
    assert abs(found.factor_means[1, 0] - 0.7) < 3.5 * found.factor_means_se[1, 0]


def test_steps_tell_what_they_lose() -> None:
    found = invariance(*two_groups(intercepts=changed(INTERCEPTS, 0.3)))
    first, *others = found.steps
    assert (first.delta_chi2, first.delta_df, first.delta_cfi) == (None, None, None)
    for before, step in zip(found.steps, others, strict=False):
        assert step.delta_chi2 == pytest.approx(step.fit.chi2 - before.fit.chi2)
        assert step.delta_cfi == pytest.approx(step.fit.cfi - before.fit.cfi)
        assert step.delta_rmsea == pytest.approx(step.fit.rmsea - before.fit.rmsea)
        assert step.delta_df == step.fit.df - before.fit.df
    assert found.estimate == pytest.approx(max(-step.delta_cfi for step in others))


def test_the_configural_model_is_each_group_on_its_own() -> None:
    x, groups = two_groups(200)
    found = invariance(x, groups)
    alone = [cfa(x[groups == label], estimator="mlr").fit for label in ("a", "b")]
    assert found.steps[0].fit.chi2 == pytest.approx(sum(fit.chi2 for fit in alone), rel=1e-6)
    assert found.steps[0].fit.logl == pytest.approx(sum(fit.logl for fit in alone), rel=1e-9)
    assert found.steps[0].fit.n_parameters == sum(fit.n_parameters for fit in alone)


def test_names_and_order_of_groups_do_not_matter() -> None:
    x, groups = two_groups(200, trait_mean=0.5, trait_sd=1.4)
    plain = invariance(x, groups)
    swapped = invariance(x, np.where(groups == "a", "z", "b"))
    order = np.random.default_rng(0).permutation(len(x))
    shuffled = invariance(x[order], groups[order])
    for one, two, three in zip(plain.steps, swapped.steps, shuffled.steps, strict=True):
        assert two.fit.chi2 == pytest.approx(one.fit.chi2, rel=1e-6)
        assert three.fit.chi2 == pytest.approx(one.fit.chi2, rel=1e-6)
    assert swapped.labels.tolist() == ["b", "z"]


def test_three_groups_and_two_factors() -> None:
    x = np.vstack([np.hstack([group(300, s), group(300, s + 9)]) for s in (1, 2, 3)])
    factors = {"one": range(5), "two": range(5, 10)}
    found = invariance(x, np.repeat([1, 2, 3], 300), factors)
    assert [step.fit.df for step in found.steps] == [102, 118, 134, 154]
    assert found.factors == ("one", "two")
    assert found.factor_means.shape == (3, 2)
    assert found.supported == "strict"


def test_the_gradient_with_shared_parameters() -> None:
    structure = as_structure(None, 5)
    free = freedom(structure, intercepts=True, unit_variances=False, factor_means=False)
    shared = np.zeros(len(free), dtype=bool)
    shared[structure.slices["loadings"]] = True
    model = plan(np.array([free, free]), shared, np.tile(structure.unit(np.zeros(5)), (2, 1)))
    samples = [patterns(group(40, seed))[0]._replace(group=seed) for seed in (0, 1)]
    likelihood = Likelihood(structure, model, samples)
    at = np.random.default_rng(1).uniform(0.5, 1.0, model.n_free)
    steps = np.eye(len(at)) * 1e-6
    slope = [(likelihood.at(at + s).value - likelihood.at(at - s).value) / 2e-6 for s in steps]
    assert model.n_free == 27
    np.testing.assert_allclose(likelihood.at(at).gradient, slope, rtol=1e-5, atol=1e-4)


def test_gaps_and_rows_without_a_group_are_left_out() -> None:
    x, groups = two_groups(200)
    codes = np.where(groups == "a", 0.0, 1.0)
    plain = invariance(x, codes)
    worse = np.vstack([x, x[:3], x[:2]])
    worse[400:403, 1] = np.nan
    found = invariance(worse, np.concatenate([codes, [0, 0, 1], [np.nan, np.nan]]))
    assert found.n == 400
    assert found.steps[-1].fit.chi2 == pytest.approx(plain.steps[-1].fit.chi2, rel=1e-9)


def test_rows_that_belong_together_are_told() -> None:
    x, groups = two_groups(200)
    assert "clustered_data" in invariance(x, groups, clusters=np.arange(400) // 4).warnings
    assert "clustered_data" not in invariance(x, groups, clusters=np.arange(400)).warnings
    assert "clustered_data" not in invariance(x, groups).warnings


def test_small_groups_are_told() -> None:
    assert "few_rows" in invariance(*two_groups(90)).warnings


def test_a_negative_residual_variance_is_told() -> None:
    r = np.array([[1, 0.85, 0.85, 0.2], [0.85, 1, 0.65, 0.1], [0.85, 0.65, 1, 0.1], [0.2, 0.1, 0.1, 1]])
    x = np.random.default_rng(0).normal(size=(100, 4))
    white = (x - x.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(x.T))).T
    heywood = white @ np.linalg.cholesky(r).T  # rows whose covariance matrix is r
    found = invariance(np.vstack([heywood, heywood]), np.repeat([0, 1], 100))
    assert "heywood" in found.warnings


def constant_in_one_group() -> np.ndarray:
    x, _ = two_groups(100)
    x[100:, 2] = 3
    return x


@pytest.mark.parametrize(
    ("x", "groups", "reason"),
    [
        (group(50, 1), np.zeros(50, dtype=int), "one_group"),
        (group(50, 1), np.full(50, np.nan), "one_group"),
        (group(50, 1), np.repeat([0, 1], [46, 4]), "too_few_rows"),
        (constant_in_one_group(), np.repeat([0, 1], 100), "constant_item"),
        (group(50, 1)[:, [0, 1, 1]], np.arange(50) % 2, "singular_covariance"),
        (group(50, 1)[:, :2], np.arange(50) % 2, "not_identified"),
        (np.full((50, 4), np.nan), np.arange(50) % 2, "one_group"),
    ],
)
def test_data_without_an_answer_get_a_reason(x: np.ndarray, groups: np.ndarray, reason: str) -> None:
    found = invariance(x, groups)
    assert found.reason == reason
    assert found.supported is None
    assert found.factor_means is None


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"groups": np.zeros(3)}, "groups"),
        ({"groups": np.zeros(50), "clusters": np.zeros(3)}, "clusters"),
        ({"groups": np.zeros(50), "factors": {"a": [0, 9]}}, "factors"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}:"):
        invariance(group(50, 1), **arguments)
