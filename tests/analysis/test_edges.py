"""Tables at the edge: items that stand still, alike or unrelated, far too few rows, odd containers."""

import numpy as np
import pytest

from analysis import (
    Components,
    Layout,
    accumulate,
    answered_mean,
    before_after,
    cfa,
    composite,
    count_complete,
    cronbach_alpha,
    efa,
    empirical_bayes,
    g_study,
    guttman_lambdas,
    icc,
    icc_oneway,
    item_analysis,
    item_moments,
    kendall_w,
    mcdonald_omega,
    mean_change,
    partition,
    post_stratification_weights,
    raters_needed,
    relative_weights_of_covariances,
    sample_size,
    sampling_adequacy,
    scale_overview,
    scale_scores,
    scale_sums,
    self_other_gap,
    sphericity,
    split_half,
    stratified_alpha,
    trend,
)
from analysis.plots import ForestRow, Words, item_map, reliability_forest

NAN = float("nan")
WORDS = Words("title", "description", "axis", {})
TWO = Layout("two items", (("service", (0, 1)),), 2, 1, 5)


def test_an_item_that_is_still_in_the_complete_rows_is_dropped_whatever_the_unit() -> None:
    rows = [[0.7, 0.1, 0.3, 0.2], [0.7, 0.1, 0.1, 0.3], [0.7, 0.1, 0.2, 0.2], [0.7, 0.1, 0.5, 0.6]]
    rows = np.array([*rows, [0.7, 0.1, 0.4, 0.3], [0.1, 0.3, NAN, 0.4]] * 12)
    whole = np.rint(rows * 10)
    for coefficient in (cronbach_alpha, mcdonald_omega):
        assert coefficient(rows).estimate == pytest.approx(coefficient(whole).estimate, abs=1e-9)
        assert coefficient(rows).n_items == coefficient(whole).n_items == 2
    assert np.isnan(item_analysis(rows).item_total_r[0])
    assert cronbach_alpha(rows, constant="keep").estimate == pytest.approx(
        cronbach_alpha(whole, constant="keep").estimate
    )


def test_a_pair_that_is_still_where_both_are_answered_has_no_correlation() -> None:
    rows = np.array([[2, 1, 3], [NAN, 2, 1], [1, 1, 2], [1, 1, 6], [3, 1, 4], [7, 1, 9]])
    for unit in (1.0, 0.1, 1.1):
        assert np.isnan(item_moments(rows * unit, missing="pairwise").pair_correlation[0, 1])


@pytest.mark.parametrize(
    "coefficient",
    [
        cronbach_alpha,
        guttman_lambdas,
        mcdonald_omega,
        lambda x: split_half(x, metric="raw"),
        lambda x: stratified_alpha(x, ["a", "a", "b", "b"]),
    ],
)
@pytest.mark.parametrize("unit", [1e-7, 1e7])
def test_no_coefficient_depends_on_the_unit(coefficient, unit: float) -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(1, 6, (60, 1)) + rng.integers(0, 3, (60, 4))
    assert coefficient(rows * unit).estimate == pytest.approx(coefficient(rows).estimate, abs=1e-9)


def test_mann_whitney_is_exact_below_fifty_without_ties() -> None:
    rng = np.random.default_rng(3)
    for n in (9, 20, 49):
        x, y = rng.normal(size=n), rng.normal(0.5, 1, n)
        greater = (y[:, np.newaxis] > x).sum()
        exact = _exact_p(n, n, min(greater, n * n - greater))
        assert before_after(x, y).p_mann_whitney == pytest.approx(exact, rel=1e-9)


def _exact_p(m: int, n: int, u: int) -> float:
    """Twice the share of orders with a statistic as small, counted: Mann & Whitney (1947), equation 3."""
    table: dict[tuple[int, int], np.ndarray] = {}

    def ways(a: int, b: int) -> np.ndarray:
        if (a, b) not in table:
            found = np.zeros(m * n + 1)
            if a == 0 or b == 0:
                found[0] = 1
            else:
                found[b:] += ways(a - 1, b)[: m * n + 1 - b]
                found += ways(a, b - 1)
            table[a, b] = found
        return table[a, b]

    found = ways(m, n)
    return float(min(1.0, 2 * found[: u + 1].sum() / found.sum()))


