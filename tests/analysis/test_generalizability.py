"""Where differences come from, and how many raters a reliable mean needs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import icc_oneway
from analysis.generalizability import (
    Facets,
    balanced_components,
    d_study,
    g_study,
    g_study_of_sums,
    nested_sums,
    raters_needed,
)

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


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.1, 3.0, -2.0]))
def test_components_scale_with_the_square_and_do_not_mind_the_order(seed: int, factor: float) -> None:
    answers, person = draw(persons=12, items=3, seed=seed)
    order = np.random.default_rng(seed).permutation(len(person))
    one, other = g_study(answers, person), g_study(factor * answers[order] + 7, person[order])
    for name in ("sigma2_p", "sigma2_r_in_p", "sigma2_pi", "sigma2_e", "sigma2_i"):
        assert getattr(other, name) == pytest.approx(factor**2 * getattr(one, name), rel=1e-4, abs=1e-6)


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
        ([[1, 2], [2, 3]], [1, 1], "one_subject"),
        ([[1, 2], [2, 3]], [1, 2], "no_subject_with_two_raters"),
        ([[3, 3], [3, 3], [3, 3]], [1, 1, 2], "no_variance"),
        ([[np.nan, 3], [3, np.nan]], [1, 2], "one_subject"),
    ],
)
def test_data_that_give_no_components_say_why(answers: list, groups: list, reason: str) -> None:
    found = g_study(answers, groups)
    assert found.estimate is None
    assert found.reason == reason
    assert found.facets is None


def test_a_negative_component_is_kept_and_flagged_and_zero_in_a_d_study() -> None:
    found = g_study([[1, 5], [5, 1], [1, 5], [5, 1], [2, 4], [4, 2]], [1, 1, 2, 2, 3, 3], estimator="anova")
    assert found.sigma2_r_in_p is not None
    assert found.sigma2_r_in_p < 0
    assert "negative_r_in_p" in found.warnings
    assert found.facets is not None
    assert found.facets.rater_in_person == 0


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


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ValueError, match="facets"):
        Facets(-0.1)
    with pytest.raises(ValueError, match="raters, items"):
        d_study(TRUE, [0], 3)
    with pytest.raises(ValueError, match="target"):
        raters_needed(TRUE, 1.0, 3)
    with pytest.raises(ValueError, match="estimator"):
        g_study_of_sums(nested_sums([[1, 2]], [1]), estimator="ml")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="scores"):
        balanced_components([[1, np.nan], [2, 3]], ["p", "i"])


def test_a_crossed_design_recovers_its_own_mean_squares() -> None:
    random = np.random.default_rng(8)
    scores = random.normal(size=(6, 4, 3))
    found = balanced_components(scores, ["p", "i", "r"])
    assert list(found.variance) == ["p", "i", "r", "pi", "pr", "ir", "pir"]
    assert sum(found.df.values()) == scores.size - 1
    within = sum(found.mean_square[name] * found.df[name] for name in found.df)
    assert within == pytest.approx(((scores - scores.mean()) ** 2).sum())
