"""Signs of careless answering; R's values are in the reference keys."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis import careless
from tests.analysis.keys.careless import BFI, bfi, simulated
from tests.analysis.reference_values import columns, golden

STEPS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])
TABLES = arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(4, 8)), elements=STEPS)
HALVES = [[0, 1], [2, 3]]


def test_a_missing_answer_ends_a_run() -> None:
    found = careless.longstring([[3, 3, np.nan, 3, 3], [np.nan] * 5], threshold=2)
    assert found.values[0] == 2
    assert np.isnan(found.values[1])
    assert found.flags.tolist() == [True, False]
    assert (found.n, found.estimate) == (1, 1.0)


@given(x=TABLES)
def test_indices_of_a_row_do_not_mind_the_other_rows(x: np.ndarray) -> None:
    order = np.arange(len(x))[::-1]
    for index in (careless.longstring, careless.individual_variability):
        np.testing.assert_array_equal(index(x).values[order], index(x[order]).values)
    np.testing.assert_allclose(
        careless.even_odd(x, HALVES).values[order], careless.even_odd(x[order], HALVES).values
    )


@given(x=TABLES)
def test_even_odd_and_synonyms_keep_their_bounds(x: np.ndarray) -> None:
    for values in (
        careless.even_odd(x, HALVES).values,
        careless.psychometric_synonyms(x, critical=0.2).values,
    ):
        known = values[~np.isnan(values)]
        assert ((known >= -1 - 1e-9) & (known <= 1 + 1e-9)).all()


@given(x=TABLES)
def test_distances_do_not_mind_units(x: np.ndarray) -> None:
    one, other = careless.mahalanobis(x), careless.mahalanobis(x * 10 + 3)
    assert one.warnings == other.warnings
    np.testing.assert_allclose(one.values, other.values, rtol=1e-6)


def test_everything_alike_varies_not_at_all_and_is_flagged_low() -> None:
    found = careless.individual_variability([[3, 3, 3], [1, 3, 5], [2, np.nan, np.nan]], threshold=0.1)
    assert found.flags.tolist() == [True, False, False]
    assert np.isnan(found.values[2])


@given(x=TABLES, holes=st.integers(0, 2**20))
def test_a_missing_answer_is_never_a_number(x: np.ndarray, holes: int) -> None:
    """What stands in the place of a gap changes nothing: no index takes NaN for 0 or the mean."""
    gaps = np.random.default_rng(holes).random(x.shape) < 0.3
    holed = np.where(gaps, np.nan, x)
    masked = np.ma.masked_array(x + 50 * gaps, gaps)
    for index in (
        careless.longstring,
        careless.individual_variability,
        lambda rows: careless.even_odd(rows, HALVES),
        lambda rows: careless.psychometric_synonyms(rows, critical=0.2),
        careless.mahalanobis,
        lambda rows: careless.mahalanobis(rows, missing="pairwise"),
    ):
        one, other = index(holed), index(masked)
        np.testing.assert_array_equal(one.values, other.values)
        assert one.n == (~np.isnan(one.values)).sum()
        assert not one.flags[np.isnan(one.values)].any()


@given(x=TABLES)
def test_runs_lie_between_one_and_all_and_average_to_no_more_than_the_longest(x: np.ndarray) -> None:
    found = careless.longstring(x)
    assert ((found.values >= 1) & (found.values <= x.shape[1])).all()
    assert (found.average <= found.values).all()


@given(x=TABLES, holes=st.integers(0, 2**20))
def test_runs_and_variability_of_each_row_by_hand(x: np.ndarray, holes: int) -> None:
    x = np.where(np.random.default_rng(holes).random(x.shape) < 0.2, np.nan, x)
    runs, spread = careless.longstring(x), careless.individual_variability(x)
    for row, answers in enumerate(x):
        told = [answer for answer in answers if not np.isnan(answer)]
        if told:
            lengths = [len(list(same)) for _, same in groupby(answers)]  # NaN equals nothing, itself neither
            assert (runs.values[row], runs.average[row]) == (max(lengths), np.mean(lengths))
        if len(told) > 1:
            assert spread.values[row] == pytest.approx(np.std(told, ddof=1))
        else:
            assert np.isnan(spread.values[row])


def test_runs_of_a_row_with_a_gap() -> None:
    found = careless.longstring([[1, 1, np.nan, 1, 2], [np.nan] * 5])
    assert found.average[0] == 5 / 4  # 1 1 | gap | 1 | 2
    assert np.isnan(found.average[1])
    assert (found.estimate, found.reason) == (None, "no_threshold")


def test_stretches_of_items_have_their_own_variability() -> None:
    found = careless.individual_variability([[1, 1, 1, 5, 3, 1]], parts=2)
    assert found.parts.tolist() == [[0.0, 2.0]]
    assert found.values[0] == pytest.approx(np.std([1, 1, 1, 5, 3, 1], ddof=1))


@pytest.mark.parametrize(
    ("rows", "missing", "reason"),
    [
        ([[1, 2], [2, 4], [3, 6], [4, 8]], "listwise", "collinear_items"),
        ([[1, 2], [1, 2], [1, 2]], "listwise", "no_variance"),
        ([[1, 2], [np.nan, 3]], "listwise", "too_few_rows"),
        ([[1, np.nan], [2, np.nan], [np.nan, 4], [np.nan, 3]], "pairwise", "pair_never_answered_together"),
        (
            # r = 1, 1 and -1 over three pairs of items: no three items can be so
            [[1, 1, np.nan], [2, 2, np.nan], [np.nan, 1, 1], [np.nan, 2, 2], [1, np.nan, 2], [2, np.nan, 1]],
            "pairwise",
            "indefinite",
        ),
    ],
)
def test_covariances_without_an_inverse_give_no_distance(rows: list, missing: str, reason: str) -> None:
    found = careless.mahalanobis(rows, missing=missing)
    assert found.estimate is None
    assert found.reason == reason
    assert np.isnan(found.values).all()


def test_items_that_do_not_vary_are_left_out_of_the_distance() -> None:
    rows = np.array([[1, 2], [2, 1], [3, 4], [4, 3], [2, 2], [5, 1]], dtype=float)
    padded = np.column_stack([rows[:, 0], np.full(6, 0.1), rows[:, 1], np.full(6, np.nan)])
    found, plain = careless.mahalanobis(padded), careless.mahalanobis(rows)
    np.testing.assert_allclose(found.values, plain.values)
    assert found.threshold == plain.threshold
    assert found.warnings == ("few_rows", "unanswered_item_dropped", "constant_item_dropped")


def test_distances_follow_chi_squared_and_the_far_are_flagged() -> None:
    x = np.random.default_rng(3).normal(size=(2_000, 4))
    x[0] = 8
    found = careless.mahalanobis(x)
    assert found.flags[0]
    assert found.estimate == pytest.approx(0.01, abs=0.006)
    assert found.values.mean() == pytest.approx(4 * 1_999 / 2_000)
    assert found.warnings == ()


def test_a_row_with_a_gap_has_no_distance_unless_asked() -> None:
    rows = [[1, 2, 2], [2, 1, 4], [3, 4, 1], [4, 3, 3], [2, np.nan, 5], [5, 1, 1]]
    assert np.isnan(careless.mahalanobis(rows).values).tolist() == [False] * 4 + [True, False]
    assert not np.isnan(careless.mahalanobis(rows, missing="pairwise").values).any()


def test_without_pairs_there_is_no_index() -> None:
    found = careless.psychometric_synonyms(np.eye(4), critical=0.9)
    assert found.reason == "no_pairs"
    assert found.pairs.shape == (0, 2)


@pytest.mark.parametrize(
    ("dataset", "name"), [("careless200x50", "psychsyn.pairs"), ("bfi", "careless.psychsyn.pairs")]
)
def test_the_pairs_are_those_of_r(dataset: str, name: str) -> None:
    titles = list(columns(dataset)) if dataset != "bfi" else BFI
    items = simulated() if dataset != "bfi" else bfi()
    theirs = [row[:2] for row in golden(dataset)[name]["value"]["values"]]
    found = careless.psychometric_synonyms(items, critical=0.2)
    assert [[titles[one], titles[other]] for one, other in found.pairs[: len(theirs)]] == theirs


def test_antonyms_are_pairs_that_go_against_each_other() -> None:
    rows = [[1, 5, 2], [2, 4, 5], [4, 2, 1], [5, 1, 3], [3, 3, 3]]
    found = careless.psychometric_synonyms(
        [[*row, *row] for row in rows], critical=-0.9, antonyms=True, threshold=0.0
    )
    assert found.pairs.tolist() == [[1, 0], [3, 1], [4, 0], [4, 3]]
    assert found.pair_r == pytest.approx(-1)
    assert found.values[:4] == pytest.approx(-1)
    assert np.isnan(found.values[4])
    assert (found.n, found.estimate) == (4, 0.0)


def test_opposite_halves_are_the_highest_even_odd_index() -> None:
    found = careless.even_odd([[1, 5, 3, 3, 5, 1], [1, 1, 3, 3, 5, 5]], [[0, 1], [2, 3], [4, 5]], threshold=0)
    assert found.values.tolist() == [1.0, -1.0]
    assert found.flags.tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: careless.individual_variability([[1, 2]], parts=3), "parts"),
        (lambda: careless.mahalanobis([[1, 2]], confidence=1.0), "confidence"),
        (lambda: careless.even_odd([[1, 2]], [[0, 1]]), "scales"),
        (lambda: careless.even_odd([[1, 2, 3, 4]], [[0, 1], [2, 4]]), "columns"),
        (lambda: careless.psychometric_synonyms([[1, 2]], critical=2.0), "critical"),
    ],
)
def test_wrong_arguments_are_named(call, name: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=name):
        call()
