"""Where differences come from, and how many raters a reliable mean needs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import icc_oneway
from analysis.generalizability import (
    Facets,
    NestedSums,
    balanced_components,
    d_study,
    d_study_balanced,
    g_study,
    g_study_of_sums,
    nested_sums,
    raters_needed,
)
from tests.analysis.keys.generalizability import brennan, subtests
from tests.analysis.reference_values import columns, golden

TRUE = Facets(0.20, rater_in_person=0.30, item=0.08, person_item=0.05, residual=0.45)


def draw(persons: int = 300, items: int = 6, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), random.integers(2, 8, persons))
    size = (len(person), items)
    answers = (
        3.5
        + random.normal(0, TRUE.person**0.5, persons)[person][:, np.newaxis]
        + random.normal(0, TRUE.rater_in_person**0.5, len(person))[:, np.newaxis]
        + random.normal(0, TRUE.item**0.5, items)
        + random.normal(0, TRUE.person_item**0.5, (persons, items))[person]
        + random.normal(0, TRUE.residual**0.5, size)
    )
    return answers, person


@pytest.mark.parametrize("estimator", ["anova", "reml"])
def test_components_come_near_to_what_was_planted(estimator: str) -> None:
    found = g_study(*draw(), estimator=estimator)
    assert found.sigma2_p == pytest.approx(TRUE.person, abs=0.05)
    assert found.sigma2_r_in_p == pytest.approx(TRUE.rater_in_person, abs=0.03)
    assert found.sigma2_pi == pytest.approx(TRUE.person_item, abs=0.02)
    assert found.sigma2_e == pytest.approx(TRUE.residual, abs=0.02)
    assert found.ci is not None
    assert found.estimate is not None
    assert found.ci[0] < found.estimate < found.ci[1]
    assert found.n_subjects == 300


def test_with_equally_many_raters_both_estimators_agree() -> None:
    random = np.random.default_rng(5)
    person = np.repeat(np.arange(40), 5)
    answers = random.normal(size=(200, 4)) + random.normal(size=40)[person][:, np.newaxis]
    answers += random.normal(size=(200, 1)) + random.normal(size=(40, 4))[person] + np.arange(4)
    one, other = g_study(answers, person, estimator="anova"), g_study(answers, person, estimator="reml")
    assert not one.warnings
    for name in ("sigma2_p", "sigma2_r_in_p", "sigma2_i", "sigma2_pi", "sigma2_e"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-5)


def test_the_mean_over_items_has_the_one_way_reml_components() -> None:
    answers, person = draw(persons=60)
    found, icc = g_study(answers, person), icc_oneway(answers.mean(axis=1), person)
    items = answers.shape[1]
    assert found.sigma2_p + found.sigma2_pi / items == pytest.approx(icc.reml_sigma2_between, rel=1e-6)
    assert found.sigma2_r_in_p + found.sigma2_e / items == pytest.approx(icc.reml_sigma2_within, rel=1e-6)


@pytest.mark.parametrize("estimator", ["anova", "reml"])
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.01, 3.0, -2.0]))
def test_components_scale_with_the_square_and_do_not_mind_the_order(
    estimator: str, seed: int, factor: float
) -> None:
    answers, person = draw(persons=12, items=3, seed=seed)
    order = np.random.default_rng(seed).permutation(len(person))
    one = g_study(answers, person, estimator=estimator)
    other = g_study(factor * answers[order] + 7, person[order], estimator=estimator)
    assert other.warnings == one.warnings
    for name in ("p", "r_in_p", "pi", "e", "i"):
        planted, found = (getattr(study, f"sigma2_{name}") for study in (one, other))
        assert found == pytest.approx(factor**2 * planted, rel=1e-6, abs=1e-8 * factor**2)
        errors = [getattr(study, f"se_{name}") for study in (one, other)]
        assert errors[1] == (None if errors[0] is None else pytest.approx(factor**2 * errors[0], rel=1e-5))
    if one.ci is not None:
        assert other.ci == pytest.approx(one.ci, rel=1e-5)


def criterion(effects: list[np.ndarray], variances: list[float], y: np.ndarray) -> float:
    """Minus twice the restricted log likelihood, up to a constant, from the whole covariance matrix."""
    same = [effect[:, np.newaxis] == effect for effect in effects]
    covariance = np.tensordot(np.array(variances[:-1]), np.array(same, dtype=float), axes=1)
    inverse = np.linalg.inv(covariance + variances[-1] * np.eye(len(y)))
    weight, one = inverse.sum(), np.ones(len(y))
    left = y - (one @ inverse @ y) / weight
    return float(np.log(weight) - np.linalg.slogdet(inverse)[1] + left @ inverse @ left)


def long_form(answers: np.ndarray, person: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The effects p, r:p, i and pi of every answer, and the answers."""
    sheets, items = answers.shape
    group, item = np.repeat(person, items), np.tile(np.arange(items), sheets)
    return [group, np.repeat(np.arange(sheets), items), item, group * items + item], answers.ravel()


