"""Agreement, one-way ICC and shrinkage on data that give no answer, and what must always hold.

What R gives on the reference data is compared in `test_reference_keys`.
"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import (
    Agreement,
    GroupStatistics,
    OptionCounts,
    average_deviation,
    awg,
    empirical_bayes,
    group_statistics,
    icc_oneway,
    oneway_intervals,
    rwg,
    rwg_j,
)
from tests.analysis.keys.agreement import lq2002, scores
from tests.analysis.reference_values import close, columns, edge_case, golden

INDICES: dict[str, Callable[..., Agreement]] = {
    "rwg_j": rwg_j,
    "awg": awg,
    "ad": average_deviation,
    "ad_median": lambda *rows, **scale: average_deviation(*rows, **scale, about="median"),
}


def long(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix of subjects by raters as ratings and their subjects."""
    return matrix.ravel(), np.repeat(np.arange(len(matrix)), matrix.shape[1])


def counted(items: np.ndarray, groups: np.ndarray, low: int, high: int) -> OptionCounts:
    """Options of whole-number answers without gaps, counted one by one."""
    labels = np.unique(groups)
    counts = np.array(
        [
            [
                [(answers == option).sum() for option in range(low, high + 1)]
                for answers in items[groups == g].T
            ]
            for g in labels
        ]
    )
    return OptionCounts(counts, low, labels)


# --- one-way ICC ---


def test_shrout_fleiss_with_one_cell_missing() -> None:
    data, expected = columns("shrout_fleiss"), golden("shrout_fleiss")["missing.oneway.direct"]
    x = np.column_stack([data[f"J{i}"] for i in range(1, 5)])
    x[1, 2] = np.nan
    icc = icc_oneway(*long(x))
    close([icc.msb, icc.msw, icc.n0, icc.icc1, icc.icck], expected, list(expected["value"].values()))


@pytest.mark.parametrize(
    ("name", "reason"), [("all_same_rating", "no_variance"), ("one_rater", "no_subject_with_two_raters")]
)
def test_edge_oneway_undefined(name: str, reason: str) -> None:
    values, groups = long(edge_case(name))
    icc, shrunken = icc_oneway(values, groups), empirical_bayes(values, groups)
    other = oneway_intervals(values, groups)
    assert icc.icc1 is icc.ci is icc.icck is shrunken.estimate is other.searle is None
    assert icc.reason == shrunken.reason == other.reason == reason
    assert np.isnan(shrunken.theta).all()
    assert np.isnan(icc.reliability).all()


def test_edge_perfect_agreement_has_no_interval() -> None:
    icc, other = (f(*long(edge_case("perfect_agree"))) for f in (icc_oneway, oneway_intervals))
    assert icc.icc1 == other.estimate == 1
    assert icc.ci is icc.se is icc.reml_criterion is other.smith is other.profile_mu is None
    assert "perfect_agreement" in icc.warnings
    assert icc.reliability.tolist() == [1, 1, 1, 1]


def test_a_negative_component_is_kept_and_flagged() -> None:
    icc, other = (f(*long(edge_case("no_between"))) for f in (icc_oneway, oneway_intervals))
    assert icc.sigma2_between is not None
    assert icc.sigma2_between < 0
    assert icc.reml_sigma2_between == other.ml_sigma2_between == 0
    assert other.profile_sd_between is not None
    assert other.profile_sd_between[0] == 0
    assert "negative_variance" in icc.warnings
    assert np.isnan(icc.reliability).all()


def test_a_subject_without_ratings_stays_with_the_common_mean() -> None:
    nested = edge_case("nested")
    found = empirical_bayes(nested[:, 1], nested[:, 0].astype(int))
    assert found.labels.tolist() == [1, 2, 3, 4, 5]
    assert found.theta[4] == found.estimate
    assert found.reliability[4] == 0
    icc = icc_oneway(nested[:, 1], nested[:, 0].astype(int))
    assert icc.labels.tolist() == [1, 2, 3, 4, 5]
    assert icc.reliability[4] == 0
    assert icc.reliability[2] == icc.icc1  # one rater


@pytest.mark.parametrize("case", ["lead", "host", "insteval"])
def test_sufficient_statistics_give_the_same_as_rows(case: str) -> None:
    values, groups = scores(case)
    stats = group_statistics(values, groups)
    rows = icc_oneway(values, groups)
    kept = icc_oneway(GroupStatistics(stats.n, stats.mean, stats.ssw, stats.labels))
    assert rows.icc1 == pytest.approx(kept.icc1, abs=1e-12)
    assert rows.reml_sigma2_between == pytest.approx(kept.reml_sigma2_between, abs=1e-12)


# --- agreement within subjects ---


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize(("case", "scale"), [("lead", (1, 5)), ("host", (0, 4)), ("lead01", (1, 5))])
def test_option_counts_give_the_same_as_rows(index: str, case: str, scale: tuple[int, int]) -> None:
    items, units = lq2002(case)
    rows = INDICES[index](items, units, scale=scale)
    kept = INDICES[index](counted(items, units, *scale))
    for found, expected in ((kept.values, rows.values), (kept.variance, rows.variance)):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
    assert kept.raters.tolist() == rows.raters.tolist()
    assert kept.labels.tolist() == rows.labels.tolist()