def test_alike_items_have_factors_or_a_reason_and_never_break() -> None:
    alike = np.tile([[1] * 5, [3] * 5, [2] * 5], (40, 1))
    for extraction in ("minres", "ml"):
        assert efa(alike, 2, extraction=extraction).warnings
    halves = np.tile([[2, 2, 1, 1], [1, 1, 1, 1], [2, 1, 1, 2], [2, 2, 2, 1]], (25, 1))
    assert item_analysis(halves).estimate == pytest.approx(item_analysis(halves + 0.1).estimate)


def test_unrelated_items_have_a_reason() -> None:
    unrelated = [[1, 1], [1, 2], [2, 1], [2, 2]] * 15
    assert sampling_adequacy(unrelated).reason == "unrelated_items"
    test = sphericity(unrelated)
    assert (test.estimate, test.p) == (0.0, 1.0)


def test_an_error_that_cannot_be_estimated_is_none() -> None:
    found = g_study([[2, 2], [2, 2], [2, 2], [2, 2], [2, 1]], [1, 0, 0, 0, 0], estimator="anova")
    assert found.se_i is None


def test_contradicting_moments_say_so_as_rows_do() -> None:
    rows = [[3, 3], [1, 2], [1, NAN]]
    for given in (rows, item_moments(rows, missing="pairwise")):
        assert cronbach_alpha(given, missing="pairwise").reason == "indefinite"


def test_a_million_ties_do_not_overflow() -> None:
    x = np.concatenate([np.zeros(2_200_000), np.arange(1, 101)])
    assert kendall_w(np.column_stack([x, x])).estimate == pytest.approx(1)


def test_a_test_without_degrees_of_freedom_has_no_p() -> None:
    form = icc([[1, 5], [2, 4], [3, 3], [4, 2], [5, 1]], rho0=0.3).forms.random_agreement_single
    assert form.p is None
    assert "interval_undefined" in form.warnings


class NotAvailable:
    """Neither equal nor unequal to anything, as data frames write what is missing."""

    __hash__ = None

    def __ne__(self, other: object) -> "NotAvailable":
        return self

    def __bool__(self) -> bool:
        raise TypeError


def test_missing_labels_are_refused_in_every_container() -> None:
    values = [1, 2, 3, 5]
    for labels in (
        ["a", "a", "b", NAN],
        ["a", "a", "b", None],
        np.array(["a", "a", "b", NotAvailable()], dtype=object),
        np.ma.array(["a", "a", "b", "b"], mask=[0, 0, 0, 1]),
        np.array(["2026-01-01"] * 3 + ["NaT"], dtype="M8[D]"),
    ):
        with pytest.raises(ValueError, match="groups: must not be missing"):
            icc_oneway(values, labels)
    with pytest.raises(ValueError, match="must not be missing"):
        post_stratification_weights(np.ma.array(["l", "p", "p"], mask=[0, 0, 1]), {"l": 50, "p": 50})
    with pytest.raises(ValueError, match="answers: must not be masked"):
        count_complete(np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]), [0, 1], TWO, 2)
    with pytest.raises(ValueError, match="subjects: must not be masked"):
        accumulate([[1, 2]], np.ma.array([0], mask=[1]), layout=TWO, group="peer", blocks=[[0]])


def test_a_stratum_is_the_same_as_number_or_text() -> None:
    found = post_stratification_weights([1.0, 2.0, 2.0], {1: 50, 2: 50})
    assert found.weights.tolist() == [1.5, 0.75, 0.75]


def test_shares_that_are_met_exactly_count() -> None:
    assert answered_mean([[4.0] * 7 + [NAN] * 18], share=0.28).tolist() == [4.0]


# --- the composite ---


def parts(within: float = 0.6, between: float = 0.3) -> Components:
    return Components(within=np.full((2, 1, 1), within), between=np.full((2, 1, 1), between))


def of(components: Components, kinds: tuple[str, ...] = ("anonymous", "anonymous"), n=((6,), (6,))):
    return composite(
        [[[4.0], [3.0]]],
        [n],
        named=[[False, False]],
        groups=("peer", "subordinate"),
        kinds=kinds,
        weights=(1, 1),
        components=components,
    ).overall