COMPONENTS = ("p", "r_in_p", "i", "pi", "e")


def components(found: object) -> list[float]:
    return [getattr(found, f"sigma2_{name}") for name in COMPONENTS]


@pytest.mark.parametrize("seed", range(8))
def test_reml_is_the_top_of_the_likelihood_of_the_whole_model_with_nothing_below_zero(seed: int) -> None:
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(7), random.integers(1, 5, 7))
    answers = random.normal(size=(len(person), 3)) + random.normal(size=7)[person][:, np.newaxis] * (seed % 2)
    found = components(g_study(answers, person))
    effects, y = long_form(answers, person)
    top = criterion(effects, found, y)
    for place in range(5):
        for change in (-1e-3, 1e-3, 0.1):
            near = found.copy()
            near[place] = max(near[place] + change, 0.0)
            assert criterion(effects, near, y) >= top - 1e-9
    assert sum(value == 0 for value in found) == sum(
        mark.startswith("zero_") for mark in g_study(answers, person).warnings
    )


def test_errors_of_reml_come_from_the_information_of_the_whole_model() -> None:
    answers, person = draw(persons=12, items=3, seed=5)
    found = g_study(answers, person)
    assert not [mark for mark in found.warnings if mark.startswith("zero")]
    effects, y = long_form(answers, person)
    same = [(effect[:, np.newaxis] == effect).astype(float) for effect in effects] + [np.eye(len(y))]
    inverse = np.linalg.inv(np.tensordot(np.array(components(found)), np.array(same), axes=1))
    residual = inverse - np.outer(inverse.sum(axis=1), inverse.sum(axis=1)) / inverse.sum()
    parts = [residual @ part for part in same]
    information = [[(one * other.T).sum() / 2 for one in parts] for other in parts]
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    assert errors == pytest.approx([getattr(found, f"se_{name}") for name in COMPONENTS], rel=1e-8)


def test_lme4_stops_before_the_greatest_likelihood() -> None:
    task = columns("brennan_3_2")
    effects = [
        task["Person"],
        task["Task"],
        100 * task["Task"] + task["Rater"],
        100 * task["Person"] + task["Task"],
    ]
    r = golden("brennan_3_2")["lmer.reml.var"]["value"]
    theirs = [r[name] for name in ("Person", "Task", "Rater:Task", "Person:Task", "Residual")]
    ours = [brennan().variance[name] for name in ("p", "t", "r:t", "pt", "pr:t")]
    assert criterion(effects, ours, task["Score"]) < criterion(effects, theirs, task["Score"])
    r = golden("rajaratnam_2")["lmer.reml.var"]["value"]
    theirs = [r[name] for name in ("Subtest", "Item:Subtest", "Person", "Person:Subtest", "Residual")]
    effects, y = long_form(*subtests())
    assert criterion(effects, components(g_study(*subtests())), y) < criterion(effects, theirs, y)


def test_standard_errors_are_those_of_repeated_studies() -> None:
    random, person = np.random.default_rng(11), np.repeat(np.arange(40), np.arange(40) % 6 + 1)
    sd = {name: value**0.5 for name, value in TRUE.effects.items()}
    studies = [
        g_study(
            random.normal(0, sd["p"], 40)[person][:, np.newaxis]
            + random.normal(0, sd["r:p"], (len(person), 1))
            + random.normal(0, sd["i"], 5)
            + random.normal(0, sd["pi"], (40, 5))[person]
            + random.normal(0, sd["ri:p"], (len(person), 5)),
            person,
            estimator="anova",
        )
        for _ in range(400)
    ]
    for name in COMPONENTS:
        spread = np.std([getattr(study, f"sigma2_{name}") for study in studies])
        told = np.mean([getattr(study, f"se_{name}") for study in studies])
        assert told == pytest.approx(spread, rel=0.12)
    within = [study.ci_p[0] <= TRUE.person <= study.ci_p[1] for study in studies if study.ci_p]
    assert 0.92 <= np.mean(within) <= 0.99


