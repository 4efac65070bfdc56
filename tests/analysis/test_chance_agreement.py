"""Krippendorff's alpha and Gwet's AC: what must always hold, and ratings that give no answer.

What R gives on the reference data is compared in `test_reference_keys`.
"""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis import gwet_ac, krippendorff_alpha
from tests.analysis.keys.panels import table
from tests.analysis.test_panels import tables

CANONICAL = table("krippendorff12")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
WEIGHTS = ("identity", "linear", "quadratic", "ordinal", "radical", "ratio")


def with_gaps(x: np.ndarray, gaps: list[bool]) -> np.ndarray:
    """The table without the ratings that are marked."""
    return np.where(np.resize(gaps, x.shape), np.nan, x)


gappy = st.builds(with_gaps, tables(), st.lists(st.booleans(), min_size=1, max_size=40))


def by_pairs(x: np.ndarray) -> float:
    """Interval alpha from every pair of ratings, as Krippendorff defines disagreement."""
    units = [row[~np.isnan(row)] for row in x]
    units = [row for row in units if len(row) > 1]
    every = np.concatenate(units)
    observed = sum(
        (a - b) ** 2 / (len(row) - 1) for row in units for a, b in itertools.permutations(row, 2)
    ) / len(every)
    chance = np.mean([(a - b) ** 2 for a, b in itertools.permutations(every, 2)])
    return 1 - observed / chance


# --- Krippendorff ---


def test_interval_alpha_is_that_of_every_pair_of_ratings() -> None:
    assert krippendorff_alpha(CANONICAL, level="interval").estimate == pytest.approx(by_pairs(CANONICAL))


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_is_one_less_the_quotient_of_disagreements_within_its_interval(level: str) -> None:
    found = krippendorff_alpha(CANONICAL, level=level)
    assert found.estimate == pytest.approx(1 - found.observed / found.expected)
    assert (found.n, found.dropped, found.n_ratings) == (11, 1, 40)
    assert found.coincidences.sum() == pytest.approx(40)
    assert found.ci[0] < found.estimate < found.ci[1] <= 1
    assert found.se > 0


def test_the_same_seed_draws_the_same_units_and_none_are_drawn_unasked() -> None:
    one, same, other = (krippendorff_alpha(CANONICAL, seed=seed).ci for seed in (1, 1, 2))
    assert one == same != other
    unasked = krippendorff_alpha(CANONICAL, resamples=0)
    assert unasked.ci is unasked.se is None
    assert unasked.estimate is not None