def test_an_unknown_variance_of_truth_is_unknown_and_not_zero() -> None:
    one = parts()
    one.between[1] = NAN
    for components in (one, parts(between=NAN)):
        found = of(components)
        assert np.isnan(found.reliability[0])
        assert found.reasons == (("reliability_unknown",),)
        assert not found.usable[0]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: of(parts(), kinds=("anonymous", "Self")), "kinds"),
        (lambda: of(parts(), n=((6.9,), (6,))), "n"),
        (lambda: of(parts(), n=((NAN,), (6,))), "n"),
        (lambda: of(Components(np.full((1, 1, 1), 0.6), np.full((1, 1, 1), 0.3))), "components"),
        (lambda: partition([[[5.9]]], kinds=("anonymous",), units=[0], parents=[-1], asked=None), "counts"),
        (lambda: partition([[[5]]], kinds=("anonymous",), units=[0], parents=[9], asked=None), "parents"),
        (lambda: partition([[[5]]], kinds=("anonymous",), units=[7], parents=[-1], asked=None), "units"),
        (lambda: mean_change([3.5], [8], [3.9], [8], within=(0.36, NAN)), "within"),
        (lambda: empirical_bayes([1, 2], [1, 2], components=(NAN, 1, 3, 0)), "components"),
        (lambda: relative_weights_of_covariances([[1, 0.5], [0.5, 1]], NAN), "n"),
        (lambda: self_other_gap(float("inf"), [3], [5], [0.1]), "own"),
        (lambda: self_other_gap(4, [3], [5], [-0.1]), "se"),
        (lambda: trend([1, 2, 3], [1, 2, 4], [[1e-8, 9e-9, 0], [0, 1e-8, 0], [0, 0, 1e-8]]), "errors"),
        (lambda: efa(np.eye(8), 1.5), "n_factors"),
        (lambda: before_after([1, 2], [2, 3], permutations=9.5), "permutations"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_components_may_come_as_a_list() -> None:
    given = [1.0, 1, 3, 0]
    assert empirical_bayes([1, 3], [1, 2], components=given).theta.tolist() == [2.0, 3.0]


def test_an_interval_of_a_scaled_test_that_misses_its_estimate_is_told() -> None:
    rows = [[1, 1, 3, 2], [3, 1, 2, 3], [3, 2, 3, 2], [1, 1, 3, 2], [1, 1, 1, 1], [1, 2, 1, 3]]
    assert "estimate_outside_interval" in cfa(rows, estimator="mlr").warnings


def test_raters_needed_takes_the_study_itself_and_answers_where_it_has_no_components() -> None:
    study = g_study([[1, 2], [2, 3], [4, 4], [5, 4], [3, 4], [3, 3]], [1, 1, 2, 2, 3, 3])
    assert raters_needed(study, 0.7, 2) == raters_needed(study.facets, 0.7, 2)
    one_item = g_study([[1], [2], [3], [4]], [1, 1, 2, 2])
    assert raters_needed(one_item, 0.7, 5).warnings == ("no_components", "one_item")
    assert raters_needed(None, 0.7, 5).raters is None


def test_the_overview_can_use_the_estimator_of_the_study() -> None:
    rng = np.random.default_rng(2)
    rows, subject = rng.integers(1, 6, (60, 2)), np.repeat(np.arange(12), 5)
    sums = scale_sums(rows, subject, TWO)["service"]
    found = scale_overview(sums, estimator="reml").components
    assert found.sigma2_p == pytest.approx(g_study(rows, subject).sigma2_p, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: scale_scores(np.ones((2, 3)), {"A": [0, 1]}, reverse=[2], scale=(1, 5)), "reverse"),
        (lambda: scale_scores(np.ones((2, 3)), {"A": [0, 0]}), "scales"),
        (lambda: scale_scores(np.ones((2, 3)), {"A": ["A1"]}), "scales"),
        (lambda: sample_size(500, error=5), "error"),
        (lambda: item_map(["a"], [1.0], None, scale=(1, 5), words=WORDS, key="k"), "counts"),
        (lambda: item_map(["a", "b"], [1.0, 2], [[1, 2]], scale=(1, 2), words=WORDS, key="k"), "names"),
    ],
)
def test_mistakes_of_a_caller_are_named(call, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_an_undefined_coefficient_has_a_row_without_a_mark_and_long_names_have_lines() -> None:
    long = "Pegawai ini menyampaikan keputusan dengan jelas kepada seluruh bawahan di unit kerjanya"
    drawn = reliability_forest([ForestRow(long, None, None)], words=WORDS, key="k")
    assert "–" in drawn
    assert long not in drawn
    assert "Pegawai ini menyampaikan" in drawn