def test_variance_above_the_null_is_cut_off_but_told() -> None:
    found = rwg([1, 5, 1, 5, 3, 3], [1, 1, 1, 1, 2, 2], scale=(1, 5))
    assert found.values.tolist() == [0, 1]
    assert found.lindell is not None
    assert found.lindell[0] == pytest.approx(1 - (16 / 3) / 2)
    assert found.warnings == ("variance_above_null",)


@pytest.mark.parametrize(
    ("null", "scale", "variance"),
    [
        ("uniform", (1, 5), 2),
        ("uniform", (1, 7), 4),
        ("triangular", (1, 4), 11 / 12),  # 1 2 2 1
        ("triangular", (0, 6), 2.5),  # 1 2 3 4 3 2 1
        ("triangular", (1, 5), 1.32),
        ("slight_skew", (0, 4), 1.34),
        ("moderate_skew", (1, 5), 0.90),
        ("heavy_skew", (1, 5), 0.44),
        (1.7, (1, 6), 1.7),
    ],
)
def test_nulls(null: str | float, scale: tuple[int, int], variance: float) -> None:
    found = rwg([2, 3], [1, 1], scale=scale, null=null)
    assert found.lindell is not None
    assert found.lindell[0] == pytest.approx(1 - 0.5 / variance)


def test_awg_is_told_apart_at_beyond_and_within_its_bounds() -> None:
    groups = np.repeat([1, 2, 3, 4], 3)
    found = awg([5, 5, 5, 5, 5, 4, 5, 5, 1, 3, 3, 3], groups, scale=(1, 5))
    assert found.values[0] == 1  # all at the end
    assert np.isnan(found.values[1])  # mean above (1 + 5 + 5)/3
    assert found.values[2] == pytest.approx(-1)  # on the bound: as far apart as can be
    assert found.values[3] == 1
    assert found.warnings == ("mean_beyond_bounds",)
    beyond = awg([5, 5, 4], [1, 1, 1], scale=(1, 5))
    assert beyond.estimate is None
    assert beyond.reason == "mean_beyond_bounds"


def test_awg_of_several_items_is_the_mean_of_those_that_have_one() -> None:
    items = np.array([[5, 2], [5, 3], [4, 4]])
    found = awg(items, [1, 1, 1], scale=(1, 5))
    assert found.values[0] == awg(items[:, 1], [1, 1, 1], scale=(1, 5)).values[0]


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("answers", [[[3, 4], [2, 2]], [[3, np.nan], [np.nan, 2]]])
def test_one_rater_or_none_has_no_agreement(index: str, answers: list[list[float]]) -> None:
    found = INDICES[index](answers, [1, 2], scale=(1, 5))
    assert np.isnan(found.values).all()
    assert found.estimate is None
    assert found.reason == "no_subject_with_two_raters"


@pytest.mark.parametrize("index", INDICES)
def test_no_rows_at_all(index: str) -> None:
    assert INDICES[index](np.zeros((0, 2)), [], scale=(1, 5)).reason == "no_subject_with_two_raters"
    empty = OptionCounts(np.zeros((2, 3, 5), dtype=int), 1, np.array(["a", "b"]))
    assert INDICES[index](empty).raters.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: icc_oneway([1, 2, 3], [1, 1]), "groups"),
        (lambda: icc_oneway([1, 2, 3]), "groups"),
        (lambda: icc_oneway([[1, 2]], [1]), "values"),
        (lambda: oneway_intervals([1, 2], [1, 1], confidence=1), "confidence"),
        (lambda: rwg_j([[1, 6]], [1], scale=(1, 5)), "items"),
        (lambda: rwg_j([[1, 5]], [1], scale=(5, 1)), "scale"),
        (lambda: rwg_j([[1, 5]], [1], scale=(1, 5), null=0), "null"),
        (lambda: rwg_j([[1, 5]], [1], scale=(1, 5), null="skewed"), "null"),
        (lambda: rwg_j([[1, 5]], [1], scale=(1, 7), null="slight_skew"), "five options"),
        (lambda: rwg([[1, 5]], [1], scale=(1, 5)), "rwg_j"),
        (lambda: awg([[1, 5]], [1]), "scale"),
        (lambda: awg([[1, 5]], scale=(1, 5)), "groups"),
        (lambda: awg(np.zeros((2, 0)), [1, 1], scale=(1, 5)), "items"),
        (lambda: average_deviation([[1, 5]], [1], scale=(1, 5), about="mode"), "about"),
        (lambda: OptionCounts(np.array([[[1, 2], [1, 1]]]), 1, np.array([1])), "same raters"),
        (lambda: OptionCounts(np.array([[1, 2]]), 1, np.array([1])), "counts"),
        (lambda: empirical_bayes([1, 2], [1, 1], components=(-1, 1, 0, 0)), "components"),
        (lambda: GroupStatistics(np.array([1]), np.array([1.0, 2.0]), 0.0, np.array([1])), "n, mean, labels"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[], object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_an_estimate_outside_its_interval_is_told() -> None:
    subject = np.repeat([0, 1, 2], [2, 2, 36])  # very unequal raters, nothing between the subjects
    icc = icc_oneway(np.concatenate([[3, 5, 1, 5], np.tile([1, 3, 5, 4], 9)]), subject)
    assert icc.icc1 < icc.ci_wald[0]
    assert "estimate_outside_interval" in icc.warnings


# --- what always holds ---

ratings = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=6), min_size=2, max_size=12)