def test_sums_add_up_and_a_gap_leaves_the_sheet_out() -> None:
    answers, person = draw(persons=10)
    whole, half = nested_sums(answers, person), len(person) // 2
    cut = int(np.searchsorted(person, person[half]))
    parts = [nested_sums(answers[:cut], person[:cut]), nested_sums(answers[cut:], person[cut:])]
    assert np.concatenate([part.n for part in parts]).tolist() == whole.n.tolist()
    np.testing.assert_allclose(parts[0].within + parts[1].within, whole.within, atol=1e-9)
    holed = answers.copy()
    holed[0, 2] = np.nan
    assert nested_sums(holed, person).n.sum() == len(person) - 1
    assert g_study(holed, person).n == len(person) - 1


@pytest.mark.parametrize(
    ("answers", "groups", "reason"),
    [
        ([[1], [2], [3], [4]], [1, 1, 2, 2], "one_item"),
        ([[1, 2], [2, 3], [1, 1]], [1, 1, 1], "one_subject"),
        ([[1, 2], [2, 3]], [1, 2], "no_subject_with_two_raters"),
        ([[3, 3], [3, 3], [3, 3]], [1, 1, 2], "no_variance"),
        ([[1.1, 2.2], [1.1, 2.2], [1.1, 2.2]], [1, 1, 2], "no_variance"),
        ([[np.nan, 3], [3, np.nan]], [1, 2], "no_ratings"),
    ],
)
def test_data_that_give_no_components_say_why(answers: list, groups: list, reason: str) -> None:
    found = g_study(answers, groups)
    assert found.estimate is None
    assert found.reason == reason
    assert found.facets is None


def test_a_negative_component_is_kept_and_flagged_and_zero_in_a_d_study() -> None:
    answers, person = [[1, 5], [5, 1], [1, 5], [5, 1], [3, 4], [4, 3]], [1, 1, 2, 2, 3, 3]
    found, reml = g_study(answers, person, estimator="anova"), g_study(answers, person)
    assert found.sigma2_r_in_p is not None
    assert found.sigma2_r_in_p < 0
    assert "negative_r_in_p" in found.warnings
    assert found.facets is not None
    assert found.facets.rater_in_person == 0
    assert "set_to_zero_r_in_p" in d_study(found.facets, [1, 2], 2).warnings
    assert "set_to_zero_r_in_p" in raters_needed(found.facets, 0.7, 2).warnings
    assert (reml.sigma2_r_in_p, reml.se_r_in_p) == (0, None)
    assert "zero_r_in_p" in reml.warnings


def test_persons_who_do_not_differ_have_no_dependability() -> None:
    found = g_study([[1, 5], [5, 1], [1, 5], [5, 1]], [1, 1, 2, 2])
    assert (found.estimate, found.ci, found.reason) == (None, None, "no_variance_between_persons")
    assert found.sigma2_e is not None


@pytest.mark.parametrize("estimator", ["anova", "reml"])
@pytest.mark.parametrize("shift", [0, 1])
def test_items_that_all_raters_of_a_person_judge_alike_leave_no_residual(estimator: str, shift: int) -> None:
    answers = [[1, 2], [1 + shift, 2 + shift], [4, 5], [4, 5], [3, 5], [3, 5]]
    found = g_study(answers, [1, 1, 2, 2, 3, 3], estimator=estimator)
    assert (found.estimator, found.sigma2_e) == ("anova", 0)
    assert "no_residual_variance" in found.warnings
    assert found.estimate is not None


def test_mean_squares_are_those_of_the_balanced_table() -> None:
    answers = np.random.default_rng(3).normal(size=(5, 4, 3)) + np.arange(3)
    table = balanced_components(answers, ["p", "r", "i"], {"r": "p"})
    found = g_study(answers.reshape(20, 3), np.repeat(np.arange(5), 4), estimator="anova")
    assert found.mean_squares == pytest.approx(dict(table.mean_square))
    assert found.df == table.df
    assert components(found) == pytest.approx(
        [table.variance[name] for name in ("p", "r:p", "i", "pi", "ri:p")]
    )