def test_draws_without_variance_are_left_out_and_told() -> None:
    found = krippendorff_alpha([[1, 1], [1, 1], [2, 2]])
    assert found.estimate == 1
    assert found.ci == (1, 1)
    assert found.warnings == ("draws_without_variance",)


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.full((3, 2), np.nan), "no_ratings"),
        (np.zeros((0, 2)), "no_ratings"),
        ([[1], [2], [3]], "no_subject_with_two_raters"),
        ([[1, np.nan], [np.nan, 2]], "no_subject_with_two_raters"),
        ([[4, 4], [4, 4], [np.nan, 5]], "no_variance"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_alpha_undefined(x: np.ndarray, reason: str, level: str) -> None:
    found = krippendorff_alpha(x, level=level)
    assert found.estimate is found.ci is found.observed is None
    assert found.reason == reason


@given(gappy, st.sampled_from(LEVELS), st.randoms(use_true_random=False))
def test_alpha_does_not_care_for_the_order_of_units_and_raters(x: np.ndarray, level: str, random) -> None:
    rows, columns = random.sample(range(len(x)), len(x)), random.sample(range(x.shape[1]), x.shape[1])
    one, two = (krippendorff_alpha(t, level=level, resamples=20) for t in (x, x[rows][:, columns]))
    assert (one.estimate, one.ci, one.warnings) == (two.estimate, two.ci, two.warnings)


@given(gappy, st.permutations([1, 2, 3, 4, 5]))
def test_nominal_agreement_does_not_care_for_names(x: np.ndarray, names: list[int]) -> None:
    renamed = np.where(np.isnan(x), np.nan, np.array([0.0, *names])[np.nan_to_num(x).astype(int)])
    for one, two in (
        (krippendorff_alpha(x, resamples=0), krippendorff_alpha(renamed, resamples=0)),
        (gwet_ac(x), gwet_ac(renamed)),
    ):
        assert one.estimate == pytest.approx(two.estimate, abs=1e-12)
        assert one.se == pytest.approx(two.se, abs=1e-9)


@given(gappy, st.floats(0.1, 10), st.floats(-50, 50))
def test_interval_alpha_does_not_change_with_the_unit_of_the_scale(
    x: np.ndarray, unit: float, origin: float
) -> None:
    for level, changed in (("interval", x * unit + origin), ("ratio", x * unit), ("ordinal", np.exp(x))):
        one, two = (krippendorff_alpha(t, level=level, resamples=0).estimate for t in (x, changed))
        assert one == pytest.approx(two, abs=1e-8)


@given(gappy, st.sampled_from(LEVELS))
def test_alpha_never_exceeds_one_and_reaches_it_without_disagreement_only(x: np.ndarray, level: str) -> None:
    found = krippendorff_alpha(x, level=level, resamples=0)
    assume(found.estimate is not None)
    agree = all(np.unique(row[~np.isnan(row)]).size < 2 for row in x)
    assert found.estimate <= 1 + 1e-12
    assert (found.estimate > 1 - 1e-12) == agree
    assert found.estimate >= -1 - 1e-12


# --- Gwet ---


def test_ac1_of_two_raters_by_hand() -> None:
    """Agreement on 3 of 4; shares 1/2, 3/8, 1/8, so chance (1/4 + 15/64 + 7/64)/2."""
    found = gwet_ac([[1, 1], [1, 1], [2, 2], [2, 3]])
    assert found.pa == 0.75
    assert found.pe == pytest.approx((1 / 4 + 15 / 64 + 7 / 64) / 2)
    assert found.estimate == pytest.approx((0.75 - found.pe) / (1 - found.pe))


def test_categories_nobody_chose_count() -> None:
    few, all_five = gwet_ac(CANONICAL[:3]), gwet_ac(CANONICAL[:3], categories=[5, 4, 3, 2, 1])
    assert few.categories.tolist() == [1, 2, 3]
    assert all_five.categories.tolist() == [1, 2, 3, 4, 5]
    assert few.estimate != all_five.estimate
    same = gwet_ac([[4, 4], [4, 4]], categories=[1, 2, 3, 4, 5])
    assert (same.estimate, same.se, same.ci) == (1, 0, (1, 1))


@pytest.mark.parametrize("weights", WEIGHTS)
def test_two_categories_are_near_or_far_alike(weights: str) -> None:
    x = [[1, 1, 2], [2, 2, 2], [1, 1, 1], [1, 2, 2]]
    assert gwet_ac(x, weights=weights).estimate == pytest.approx(gwet_ac(x).estimate)


def test_ratio_weights_take_a_zero() -> None:
    found = gwet_ac([[0, 0], [0, 1], [2, 2]], weights="ratio")
    assert 0 < found.estimate < 1
    assert krippendorff_alpha([[0, 0], [0, 1], [2, 2]], level="ratio", resamples=0).estimate < 1


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (np.full((3, 2), np.nan), "no_ratings"),
        (np.zeros((0, 2)), "no_ratings"),
        ([[1], [2], [3]], "no_subject_with_two_raters"),
        ([[4, 4], [4, 4]], "no_variance"),
    ],
)
def test_ac_undefined(x: np.ndarray, reason: str) -> None:
    found = gwet_ac(x)
    assert found.estimate is found.ci is found.se is found.p is None
    assert found.reason == reason


def test_one_unit_has_a_coefficient_but_no_error() -> None:
    found = gwet_ac([[1, 2, 2]])
    assert found.estimate is not None
    assert found.se is found.ci is found.p is None


@given(gappy, st.sampled_from(WEIGHTS), st.randoms(use_true_random=False))
def test_ac_does_not_care_for_the_order_of_units_and_raters(x: np.ndarray, weights: str, random) -> None:
    rows, columns = random.sample(range(len(x)), len(x)), random.sample(range(x.shape[1]), x.shape[1])
    one, two = (gwet_ac(t, weights=weights) for t in (x, x[rows][:, columns]))
    assert one.estimate == pytest.approx(two.estimate, abs=1e-12)
    assert one.se == pytest.approx(two.se, abs=1e-9)


@given(gappy, st.sampled_from(WEIGHTS))
def test_ac_lies_in_its_interval_and_never_above_one(x: np.ndarray, weights: str) -> None:
    found = gwet_ac(x, weights=weights)
    assume(found.ci is not None)
    assert 0 <= found.pa <= 1 + 1e-12
    assert 0 <= found.pe < 1
    assert found.ci[0] <= found.estimate + 1e-12
    assert found.estimate <= found.ci[1] + 1e-12 <= 1 + 1e-9
    assert 0 <= found.p <= 1


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: krippendorff_alpha([[1, 2]], level="cardinal"), "level"),
        (lambda: krippendorff_alpha([[1, 2]], resamples=-1), "resamples"),
        (lambda: krippendorff_alpha([[-1, 2]], level="ratio"), "ratio"),
        (lambda: krippendorff_alpha([[1, 2]], confidence=0), "confidence"),
        (lambda: gwet_ac([[1, 2]], weights="cubic"), "weights"),
        (lambda: gwet_ac([[1, 2]], categories=[1, 3]), "categories"),
        (lambda: gwet_ac([[-1, 2]], weights="ratio"), "categories"),
        (lambda: gwet_ac(np.zeros((2, 2, 2))), "ratings"),
    ],
)
def test_wrong_arguments_are_named(call: Callable[[], object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        call()


def test_one_unit_alone_gives_no_alpha() -> None:
    assert krippendorff_alpha([[1, 2, 3]]).reason == "one_subject"
