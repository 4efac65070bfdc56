"""Panels of named raters: what must always hold, and tables that give no answer.

What R gives on the reference data is compared in `test_reference_keys`.
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis import IccForm, icc, icc_oneway, kendall_w
from tests.analysis.keys.panels import table

SHROUT_FLEISS = table("shrout_fleiss")


def tables(least: int = 2) -> st.SearchStrategy[np.ndarray]:
    """Targets by raters, ratings from 1 to 5."""
    shape = st.tuples(st.integers(least, 8), st.integers(2, 5))
    return shape.flatmap(
        lambda size: st.lists(
            st.lists(st.integers(1, 5), min_size=size[1], max_size=size[1]),
            min_size=size[0],
            max_size=size[0],
        ).map(lambda rows: np.array(rows, dtype=float))
    )


def figures(form: IccForm) -> list[float]:
    values = [form.estimate, *(form.ci or (None, None)), form.f, form.p, form.df_interval]
    return [np.nan if value is None else value for value in values]


# --- the ten forms ---


def test_the_ten_forms_carry_their_design_in_words() -> None:
    found = icc(SHROUT_FLEISS)
    assert len(found.forms) == len({(f.design, f.definition, f.unit) for f in found.forms}) == 10
    for field, form in found.forms._asdict().items():
        design, *rest = field.split("_")
        assert form.design == {"oneway": "one-way random", "random": "two-way random"}.get(
            design, "two-way mixed"
        )
        assert form.unit == rest[-1]
        assert form.name == f"ICC({ {'consistency': 'C,', 'agreement': 'A,'}.get(rest[0], '') }" + (
            "1)" if form.unit == "single" else "k)"
        )
        assert form.n == 6
    assert found.estimate == found.forms.random_agreement_single.estimate
    assert (found.n, found.n_raters, found.dropped) == (6, 4, 0)


def test_fixed_and_random_raters_have_the_same_figures() -> None:
    forms = icc(SHROUT_FLEISS).forms
    for random, mixed in zip(forms[2:6], forms[6:], strict=True):
        assert figures(random) == figures(mixed)


@pytest.mark.parametrize("design", ["oneway", "random_consistency", "random_agreement"])
def test_the_average_is_spearman_brown_of_the_single(design: str) -> None:
    forms = icc(SHROUT_FLEISS).forms._asdict()
    single, average = forms[f"{design}_single"], forms[f"{design}_average"]
    for one, many in zip((single.estimate, *single.ci), (average.estimate, *average.ci), strict=True):
        assert many == pytest.approx(4 * one / (1 + 3 * one), abs=1e-12)


def test_against_a_value_in_the_interval_nothing_is_rejected_and_beyond_it_is() -> None:
    single = icc(SHROUT_FLEISS).forms.mixed_consistency_single
    at, beyond = (
        icc(SHROUT_FLEISS, rho0=rho0).forms.mixed_consistency_single.p for rho0 in (single.ci[0], 0.2)
    )
    assert at == pytest.approx(0.025, abs=1e-12)  # the lower limit is where the test turns
    assert beyond < 0.025


# --- missing ratings ---


def test_a_gap_drops_its_target_and_is_counted() -> None:
    x = SHROUT_FLEISS.copy()
    x[1, 2] = np.nan
    found, without = icc(x), icc(np.delete(x, 1, axis=0))
    assert (found.n, found.dropped) == (5, 1)
    assert figures(found.forms.oneway_single) == figures(without.forms.oneway_single)


def test_with_all_ratings_only_the_one_way_forms_are_defined() -> None:
    x = SHROUT_FLEISS.copy()
    x[1, 2], x[4] = np.nan, np.nan
    found = icc(x, missing="oneway")
    rows = icc_oneway(x.ravel(), np.repeat(np.arange(6), 4))
    assert (found.n, found.dropped) == (5, 1)  # nobody rated the fifth
    assert found.estimate == found.forms.oneway_single.estimate == rows.icc1
    assert found.ci == rows.ci_wald
    assert {form.reason for form in found.forms[2:]} == {"ratings_missing"}
    assert icc(x, missing="oneway", rho0=0.2).forms.oneway_single.p is None


def test_without_gaps_all_forms_are_defined_either_way() -> None:
    forms = icc(SHROUT_FLEISS, missing="oneway").forms
    assert [figures(form) for form in forms] == [figures(form) for form in icc(SHROUT_FLEISS).forms]


# --- tables that give no answer ---


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.full((4, 3), np.nan), "no_ratings"),
        (np.zeros((0, 3)), "no_ratings"),
        ([[1, 2, 3]], "one_subject"),
        ([[1], [2], [3]], "no_subject_with_two_raters"),
        ([[4, 4], [4, 4]], "no_variance"),
    ],
)
def test_undefined(x: np.ndarray, reason: str) -> None:
    found, w = icc(x), kendall_w(x)
    assert found.estimate is found.ci is w.estimate is w.p is None
    assert {form.reason for form in found.forms} == {found.reason, w.reason} == {reason}


def test_perfect_agreement_is_one_without_an_interval() -> None:
    for form in icc([[1, 1, 1], [3, 3, 3], [5, 5, 5]]).forms:
        assert (form.estimate, form.f, form.p, form.ci) == (1, np.inf, 0, None)
        assert form.warnings == ("perfect_agreement",)


def test_raters_that_differ_by_a_constant_are_consistent_but_do_not_agree() -> None:
    forms = icc([[1, 2, 3], [2, 3, 4], [3, 4, 5]]).forms
    assert forms.random_consistency_single.estimate == 1
    assert forms.random_agreement_single.estimate == 0.5
    assert forms.random_agreement_single.ci is not None


def test_without_variance_between_targets_negative_values_are_kept() -> None:
    forms = icc(table("no_between")).forms
    assert forms.oneway_single.estimate == pytest.approx(-0.5)
    assert forms.random_agreement_single.estimate == pytest.approx(-5 / 7)
    assert forms.random_agreement_single.warnings == ("negative_variance", "interval_undefined")
    assert forms.oneway_average.reason == "no_variance_between"
    assert forms.random_agreement_average.reason == "negative_variance"


def test_raters_of_one_mind_about_nothing() -> None:
    """Each rater gives all targets her own value: no variance between targets nor residual."""
    forms = icc([[1, 3], [1, 3], [1, 3]]).forms
    assert forms.random_consistency_single.reason == "no_variance_between"
    assert forms.random_agreement_single.estimate == 0
    assert kendall_w([[1, 3], [1, 3], [1, 3]]).reason == "no_variance"


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: icc([[1, 2], [2, 3]], missing="pairwise"), "missing"),
        (lambda: icc([[1, 2], [2, 3]], rho0=1), "rho0"),
        (lambda: icc([[1, 2], [2, 3]], confidence=95), "confidence"),
        (lambda: icc(np.zeros((2, 2, 2))), "ratings"),
        (lambda: kendall_w([["a", "b"]]), "ratings"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[], object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


# --- what always holds ---


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_targets_and_raters_does_not_matter(x: np.ndarray, random) -> None:
    rows, columns = random.sample(range(len(x)), len(x)), random.sample(range(x.shape[1]), x.shape[1])
    turned = x[rows][:, columns]
    for one, two in zip(icc(x).forms, icc(turned).forms, strict=True):
        np.testing.assert_allclose(figures(one), figures(two), rtol=1e-7, atol=1e-9)
    one, two = kendall_w(x), kendall_w(turned)
    assert one.estimate == pytest.approx(two.estimate, abs=1e-12)


@given(tables(), st.floats(0.1, 10), st.floats(-50, 50))
def test_icc_does_not_change_with_the_unit_of_the_scale(x: np.ndarray, unit: float, origin: float) -> None:
    for one, two in zip(icc(x).forms, icc(x * unit + origin).forms, strict=True):
        np.testing.assert_allclose(figures(one)[:3], figures(two)[:3], rtol=1e-6, atol=1e-7)


@given(tables())
def test_intervals_hold_their_estimates_and_nothing_exceeds_one(x: np.ndarray) -> None:
    for form in icc(x).forms:
        if form.estimate is not None:
            assert form.estimate <= 1 + 1e-12
        if form.ci is not None:
            assert form.ci[0] - 1e-9 <= form.estimate <= form.ci[1] + 1e-9
        if form.p is not None:
            assert 0 <= form.p <= 1


@given(tables())
def test_the_one_way_forms_are_those_of_rows_of_ratings(x: np.ndarray) -> None:
    rows = icc_oneway(x.ravel(), np.repeat(np.arange(len(x)), x.shape[1]))
    forms = icc(x).forms
    assert forms.oneway_single.estimate == pytest.approx(rows.icc1, abs=1e-9)
    assert forms.oneway_average.estimate == pytest.approx(rows.icck, abs=1e-6)
    if rows.ci_wald is not None:
        np.testing.assert_allclose(forms.oneway_single.ci, rows.ci_wald, atol=1e-7)


@given(tables())
def test_concordance_lies_between_none_and_one_and_knows_order_only(x: np.ndarray) -> None:
    found, stretched = kendall_w(x), kendall_w(np.exp(x))
    assume(found.estimate is not None)
    assert -1e-12 <= found.uncorrected <= found.estimate + 1e-12 <= 1 + 1e-9
    assert found.estimate == pytest.approx(stretched.estimate, abs=1e-12)
