"""Units beside each other: what cannot be told apart is a tie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.satisfaction.comparison import compare_units

FIGURES = st.lists(st.tuples(st.floats(25, 100), st.floats(0.1, 5)), min_size=2, max_size=8)


def test_far_apart_units_are_told_apart_and_near_ones_tied() -> None:
    found = compare_units([70.0, 82.0, 81.0, np.nan], [1.0, 1.0, 1.0, np.nan], n=[100, 100, 100, 0])
    assert found.order.tolist() == [1, 2, 0]
    assert found.ties == ((1, 2), (0,))
    assert found.estimate == 12
    assert np.isnan(found.difference[3]).all()
    assert not found.tied[3].any()


@given(units=FIGURES)
def test_pairs_are_symmetric_and_every_unit_is_in_a_group(units: list[tuple[float, float]]) -> None:
    figures, errors = (np.array(part) for part in zip(*units, strict=True))
    found = compare_units(figures, errors)
    np.testing.assert_allclose(found.difference, -found.difference.T)
    np.testing.assert_allclose(found.low, -found.high.T)
    assert (found.tied == found.tied.T).all()
    assert np.diag(found.tied).all()
    assert {unit for group in found.ties for unit in group} == set(range(len(units)))
    for group in found.ties:
        assert all(found.tied[a, b] for a in group for b in group)
    together = {(a, b) for group in found.ties for a in group for b in group}
    assert together == set(zip(*(axis.tolist() for axis in np.nonzero(found.tied)), strict=True))
    assert not any(set(one) < set(other) for one in found.ties for other in found.ties)


def test_an_uncertain_unit_is_tied_with_far_ones_that_are_told_apart_from_near_ones() -> None:
    found = compare_units([90.0, 80.0, 70.0, 60.0], [1.0, 1.0, 12.0, 1.0])
    assert found.ties == ((0, 2), (1, 2), (2, 3))


def test_a_pair_has_welchs_interval_at_the_level_of_all_pairs() -> None:
    """Witness: scipy's test of two means with unequal variances, at 1 - .05/3."""
    n, sd = np.array([12, 30, 9]), np.array([8.0, 5.0, 11.0])
    found = compare_units([82.0, 78.0, 70.0], sd / np.sqrt(n), n=n)
    found_p = [
        stats.ttest_ind_from_stats(82 - edge, 8, 12, 70, 11, 9, equal_var=False).pvalue
        for edge in (found.low[0, 2], found.high[0, 2])
    ]
    assert found_p == pytest.approx([0.05 / 3] * 2)


def test_all_intervals_hold_together_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(4), 0
    for _ in range(400):
        found = compare_units(random.normal(size=6), np.ones(6))
        held += bool(found.tied.all())
    assert held / 400 >= 0.93


def test_fewer_respondents_make_wider_intervals() -> None:
    few, many = (compare_units([80, 82], [1, 1], n=[n, n]) for n in (5, 500))
    assert few.high[0, 1] > many.high[0, 1]


def test_one_unit_alone_has_nothing_to_be_compared_with() -> None:
    assert compare_units([80.0, np.nan], [1.0, np.nan]).reason == "few_units"
    with pytest.raises(ValueError, match="errors"):
        compare_units([80, 81], [1, -1])