def flat(groups: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array([v for g in groups for v in g], dtype=float)
    return values, np.array([code for code, g in enumerate(groups) for _ in g])


@given(ratings)
def test_limits_are_in_order_and_reliabilities_stay_below_one(groups: list[list[int]]) -> None:
    icc = icc_oneway(*flat(groups))
    assume(icc.icc1 is not None)
    assert icc.icc1 <= 1 + 1e-12
    if icc.ci is not None:
        assert -1 <= icc.ci[0] <= icc.ci[1] <= 1
        holds = icc.ci[0] - 1e-9 <= icc.icc1 <= icc.ci[1] + 1e-9
        assert holds == ("estimate_outside_interval" not in icc.warnings)
    assert (empirical_bayes(*flat(groups)).reliability <= 1).all()
    assert not (icc.reliability > 1 + 1e-12).any()


@settings(max_examples=20)
@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=2)
    )
)
def test_with_equal_numbers_of_raters_the_interval_holds_its_estimate(groups: list[list[int]]) -> None:
    icc, other = icc_oneway(*flat(groups)), oneway_intervals(*flat(groups))
    assume(icc.ci is not None and other.searle is not None)
    assert icc.ci[0] - 1e-9 <= icc.icc1 <= icc.ci[1] + 1e-9
    np.testing.assert_allclose(other.searle, icc.ci, atol=1e-7)  # one formula when n is equal
    sd = np.sqrt(other.ml_sigma2_between)
    assert other.profile_sd_between[0] <= sd <= other.profile_sd_between[1]
    assert other.profile_mu[0] <= icc.grand_mean <= other.profile_mu[1]


@given(ratings, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(groups: list[list[int]], random) -> None:
    values, codes = flat(groups)
    order = list(range(len(values)))
    random.shuffle(order)
    one, two = icc_oneway(values, codes), icc_oneway(values[order], codes[order])
    assert one.warnings == two.warnings
    assert one.icc1 == pytest.approx(two.icc1, abs=1e-9)
    for index in INDICES.values():
        first, second = (
            index(v, c, scale=(1, 5)).values for v, c in ((values, codes), (values[order], codes[order]))
        )
        np.testing.assert_allclose(first, second, atol=1e-12)


@given(ratings, st.floats(0.1, 10), st.floats(-100, 100))
def test_icc_does_not_change_with_the_unit_of_the_scale(
    groups: list[list[int]], unit: float, origin: float
) -> None:
    values, codes = flat(groups)
    one, two = icc_oneway(values, codes), icc_oneway(values * unit + origin, codes)
    assert one.icc1 == pytest.approx(two.icc1, abs=1e-7)


@given(ratings)
def test_agreement_stays_within_its_bounds_and_does_not_care_for_direction(groups: list[list[int]]) -> None:
    values, codes = flat(groups)
    for name, index in INDICES.items():
        found, turned = (index(v, codes, scale=(1, 5)) for v in (values, 6 - values))
        np.testing.assert_allclose(found.values, turned.values, atol=1e-12)
        known = found.values[~np.isnan(found.values)]
        low = {"rwg_j": 0, "awg": -1}.get(name, 0)
        assert ((known >= low - 1e-12) & (known <= (2 if name.startswith("ad") else 1))).all()


@given(ratings)
def test_the_median_is_the_nearest_centre(groups: list[list[int]]) -> None:
    values, codes = flat(groups)
    mean, median = (
        average_deviation(values, codes, scale=(1, 5), about=a).values for a in ("mean", "median")
    )
    known = ~np.isnan(mean)
    assert (median[known] <= mean[known] + 1e-12).all()
    for code, group in enumerate(groups):
        if len(group) > 1:
            assert median[code] == pytest.approx(np.abs(np.array(group) - np.median(group)).mean())


@given(ratings)
def test_shrunken_means_lie_between_the_raw_and_the_common_mean(groups: list[list[int]]) -> None:
    values, codes = flat(groups)
    found = empirical_bayes(values, codes)
    assume(found.estimate is not None)
    raw = group_statistics(values, codes).mean
    low, high = np.minimum(raw, found.estimate), np.maximum(raw, found.estimate)
    assert ((found.theta >= low - 1e-9) & (found.theta <= high + 1e-9)).all()