@given(parts=st.tuples(*[st.floats(0.01, 2)] * 5), items=st.integers(1, 20), target=st.floats(0.05, 0.95))
def test_raters_needed_are_the_least_that_reach_the_target(parts: tuple, items: int, target: float) -> None:
    facets = Facets(*parts)
    for name, curve in (("phi", "phi"), ("e_rho2", "e_rho2")):
        found = raters_needed(facets, target, items, coefficient=name)
        if found.raters is None:
            assert found.warnings == ("add_items",)
            assert getattr(d_study(facets, [1e12], items), curve)[0] <= target + 1e-6
            continue
        assert found.reached >= target - 1e-9
        if found.raters > 1:
            assert getattr(d_study(facets, [found.raters - 1], items), curve)[0] < target + 1e-9


@given(parts=st.tuples(*[st.floats(0.0, 2)] * 5), items=st.integers(1, 20))
def test_standing_is_never_more_dependable_than_order_and_more_raters_never_hurt(
    parts: tuple, items: int
) -> None:
    study = d_study(Facets(*parts), np.arange(1, 12), items)
    known = ~np.isnan(study.phi)
    assert (study.phi[known] <= study.e_rho2[known] + 1e-12).all()
    assert (np.diff(study.phi[known]) >= -1e-12).all()
    assert (study.relative_error <= study.absolute_error + 1e-12).all()


def test_where_persons_do_not_differ_no_number_of_raters_helps() -> None:
    assert raters_needed(Facets(0.0, 1.0), 0.7, 5).warnings == ("no_variance_between_persons",)


def test_a_table_of_raters_by_items() -> None:
    study = d_study(TRUE, [1, 5, 9], [[4], [12]])
    assert study.phi.shape == (2, 3)
    assert study.phi[1, 2] == d_study(TRUE, 9, 12).phi
    assert study.sem == pytest.approx(np.sqrt(study.absolute_error))
    assert study.levels["i"][1].tolist() == [12, 12, 12]


def test_fewest_items_are_the_fewest_that_let_raters_reach_the_target() -> None:
    facets = Facets(0.2, rater_in_person=0.3, item=0.08, person_item=0.05, residual=0.45)
    needed = raters_needed(facets, 0.8, 2)
    assert (needed.raters, needed.warnings) == (None, ("add_items",))
    assert needed.items == 3  # .13 / 3 < .05 <= .13 / 2
    assert raters_needed(facets, 0.8, 3).raters is not None


def test_a_balanced_study_of_nested_raters_is_that_of_p_r_in_p_i() -> None:
    answers = np.random.default_rng(3).normal(size=(9, 4, 3)) + np.random.default_rng(4).normal(
        size=(9, 1, 1)
    )
    table = balanced_components(answers, ["p", "r", "i"], {"r": "p"})
    v = {name: max(value, 0.0) for name, value in table.variance.items()}
    facets = Facets(v["p"], v["r:p"], v["i"], v["pi"], v["ri:p"])
    one, other = d_study_balanced(table, {"r": [2, 4], "i": 3}), d_study(facets, [2, 4], 3)
    assert one.phi == pytest.approx(other.phi)
    assert one.relative_error == pytest.approx(other.relative_error)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="facets"):
        Facets(-0.1)
    with pytest.raises(ValueError, match="raters, items"):
        d_study(TRUE, [0], 3)
    with pytest.raises(ValueError, match="shapes"):
        d_study(TRUE, [1, 2], [3, 4, 5])
    with pytest.raises(ValueError, match="target"):
        raters_needed(TRUE, 1.0, 3)
    with pytest.raises(ValueError, match="estimator"):
        g_study_of_sums(nested_sums([[1, 2]], [1]), estimator="ml")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="item_sum"):
        NestedSums(np.array([1]), np.ones((2, 2)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="scores"):
        balanced_components([[1, np.nan], [2, 3]], ["p", "i"])
    with pytest.raises(ValueError, match="facets"):
        balanced_components([[1, 2], [2, 3]], ["p", "it"])
    with pytest.raises(ValueError, match="nested"):
        balanced_components([[1, 2], [2, 3]], ["p", "i"], {"r": "p"})
    with pytest.raises(ValueError, match="levels"):
        d_study_balanced(balanced_components([[1, 2], [2, 3]], ["p", "i"]), {"r": 2})


def test_a_crossed_design_recovers_its_own_mean_squares() -> None:
    random = np.random.default_rng(8)
    scores = random.normal(size=(6, 4, 3))
    found = balanced_components(scores, ["p", "i", "r"])
    assert list(found.variance) == ["p", "i", "r", "pi", "pr", "ir", "pir"]
    assert sum(found.df.values()) == scores.size - 1
    within = sum(found.mean_square[name] * found.df[name] for name in found.df)
    assert within == pytest.approx(((scores - scores.mean()) ** 2).sum())
