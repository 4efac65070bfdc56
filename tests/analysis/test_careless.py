"""Signs of careless answering; R's values are in the reference keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis import careless

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


def test_items_that_determine_each_other_give_no_distance() -> None:
    found = careless.mahalanobis([[1, 2], [2, 4], [3, 6], [4, 8]])
    assert found.estimate is None
    assert found.warnings == ("no_values", "singular")


def test_a_row_with_a_gap_has_no_distance_unless_asked() -> None:
    rows = [[1, 2, 2], [2, 1, 4], [3, 4, 1], [4, 3, 3], [2, np.nan, 5], [5, 1, 1]]
    assert np.isnan(careless.mahalanobis(rows).values).tolist() == [False] * 4 + [True, False]
    assert not np.isnan(careless.mahalanobis(rows, missing="pairwise").values).any()


def test_without_pairs_there_is_no_index() -> None:
    found = careless.psychometric_synonyms(np.eye(4), critical=0.9)
    assert found.reason == "no_values"
    assert "no_pairs" in found.warnings


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: careless.individual_variability([[1, 2]], parts=3), "parts"),
        (lambda: careless.mahalanobis([[1, 2]], confidence=1.0), "confidence"),
        (lambda: careless.even_odd([[1, 2]], [[0, 1]]), "scales"),
        (lambda: careless.psychometric_synonyms([[1, 2]], critical=2.0), "critical"),
    ],
)
def test_wrong_arguments_are_named(call, name: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=name):
        call()
