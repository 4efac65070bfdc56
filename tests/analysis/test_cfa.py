"""Factor models: on covariances made of known parameters, on simulated rows, and where there is no answer.

The values of lavaan are compared in test_reference_keys.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Cfa, ItemMoments, cfa, item_moments
from analysis.factors.cfa_estimation import maximise
from analysis.factors.cfa_likelihood import Likelihood
from analysis.factors.cfa_samples import patterns
from analysis.factors.cfa_structure import as_structure, freedom, plan

LOADINGS = np.array([0.9, 1.4, 0.5, 0.7, 1.1, 0.6])
RESIDUALS = np.array([0.5, 0.8, 0.6, 0.3, 0.9, 0.4])
RELATED = 0.4
TWO = {"left": [0, 1, 2], "right": [3, 4, 5]}
BELONGS = np.repeat(np.eye(2), 3, axis=0)


def implied() -> np.ndarray:
    loads = BELONGS * LOADINGS[:, np.newaxis]
    return loads @ np.array([[1, RELATED], [RELATED, 1]]) @ loads.T + np.diag(RESIDUALS)


def moments(covariance: np.ndarray, n: int = 500) -> ItemMoments:
    """Moments whose covariance matrix with divisor n is the one given."""
    return ItemMoments(n, np.zeros(len(covariance)), covariance * n / (n - 1))


def rows(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal(np.arange(6), implied(), n)


def gapped(n: int, seed: int = 0) -> np.ndarray:
    x = rows(n, seed)
    x[np.random.default_rng(seed).random(x.shape) < 0.2] = np.nan
    return x


def test_known_parameters_are_found_again() -> None:
    model = cfa(moments(implied()), TWO)
    np.testing.assert_allclose(model.loadings, BELONGS * LOADINGS[:, np.newaxis], atol=1e-6)
    np.testing.assert_allclose(model.residual_variances, RESIDUALS, atol=1e-6)
    assert model.factor_correlation[0, 1] == pytest.approx(RELATED, abs=1e-6)
    assert model.fit.chi2 == pytest.approx(0, abs=1e-6)
    assert (model.fit.df, model.fit.n_parameters) == (8, 13)
    assert (model.fit.cfi, model.estimate, model.warnings) == (1, 0, ())
    total = LOADINGS[:3].sum() ** 2
    assert model.omega[0] == pytest.approx(total / (total + RESIDUALS[:3].sum()), abs=1e-7)
    assert model.omega_observed[0] == pytest.approx(model.omega[0], abs=1e-7)
    share = LOADINGS[:3] ** 2
    extracted = share.sum() / (share.sum() + RESIDUALS[:3].sum())
    assert model.average_variance_extracted[0] == pytest.approx(extracted, abs=1e-7)


def test_the_unit_of_a_factor_does_not_touch_what_is_standardized() -> None:
    x = rows(400)
    unit, marked = cfa(x, TWO), cfa(x, TWO, identification="marker")
    np.testing.assert_allclose(marked.standardized, unit.standardized, atol=1e-7)
    np.testing.assert_allclose(marked.standardized_se, unit.standardized_se, atol=1e-7)
    np.testing.assert_allclose(marked.omega, unit.omega, atol=1e-7)
    assert marked.fit == unit.fit
    assert marked.loadings[0, 0] == marked.loadings[3, 1] == 1
    assert marked.loadings_se[0, 0] == 0
    scale = unit.loadings[0, 0]
    assert marked.factor_covariance[0, 0] == pytest.approx(scale**2)
    assert marked.factor_covariance_se[0, 0] == pytest.approx(2 * scale * unit.loadings_se[0, 0])


@settings(max_examples=20)  # each example fits models
@given(st.permutations(range(6)), st.integers(0, 3))
def test_the_order_of_items_and_factors_does_not_matter(order: list[int], seed: int) -> None:
    x = rows(150, seed)
    place = {old: new for new, old in enumerate(order)}
    moved = cfa(x[:, order], {"right": [place[i] for i in (3, 4, 5)], "left": [place[i] for i in (0, 1, 2)]})
    plain = cfa(x, TWO)
    assert moved.fit.chi2 == pytest.approx(plain.fit.chi2, rel=1e-6)
    np.testing.assert_allclose(moved.standardized[:3, 0], plain.standardized[3:, 1], atol=1e-6)
    np.testing.assert_allclose(moved.loadings_se[3:, 1], plain.loadings_se[:3, 0], atol=1e-6)
    assert moved.columns == tuple(place[i] for i in (3, 4, 5, 0, 1, 2))


@settings(max_examples=20)  # each example fits models
@given(st.lists(st.sampled_from([-3.0, -1.0, 1e-4, 1.0, 2e3]), min_size=6, max_size=6), st.integers(0, 3))
def test_units_and_directions_of_items_do_not_matter(units: list[float], seed: int) -> None:
    x = rows(150, seed)
    plain, moved = cfa(x, TWO), cfa(x * units + 7, TWO)
    assert moved.fit.chi2 == pytest.approx(plain.fit.chi2, rel=1e-6)
    np.testing.assert_allclose(np.abs(moved.standardized), np.abs(plain.standardized), atol=1e-6)
    np.testing.assert_allclose(moved.standardized_se, plain.standardized_se, atol=1e-6)
    sign = np.sign(moved.standardized.sum(axis=1) * plain.standardized.sum(axis=1) * np.sign(units))
    assert (sign[:3] == sign[0]).all()
    assert (sign[3:] == sign[3]).all()


def test_rows_and_moments_give_the_same() -> None:
    x = gapped(200)
    by_rows, by_moments = cfa(x, TWO), cfa(item_moments(x), TWO)
    assert by_rows.fit == by_moments.fit
    np.testing.assert_array_equal(by_rows.loadings_se, by_moments.loadings_se)


def test_columns_outside_the_model_count_for_nothing() -> None:
    x = rows(200)
    beside = np.column_stack([np.full(200, np.nan), x])
    model = cfa(beside, {name: [column + 1 for column in own] for name, own in TWO.items()})
    assert model.n == 200
    assert model.fit == cfa(x, TWO).fit


def test_the_gradient_is_the_slope_of_the_likelihood() -> None:
    structure = as_structure(TWO, 6)
    free = freedom(structure, intercepts=True, unit_variances=False, factor_means=True)
    model = plan(free[np.newaxis], np.zeros(len(free), dtype=bool), structure.unit(np.zeros(6))[np.newaxis])
    likelihood = Likelihood(structure, model, patterns(gapped(60)))
    at = np.random.default_rng(1).uniform(0.5, 1.0, model.n_free)
    at[structure.slices["factor_covariance"]] = [1.2, 0.3, 0.9]
    steps = np.eye(len(at)) * 1e-6
    slope = [(likelihood.at(at + s).value - likelihood.at(at - s).value) / 2e-6 for s in steps]
    np.testing.assert_allclose(likelihood.at(at).gradient, slope, rtol=1e-5, atol=1e-4)


def test_the_information_is_the_mean_curvature() -> None:
    """At the parameters that made the covariance matrix, expected and observed are one."""
    structure = as_structure(TWO, 6)
    free = freedom(structure, intercepts=False, unit_variances=True, factor_means=False)
    model = plan(free[np.newaxis], np.zeros(len(free), dtype=bool), structure.unit(np.zeros(6))[np.newaxis])
    sample = patterns(rows(50))[0]._replace(mean=np.zeros(6), covariance=implied())
    likelihood = Likelihood(structure, model, [sample])
    at = np.concatenate([LOADINGS, RESIDUALS, [RELATED]])
    steps = np.eye(len(at)) * 1e-5
    slope = [(likelihood.at(at - s).gradient - likelihood.at(at + s).gradient) / 2e-5 for s in steps]
    np.testing.assert_allclose(likelihood.information(at), slope, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("estimator", ["ml", "mlr", "fiml"])
def test_estimates_lie_near_the_truth_in_their_standard_errors(estimator: str) -> None:
    options = {"missing": "fiml"} if estimator == "fiml" else {"estimator": estimator}
    x = gapped(3_000, 5) if estimator == "fiml" else rows(3_000, 5)
    model = cfa(x, TWO, **options)
    apart = (model.loadings.sum(axis=1) - LOADINGS) / model.loadings_se.sum(axis=1)
    assert np.abs(apart).max() < 3.5
    assert abs(model.factor_correlation[0, 1] - RELATED) < 3.5 * model.factor_correlation_se[0, 1]
    assert (model.scaled_fit or model.fit).p > 0.001
    assert model.warnings == ()


def test_standard_errors_of_omega_tell_how_it_varies() -> None:
    found = [cfa(rows(200, seed), TWO) for seed in range(150)]
    spread = np.std([model.omega for model in found], axis=0)
    np.testing.assert_allclose(np.mean([model.omega_se for model in found], axis=0), spread, rtol=0.2)


def test_errors_with_gaps_come_from_the_curvature_that_was_observed() -> None:
    x = gapped(150)
    structure = as_structure(TWO, 6)
    free = freedom(structure, intercepts=True, unit_variances=True, factor_means=False)
    model = plan(free[np.newaxis], np.zeros(len(free), dtype=bool), structure.unit(np.zeros(6))[np.newaxis])
    likelihood = Likelihood(structure, model, patterns(x))
    at = maximise(likelihood, np.concatenate([LOADINGS, RESIDUALS, [RELATED], np.arange(6)])).free
    steps = np.eye(len(at)) * 1e-5
    slope = [(likelihood.at(at - s).gradient - likelihood.at(at + s).gradient) / 2e-5 for s in steps]
    errors = np.sqrt(np.diag(np.linalg.inv(slope)))
    np.testing.assert_allclose(cfa(x, TWO, missing="fiml").residual_variances_se, errors[6:12], rtol=1e-5)


def test_without_gaps_all_answers_are_complete_rows() -> None:
    x = rows(300)
    listwise, all_answers = cfa(x, TWO), cfa(x, TWO, missing="fiml")
    assert all_answers.fit.chi2 == pytest.approx(listwise.fit.chi2, rel=1e-6)
    assert all_answers.fit.logl == pytest.approx(listwise.fit.logl, rel=1e-9)
    assert all_answers.fit.n_parameters == listwise.fit.n_parameters + 6
    np.testing.assert_allclose(all_answers.loadings, listwise.loadings, atol=1e-6)


def test_empty_rows_are_no_observations() -> None:
    x = gapped(300)
    found = cfa(np.vstack([x, np.full((5, 6), np.nan)]), TWO, missing="fiml")
    assert found.n == (~np.isnan(x)).any(axis=1).sum()
    assert found.fit == cfa(x, TWO, missing="fiml").fit


def test_gaps_that_depend_on_answers_are_borne_only_by_all_answers() -> None:
    x = rows(4_000, 9)
    x[x[:, 1] < 1, 0] = np.nan  # the first item is left out by those low on the second
    true = LOADINGS[0]
    listwise, all_answers = cfa(x, TWO), cfa(x, TWO, missing="fiml")
    assert abs(listwise.loadings[0, 0] - true) > 4 * listwise.loadings_se[0, 0]
    assert abs(all_answers.loadings[0, 0] - true) < 3 * all_answers.loadings_se[0, 0]


def test_heavy_tails_widen_robust_errors_and_shrink_the_test() -> None:
    rng = np.random.default_rng(2)
    x = rows(2_000, 2) / np.sqrt(rng.chisquare(6, size=(2_000, 1)) / 6)
    plain, robust = cfa(x, TWO), cfa(x, TWO, estimator="mlr")
    assert robust.scaled_fit.scaling > 1.3
    assert robust.scaled_fit.chi2 == pytest.approx(robust.fit.chi2 / robust.scaled_fit.scaling)
    assert robust.fit.chi2 == pytest.approx(plain.fit.chi2, rel=1e-6)
    assert (robust.residual_variances_se > plain.residual_variances_se).all()
    assert robust.estimate == robust.scaled_fit.rmsea


def test_ordered_answers_give_the_loadings_of_what_stands_behind_them() -> None:
    sd = np.sqrt(np.diag(implied()))
    x = np.digitize((rows(6_000, 4) - np.arange(6)) / sd, [-1, 0, 1.2]).astype(float)
    model = cfa(x, TWO, estimator="wlsmv")
    apart = (model.standardized.sum(axis=1) - LOADINGS / sd) / model.standardized_se.sum(axis=1)
    assert np.abs(apart).max() < 3.5
    assert model.scaled_fit.p > 0.001
    np.testing.assert_allclose(model.residual_variances, 1 - model.standardized.sum(axis=1) ** 2)
    ratio = 2 * model.standardized.sum(axis=1)
    np.testing.assert_allclose(model.residual_variances_se, ratio * model.standardized_se.sum(axis=1))


def test_three_items_have_no_test_but_loadings() -> None:
    model = cfa(moments(implied()[:3, :3]))
    assert (model.estimate, model.reason) == (None, "no_degrees_of_freedom")
    assert (model.fit.df, model.fit.p) == (0, None)
    np.testing.assert_allclose(model.loadings[:, 0], LOADINGS[:3], atol=1e-6)


def test_two_items_of_a_factor_need_another_factor() -> None:
    alone = cfa(moments(implied()[:2, :2]))
    assert (alone.reason, alone.fit.df) == ("not_identified", -1)
    pair = {"left": [0, 1], "right": [3, 4, 5]}
    together = cfa(moments(implied()), pair)
    np.testing.assert_allclose(together.loadings[:2, 0], LOADINGS[:2], atol=1e-5)
    unrelated = implied()
    unrelated[:3, 3:] = unrelated[3:, :3] = 0
    assert cfa(moments(unrelated), pair).estimate is None


def test_an_improper_solution_is_flagged() -> None:
    r = np.array([[1, 0.85, 0.85, 0.2], [0.85, 1, 0.65, 0.1], [0.85, 0.65, 1, 0.1], [0.2, 0.1, 0.1, 1]])
    model = cfa(ItemMoments(100, np.zeros(4), r))
    assert "heywood" in model.warnings
    assert model.residual_variances[0] < 0


def test_an_impossible_factor_correlation_is_flagged() -> None:
    s = implied()
    s[:3, 3:] *= 2.6
    s[3:, :3] *= 2.6
    assert "improper_factor_covariance" in cfa(moments(s), TWO).warnings


def test_an_item_keyed_the_other_way_is_told_and_not_turned() -> None:
    x = rows(300) * [1, 1, -1, 1, 1, 1]
    model = cfa(x, TWO)
    assert "check_keys" in model.warnings
    assert model.loadings[2, 0] < 0 < model.loadings[0, 0]


def test_a_first_item_keyed_the_other_way_turns_its_factor() -> None:
    x = rows(300)
    plain = cfa(x, TWO)
    model = cfa(x * [-1, 1, 1, 1, 1, 1], TWO, identification="marker")
    assert model.loadings[0, 0] == 1
    assert model.standardized[0, 0] > 0 > model.standardized[1, 0]
    assert model.factor_correlation[0, 1] == pytest.approx(-plain.factor_correlation[0, 1], abs=1e-7)


def test_few_rows_are_told() -> None:
    assert "few_rows" in cfa(rows(150), TWO).warnings
    assert "few_rows" not in cfa(rows(250), TWO).warnings


def test_pairwise_moments_are_told() -> None:
    model = cfa(item_moments(gapped(900), missing="pairwise"), TWO)
    assert "pairwise_moments" in model.warnings


def broken(change: str) -> np.ndarray:
    x = rows(60)
    if change == "constant":
        x[:, 2] = 3
    elif change == "unanswered":
        x[:, 2] = np.nan
    elif change == "twice":
        x[:, 2] = x[:, 1]
    elif change == "never together":
        x[:30, 0], x[30:, 4] = np.nan, np.nan
    return x[:5] if change == "few" else x


REASONS = {
    "constant": "constant_item",
    "unanswered": "unanswered_item",
    "twice": "singular_covariance",
    "few": "too_few_rows",
    "never together": "too_few_rows",  # no row is complete
}


@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
@pytest.mark.parametrize("change", REASONS)
def test_data_without_an_answer_get_a_reason(change: str, estimator: str) -> None:
    x = broken(change)
    if estimator == "wlsmv":
        x = np.digitize(x, [0, 2, 4]) + np.where(np.isnan(x), np.nan, 0)
    found = cfa(x, TWO, estimator=estimator)
    expected = "boundary_correlation" if (change, estimator) == ("twice", "wlsmv") else REASONS[change]
    assert (found.estimate, found.reason) == (None, expected)
    assert found.loadings is None
    assert (found.fit.chi2, found.fit.df) == (None, 8)


@pytest.mark.parametrize("change", REASONS)
def test_rows_with_gaps_without_an_answer_get_a_reason(change: str) -> None:
    found = cfa(broken(change), TWO, missing="fiml")
    expected = "pair_never_answered_together" if change == "never together" else REASONS[change]
    assert (found.estimate, found.reason) == (None, expected)


def test_no_factor_at_all_does_not_converge_and_says_so() -> None:
    x = np.random.default_rng(6).normal(size=(40, 5))
    found = [cfa(np.random.default_rng(seed).normal(size=(40, 5))) for seed in range(12)]
    assert {model.reason for model in found} <= {None, "no_convergence"}
    assert any(model.reason == "no_convergence" for model in found)
    assert isinstance(cfa(x), Cfa)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"factors": {"a": [0, 1], "b": [1, 2]}}, "factors"),
        ({"factors": {"a": [0, 6]}}, "factors"),
        ({"factors": {"a": [-1, 2]}}, "factors"),
        ({"factors": {"a": []}}, "factors"),
        ({"factors": {}}, "factors"),
        ({"factors": {"a": [0.5, 1.5]}}, "factors"),
        ({"estimator": "gls"}, "estimator"),
        ({"identification": "none"}, "identification"),
        ({"missing": "pairwise"}, "missing"),
        ({"missing": "fiml", "estimator": "mlr"}, "missing"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict, named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named}:"):
        cfa(rows(50), **arguments)


@pytest.mark.parametrize("options", [{"estimator": "mlr"}, {"estimator": "wlsmv"}, {"missing": "fiml"}])
def test_moments_do_for_plain_likelihood_only(options: dict) -> None:
    with pytest.raises(ValueError, match=r"^items:"):
        cfa(moments(implied()), TWO, **options)
